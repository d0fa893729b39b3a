"""The shop's one door to the database: sessions and transactions.

The only module that connects and the only one that commits. Nothing here touches the network until
the first session is opened, so the shop starts whether or not its database is awake. What the driver
raises becomes Unavailable (``db_errors.py``); what a caller raises inside a transaction stays as it is.
"""

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NewType

from sqlalchemy import MetaData, event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import DeclarativeBase

import lakepass
from lakepass.doctor.report import Report
from lakepass.drivers.lost import is_connection_lost
from storefront import own_writes, replica
from storefront.db_errors import (
    POLITE,
    driver_errors,
    on_driver_error,
)
from storefront.errors import Unavailable
from storefront.readers import Readers
from storefront.replica import Replica
from storefront.settings import Settings
from storefront.telemetry import statements
from storefront.telemetry.statements import SlowStatements

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

    Made without touching the network. A configuration that cannot work is kept as ``problem`` and raised
    to every caller as Unavailable, so that the shop can start and say why. endpoint: instead of that of
    the environment.
    """

    def __init__(self, settings: Settings, *, endpoint: str | None = None) -> None:
        self.problem: lakepass.LakepassError | None = None
        self._settings = settings
        self._engine: AsyncEngine | None = None
        self._readers: Readers | None = None
        self._replica: Replica | None = None
        self._lake: lakepass.Lakebase | None = None
        self._slow = SlowStatements(settings.slow_statement_ms / 1_000, self._plan)
        try:
            self._lake = lakepass.Lakebase(endpoint, connect_deadline_s=settings.connect_deadline_s)
            self._engine = self._lake.async_engine(
                pool_size=settings.pool_size,
                max_overflow=settings.pool_overflow,
                pool_timeout=settings.connect_deadline_s,
                server_settings=_session(settings),
                connect_args={"command_timeout": _silence_s(settings)},
            )
            event.listen(self._engine.sync_engine, "handle_error", on_driver_error)
            statements.observe(self._engine.sync_engine, self._slow)
            self._readers = Readers(
                self._lake,
                _session(settings),
                self._slow,
                size=settings.pool_size,
                # A second more than connecting may take: then the error says why there is no connection.
                wait_s=settings.connect_deadline_s + 1,
                # No request waits longer; background reads are as short as theirs.
                answer_s=min(_silence_s(settings), settings.connect_deadline_s),
            )
            if settings.read_replica:
                self._replica = self._follow(self._lake, settings.read_replica)
        except lakepass.LakepassError as error:
            self.problem = error
        self._waiting: dict[str, list[asyncio.Event]] = defaultdict(list)
        self._sessions = async_sessionmaker(
            self._engine, expire_on_commit=False, info={_WAITING: self._waiting}
        )

    def report(self) -> list[str]:
        """How the database will be reached, for the log at start: no secret, no network."""
        if self._lake is None:
            return [f"✗ {self.problem}"]
        problem = [f"✗ {self.problem}"] if self.problem else []
        return [*self._lake.explain().lines(), *problem]

    async def examination(self) -> Report:
        """The doctor's report on every step to the database: seconds, in a thread. Holds no secret."""
        from lakepass.doctor.examination import examine  # noqa: PLC0415 - not loaded until it is needed

        pools = 2 * self._settings.pool_size + self._settings.pool_overflow  # the readers' too
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
        """A session in one transaction: committed on leaving, rolled back by any exception.

        Raises Unavailable (503) for what the database refuses for now, when the transaction begins, in a
        statement or in the commit. Exceptions of the block itself come out unchanged.
        """
        async with self._transaction(is_read_only=False) as session:
            yield WriteSession(ReadSession(session))

    @asynccontextmanager
    async def trial(self) -> AsyncIterator[WriteSession]:
        """A session whose writes are rolled back on leaving: to learn what they would do."""
        with contextlib.suppress(_TrialOverError):
            async with self._transaction(is_read_only=False) as session:
                yield WriteSession(ReadSession(session))
                raise _TrialOverError

    def committed(self, signal: str) -> asyncio.Event:
        """A new event, set by each commit of a session that `on_commit` was called for."""
        committed = asyncio.Event()
        self._waiting[signal].append(committed)
        return committed

    async def position(self) -> int:
        """Where the write-ahead log ends: after everything that is committed. One statement.

        Raises Unavailable (503).
        """
        [(position,)] = await self.fetch("select pg_current_wal_insert_lsn()")
        return int(position)

    def require(self, position: int) -> None:
        """Require every later read to include this position, also on a replica."""
        if self._replica is not None:
            self._replica.require(position)

    async def fetch(
        self,
        statement: str,
        *values: object,
        use_custom_plan: bool = False,
        may_lag: bool = False,
    ) -> Sequence[Any]:
        """The rows of one reading statement, on the bare driver and outside of any transaction.

        For the few reads that every page needs: it costs a third of what a session does
        (docs/decisions/0014). statement: with ``$1``, ``$2`` … for the values.
        use_custom_plan: planned for these values, where they decide which index is best.
        may_lag: a replica may answer, where the settings have one (docs/decisions/0046).
        Retried once where the connection was lost. Raises Unavailable (503).
        """
        readers = self._readers_or_problem()
        log.debug("fetch %s", statement)
        if may_lag and self._replica is not None:
            rows = await self._replica.fetch(statement, values, use_custom_plan=use_custom_plan)
            if rows is not None:
                return rows
        with driver_errors():
            try:
                return await readers.fetch(statement, values, use_custom_plan=use_custom_plan)
            except Exception as error:
                if not is_connection_lost(error):
                    raise
                return await readers.fetch(statement, values, use_custom_plan=use_custom_plan)

    async def export(self, statement: str, file: Path) -> None:
        """Write the rows of one reading statement to a file, as CSV with a header; flat in memory.

        Raises Unavailable (503).
        """
        async with self.connection() as connection:
            raw = await connection.get_raw_connection()
            driver: Any = raw.driver_connection
            with driver_errors():
                await driver.copy_from_query(statement, output=file, format="csv", header=True)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection]:
        """A bare connection in one transaction, for migrations. Raises Unavailable (503)."""
        async with self._bare() as connection, connection.begin():
            yield connection

    @asynccontextmanager
    async def apart(self) -> AsyncIterator[AsyncConnection]:
        """A bare connection outside of any transaction, for locks of a session. Raises Unavailable."""
        async with self._bare(isolation_level="AUTOCOMMIT") as connection:
            yield connection

    async def aclose(self) -> None:
        """Close every connection; drop those whose server does not answer."""
        await self._slow.stop()
        readers = [one for one in (self._replica, self._readers) if one is not None]
        await asyncio.gather(*(one.aclose() for one in readers))
        if self._engine is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_CLOSE_WITHIN_S):
                    await self._engine.dispose()
        if self._lake is not None:
            await self._lake.aclose()

    async def _plan(self, statement: str) -> str:
        """The plan that Postgres makes for a statement, whatever its values (PostgreSQL docs, EXPLAIN).

        Not by ``explain (generic_plan)``: the values that the driver has to send would be planned for.
        """
        async with self._readers_or_problem().connection() as connection:
            parameters = (await connection.prepare(statement)).get_parameters()
            nulls = f"({', '.join(['null'] * len(parameters))})" if parameters else ""
            await connection.execute(f"prepare explained as {statement}")
            try:
                async with connection.transaction():
                    await connection.execute("set local plan_cache_mode = force_generic_plan")
                    lines = await connection.fetch(f"explain execute explained{nulls}")
            finally:
                await connection.execute("deallocate explained")
        return "\n".join(line for (line,) in lines)

    @asynccontextmanager
    async def _bare(self, **options: Any) -> AsyncIterator[AsyncConnection]:
        """A connection with these options of execution. Raises Unavailable (503)."""
        async with contextlib.AsyncExitStack() as stack:
            with driver_errors():  # of connecting, not of the block
                connection = await stack.enter_async_context(self._engine_or_problem().connect())
                await connection.execution_options(**options)
            yield connection

    @asynccontextmanager
    async def _transaction(self, *, is_read_only: bool) -> AsyncIterator[AsyncSession]:
        self._engine_or_problem()
        async with self._sessions() as session, session.begin():
            with driver_errors():  # while the body runs, on_driver_error looks after its statements
                await session.connection(
                    execution_options={"postgresql_readonly": True} if is_read_only else {}
                )
            yield session
        if not is_read_only:
            own_writes.note()

    def _follow(self, lake: lakepass.Lakebase, where: str) -> Replica:
        """The replica that the settings name. Raises LakepassError where it cannot be looked up."""
        settings = self._settings
        if where != "auto":
            lake = lakepass.Lakebase(where, connect_deadline_s=settings.connect_deadline_s)
        readers = Readers(
            lake.read_only(),
            _session(settings),
            self._slow,
            size=settings.pool_size,
            wait_s=replica.WITHIN_S,
            answer_s=replica.WITHIN_S,
            min_size=0,
            connection_class=replica.FollowingConnection,
        )
        return Replica(readers, self.position, most_behind_s=settings.read_replica_lag_s)

    def _readers_or_problem(self) -> Readers:
        self._engine_or_problem()
        assert self._readers is not None  # made with the engine
        return self._readers

    def _engine_or_problem(self) -> AsyncEngine:
        if self._engine is None:
            raise Unavailable(POLITE, retry_after_s=60, reason=str(self.problem))
        return self._engine


