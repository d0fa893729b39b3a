"""`lakepass doctor` as people run it: what it prints, where, and its exit code."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from lakepass import cli
from lakepass.doctor.examination import CHECKS
from lakepass.emulator import Emulator
from tests.warm import command

ROOT = Path(__file__).parents[4]
SCHEMA = json.loads(
    (ROOT / "packages/lakepass/docs/doctor.schema.json").read_text(encoding="utf-8")
)
VALIDATOR = Draft202012Validator(SCHEMA)


@dataclass
class Done:
    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """The command in an app's environment but for what is given; in this process, to be quick."""

    def run(*options: str, **more: str) -> Done:
        for name, value in {**environ, **more}.items():
            monkeypatch.setenv(name, value)
        try:
            code = cli.main(["doctor", *options])
        except SystemExit as left:
            code = int(str(left.code))
        return Done(code, *capsys.readouterr())

    return run


def alone(environ: dict[str, str], *options: str, **more: str) -> Done:
    """The same in a process of its own."""
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": "/nowhere",
        "PYTHONUTF8": "1",
        **environ,
        **more,
    }
    done = subprocess.run(
        [*command("lakepass"), "doctor", *options],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def on_a_terminal(environ: dict[str, str], **more: str) -> str:
    """What a terminal is given."""
    ours, theirs = pty.openpty()
    variables = {"PATH": os.environ["PATH"], "TERM": "xterm", "PYTHONUTF8": "1", **environ, **more}
    with subprocess.Popen(
        [*command("lakepass"), "doctor"], env=variables, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                some = os.read(ours, 65536)
            except OSError:  # Linux says so when the other end is closed
                break
            if not some:
                break
            shown += some
        process.wait()
    os.close(ours)
    return shown.decode()


def test_healthy_is_exit_code_0(run: Run) -> None:
    done = run()
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Healthy. No fault was found.\n")
    assert "✓  Login" in done.out
    assert "\x1b" not in done.out


def test_a_fault_is_exit_code_1_with_verdict_and_fix_first(run: Run) -> None:
    done = run(PGDATABASE="main")
    assert done.code == 1
    assert done.out.startswith("Root cause: LP-401\n")
    assert "\n    export PGDATABASE=databricks_postgres\n" in done.out.partition("Steps:")[0]
    assert "this identity may see" not in done.out + run("--verbose").out
    assert "databricks_postgres on" not in run().out
    assert "databricks_postgres on" in run("--verbose").out
    assert max(len(line) for line in done.out.splitlines()) <= 80
    assert run(PGDATABASE="databricks_postgres").code == 0


@pytest.mark.parametrize("options", [["--nonsense"], ["--connections", "none"], ["extra"]])
def test_wrong_use_is_exit_code_2(run: Run, options: list[str]) -> None:
    assert run(*options).code == 2


@pytest.mark.parametrize("more", [{}, {"PGDATABASE": "main"}, {"DATABRICKS_CLIENT_SECRET": ""}])
def test_json_is_as_its_schema_says(run: Run, more: dict[str, str]) -> None:
    done = run("--json", **more)
    report = json.loads(done.out)
    VALIDATOR.validate(report)
    assert report["healthy"] == (done.code == 0) == (report["root_cause"] is None)
    assert [check["check"] for check in report["checks"]] == [check.name for check in CHECKS]


def test_the_schema_knows_every_check() -> None:
    assert not VALIDATOR.is_valid({"version": 1})
    names = SCHEMA["$defs"]["check"]["properties"]["check"]["enum"]
    assert names == [check.name for check in CHECKS]


def test_options_stand_for_variables(run: Run) -> None:
    options = ["--endpoint", "projects/local", "--database", "main"]
    report = json.loads(run("--json", *options).out)
    assert report["root_cause"]["code"] == "LP-401"
    assert "project projects/local, database main" in report["checks"][3]["evidence"]


def test_colours_are_for_terminals_that_want_them(environ: dict[str, str]) -> None:
    assert "\x1b[32m" in on_a_terminal(environ)
    assert "\x1b[" not in on_a_terminal(environ, NO_COLOR="1")
    assert "\x1b[" not in on_a_terminal(environ, TERM="dumb")


def test_a_terminal_without_symbols_gets_ascii(environ: dict[str, str]) -> None:
    done = alone(environ, PYTHONUTF8="0", PYTHONIOENCODING="ascii", PGDATABASE="main")
    assert done.code == 1, done.err
    assert done.out.isascii()
    assert "ok Login" in done.out


def test_no_secret_is_shown(lakebase: Emulator, environ: dict[str, str], run: Run) -> None:
    pat, secret = lakebase.personal_access_token, environ["DATABRICKS_CLIENT_SECRET"]
    told = {
        "PGPASSWORD": pat,
        "LAKEBASE_PASSWORD": pat,
        "DATABASE_URL": f"postgresql://me@example.com:{pat}@localhost/main",
        "MY_DSN": "postgresql://app:hunter2@localhost/db",
    }
    for options in (["--verbose"], ["--json"]):
        done = run(*options, **told)
        for hidden in (pat, secret, "hunter2"):
            assert hidden not in done.out + done.err
        assert "set, 36 characters, looks like a personal access token" in " ".join(
            done.out.split()
        )
        assert "LP-133" in done.out
        assert "LP-141" in done.out


@pytest.mark.parametrize("absent", ["asyncpg", "psycopg"])
def test_one_driver_is_enough(environ: dict[str, str], tmp_path: Path, absent: str) -> None:
    (tmp_path / "sitecustomize.py").write_text(HIDING.format(absent=absent))
    more = {"PYTHONPATH": str(tmp_path), "LAKEBASE_PASSWORD": "dapi0123456789"}  # is warned of
    done = alone(environ, "--schema", "public", "--verbose", **more)
    assert (done.code, done.err) == (0, ""), done.out
    other = {"asyncpg": "psycopg", "psycopg": "asyncpg"}[absent]
    assert f"logged in by {other}" in done.out


def test_no_driver_is_a_fault(environ: dict[str, str], tmp_path: Path) -> None:
    hiding = [HIDING.format(absent=absent) for absent in ("asyncpg", "psycopg")]
    (tmp_path / "sitecustomize.py").write_text("\n".join(hiding))
    done = alone(environ, PYTHONPATH=str(tmp_path))
    assert done.code == 1, done.err
    assert "Root cause: LP-142" in done.out


def test_a_secret_in_the_wrong_variable_is_not_shown(run: Run) -> None:
    """What the platform or a person puts where a name is expected."""
    wrong = {"LAKEBASE_PASSWORD_SECRET": "hunter2", "PGHOST": "me:hunter2@localhost"}
    for name, value in wrong.items():
        for options in ([], ["--json"]):
            done = run(*options, **{name: value})
            assert done.code == 1
            assert "hunter2" not in done.out + done.err


HIDING = """\
import sys
sys.modules["{absent}"] = None  # to import it fails, as if it were not there
"""


def test_help_loads_neither_sdk_nor_drivers() -> None:
    program = (
        "import sys; from lakepass import cli\n"
        "try: cli.main(['doctor', '--help'])\n"
        "except SystemExit: print(sorted({'databricks', 'asyncpg', 'psycopg'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stdout.endswith("\n[]\n"), done.stderr
