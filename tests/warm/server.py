"""Imports what a package's commands import, then forks for each call; see __init__.py.

Usage: server.py SOCKET PACKAGE
"""

import gc
import importlib
import os
import runpy
import select
import signal
import socket
import sys
import time

# Not the command itself, which runpy imports as __main__.
IMPORTS = {
    "lakepass": (
        "asyncpg", "psycopg", "sqlalchemy.ext.asyncio", "lakepass.databricks",
        "lakepass.commands.connect", "lakepass.commands.dump", "lakepass.commands.fault",
        "lakepass.commands.grant", "lakepass.doctor.commands", "lakepass.doctor.examination",
        "lakepass.emulator.cli",
    ),
    "storefront": (
        "lakepass.databricks", "storefront.serving", "storefront.deploy.command",
        *map("storefront.commands.{}".format, (
            "background", "checking", "migrating", "products", "running", "serving",
        )),
    ),
}  # fmt: skip
HEADER_BYTES = 8


def calls(listener: socket.socket) -> socket.socket:
    """Returns in a fork of this process, for each call; never in this process itself."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks that wait
    while True:
        ready, _, _ = select.select([listener.fileno(), 0], [], [])
        if 0 in ready:
            os._exit(0)  # the tests have ended
        connection, _ = listener.accept()
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            listener.close()
            if (runner := os.fork()) == 0:
                return connection
            _, status = os.waitpid(runner, 0)
            connection.sendall(str(os.waitstatus_to_exitcode(status)).encode())
            os._exit(0)
        connection.close()


def become(connection: socket.socket) -> list[str]:
    """Take over the caller's files, folder and environment; returns its arguments."""
    header, files, _, _ = socket.recv_fds(connection, HEADER_BYTES, 3)
    with connection, connection.makefile("rb") as message:
        parts = message.read(int.from_bytes(header, "big")).split(b"\0")
    folder, count, *rest = map(os.fsdecode, parts)
    arguments, variables = rest[: int(count)], rest[int(count) :]
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        errors = "backslashreplace" if name == "stderr" else "surrogateescape"
        is_by_line = name == "stderr" or os.isatty(number)
        stream = open(  # noqa: SIM115 - stays open as long as the process
            number, mode, encoding="utf-8", errors=errors, closefd=False,
            buffering=1 if is_by_line else -1,
        )  # fmt: skip
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(dict(variable.split("=", 1) for variable in variables))
    time.tzset()
    return arguments


def run(arguments: list[str]) -> None:
    """What the interpreter does with these arguments."""
    first, *rest = arguments
    if first == "-c":
        sys.argv = ["-c", *rest[1:]]
        main = type(sys)("__main__")
        sys.modules["__main__"] = main
        sys.path.insert(0, "")
        exec(compile(rest[0], "<string>", "exec"), main.__dict__)
    elif first == "-m":
        sys.argv = ["-m", *rest[1:]]
        sys.path.insert(0, os.getcwd())
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        runpy.run_path(first, run_name="__main__")


def main() -> list[str]:
    """Serve; returns the arguments of a call in a fork."""
    path, package = sys.argv[1:]
    sys.path.pop(0)  # this folder
    for module in IMPORTS[package]:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()  # forks share these pages as long as nobody touches them
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(16)
    print("ready", flush=True)
    return become(calls(listener))


if __name__ == "__main__":
    run(main())
