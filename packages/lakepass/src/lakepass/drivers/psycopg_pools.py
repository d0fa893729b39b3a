"""Pools of psycopg 3: connections are made by `lakepass.drivers.psycopg` and checked before use.

A final error is raised at once, where psycopg's own pools let waiting callers time out.
"""

import copy
import os
import select
import time
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg_pool import AsyncConnectionPool, ConnectionPool, PoolTimeout

from lakepass.drivers.psycopg import open_connection, open_connection_async
from lakepass.errors import ConfigurationError, LakepassError

if TYPE_CHECKING:
    from lakepass.lakebase import Lakebase

# New connections reach a compute that has moved. Not because of the token: it is checked at login only.
LIFETIME_S = 45 * 60
IDLE_CHECK_S = 30.0
_DEFAULTS = {
    "min_size": 1,
    "max_size": 10,
    "max_lifetime": LIFETIME_S,
    "reconnect_timeout": 0.0,  # the connect deadline says how long to retry
}


def pool(
    lake: "Lakebase", *, server_settings: dict[str, str] | None = None, **options: Any
) -> "ConnectionPool[Any]":
    """An open pool; each new connection logs in with a valid password.

    options: as for `ConnectionPool`, which override our defaults.
    A connection that was closed by the other side is replaced before it is handed out. A final error
    is raised to all waiting callers at once; a time-out raises the reason why no connection was made.
    """

    class Connection(psycopg.Connection[Any]):
        @classmethod
        def connect(cls, *_: Any, **parameters: Any) -> Any:
            try:
                connection = open_connection(lake, super().connect, server_settings, parameters)
            except LakepassError as error:
                made.failed(error)
                raise
            made.reason = None
            return connection

    settings = {"open": True} | _DEFAULTS | options
    made = _Pool(connection_class=Connection, **settings | {"open": False})
    if settings["open"]:
        made.open()  # only now: a connection that fails reports to `made`
    return made


def async_pool(
    lake: "Lakebase", *, server_settings: dict[str, str] | None = None, **options: Any
) -> "AsyncConnectionPool[Any]":
    """As `pool`, for asyncio, and not yet open: opening it needs a running event loop."""

    class Connection(psycopg.AsyncConnection[Any]):
        @classmethod
        async def connect(cls, *_: Any, **parameters: Any) -> Any:
            opening = super().connect
            try:
                connection = await open_connection_async(lake, opening, server_settings, parameters)
            except LakepassError as error:
                await made.failed(error)
                raise
            made.reason = None
            return connection

    made = _AsyncPool(connection_class=Connection, **_DEFAULTS | {"open": False} | options)
    return made


class _Pool(ConnectionPool[Any]):
    """reason: why the last attempt to make a connection failed, if it did."""

    reason: LakepassError | None = None

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._made_in = os.getpid()

    def failed(self, error: LakepassError) -> None:
        """Record a failure to connect; if it is final, raise it to all waiting callers."""
        self.reason = error
        if not error.retryable:
            for waiting in list(self._waiting):  # there is no public way to reach them
                waiting.fail(copy.copy(error))

    def getconn(self, timeout: float | None = None) -> Any:
        """A connection that is still open. Raises ConfigurationError in a forked child."""
        if os.getpid() != self._made_in:
            raise _of_another_process()
        deadline = time.monotonic() + (self.timeout if timeout is None else timeout)
        while True:
            try:
                connection = super().getconn(deadline - time.monotonic())
            except PoolTimeout as error:
                raise _why(self.reason, error) from error
            try:
                if _is_doubtful(connection):
                    self.check_connection(connection)
            except psycopg.OperationalError:
                self.putconn(connection)  # the pool replaces it
            except BaseException:  # an interrupt: return the connection
                self.putconn(connection)
                raise
            else:
                return connection

    def wait(self, timeout: float = 30.0) -> None:
        """Return when the pool is filled. Raises the reason if it cannot be."""
        deadline = time.monotonic() + timeout
        self.putconn(self.getconn(timeout))
        super().wait(deadline - time.monotonic())


class _AsyncPool(AsyncConnectionPool[Any]):
    """As `_Pool`, for asyncio."""

    reason: LakepassError | None = None

    async def failed(self, error: LakepassError) -> None:
        """As in `_Pool`."""
        self.reason = error
        if not error.retryable:
            for waiting in list(self._waiting):  # there is no public way to reach them
                await waiting.fail(copy.copy(error))

    async def getconn(self, timeout: float | None = None) -> Any:  # noqa: ASYNC109 - as above it
        """As in `_Pool`."""
        deadline = time.monotonic() + (self.timeout if timeout is None else timeout)
        while True:
            try:
                connection = await super().getconn(deadline - time.monotonic())
            except PoolTimeout as error:
                raise _why(self.reason, error) from error
            try:
                if _is_doubtful(connection):
                    await self.check_connection(connection)
            except psycopg.OperationalError:
                await self.putconn(connection)  # the pool replaces it
            except BaseException:  # cancelled: return the connection
                await self.putconn(connection)
                raise
            else:
                return connection

    async def wait(self, timeout: float = 30.0) -> None:  # noqa: ASYNC109 - as above it
        """As in `_Pool`."""
        deadline = time.monotonic() + timeout
        await self.putconn(await self.getconn(timeout))
        await super().wait(deadline - time.monotonic())


def _of_another_process() -> ConfigurationError:
    """In a forked child the pool holds its parent's connections, and has no threads to open others."""
    return ConfigurationError(
        "This pool was made before the process was forked, so its connections are those of the parent.",
        code="LP-511",
        next_step="Make a pool in each process, after the fork. Engines of SQLAlchemy need not be.",
    )


def _why(reason: LakepassError | None, timeout: PoolTimeout) -> Exception:
    return copy.copy(reason) if reason else timeout


def _is_doubtful(connection: "psycopg.Connection[Any] | psycopg.AsyncConnection[Any]") -> bool:
    """Whether the server sent something unasked, as when it closes, or it was idle for long."""
    now = time.monotonic()
    seen_at = getattr(connection, "_lakepass_seen_at", now)
    connection._lakepass_seen_at = now  # type: ignore[union-attr]  # stays with the connection
    poll = select.poll()
    poll.register(connection.pgconn.socket, select.POLLIN)
    return bool(poll.poll(0)) or now - seen_at > IDLE_CHECK_S
