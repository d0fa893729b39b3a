"""A Postgres that dies is started again or ends the emulator; what the emulator runs ends with it."""

import asyncio
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from lakepass.emulator import Emulator, EmulatorError, running_emulator
from packages.lakepass.tests.emulator.conftest import StartCommand

WAIT_S = 60.0


def server_of(emulator: Emulator) -> int:
    """The process id of the first Postgres."""
    return int((emulator.data / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def answer(emulator: Emulator, statement: str) -> object:
    async def ask() -> object:
        session = await asyncpg.connect(**emulator.admin_dsn_kwargs)
        try:
            return await session.fetchval(statement)
        finally:
            await session.close()

    return asyncio.run(ask())


def is_up_again(emulator: Emulator, old: int) -> Callable[[], bool]:
    def check() -> bool:
        try:
            return server_of(emulator) != old and answer(emulator, "SELECT 1") == 1
        except (OSError, IndexError, ValueError, asyncpg.PostgresError):
            return False

    return check


def test_a_killed_postgres_is_started_again_with_its_data(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with running_emulator() as emulator:
        answer(emulator, "CREATE TABLE kept AS SELECT 1 AS n")
        answer(emulator, "CHECKPOINT")  # what is temporary is not written at once
        before = server_of(emulator)
        os.kill(before, signal.SIGKILL)
        wait_until(is_up_again(emulator, before))
        assert answer(emulator, "SELECT n FROM kept") == 1
        emulator.create_database("made_afterwards")  # the emulator's own connections are good again
    (warning,) = [
        one.message
        for one in caplog.records
        if one.levelno == logging.WARNING and one.name.startswith("lakepass.")
    ]
    assert warning == (
        f"Postgres ended unexpectedly (signal 9). Its log is {emulator.data}/postgres.log. "
        "Restarting it."
    )


def test_a_postgres_that_cannot_be_started_again_is_reported(
    caplog: pytest.LogCaptureFixture,
) -> None:
    failures: list[EmulatorError] = []
    failed = threading.Event()

    def fail(error: EmulatorError) -> None:
        failures.append(error)
        failed.set()

    with running_emulator(on_failure=fail) as emulator:
        (emulator.data / "postgres" / "PG_VERSION").unlink()
        os.kill(server_of(emulator), signal.SIGKILL)
        assert failed.wait(WAIT_S)
    (error,) = failures
    assert "It cannot be restarted: " in str(error)
    assert "PG_VERSION is missing" in str(error)
    assert str(error) in caplog.messages


@pytest.mark.parametrize("way", ["--json", "run"])
def test_the_command_ends_with_a_message_when_postgres_is_gone_for_good(
    start_command: StartCommand, tmp_path: Path, way: str
) -> None:
    words = ["run", "--data", str(tmp_path), "--", "sh", "-c", "echo up; exec sleep 600"]
    process = start_command(*(words if way == "run" else ["--json", "--data", str(tmp_path)]))
    assert process.stdout is not None
    process.stdout.readline()
    (tmp_path / "postgres" / "PG_VERSION").rename(tmp_path / "PG_VERSION")
    pid = int((tmp_path / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)
    _, told = process.communicate()
    assert process.returncode == 1
    assert "It cannot be restarted: " in told
    assert "Traceback" not in told


_HOLDS_A_PORT = """
import socket, sys, time
held = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("up", flush=True)
time.sleep(600)
"""


def test_a_killed_emulator_takes_its_command_along(
    start_command: StartCommand,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = start_command("run", "--", sys.executable, "-c", _HOLDS_A_PORT, str(port))
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    process.kill()

    def is_free() -> bool:
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            return False
        return True

    wait_until(is_free)
