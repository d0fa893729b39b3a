"""SQLAlchemy engines; each new connection logs in with a valid password."""

import importlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from lakepass.forks import reset_in_children_by
from lakepass.target.arguments import refused

if TYPE_CHECKING:
    from lakepass.lakebase import Lakebase

_DRIVERS = ("asyncpg", "psycopg")
# Not because of the token, which is checked at login only: new connections reach a compute that has
# moved, and stay far below the day after which the service may close them (Databricks docs,
# "Authentication" of Lakebase projects).
RECYCLE_S = 45 * 60


def engine(
    lake: "Lakebase", *, server_settings: dict[str, str] | None = None, **options: Any
) -> Engine:
    """An Engine over psycopg 3. options: as for `create_engine`, overriding ours; `connect_args` are
    for `lakepass.drivers.psycopg.connect`.

    The engine's URL is for display: it shows what is known without a look-up, and no password.
    Connecting raises what `lakepass.drivers.psycopg.connect` does, unwrapped by SQLAlchemy.
    """
    from lakepass.drivers import psycopg  # noqa: PLC0415 - one driver is needed, not both

    driver_options = _for_driver(server_settings, options)
    made = create_engine(
        URL.create("postgresql+psycopg", **lake.display()),
        creator=lambda: psycopg.connect(lake, **driver_options),
        **_defaults() | options,
    )
    reset_in_children_by(_leave_connections, made)
    return made


def async_engine(
    lake: "Lakebase",
    *,
    driver: Literal["asyncpg", "psycopg"] = "asyncpg",
    server_settings: dict[str, str] | None = None,
    **options: Any,
) -> AsyncEngine:
    """As `engine`, for asyncio, over asyncpg or psycopg 3.

    Raises ConfigurationError (LP-149) for another driver.
    """
    importlib.import_module("greenlet")  # missing, it would be noticed only when connecting
    connect = _connect_with(driver)
    driver_options = _for_driver(server_settings, options)

    async def open_connection(**_: Any) -> Any:
        return await connect(lake, **driver_options)

    unprepared = _UNPREPARED if driver == "asyncpg" and lake.is_pooled else {}
    made = create_async_engine(
        URL.create(f"postgresql+{driver}", **lake.display()),
        connect_args={"async_creator_fn": open_connection, **unprepared},
        **_defaults() | options,
    )
    reset_in_children_by(_leave_connections, made.sync_engine)
    if driver == "asyncpg":
        event.listen(made.sync_engine, "handle_error", _drop_what_is_lost)
    return made


def _connect_with(driver: str) -> Callable[..., Awaitable[Any]]:
    if driver not in _DRIVERS:
        raise refused("driver", repr(driver), " or ".join(map(repr, _DRIVERS)))
    if driver == "asyncpg":
        from lakepass.drivers import asyncpg  # noqa: PLC0415 - one driver is needed, not both

        return asyncpg.connect
    from lakepass.drivers import psycopg  # noqa: PLC0415 - one driver is needed, not both

    return psycopg.connect_async


def _for_driver(server_settings: dict[str, str] | None, options: dict[str, Any]) -> dict[str, Any]:
    """Take `connect_args` out of options; settings in there are more specific than the engine's."""
    given = options.pop("connect_args", None) or {}
    own = given.get("server_settings") or {}
    return {**given, "server_settings": (server_settings or {}) | own}


def _leave_connections(forked: Engine) -> None:
    """Start with an empty pool in a forked child: the connections in it are its parent's."""
    forked.dispose(close=False)


def _drop_what_is_lost(context: ExceptionContext) -> None:
    """Drop connections that SQLAlchemy would use again: it knows fewer errors by which one is lost."""
    from lakepass.drivers.lost import is_connection_lost  # noqa: PLC0415 - needs asyncpg

    error: BaseException | None = context.original_exception
    while error is not None and not context.is_disconnect:
        context.is_disconnect = is_connection_lost(error)
        error = error.__cause__


# SQLAlchemy prepares what it sends to asyncpg. Behind a pooler each name may be used once only
# (SQLAlchemy docs, "Prepared Statement Name with PGBouncer").
_UNPREPARED: dict[str, Any] = {
    "prepared_statement_cache_size": 0,
    "prepared_statement_name_func": lambda: f"lakepass_{uuid4().hex}",
}


def _defaults() -> dict[str, Any]:
    """pool_pre_ping: detects connections that scale-to-zero or failover closed."""
    return {"pool_pre_ping": True, "pool_recycle": RECYCLE_S}