class _TrialOverError(Exception):
    """Leaves a transaction so that it is rolled back."""


LOCK_TIMEOUT = "5s"
"""How long a statement waits for a lock before it fails."""


def _session(settings: Settings) -> dict[str, str]:
    return {
        "statement_timeout": f"{settings.statement_timeout_s * 1_000:.0f}ms",
        "lock_timeout": LOCK_TIMEOUT,
        "idle_in_transaction_session_timeout": "60s",
        # The default, 4, is for spinning disks: it makes the planner read whole tables for a few rows.
        "random_page_cost": "1.1",
        # No statement runs long enough to gain what compiling it costs.
        "jit": "off",
    }


def _silence_s(settings: Settings) -> float:
    """How long to wait for an answer: the server cancels statements before that."""
    return settings.statement_timeout_s + 5.0


_CLOSE_WITHIN_S = 1.5  # as the readers; what is left of 15 s after requests had 10


_WAITING = "waiting for a commit"


def on_commit(session: WriteSession, signal: str) -> None:
    """Set every `Database.committed` of this signal once the session commits; not if it rolls back."""
    waiting: dict[str, list[asyncio.Event]] = session.info[_WAITING]

    def wake(_session: Any) -> None:
        for committed in waiting[signal]:
            committed.set()

    event.listen(session.sync_session, "after_commit", wake)


async def plan_for_values(session: ReadSession) -> None:
    """Have each statement of this transaction planned for its values, where they decide which index is
    best, such as a list with filters. One statement."""
    await session.execute(_PLAN_FOR_VALUES)


async def schema_revision(session: ReadSession) -> str | None:
    """The database's migration; None before the first. Two statements at most."""
    if await session.scalar(text("select to_regclass('shop.alembic_version')")) is None:
        return None
    revision: str = await session.scalar(text("select version_num from shop.alembic_version"))
    return revision


_PLAN_FOR_VALUES = text("set local plan_cache_mode = force_custom_plan")
