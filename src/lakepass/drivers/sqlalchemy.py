"""SQLAlchemy engines whose every new connection logs in with a live password."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from lakepass.drivers import asyncpg

if TYPE_CHECKING:
    from lakepass.lakebase import Lakebase

# Not for the token, which is checked at login only: replaced connections find a compute that moved,
# and stay far below the day after which the service may close them (Databricks docs,
# "Authentication" of Lakebase projects).
RECYCLE_S = 45 * 60


def async_engine(
    lake: "Lakebase", *, server_settings: dict[str, str] | None = None, **options: Any
) -> AsyncEngine:
    """An AsyncEngine over asyncpg. options: as for `create_async_engine`, and they win.

    The engine's URL is for display: it names what is known without asking, and no password.
    Connecting raises what `lakepass.drivers.asyncpg.connect` does, unwrapped by SQLAlchemy.
    """

    async def open_connection() -> Any:
        return await asyncpg.connect(lake, server_settings=server_settings)

    return create_async_engine(
        URL.create("postgresql+asyncpg", **lake.display()),
        async_creator=open_connection,
        **{
            "pool_pre_ping": True,  # finds out what scale-to-zero and failover have closed
            "pool_recycle": RECYCLE_S,
            **options,
        },
    )
