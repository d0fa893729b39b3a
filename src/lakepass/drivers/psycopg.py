"""Connections and pools by psycopg 3: a live password each time, patience while a compute wakes.

Retries end where the connection begins: what runs on it is the caller's to repeat.
"""

import asyncio
import copy
import math
import select
import ssl
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from psycopg_pool import AsyncConnectionPool, ConnectionPool, PoolTimeout

from lakepass.drivers.attempts import Attempts
from lakepass.errors import LakepassError
from lakepass.target import SYSTEM_AUTHORITIES

if TYPE_CHECKING:
    from lakepass.lakebase import Lakebase, Login

_T = TypeVar("_T")

# Replaced connections find a compute that moved; it is not for the token, checked at login only.
LIFETIME_S = 45 * 60
_POOL_DEFAULTS = {"min_size": 1, "max_size": 10, "max_lifetime": LIFETIME_S}
IDLE_CHECK_S = 30.0
# A peer that vanished without a word is found within 80 s (PostgreSQL docs, "Parameter Key Words").
_KEEPALIVES = {
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 5,
}


def connect(
    lake: "Lakebase", *, server_settings: dict[str, str] | None = None, **options: Any
) -> "psycopg.Connection[Any]":
    """An open psycopg connection, within `lake.connect_deadline_s` seconds.

    options: as for `psycopg.connect`, but for what `lake` knows.
    Raises LoginRejected, DatabaseUnavailable, ConnectError, CredentialError, ConfigurationError.
    """
    return _connect(lake, psycopg.Connection.connect, server_settings, options)


async def connect_async(
    lake: "Lakebase", *, server_settings: dict[str, str] | None = None, **options: Any
) -> "psycopg.AsyncConnection[Any]":
    """As `connect`, without blocking the event loop."""
    return await _connect_async(lake, psycopg.AsyncConnection.connect, server_settings, options)


def pool(
    lake: "Lakebase", *, server_settings: dict[str, str] | None = None, **options: Any
) -> "ConnectionPool[Any]":
    """An open pool whose every new connection logs in with a live password.

    options: as for `ConnectionPool`, and they win over our defaults.
    A connection that was cut is replaced before anyone gets it. Waiting in vain for a connection
    raises why none could be made, where that is known.
    """
    last = _LastError()

    class Connection(psycopg.Connection[Any]):
        @classmethod
        def connect(cls, *_: Any, **parameters: Any) -> Any:
            with last:
                return _connect(lake, super().connect, server_settings, parameters)

    class Pool(ConnectionPool[Any]):
        def getconn(self, timeout: float | None = None) -> Any:
            deadline = time.monotonic() + (self.timeout if timeout is None else timeout)
            while True:
                try:
                    connection = super().getconn(deadline - time.monotonic())
                except PoolTimeout as error:
                    raise last.or_this(error) from error
                try:
                    check(connection)
                except psycopg.OperationalError:
                    self.putconn(connection)  # the pool makes another in its place
                except BaseException:  # an interrupt: lose nothing
                    self.putconn(connection)
                    raise
                else:
                    return connection

    return Pool(connection_class=Connection, **_POOL_DEFAULTS | {"open": True} | options)


def async_pool(
    lake: "Lakebase", *, server_settings: dict[str, str] | None = None, **options: Any
) -> "AsyncConnectionPool[Any]":
    """As `pool`, for asyncio, and not yet open: an event loop must run when it opens."""
    last = _LastError()

    class Connection(psycopg.AsyncConnection[Any]):
        @classmethod
        async def connect(cls, *_: Any, **parameters: Any) -> Any:
            with last:
                return await _connect_async(lake, super().connect, server_settings, parameters)

    class Pool(AsyncConnectionPool[Any]):
        async def getconn(self, timeout: float | None = None) -> Any:  # noqa: ASYNC109 - as above it
            deadline = time.monotonic() + (self.timeout if timeout is None else timeout)
            while True:
                try:
                    connection = await super().getconn(deadline - time.monotonic())
                except PoolTimeout as error:
                    raise last.or_this(error) from error
                try:
                    await check_async(connection)
                except psycopg.OperationalError:
                    await self.putconn(connection)  # the pool makes another in its place
                except BaseException:  # cancelled: lose nothing
                    await self.putconn(connection)
                    raise
                else:
                    return connection

    return Pool(connection_class=Connection, **_POOL_DEFAULTS | {"open": False} | options)


