"""`lakepass doctor` as people run it: what it prints, where, and its exit code."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from lakepass.doctor.examination import CHECKS
from lakepass.emulator import Emulator

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "docs/doctor.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
COMMAND = [sys.executable, "-m", "lakepass.cli", "doctor"]


def run(environ: dict[str, str], *options: str, **more: str) -> "subprocess.CompletedProcess[str]":
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": "/nowhere",
        "PYTHONUTF8": "1",
        **environ,
        **more,
    }
    return subprocess.run(
        [*COMMAND, *options], env=variables, capture_output=True, text=True, check=False
    )


def on_a_terminal(environ: dict[str, str], **more: str) -> str:
    """What a terminal is given."""
    ours, theirs = pty.openpty()
    variables = {"PATH": os.environ["PATH"], "TERM": "xterm", "PYTHONUTF8": "1", **environ, **more}
    with subprocess.Popen(COMMAND, env=variables, stdout=theirs, stderr=theirs) as process:
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


def test_healthy_is_exit_code_0(environ: dict[str, str]) -> None:
    done = run(environ)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("Healthy. No fault was found.\n")
    assert "✓  Login" in done.stdout
    assert "\x1b" not in done.stdout


def test_a_fault_is_exit_code_1_with_the_mend_at_the_end(environ: dict[str, str]) -> None:
    done = run(environ, PGDATABASE="main")
    assert done.returncode == 1
    assert done.stdout.endswith("\n    export PGDATABASE=databricks_postgres\n")
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    mended = run(environ | {"PGDATABASE": "main"}, PGDATABASE="databricks_postgres")
    assert mended.returncode == 0


@pytest.mark.parametrize("options", [["--nonsense"], ["--connections", "none"], ["extra"]])
def test_wrong_use_is_exit_code_2(environ: dict[str, str], options: list[str]) -> None:
    assert run(environ, *options).returncode == 2


@pytest.mark.parametrize("more", [{}, {"PGDATABASE": "main"}, {"DATABRICKS_CLIENT_SECRET": ""}])
def test_json_is_as_its_schema_says(environ: dict[str, str], more: dict[str, str]) -> None:
    done = run(environ, "--json", **more)
    report = json.loads(done.stdout)
    VALIDATOR.validate(report)
    assert report["healthy"] == (done.returncode == 0) == (report["root_cause"] is None)
    assert [check["check"] for check in report["checks"]] == [check.name for check in CHECKS]


def test_the_schema_knows_every_check() -> None:
    assert not VALIDATOR.is_valid({"version": 1})
    names = SCHEMA["$defs"]["check"]["properties"]["check"]["enum"]
    assert names == [check.name for check in CHECKS]


def test_options_stand_for_variables(environ: dict[str, str]) -> None:
    options = ["--endpoint", "projects/local", "--database", "main"]
    report = json.loads(run(environ, "--json", *options).stdout)
    assert report["root_cause"]["code"] == "LP-401"
    assert "project projects/local, database main" in report["checks"][3]["evidence"]


def test_colours_are_for_terminals_that_want_them(environ: dict[str, str]) -> None:
    assert "\x1b[32m" in on_a_terminal(environ)
    assert "\x1b[" not in on_a_terminal(environ, NO_COLOR="1")
    assert "\x1b[" not in on_a_terminal(environ, TERM="dumb")


def test_a_terminal_without_symbols_gets_ascii(environ: dict[str, str]) -> None:
    done = run(environ, PYTHONUTF8="0", PYTHONIOENCODING="ascii", PGDATABASE="main")
    assert done.returncode == 1, done.stderr
    assert done.stdout.isascii()
    assert "ok Login" in done.stdout


def test_no_secret_is_shown(lakebase: Emulator, environ: dict[str, str]) -> None:
    pat, secret = lakebase.personal_access_token, environ["DATABRICKS_CLIENT_SECRET"]
    told = {
        "PGPASSWORD": pat,
        "LAKEBASE_PASSWORD": pat,
        "DATABASE_URL": f"postgresql://me@example.com:{pat}@localhost/main",
        "MY_DSN": "postgresql://app:hunter2@localhost/db",
    }
    for options in ([], ["--json"]):
        done = run(environ, *options, **told)
        for hidden in (pat, secret, "hunter2"):
            assert hidden not in done.stdout + done.stderr
        assert "set, 36 characters, looks like a personal access token" in " ".join(
            done.stdout.split()
        )
        assert "LP-133" in done.stdout
        assert "LP-141" in done.stdout


@pytest.mark.parametrize("absent", ["asyncpg", "psycopg"])
def test_one_driver_is_enough(environ: dict[str, str], tmp_path: Path, absent: str) -> None:
    (tmp_path / "sitecustomize.py").write_text(HIDING.format(absent=absent))
    done = run(environ, "--schema", "public", PYTHONPATH=str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    other = {"asyncpg": "psycopg", "psycopg": "asyncpg"}[absent]
    assert f"logged in by {other}" in done.stdout


HIDING = """\
import importlib.util
find_spec = importlib.util.find_spec
importlib.util.find_spec = lambda name, *a: None if name == "{absent}" else find_spec(name, *a)
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
