"""Which errors of asyncpg mean that a connection is lost."""

import errno
import socket
import ssl

import asyncpg
import pytest

from lakepass.drivers.lost import is_connection_lost


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.InternalClientError(
            "cannot switch to state 12; another operation (2) is in progress"
        ),
        asyncpg.AdminShutdownError("terminating connection due to administrator command"),
        asyncpg.CrashShutdownError("terminating connection because of crash"),
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
        asyncpg.InterfaceError("connection is closed"),
        ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"),
        BrokenPipeError(errno.EPIPE, "Broken pipe"),
        ssl.SSLError("bad record mac"),
        socket.gaierror(-2, "Name or service not known"),
        OSError(errno.EHOSTUNREACH, "No route to host"),
    ],
    ids=repr,
)
def test_the_connection_is_lost(error: Exception) -> None:
    assert is_connection_lost(error)


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.UniqueViolationError("duplicate key value"),
        asyncpg.QueryCanceledError("canceling statement due to statement timeout"),
        asyncpg.InterfaceError("the server expects 1 argument for this query, 2 were passed"),
        FileNotFoundError(errno.ENOENT, "No such file or directory"),
        ValueError("x"),
    ],
    ids=repr,
)
def test_the_connection_is_still_there(error: Exception) -> None:
    assert not is_connection_lost(error)
