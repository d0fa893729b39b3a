"""Errors of asyncpg by which a connection is lost: one table for engines, pools and applications."""

import errno
import socket
import ssl

import asyncpg

_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InternalClientError,  # "cannot switch to state …": the socket closed in mid-protocol
    ConnectionError,
    ssl.SSLError,
    socket.gaierror,
)
_NETWORK_DOWN = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.ETIMEDOUT)


def is_connection_lost(error: BaseException) -> bool:
    """Whether this error of a driver call means that the connection can no longer be used.

    The statement may or may not have been carried out: only one that reads can be repeated blindly.
    """
    if isinstance(error, asyncpg.InterfaceError):  # most of them are wrong use
        return "clos" in str(error)
    if isinstance(error, _LOST):
        return True
    return isinstance(error, OSError) and error.errno in _NETWORK_DOWN
