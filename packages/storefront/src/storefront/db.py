"""The shop's one door to the database: sessions, transactions, and driver errors made ours.

The only module that uses lakepass and the only one that commits. Nothing here touches the network
until the first session is opened, so the shop starts whether or not its database is awake.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NewType

import asyncpg
import lakepass
from lakepass.doctor.examination import examine
from lakepass.doctor.report import Report
from sqlalchemy import MetaData, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import DeclarativeBase

from storefront.errors import Unavailable
from storefront.settings import Settings

log = logging.getLogger(__name__)

# The app's service principal may create schemas, but owns nothing in those that others made
# (Databricks docs, "Add a Lakebase resource to a Databricks app"): the shop owns a schema of its own.
SCHEMA = "shop"

ReadSession = NewType("ReadSession", AsyncSession)
"""A session whose transaction the server keeps read-only."""
WriteSession = NewType("WriteSession", ReadSession)
"""A session that may write; it can be used wherever reading is asked for."""


class Base(DeclarativeBase):
    """Base of every table; constraint names are readable, since they appear in errors."""

    metadata = MetaData(
        schema=SCHEMA,
        naming_convention={
            "pk": "%(table_name)s_pkey",
            "fk": "%(table_name)s_%(column_0_name)s_fkey",
            "uq": "%(table_name)s_%(column_0_N_name)s_key",
            "ix": "%(table_name)s_%(column_0_N_name)s_idx",
            "ck": "%(table_name)s_%(constraint_name)s",
        },
    )


class Database:
    """Sessions on the shop's Lakebase database.

    Made without touching the network. A configuration that cannot work is kept as ``problem`` and told
    to every caller as Unavailable, so that the shop can start, say why, and be looked at.
    """

    def __init__(self, settings: Settings) -> None:
        self.problem: lakepass.LakepassError | None = None
        self._settings = settings
        self._engine: AsyncEngine | None = None
        # asyncpg pools, each opened by the first that reads so: by whether statements are planned anew
        self._readers: dict[bool, Any] = {}
        self._opening = asyncio.Lock()
        self._lake: lakepass.Lakebase | None = None
        try:
            self._lake = lakepass.Lakebase(connect_deadline_s=settings.connect_deadline_s)
            self._engine = self._lake.async_engine(
                pool_size=settings.pool_size,
                max_overflow=settings.pool_overflow,
                pool_timeout=settings.connect_deadline_s,
                server_settings=_session(settings),
                connect_args={"command_timeout": _silence_s(settings)},
            )
        except lakepass.LakepassError as error:
            self.problem = error
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)

    def report(self) -> list[str]:
        """How the database will be reached, for the log at start: no secret, no network."""
        if self._lake is None:
            return [f"✗ {self.problem}"]
        return self._lake.explain().lines()

    async def examination(self) -> Report:
        """Every step on the way to the database, tried now: seconds, in a thread. Holds no secret."""
        pools = 2 * self._settings.pool_size + self._settings.pool_overflow  # those of readers, too
        return await asyncio.to_thread(
            examine, self._lake, schemas=(SCHEMA,), is_writing=True, connections=pools
        )

    @asynccontextmanager
    async def reads(self) -> AsyncIterator[ReadSession]:
        """A session in one read-only transaction. Raises Unavailable (503)."""
        async with self._transaction(is_read_only=True) as session:
            yield ReadSession(session)

    @asynccontextmanager
    async def writes(self) -> AsyncIterator[WriteSession]:
        """A session in one transaction: committed on leaving, undone by any exception.

        Raises Unavailable (503).
        """
        async with self._transaction(is_read_only=False) as session:
            yield WriteSession(ReadSession(session))

    @asynccontextmanager
    async def trial(self) -> AsyncIterator[WriteSession]:
        """A session whose writes are undone on leaving: to learn what they would do."""
        with contextlib.suppress(_TrialOverError):
            async with self._transaction(is_read_only=False) as session:
                yield WriteSession(ReadSession(session))
                raise _TrialOverError

    async def fetch(
        self, statement: str, *values: object, is_planned_anew: bool = False
    ) -> Sequence[Any]:
        """The rows of one reading statement, on the bare driver and outside of any transaction.

        For the few reads that are asked all the time: it costs a third of what a session does
        (docs/decisions/0014). statement: with ``$1``, ``$2`` … for the values.
        is_planned_anew: for these very values, where they decide which index is best; else once.
        Sent once more where the connection broke under it. Raises Unavailable (503).
        """
        self._engine_or_problem()
        log.debug("fetch %s", statement)
        async with _driver_errors_made_ours():
            readers = self._readers.get(is_planned_anew) or await self._open(is_planned_anew)
            try:
                return await self._fetch(readers, statement, values)
            except _CONNECTION_LOST:
                return await self._fetch(readers, statement, values)

    async def export(self, statement: str, file: Path) -> None:
        """Write the rows of one reading statement to a file, as CSV with a header; flat in memory.

        Raises Unavailable (503).
        """
        async with self.connection() as connection:
            raw = await connection.get_raw_connection()
            driver: Any = raw.driver_connection
            await driver.copy_from_query(statement, output=file, format="csv", header=True)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection]:
        """A bare connection in one transaction, for migrations. Raises Unavailable (503)."""
        with_engine = self._engine_or_problem()
        async with _driver_errors_made_ours(), with_engine.begin() as connection:
            yield connection

    async def aclose(self) -> None:
        """Close every connection; one whose other side does not answer is dropped."""
        for readers in self._readers.values():
            try:
                await asyncio.wait_for(readers.close(), _CLOSE_WITHIN_S)
            except TimeoutError:
                readers.terminate()
        if self._engine is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._engine.dispose(), _CLOSE_WITHIN_S)
        if self._lake is not None:
            await self._lake.aclose()

    async def _fetch(self, readers: Any, statement: str, values: Sequence[object]) -> Sequence[Any]:
        # A second more than a connect may take: then its own error says why there is none.
        wait_s = self._settings.connect_deadline_s + 1
        async with readers.acquire(timeout=wait_s) as connection:
            rows: Sequence[Any] = await connection.fetch(statement, *values)
            return rows

    async def _open(self, is_planned_anew: bool) -> Any:
        async with self._opening:
            if is_planned_anew not in self._readers and self._lake is not None:
                plans = "force_custom_plan" if is_planned_anew else "auto"
                self._readers[is_planned_anew] = await self._lake.asyncpg_pool(
                    min_size=1,
                    max_size=self._settings.pool_size,
                    reset=_nothing_to_reset,
                    max_inactive_connection_lifetime=_RECYCLE_S,
                    command_timeout=_silence_s(self._settings),
                    server_settings=_session(self._settings)
                    | {
                        "default_transaction_read_only": "on",
                        "plan_cache_mode": plans,
                        "jit": "off",
                    },
                )
            return self._readers[is_planned_anew]

    @asynccontextmanager
    async def _transaction(self, *, is_read_only: bool) -> AsyncIterator[AsyncSession]:
        self._engine_or_problem()
        async with _driver_errors_made_ours(), self._sessions() as session, session.begin():
            if is_read_only:
                await session.connection(execution_options={"postgresql_readonly": True})
            yield session

    def _engine_or_problem(self) -> AsyncEngine:
        if self._engine is None:
            raise Unavailable(_POLITE, retry_after_s=60, reason=str(self.problem))
        return self._engine


class _TrialOverError(Exception):
    """Leaves a transaction so that it is undone."""


def _session(settings: Settings) -> dict[str, str]:
    return {
        "statement_timeout": f"{settings.statement_timeout_s * 1_000:.0f}ms",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "60s",
        # The default, 4, is of spinning disks: it makes the planner read whole tables for a few rows.
        "random_page_cost": "1.1",
    }


def _silence_s(settings: Settings) -> float:
    """How long a database may say nothing: it ends statements by itself before that."""
    return settings.statement_timeout_s + 5.0


async def _nothing_to_reset(_connection: Any) -> None:
    """What ``fetch`` sends leaves no trace in its session, so that none need be wiped after it."""


_RECYCLE_S = 300.0  # as asyncpg has it
_CLOSE_WITHIN_S = 1.5  # each of two pools; what is left of 15 s after requests had 10

_CONNECTION_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InterfaceError,
    ConnectionError,
)

_POLITE = "The shop's database does not answer just now. Nothing is lost; please try again shortly."

# SQLSTATE classes that say "not now" rather than "wrong" (PostgreSQL docs, appendix A).
_NOT_NOW = ("08", "57P", "53")
_TRY_AGAIN = frozenset(
    {"40001", "40P01", "55P03", "57014"}
)  # serialisation, deadlock, lock, cancelled

# What an operator has forgotten.
_MIGRATE = "The database has not the schema that this code needs: run `storefront migrate`."
_NOT_SET_UP = {
    "3F000": _MIGRATE,  # no such schema
    "42P01": _MIGRATE,  # no such table
    "42703": _MIGRATE,  # no such column
    "42501": "The Postgres role lacks a right that the shop needs: it must own its schema "
    f"`{SCHEMA}`, or be granted it by whoever made it.",
}


@asynccontextmanager
async def _driver_errors_made_ours() -> AsyncIterator[None]:
    try:
        yield
    except lakepass.LakepassError as error:
        raise Unavailable(_POLITE, reason=str(error)) from error
    except (PoolTimeout, TimeoutError) as error:
        raise Unavailable(_POLITE, retry_after_s=1, reason="All connections are in use.") from error
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None) or ""
        if ours := _as_unavailable(state, is_cut=error.connection_invalidated):
            raise ours from error
        raise
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        state = getattr(error, "sqlstate", None) or ""
        if ours := _as_unavailable(state, is_cut=isinstance(error, _CONNECTION_LOST)):
            raise ours from error
        raise


def _as_unavailable(state: str, *, is_cut: bool) -> Unavailable | None:
    """What a driver's error means for a caller; None where it is a bug. state: SQLSTATE, or empty."""
    if state in _TRY_AGAIN:
        return Unavailable(_POLITE, retry_after_s=1, reason=f"SQLSTATE {state}")
    if state in _NOT_SET_UP:
        return Unavailable(_POLITE, retry_after_s=60, reason=_NOT_SET_UP[state])
    if is_cut or state.startswith(_NOT_NOW):
        return Unavailable(_POLITE, reason=f"The connection was lost ({state or 'cut'}).")
    return None


async def schema_revision(session: ReadSession) -> str | None:
    """The migration that the database stands at; None before the first. Two statements at most."""
    if await session.scalar(text("select to_regclass('shop.alembic_version')")) is None:
        return None
    revision: str = await session.scalar(text("select version_num from shop.alembic_version"))
    return revision
