"""`lakepass emulator`, run as people run it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lakepass import cli
from lakepass.emulator import Emulator
from tests.warm import command

LAKEPASS = [sys.executable, "-m", "lakepass.cli"]

# Says that it runs and where the emulator keeps its files, then counts interrupts until it has
# taken its time over the first one.
PATIENT = """
import os, signal, sys, time
seen = []
signal.signal(signal.SIGINT, lambda *_: seen.append(1))
print(os.environ["PGSSLROOTCERT"], flush=True)
while not seen:
    time.sleep(0.01)
time.sleep(0.5)
sys.exit(40 + len(seen))
"""


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    words = [*command("lakepass"), *arguments]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_help_teaches_with_examples() -> None:
    done = run("emulator", "--help")
    assert done.returncode == 0
    assert "lakepass emulator run -- pytest" in done.stdout


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith("lakepass ")


def test_command_line_is_understood_without_the_extra() -> None:
    script = "import sys, lakepass.cli; sys.exit('lakepass.emulator' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
    script = (
        "import sys; sys.modules['trustme'] = None; import lakepass.cli as c; "
        "sys.exit(c.main(['emulator']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert 'pip install "lakepass[emulator]"' in done.stderr


def test_run_hands_on_the_environment_and_the_exit_code() -> None:
    script = "import json, os, sys; print(json.dumps(dict(os.environ))); sys.exit(7)"
    done = subprocess.run(
        [*LAKEPASS, "emulator", "run", "--", sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "DATABRICKS_TOKEN": "from outside", "PGPASSWORD": "kept"},
    )
    assert done.returncode == 7
    environment = json.loads(done.stdout)
    assert environment["DATABRICKS_HOST"].startswith("http://127.0.0.1:")
    assert "from outside" not in environment.values()
    assert environment["PGPASSWORD"] == "kept"
    assert not Path(environment["PGSSLROOTCERT"]).parent.exists()


def test_run_tells_a_command_that_does_not_exist() -> None:
    done = run("emulator", "run", "--", "no-such-command")
    assert done.returncode == 127
    assert done.stderr.endswith("lakepass: cannot run no-such-command: No such file or directory\n")


def test_run_wants_a_command() -> None:
    done = run("emulator", "run")
    assert done.returncode == 2
    assert done.stderr == "lakepass: name the command after --, as in: run -- pytest\n"


@pytest.mark.parametrize("to_the_group", [True, False])
def test_run_passes_one_interrupt_on_and_waits(to_the_group: bool) -> None:
    with subprocess.Popen(
        [*LAKEPASS, "emulator", "run", "--", sys.executable, "-c", PATIENT],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip()).parent
        if to_the_group:
            os.killpg(process.pid, signal.SIGINT)
        else:
            process.send_signal(signal.SIGINT)
        assert process.wait() == 41
    assert not folder.exists()


def test_run_dies_of_the_signal_its_command_died_of() -> None:
    done = run("emulator", "run", "--", "sh", "-c", "kill -TERM $$")
    assert done.returncode == 128 + signal.SIGTERM


def test_run_leaves_no_process_of_the_command_behind() -> None:
    done = run("emulator", "run", "--", "sh", "-c", "sleep 600 >/dev/null 2>&1 & echo $!")
    assert done.returncode == 0
    left = int(done.stdout)
    for _ in range(3000):
        if not Path(f"/proc/{left}").exists() or _is_zombie(left):
            return
        signal.sigtimedwait([], 0.01)
    pytest.fail("a process was left behind")


def test_foreground_prints_what_to_paste() -> None:
    with subprocess.Popen(
        [*LAKEPASS, "emulator"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(12)]
        process.send_signal(signal.SIGINT)
        _, explanation = process.communicate()
    names = [line.removeprefix("export ").split("=")[0] for line in lines]
    assert names == [
        "DATABRICKS_HOST",
        "DATABRICKS_WORKSPACE_ID",
        "DATABRICKS_CLIENT_ID",
        "DATABRICKS_CLIENT_SECRET",
        "LAKEBASE_ENDPOINT",
        "PGHOST",
        "PGPORT",
        "PGDATABASE",
        "PGUSER",
        "PGSSLMODE",
        "PGAPPNAME",
        "PGSSLROOTCERT",
    ]
    assert explanation.startswith("A local Lakebase is running.\n  workspace   http://127.0.0.1:")
    assert process.returncode == 0


@pytest.mark.parametrize("option", ["--port", "--workspace-port"])
def test_a_taken_port_is_named(emulator: Emulator, option: str) -> None:
    port = str(emulator.gateway_port)
    done = run("emulator", option, port)
    assert done.returncode == 2
    assert done.stderr == (
        f"lakepass: Port {port} cannot be used at 127.0.0.1 (Address already in use). Stop the "
        "program that listens there, choose another port, or omit the option to use any free one.\n"
    )


@pytest.mark.parametrize("option", ["--port", "--workspace-port"])
@pytest.mark.parametrize("port", ["80000", "-1"])
def test_a_number_that_is_no_port_is_named(option: str, port: str) -> None:
    done = run("emulator", f"{option}={port}")
    assert done.returncode == 2
    assert (
        done.stderr
        == f"lakepass: {port} is no port: ports are 1 to 65535, and 0 is any free one.\n"
    )


def _is_zombie(pid: int) -> bool:
    return ") Z " in Path(f"/proc/{pid}/stat").read_text()


def test_native_login_can_be_switched_on() -> None:
    asked = (
        "import os; from databricks.sdk import WorkspaceClient; "
        "project = WorkspaceClient().postgres.get_project('projects/local'); "
        "print(project.status.enable_pg_native_login)"
    )
    for options, told in ([], "False\n"), (["--native-login"], "True\n"):
        done = run("emulator", "run", *options, "--", sys.executable, "-c", asked)
        assert (done.returncode, done.stdout) == (0, told), done.stderr


def test_as_app_gives_a_command_exactly_what_the_platform_injects() -> None:
    asked = (
        "import json, os; print(json.dumps({name: value for name, value in os.environ.items() "
        "if name.startswith(('DATABRICKS_', 'PG', 'LAKEBASE_'))}))"
    )
    done = run("emulator", "run", "--as-app", "app", "--", sys.executable, "-c", asked)
    assert done.returncode == 0, done.stderr
    variables = json.loads(done.stdout)
    assert list(variables) == [
        "DATABRICKS_HOST",
        "DATABRICKS_WORKSPACE_ID",
        "DATABRICKS_CLIENT_ID",
        "DATABRICKS_CLIENT_SECRET",
        "DATABRICKS_APP_NAME",
        "DATABRICKS_APP_PORT",
        "PGHOST",
        "PGPORT",
        "PGDATABASE",
        "PGUSER",
        "PGSSLMODE",
        "PGAPPNAME",
    ]
    assert variables["PGSSLMODE"] == "require"
    assert variables["DATABRICKS_APP_NAME"] == variables["PGAPPNAME"] == "app"
    assert variables["PGUSER"] == variables["DATABRICKS_CLIENT_ID"]


def test_as_app_names_the_apps_there_are() -> None:
    done = run("emulator", "--as-app", "shop")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        2,
        "lakepass: There is no app shop; known: app.",
    )
