"""Pools of psycopg 3: each connection is made by `lakepass.drivers.psycopg`, and seen to be alive.

What is final is told at once: psycopg's own pools let who waits run into a time-out.
"""

import copy
import select
import time
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg_pool import AsyncConnectionPool, ConnectionPool, PoolTimeout

from lakepass.drivers.psycopg import open_connection, open_connection_async
from lakepass.errors import LakepassError

if TYPE_CHECKING:
    from lakepass.lakebase import Lakebase

# Replaced connections find a compute that moved; it is not for the token, checked at login only.
LIFETIME_S = 45 * 60
IDLE_CHECK_S = 30.0
_DEFAULTS = {
    "min_size": 1,
    "max_size": 10,
    "max_lifetime": LIFETIME_S,
    "reconnect_timeout": 0.0,  # how long to try on is the connect deadline's to say
}


def pool(
    lake: "Lakebase", *, server_settings: dict[str, str] | None = None, **options: Any
) -> "ConnectionPool[Any]":
    """An open pool whose every new connection logs in with a live password.

    options: as for `ConnectionPool`, and they win over our defaults.
    A connection that was cut is replaced before anyone gets it. A refusal that time does not heal
    is raised to all who wait, at once; a wait that times out raises why none could be made.
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
        made.open()  # only now, as a connection that fails tells `made`
    return made


def async_pool(
    lake: "Lakebase", *, server_settings: dict[str, str] | None = None, **options: Any
) -> "AsyncConnectionPool[Any]":
    """As `pool`, for asyncio, and not yet open: an event loop must run when it opens."""

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
    """reason: why no connection could be made the last time, if so."""

    reason: LakepassError | None = None

    def failed(self, error: LakepassError) -> None:
        """Note a failure to connect; if it is final, all who wait are told."""
        self.reason = error
        if not error.retryable:
            for waiting in list(self._waiting):  # there is no public way to tell them
                waiting.fail(copy.copy(error))

    def getconn(self, timeout: float | None = None) -> Any:
        """A connection that was not cut while it lay here."""
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
                self.putconn(connection)  # the pool makes another in its place
            except BaseException:  # an interrupt: lose nothing
                self.putconn(connection)
                raise
            else:
                return connection

    def wait(self, timeout: float = 30.0) -> None:
        """Return once it is filled. Raises why it cannot be."""
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
            for waiting in list(self._waiting):  # there is no public way to tell them
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
                await self.putconn(connection)  # the pool makes another in its place
            except BaseException:  # cancelled: lose nothing
                await self.putconn(connection)
                raise
            else:
                return connection

    async def wait(self, timeout: float = 30.0) -> None:  # noqa: ASYNC109 - as above it
        """As in `_Pool`."""
        deadline = time.monotonic() + timeout
        await self.putconn(await self.getconn(timeout))
        await super().wait(deadline - time.monotonic())


def _why(reason: LakepassError | None, timeout: PoolTimeout) -> Exception:
    return copy.copy(reason) if reason else timeout


def _is_doubtful(connection: "psycopg.Connection[Any] | psycopg.AsyncConnection[Any]") -> bool:
    """Whether the server has said something unasked, as on cutting it off, or was silent for long."""
    now = time.monotonic()
    seen_at = getattr(connection, "_lakepass_seen_at", now)
    connection._lakepass_seen_at = now  # type: ignore[union-attr]  # goes where the connection goes
    said = select.poll()
    said.register(connection.pgconn.socket, select.POLLIN)
    return bool(said.poll(0)) or now - seen_at > IDLE_CHECK_S
