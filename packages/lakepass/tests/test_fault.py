"""`lakepass fault`, run as a command against a running emulator."""

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from lakepass.emulator import Emulator
from lakepass.emulator.faults.table import FAULTS
from tests.warm import command

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(emulator: Emulator) -> Iterator[Run]:
    def run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command("lakepass"), "fault", *words],
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": os.environ["PATH"], "DATABRICKS_HOST": emulator.workspace_url} | variables,
        )

    yield run
    emulator.faults.clear()


def test_every_fault_is_listed_and_told_apart(run: Run, emulator: Emulator) -> None:
    emulator.faults.fail_credentials(429, retry_after_s=5)
    done = run("--list")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "fail-credentials [status] [retry_after_s] [count] [rate]   (active)" in lines
    assert "skew-clock SECONDS" in lines
    assert max(map(len, lines)) <= 100
    listed = {one["name"]: one for one in json.loads(run("--list", "--json").stdout)["faults"]}
    assert listed["fail-credentials"]["in_force"] == {"status": 429, "retry_after_s": 5}
    assert listed["skew-clock"]["in_force"] is None
    assert listed["skew-clock"]["arguments"] == [{"name": "seconds", "type": "float"}]
    methods = {name for name in dir(emulator.faults) if not name.startswith("_")}
    others = {"cause", "clear", "in_force", "given"}
    assert {name.replace("-", "_") for name in listed} == methods - others


def test_a_fault_is_caused_and_cleared(run: Run, emulator: Emulator) -> None:
    assert run("sleep", "2").stdout == "Active: sleep wake_s=2.0.\n"
    assert run("skew_clock", "seconds=-60").stdout == (
        "Active: sleep wake_s=2.0, skew-clock seconds=-60.0.\n"
    )
    assert emulator.faults.in_force == {"sleep": {"wake_s": 2.0}, "skew-clock": {"seconds": -60.0}}
    assert run("clear", "sleep").stdout == "Active: skew-clock seconds=-60.0.\n"
    assert run("clear", "--json").returncode == 0
    assert emulator.faults.in_force == {}


def test_the_emulator_can_be_named(run: Run, emulator: Emulator) -> None:
    named = run("set-native-login", "on", "--workspace", emulator.workspace_url, DATABRICKS_HOST="")
    assert named.stdout == "Active: set-native-login on=True.\n"
    bare = run("clear", DATABRICKS_HOST=emulator.workspace_url.removeprefix("http://"))
    assert bare.stdout == "Active: none.\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("expire-token",), "There is no fault expire-token. Did you mean expire-tokens?"),
        (("clear", "slep"), "There is no fault slep. Did you mean sleep?"),
        (("xyz",), "There is no fault xyz. `lakepass fault --list` shows all."),
        (("sleep", "soon"), "sleep: wake_s must be of type float, not 'soon'."),
        (("sleep", "1", "2", "3"), "sleep: unexpected argument 3; its arguments are wake_s, at."),
        (("expire-tokens", "1"), "expire-tokens: unexpected argument 1; it takes none."),
        (("sleep", "wake=1"), "sleep has no argument wake; it takes wake_s, at."),
        (("skew-clock",), "skew-clock needs seconds (float)."),
        (("set-native-login", "maybe"), "set-native-login: on must be on or off, not 'maybe'."),
        (("sleep", "at=nowhere"), "There is no endpoint or instance nowhere; known: projects/"),
    ],
)
def test_wrong_use_is_said_in_words(
    run: Run, emulator: Emulator, words: tuple[str, ...], told: str
) -> None:
    done = run(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"lakepass: {told}")
    assert emulator.faults.in_force == {}


def test_no_emulator_there(run: Run, closed_port: int) -> None:
    done = run("expire-tokens", DATABRICKS_HOST=f"http://127.0.0.1:{closed_port}")
    assert done.returncode == 1
    assert done.stderr.startswith(
        f"lakepass: No local Lakebase responds at http://127.0.0.1:{closed_port} ("
    )
    assert "Start one with `lakepass emulator`" in done.stderr


def test_something_else_there(run: Run) -> None:
    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"hello")

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Other) as server:
        Thread(target=server.handle_request).start()
        done = run("clear", "--workspace", f"http://127.0.0.1:{server.server_port}")
    assert done.returncode == 1
    assert "is not a local Lakebase with faults." in done.stderr


def test_no_emulator_named(run: Run) -> None:
    done = run("expire-tokens", DATABRICKS_HOST="")
    assert (done.returncode, done.stdout) == (2, "")
    assert "name it with --workspace" in done.stderr


def test_a_real_workspace_is_not_even_asked(run: Run) -> None:
    done = run("expire-tokens", DATABRICKS_HOST="https://adb-1.2.azuredatabricks.net")
    assert done.returncode == 2
    assert "is not on this machine" in done.stderr


def test_every_fault_is_in_the_docs() -> None:
    page = (Path(__file__).parents[1] / "docs" / "emulator.md").read_text(encoding="utf-8")
    described = re.findall(r"^\| `([a-z-]+)[^|]*\|", page, re.MULTILINE)
    assert [name for name in FAULTS if name not in described] == []
