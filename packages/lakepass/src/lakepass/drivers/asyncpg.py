"""Connections with asyncpg: each with a valid password, retried while a compute wakes.

Only connecting is retried; statements are for the caller to retry.
"""

import asyncio
import socket
from typing import TYPE_CHECKING, Any

import asyncpg

from lakepass.drivers.attempts import (
    GONE_AFTER_S,
    KEEPALIVE_COUNT,
    KEEPALIVE_IDLE_S,
    KEEPALIVE_INTERVAL_S,
    Attempts,
)

if TYPE_CHECKING:
    from lakepass.credentials.login import Login
    from lakepass.lakebase import Lakebase

POOL_SIZE = 10
# What asyncpg raises while it connects. TLS errors and time-outs are OSErrors.
_FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)


async def connect(
    lake: "Lakebase", *, server_settings: dict[str, str] | None = None, **options: Any
) -> Any:
    """An open asyncpg connection, within `lake.connect_deadline_s` seconds.

    options: as for `asyncpg.connect`, except what `lake` supplies.
    Raises LoginRejected, DatabaseUnavailable, ConnectError, CredentialError, ConfigurationError.
    """
    attempts = Attempts(lake)
    while True:
        login = await lake.login_async(attempts.left_s)
        try:
            connection = await _attempt(login, server_settings, attempts.timeout_s, options)
        except _FAILURES as error:
            await asyncio.sleep(attempts.failed(error, login))
        else:
            attempts.succeeded(login)
            _keep_alive(connection)
            return connection


async def _attempt(
    login: "Login",
    server_settings: dict[str, str] | None,
    timeout_s: float,
    options: dict[str, Any],
) -> Any:
    settings = {"application_name": login.application_name, **login.server_settings}
    return await asyncpg.connect(
        host=login.host,
        port=login.port,
        database=login.database,
        user=login.user,
        password=login.credential.password,
        # Passed so that asyncpg ignores PGSSL* and key files in ~/.postgresql.
        ssl=login.tls or False,
        direct_tls=False,  # the service's gateway expects the Postgres negotiation
        server_settings=settings | (server_settings or {}),
        target_session_attrs="any",
        **{"timeout": timeout_s, **_for_pooler(login), **options},
    )


def _for_pooler(login: "Login") -> dict[str, Any]:
    """Behind a pooler the next transaction may run on a server that lacks the prepared statement."""
    return {"statement_cache_size": 0} if login.is_pooled else {}


# By socket option; not every system has all of them.
_KEEPALIVES = {
    "TCP_KEEPIDLE": KEEPALIVE_IDLE_S,
    "TCP_KEEPINTVL": KEEPALIVE_INTERVAL_S,
    "TCP_KEEPCNT": KEEPALIVE_COUNT,
    "TCP_USER_TIMEOUT": GONE_AFTER_S * 1000,
}


def _keep_alive(connection: Any) -> None:
    """Do what libpq does for psycopg; asyncpg has no setting, and no public access to the socket."""
    opened = connection._transport.get_extra_info("socket")
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVES.items():
        if option := getattr(socket, name, None):
            opened.setsockopt(socket.IPPROTO_TCP, option, value)


async def pool(
    lake: "Lakebase", *, server_settings: dict[str, str] | None = None, **options: Any
) -> Any:
    """An asyncpg pool; each new connection logs in with a valid password.

    options: as for `asyncpg.create_pool`, which override our defaults. Raises as `connect`.
    """

    async def open_connection(*_: Any, **parameters: Any) -> Any:
        return await connect(lake, server_settings=server_settings, **parameters)

    return await asyncpg.create_pool(
        connect=open_connection, **{"min_size": 1, "max_size": POOL_SIZE, **options}
    )