def check(connection: "psycopg.Connection[Any]") -> None:
    """Raise OperationalError if a pooled connection is not to be used. Asks only if in doubt."""
    if _is_doubtful(connection):
        ConnectionPool.check_connection(connection)


async def check_async(connection: "psycopg.AsyncConnection[Any]") -> None:
    """As `check`, for asyncio."""
    if _is_doubtful(connection):
        await AsyncConnectionPool.check_connection(connection)


def _is_doubtful(connection: "psycopg.Connection[Any] | psycopg.AsyncConnection[Any]") -> bool:
    """Whether the server has said something unasked, as on cutting it off, or was silent for long."""
    now = time.monotonic()
    seen_at = getattr(connection, "_lakepass_seen_at", now)
    connection._lakepass_seen_at = now  # type: ignore[union-attr]  # goes where the connection goes
    readable, _, _ = select.select([connection.pgconn.socket], [], [], 0)
    return bool(readable) or now - seen_at > IDLE_CHECK_S


class _LastError:
    """The last reason why a pool could not connect; its waiting users are told it."""

    def __init__(self) -> None:
        self._error: LakepassError | None = None

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: object, _traceback: object) -> None:
        self._error = error if isinstance(error, LakepassError) else None

    def or_this(self, timeout: PoolTimeout) -> Exception:
        return copy.copy(self._error) if self._error else timeout


def _connect(
    lake: "Lakebase",
    open_: Callable[..., _T],
    server_settings: dict[str, str] | None,
    options: dict[str, Any],
) -> _T:
    attempts = Attempts(lake)
    while True:
        login = lake.login(attempts.left_s)
        try:
            connection = open_(**_parameters(login, attempts, server_settings) | options)
        except psycopg.OperationalError as error:
            time.sleep(attempts.failed(error, login))
        else:
            attempts.succeeded(login)
            return connection


async def _connect_async(
    lake: "Lakebase",
    open_: Callable[..., Awaitable[_T]],
    server_settings: dict[str, str] | None,
    options: dict[str, Any],
) -> _T:
    attempts = Attempts(lake)
    while True:
        login = await lake.login_async(attempts.left_s)
        try:
            connection = await open_(**_parameters(login, attempts, server_settings) | options)
        except psycopg.OperationalError as error:
            await asyncio.sleep(attempts.failed(error, login))
        else:
            attempts.succeeded(login)
            return connection


def _parameters(
    login: "Login", attempts: Attempts, server_settings: dict[str, str] | None
) -> dict[str, Any]:
    """What libpq is to know (PostgreSQL docs, "Parameter Key Words"); given, PG* variables lose."""
    return {
        "host": login.host,
        "port": login.port,
        "dbname": login.database,
        "user": login.user,
        "password": login.credential.password,
        "application_name": login.application_name,
        "sslmode": login.sslmode,
        "sslrootcert": _authorities(login),
        "sslnegotiation": "postgres",  # the service's gateway refuses direct TLS …
        "gssencmode": "disable",  # … and GSS encryption
        "connect_timeout": math.ceil(attempts.timeout_s),
        "options": _libpq_options(server_settings or {}),
        **_KEEPALIVES,
    }


def _authorities(login: "Login") -> str:
    """The file of trusted authorities. The libpq of psycopg's wheels brings an OpenSSL that does not
    know where this system keeps them; Python's does."""
    if login.sslrootcert != SYSTEM_AUTHORITIES:
        return login.sslrootcert
    return ssl.get_default_verify_paths().cafile or SYSTEM_AUTHORITIES


def _libpq_options(settings: dict[str, str]) -> str:
    """Settings as the command line that libpq's `options` is; blanks and backslashes escaped."""
    return " ".join(
        f"-c {name}={value}".replace("\\", "\\\\").replace(" ", "\\ ").replace("-c\\ ", "-c ", 1)
        for name, value in settings.items()
    )
