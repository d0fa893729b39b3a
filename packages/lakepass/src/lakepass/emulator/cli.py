"""`lakepass emulator`: a local Lakebase in the foreground, or around a command."""

import argparse
import contextlib
import json
import os
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType

from lakepass.emulator import Emulator, EmulatorError, Way, running_emulator

_WORDS = {
    Way.WRITE: "host",
    Way.READ: "read-only",
    Way.POOLED: "pooled",
    Way.READ_POOLED: "read-only, pooled",
}
_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(options: argparse.Namespace) -> int:
    """Run the subcommand. Returns the exit code: 2 if the emulator cannot start."""
    if options.action == "run" and not options.rest:
        print("lakepass: name the command after --, as in: run -- pytest", file=sys.stderr)
        return 2
    try:
        if options.action == "run":
            return _around(options)
        return _in_the_foreground(options)
    except EmulatorError as error:
        print(f"lakepass: {error}", file=sys.stderr)
        return 2


def _start(
    options: argparse.Namespace, on_failure: Callable[[EmulatorError], None]
) -> contextlib.AbstractContextManager[Emulator]:
    return running_emulator(
        options.config,
        data=options.data,
        port=options.port,
        workspace_port=options.workspace_port,
        dialect=options.dialect,
        native_login=options.native_login,
        listen=options.listen,
        open_to_network=options.open_to_network,
        on_failure=on_failure,
        https=options.https,
        standby=options.standby,
    )


def _variables(options: argparse.Namespace, emulator: Emulator) -> dict[str, str]:
    """The environment variables that the options select."""
    if options.as_app is not None:
        return emulator.app_environment(options.as_app)
    return emulator.environment()


def _in_the_foreground(options: argparse.Namespace) -> int:
    """Print the environment, then wait for the signal to stop; stopping this way is a success.

    Returns 1 if Postgres died and could not be started again; the log has said so.
    """
    stop = threading.Event()
    failures: list[EmulatorError] = []

    def fail(error: EmulatorError) -> None:
        failures.append(error)
        stop.set()

    with _on_signal(lambda _: stop.set()), _start(options, fail) as emulator:
        variables = _variables(options, emulator)
        if options.json:
            print(json.dumps({"env": variables} | emulator.described()), flush=True)
        else:
            print(_explanation(emulator, is_stored=options.data is not None), file=sys.stderr)
            print("Ctrl-C stops it. Programs started with these variables use it:", file=sys.stderr)
            for name, value in variables.items():
                print(f"export {name}={shlex.quote(value)}", flush=True)
        stop.wait()
    return 1 if failures else 0


def _explanation(emulator: Emulator, *, is_stored: bool) -> str:
    lines = ["A local Lakebase is running.", f"  workspace   {emulator.workspace_url}"]
    for name, ways in emulator.hosts.items():
        kind = "endpoint" if "/" in name else "instance"
        lines.append(f"  {kind}    {name}")
        for way, host in ways.items():
            lines.append(f"    {_WORDS[way]:20}{host}")
    if emulator.left_out:
        left_out = ", ".join(emulator.left_out)
        lines.append(f"  left out    {left_out}: this machine has no address for them")
    others = [name for name in emulator.hosts if emulator.host(name).port != emulator.gateway_port]
    if others:
        lines.append(f"  other port  {', '.join(others)}: this machine has no address for them")
    if emulator.left_out or others:
        lines.append("              (on macOS: sudo ifconfig lo0 alias 127.0.0.2, and so on)")
    fate = f"stored in {emulator.data}" if is_stored else "temporary; --data DIR stores it"
    return "\n".join([*lines, f"  data        {fate}"])


def _around(options: argparse.Namespace) -> int:
    """Run a command with the environment of a fresh emulator. Returns the command's exit code.

    Returns 1 if Postgres died and could not be started again; the command is then ended.
    """
    received: list[int] = []
    failures: list[EmulatorError] = []
    child: list[subprocess.Popen[bytes]] = []

    def forward(signum: int) -> None:
        received.append(signum)
        for process in child:
            _signal_group(process.pid, signum)

    def fail(error: EmulatorError) -> None:
        failures.append(error)
        forward(signal.SIGTERM)

    with _on_signal(forward), _start(options, fail) as emulator:
        if received:  # asked to stop before the command was started
            return 128 + received[0]
        print(_explanation(emulator, is_stored=options.data is not None), file=sys.stderr)
        try:
            # A process group for the command: a Ctrl-C reaches it once, through the terminal or through
            # us, never twice, which many programs take for "stop immediately".
            process = subprocess.Popen(
                options.rest,
                env=_environment_for_child(_variables(options, emulator)),
                process_group=0,
            )
        except OSError as error:
            print(f"lakepass: cannot run {options.rest[0]}: {error.strerror}", file=sys.stderr)
            return 127  # as shells do
        child.append(process)
        with _ended_with_us(process.pid), _terminal_lent_to(process.pid):
            for signum in received[:]:
                _signal_group(process.pid, signum)
            code = process.wait()
        child.clear()
        _signal_group(process.pid, signal.SIGTERM)  # child processes that it left running
        if failures:
            return 1
        return code if code >= 0 else 128 - code


# Reads a pipe whose other end we hold. However we end, kill -9 included, the pipe closes; then the
# command's process group gets SIGTERM, and SIGKILL after ten seconds.
_WATCHER = """
cat >/dev/null
kill -TERM -$1 2>/dev/null || exit
sleep 10
kill -KILL -$1 2>/dev/null
"""


@contextlib.contextmanager
def _ended_with_us(group: int) -> Iterator[None]:
    """End a process group if this process is killed inside the block."""
    watcher = subprocess.Popen(
        ["/bin/sh", "-c", _WATCHER, "lakepass-watcher", str(group)],
        stdin=subprocess.PIPE,
        process_group=0,  # a Ctrl-C in the terminal must not reach it
    )
    try:
        yield
    finally:
        watcher.terminate()  # before its pipe closes: the group has ended on its own
        watcher.wait()
        assert watcher.stdin is not None
        watcher.stdin.close()


def _environment_for_child(variables: dict[str, str]) -> dict[str, str]:
    """Our environment with these variables, and none that point to another workspace or database.

    Passwords are passed on: they point nowhere, and the user may want to test with the one that is set.
    """
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DATABRICKS_", "PG", "LAKEBASE_"))
        or name in ("PGPASSWORD", "LAKEBASE_PASSWORD")
    }
    return inherited | variables


def _signal_group(group: int, signum: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signum)


@contextlib.contextmanager
def _terminal_lent_to(group: int) -> Iterator[None]:
    """Let a process group read from the terminal, if there is one and this process owns it."""
    try:
        ours = os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        ours = False  # standard input is not a terminal
    if not ours:
        yield
        return
    # Taking the terminal back from the background would stop us if the signal were not ignored.
    before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    try:
        with contextlib.suppress(OSError):  # the command may have ended already
            os.tcsetpgrp(0, group)
        yield
    finally:
        os.tcsetpgrp(0, os.getpgrp())
        signal.signal(signal.SIGTTOU, before)


@contextlib.contextmanager
def _on_signal(act: Callable[[int], None]) -> Iterator[None]:
    """Call `act` on a signal to stop instead of dying of it, so that nothing is left running."""

    def received(signum: int, _: FrameType | None) -> None:
        act(signum)

    before = {signum: signal.signal(signum, received) for signum in _STOPPING}
    try:
        yield
    finally:
        for signum, previous in before.items():
            signal.signal(signum, previous)
