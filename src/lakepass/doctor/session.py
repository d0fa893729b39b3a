"""One session with the database, through whichever driver is installed."""

import asyncio
from importlib.util import find_spec
from typing import Any, Protocol

from lakepass.lakebase import Lakebase

QUERY_MS = "5000"  # longest that a question of ours may take
FAREWELL_S = 0.1  # asyncpg does not wait until the line of a refused login is closed
Row = tuple[Any, ...]


class Session(Protocol):
    """Asks questions; parameters are $1, $2, …"""

    def rows(self, query: str, *parameters: Any) -> list[Row]:
        """All rows. Raises what the driver raises."""

    def close(self) -> None:
        """End it."""


def drivers() -> list[str]:
    """The drivers that are installed, the one to be used first: no event loop is needed here."""
    return [name for name in ("psycopg", "asyncpg") if find_spec(name)]


def open_session(lake: Lakebase, driver: str) -> Session:
    """Log in. Raises as `Lakebase.login` and as the driver's module says."""
    return _Asyncpg(lake) if driver == "asyncpg" else _Psycopg(lake)


class _Asyncpg:
    def __init__(self, lake: Lakebase) -> None:
        self._runner = asyncio.Runner()
        settings = {"statement_timeout": QUERY_MS}
        try:
            self._connection = self._runner.run(lake.asyncpg_connect(server_settings=settings))
        except BaseException:
            self._runner.run(asyncio.sleep(FAREWELL_S))
            self._runner.close()
            raise

    def rows(self, query: str, *parameters: Any) -> list[Row]:
        return [tuple(row) for row in self._runner.run(self._fetch(query, parameters))]

    async def _fetch(self, query: str, parameters: tuple[Any, ...]) -> Any:
        return await self._connection.fetch(query, *parameters)

    def close(self) -> None:
        async def close() -> None:
            await self._connection.close(timeout=2)

        try:
            self._runner.run(close())
        finally:
            self._runner.close()


class _Psycopg:
    def __init__(self, lake: Lakebase) -> None:
        import psycopg  # noqa: PLC0415 - an extra

        settings = {"statement_timeout": QUERY_MS}
        self._connection = lake.psycopg_connect(
            server_settings=settings, cursor_factory=psycopg.RawCursor, autocommit=True
        )

    def rows(self, query: str, *parameters: Any) -> list[Row]:
        return list(self._connection.execute(query, parameters or None))

    def close(self) -> None:
        self._connection.close()
