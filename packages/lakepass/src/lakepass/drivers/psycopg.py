"""Connections with psycopg 3: each with a valid password, retried while a compute wakes.

Only connecting is retried; statements are for the caller to retry.
"""

import asyncio
import math
import re
import ssl
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg

from lakepass.drivers.attempts import (
    GONE_AFTER_S,
    KEEPALIVE_COUNT,
    KEEPALIVE_IDLE_S,
    KEEPALIVE_INTERVAL_S,
    Attempts,
)
from lakepass.target.settings import SYSTEM_AUTHORITIES

if TYPE_CHECKING:
    from lakepass.credentials.login import Login
    from lakepass.lakebase import Lakebase

_T = TypeVar("_T")

# PostgreSQL docs, "Parameter Key Words".
_KEEPALIVES = {
    "keepalives": 1,
    "keepalives_idle": KEEPALIVE_IDLE_S,
    "keepalives_interval": KEEPALIVE_INTERVAL_S,
    "keepalives_count": KEEPALIVE_COUNT,
    "tcp_user_timeout": GONE_AFTER_S * 1000,
}

_NAMES_APPLICATION = re.compile(r"(?:-c|--)\s*application[_-]name=", re.IGNORECASE)


def connect(
    lake: "Lakebase", *, server_settings: dict[str, str] | None = None, **options: Any
) -> "psycopg.Connection[Any]":
    """An open psycopg connection, within `lake.connect_deadline_s` seconds.

    options: as for `psycopg.connect`, except what `lake` supplies.
    Raises LoginRejected, DatabaseUnavailable, ConnectError, CredentialError, ConfigurationError.
    """
    return open_connection(lake, psycopg.Connection.connect, server_settings, options)


async def connect_async(
    lake: "Lakebase", *, server_settings: dict[str, str] | None = None, **options: Any
) -> "psycopg.AsyncConnection[Any]":
    """As `connect`, without blocking the event loop."""
    opening = psycopg.AsyncConnection.connect
    return await open_connection_async(lake, opening, server_settings, options)


def open_connection(
    lake: "Lakebase",
    open_: Callable[..., _T],
    server_settings: dict[str, str] | None,
    options: dict[str, Any],
) -> _T:
    """What `open_` returns for parameters with a valid password. Raises as `connect`."""
    attempts = Attempts(lake)
    while True:
        login = lake.login(attempts.left_s)
        try:
            connection = open_(**_parameters(login, attempts, server_settings, options))
        except psycopg.OperationalError as error:
            time.sleep(attempts.failed(error, login))
        else:
            attempts.succeeded(login)
            return connection


async def open_connection_async(
    lake: "Lakebase",
    open_: Callable[..., Awaitable[_T]],
    server_settings: dict[str, str] | None,
    options: dict[str, Any],
) -> _T:
    """As `open_connection`, without blocking the event loop."""
    attempts = Attempts(lake)
    while True:
        login = await lake.login_async(attempts.left_s)
        try:
            connection = await open_(**_parameters(login, attempts, server_settings, options))
        except psycopg.OperationalError as error:
            await asyncio.sleep(attempts.failed(error, login))
        else:
            attempts.succeeded(login)
            return connection


def _parameters(
    login: "Login",
    attempts: Attempts,
    server_settings: dict[str, str] | None,
    options: dict[str, Any],
) -> dict[str, Any]:
    """Parameters for libpq (PostgreSQL docs, "Parameter Key Words"); they override PG* variables.

    options: the caller's, which override ours; of the settings in libpq's `options`, the last wins.
    """
    settings = login.server_settings | (server_settings or {})
    name = settings.pop("application_name", login.application_name)
    own = options.get("options") or ""
    return {
        "host": login.host,
        "port": login.port,
        "dbname": login.database,
        "user": login.user,
        "password": login.credential.password,
        # The server prefers the parameter to the same setting in `options`.
        "application_name": "" if _NAMES_APPLICATION.search(own) else name,
        "sslmode": login.sslmode,
        "sslrootcert": _authorities(login),
        "sslnegotiation": "postgres",  # the service's gateway refuses direct TLS …
        "gssencmode": "disable",  # … and GSS encryption
        "connect_timeout": math.ceil(attempts.timeout_s),
        # Behind a pooler the next transaction may run on a server that lacks the prepared statement.
        **({"prepare_threshold": None} if login.is_pooled else {}),
        **_KEEPALIVES,
        **options,
        "options": f"{_libpq_options(settings)} {own}".strip(),
    }


def _authorities(login: "Login") -> str:
    """The file of trusted authorities. The OpenSSL in psycopg's wheels does not know where this
    system stores them; Python's does."""
    if login.sslrootcert != SYSTEM_AUTHORITIES:
        return login.sslrootcert
    return ssl.get_default_verify_paths().cafile or SYSTEM_AUTHORITIES


def _libpq_options(settings: dict[str, str]) -> str:
    """Settings in the form of libpq's `options`, with blanks and backslashes escaped."""
    return " ".join(
        "-c " + re.sub(r"([\s\\])", r"\\\1", f"{name}={value}") for name, value in settings.items()
    )
