"""One session with the database, through whichever driver is installed."""

import asyncio
from contextlib import suppress
from importlib import import_module
from typing import Any, Protocol

from lakepass.lakebase import Lakebase

QUERY_MS = "5000"  # the statement timeout of our queries
FAREWELL_S = 0.1  # asyncpg does not wait until the connection of a refused login is closed
Row = tuple[Any, ...]


class Session(Protocol):
    """Runs queries; parameters are $1, $2, …"""

    def rows(self, query: str, *parameters: Any) -> list[Row]:
        """All rows. Raises what the driver raises."""

    def refusal(self, *statements: str) -> str:
        """Run these in a transaction and roll it back. Returns the first error, or ""."""

    def close(self) -> None:
        """End the session."""


def driver() -> str | None:
    """A driver that can be imported, preferably the one that needs no event loop."""
    return next((name for name in ("psycopg", "asyncpg") if _loads(name)), None)


def _loads(name: str) -> bool:
    """Whether it is installed with its dependencies: psycopg does not work without a libpq."""
    try:
        import_module(name)
    except ImportError:
        return False
    return True


def _settings(lake: Lakebase) -> dict[str, str]:
    """Startup parameters of the session, which take precedence over those set for the role or the
    database; none for a pooler (Databricks docs, “Connection pooling”)."""
    if lake.is_pooled:
        return {}
    endless = ("lock_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout")
    return {"statement_timeout": QUERY_MS} | dict.fromkeys(endless, "0")


def open_session(lake: Lakebase) -> Session:
    """Log in. Raises as `Lakebase.login` and as the driver's module does."""
    return (
        _Psycopg(lake, server_settings=_settings(lake)) if driver() == "psycopg" else _Asyncpg(lake)
    )


def try_libpq(lake: Lakebase, options: str) -> Session:
    """Log in through libpq with these `options`, as a program that sets none itself."""
    return _Psycopg(lake, options=options)


class _Asyncpg:
    def __init__(self, lake: Lakebase) -> None:
        self._runner = asyncio.Runner()
        try:
            connecting = lake.asyncpg_connect(server_settings=_settings(lake))
            self._connection = self._runner.run(connecting)
        except BaseException:
            self._runner.run(asyncio.sleep(FAREWELL_S))
            self._runner.close()
            raise

    def rows(self, query: str, *parameters: Any) -> list[Row]:
        return [tuple(row) for row in self._runner.run(self._fetch(query, parameters))]

    async def _fetch(self, query: str, parameters: tuple[Any, ...]) -> Any:
        return await self._connection.fetch(query, *parameters)

    def refusal(self, *statements: str) -> str:
        return self._runner.run(self._try(statements))

    async def _try(self, statements: tuple[str, ...]) -> str:
        import asyncpg  # noqa: PLC0415 - an extra

        transaction = self._connection.transaction()
        await transaction.start()
        try:
            for statement in statements:
                await self._connection.execute(statement)
        except asyncpg.PostgresError as error:
            return str(error)
        finally:
            await transaction.rollback()
        return ""

    def close(self) -> None:
        async def close() -> None:
            await self._connection.close(timeout=2)

        try:
            self._runner.run(close())
        finally:
            self._runner.close()


class _Psycopg:
    def __init__(self, lake: Lakebase, **more: Any) -> None:
        import psycopg  # noqa: PLC0415 - an extra

        self._connection = lake.psycopg_connect(
            cursor_factory=psycopg.RawCursor, autocommit=True, **more
        )

    def rows(self, query: str, *parameters: Any) -> list[Row]:
        return list(self._connection.execute(query, parameters or None))

    def refusal(self, *statements: str) -> str:
        import psycopg  # noqa: PLC0415 - an extra

        message = ""
        with suppress(psycopg.Rollback), self._connection.transaction(force_rollback=True):
            try:
                for statement in statements:
                    self._connection.execute(statement.encode())
            except psycopg.Error as error:
                message = error.diag.message_primary or str(error)
                raise psycopg.Rollback from error
        return message

    def close(self) -> None:
        self._connection.close()
