"""The methods of Lakebase that connect. Each imports its driver when it is called."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast, overload

from lakepass.errors import ConfigurationError

if TYPE_CHECKING:
    import asyncpg
    from psycopg import AsyncConnection, Connection
    from psycopg.rows import AsyncRowFactory, RowFactory, TupleRow
    from psycopg_pool import AsyncConnectionPool, ConnectionPool
    from sqlalchemy import Engine
    from sqlalchemy.ext.asyncio import AsyncEngine

    from lakepass.lakebase import Lakebase

Row = TypeVar("Row")


@contextmanager
def _installed(extras: str) -> Iterator[None]:
    """Raises ConfigurationError (LP-142) for an import that fails. extras: what installs it."""
    try:
        yield
    except ImportError as error:
        # SQLAlchemy wraps the error about greenlet; psycopg's, about libpq, names no module.
        missing = error if isinstance(error, ModuleNotFoundError) else error.__cause__
        name = getattr(missing, "name", None)
        raise ConfigurationError(
            f"{name} is not installed." if name else str(error),
            code="LP-142",
            next_step=f'Run: pip install "lakepass[{extras}]"',
        ) from error


class DriverMethods:
    """Connections, pools and engines of a Lakebase.

    All raise ConfigurationError (LP-142) if the driver is not installed.
    """

    @property
    def _lake(self) -> "Lakebase":
        return cast("Lakebase", self)

    def engine(self, **options: Any) -> "Engine":
        """A SQLAlchemy engine over psycopg 3, with a valid password for each new connection.

        options: as for `create_engine`, and `server_settings`.
        """
        with _installed("sqlalchemy,psycopg"):
            from lakepass.drivers import sqlalchemy  # noqa: PLC0415 - an extra, imported when used

            return sqlalchemy.engine(self._lake, **options)

    def async_engine(
        self, *, driver: Literal["asyncpg", "psycopg"] = "asyncpg", **options: Any
    ) -> "AsyncEngine":
        """As `engine`, for asyncio, over asyncpg or psycopg 3."""
        with _installed("sqlalchemy" if driver == "asyncpg" else "sqlalchemy,psycopg"):
            from lakepass.drivers import sqlalchemy  # noqa: PLC0415 - an extra, imported when used

            return sqlalchemy.async_engine(self._lake, driver=driver, **options)

    async def asyncpg_connect(self, **options: Any) -> "asyncpg.Connection[asyncpg.Record]":
        """An asyncpg connection. options: as for `asyncpg.connect`."""
        with _installed("asyncpg"):
            from lakepass.drivers import asyncpg  # noqa: PLC0415 - an extra, imported when used

        return await asyncpg.connect(self._lake, **options)

    async def asyncpg_pool(self, **options: Any) -> "asyncpg.Pool[asyncpg.Record]":
        """An asyncpg pool. options: as for `asyncpg.create_pool`."""
        with _installed("asyncpg"):
            from lakepass.drivers import asyncpg  # noqa: PLC0415 - an extra, imported when used

        return await asyncpg.pool(self._lake, **options)

    @overload
    def psycopg_connect(
        self, *, row_factory: "RowFactory[Row]", **options: Any
    ) -> "Connection[Row]": ...

    @overload
    def psycopg_connect(
        self, *, row_factory: None = None, **options: Any
    ) -> "Connection[TupleRow]": ...

    def psycopg_connect(self, **options: Any) -> "Connection[Any]":
        """A psycopg connection. options: as for `psycopg.connect`, and `server_settings`."""
        with _installed("psycopg"):
            from lakepass.drivers import psycopg  # noqa: PLC0415 - an extra, imported when used

        return psycopg.connect(self._lake, **options)

    @overload
    async def psycopg_connect_async(
        self, *, row_factory: "AsyncRowFactory[Row]", **options: Any
    ) -> "AsyncConnection[Row]": ...

    @overload
    async def psycopg_connect_async(
        self, *, row_factory: None = None, **options: Any
    ) -> "AsyncConnection[TupleRow]": ...

    async def psycopg_connect_async(self, **options: Any) -> "AsyncConnection[Any]":
        """As `psycopg_connect`, for asyncio."""
        with _installed("psycopg"):
            from lakepass.drivers import psycopg  # noqa: PLC0415 - an extra, imported when used

        return await psycopg.connect_async(self._lake, **options)

    @overload
    def psycopg_pool(
        self, *, kwargs: dict[str, Any], **options: Any
    ) -> "ConnectionPool[Connection[Any]]": ...

    @overload
    def psycopg_pool(
        self, *, kwargs: None = None, **options: Any
    ) -> "ConnectionPool[Connection[TupleRow]]": ...

    def psycopg_pool(self, **options: Any) -> "ConnectionPool[Any]":
        """An open psycopg pool; close it, or use it as a context manager.

        options: as for `psycopg_pool.ConnectionPool`, and `server_settings`.
        """
        with _installed("psycopg"):
            from lakepass.drivers import psycopg_pools  # noqa: PLC0415 - an extra, as above

        return psycopg_pools.pool(self._lake, **options)

    @overload
    def async_psycopg_pool(
        self, *, kwargs: dict[str, Any], **options: Any
    ) -> "AsyncConnectionPool[AsyncConnection[Any]]": ...

    @overload
    def async_psycopg_pool(
        self, *, kwargs: None = None, **options: Any
    ) -> "AsyncConnectionPool[AsyncConnection[TupleRow]]": ...

    def async_psycopg_pool(self, **options: Any) -> "AsyncConnectionPool[Any]":
        """As `psycopg_pool`, for asyncio; open it with `async with` or `await pool.open()`."""
        with _installed("psycopg"):
            from lakepass.drivers import psycopg_pools  # noqa: PLC0415 - an extra, as above

        return psycopg_pools.async_pool(self._lake, **options)
