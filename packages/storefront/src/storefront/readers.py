"""Bare connections for single statements that read, outside of any transaction (docs/decisions/0014)."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from storefront.telemetry.statements import SlowStatements, Timing

if TYPE_CHECKING:
    import lakepass

_RECYCLE_S = 300.0  # as asyncpg has it
_CLOSE_WITHIN_S = 1.5  # all pools, at once; what is left of 15 s after requests had 10


class Readers:
    """Pools of connections to one host, opened at first use; one for each way to plan a statement.

    session: settings of Postgres for each connection. slow: notified of each statement. wait_s: for a
    connection. answer_s: for the answer to a statement. options: as for `asyncpg.create_pool`.
    """

    def __init__(
        self,
        lake: "lakepass.Lakebase",
        session: dict[str, str],
        slow: SlowStatements,
        *,
        size: int,
        wait_s: float,
        answer_s: float,
        **options: Any,
    ) -> None:
        self._lake = lake
        self._session = session | {"default_transaction_read_only": "on"}
        self._slow = slow
        self._wait_s = wait_s
        self._options = {"max_size": size, "command_timeout": answer_s, "min_size": 1, **options}
        self._pools: dict[bool, Any] = {}  # by whether statements are planned again each time
        self._opening = asyncio.Lock()

    async def fetch(
        self, statement: str, values: Sequence[object], *, use_custom_plan: bool = False
    ) -> Sequence[Any]:
        """The rows of a statement. Raises the driver's own errors, and lakepass's."""
        async with self.connection(use_custom_plan=use_custom_plan) as connection:
            return await self.run(connection, statement, values)

    async def run(self, connection: Any, statement: str, values: Sequence[object]) -> Sequence[Any]:
        """The same on one of these connections."""
        timing = Timing(statement, self._slow)
        try:
            rows: Sequence[Any] = await connection.fetch(statement, *values)
        except BaseException as error:
            timing.end(error)
            raise
        timing.end()
        return rows

    @asynccontextmanager
    async def connection(self, *, use_custom_plan: bool = False) -> AsyncIterator[Any]:
        """A connection of a pool."""
        pool = self._pools.get(use_custom_plan) or await self._open(use_custom_plan)
        async with pool.acquire(timeout=self._wait_s) as connection:
            try:
                yield connection
            except (TimeoutError, asyncio.CancelledError):
                # Returning it to the pool would wait for a silent server to confirm the cancellation.
                connection.terminate()
                raise

    async def aclose(self) -> None:
        """Close every connection; drop those whose server does not answer."""
        await asyncio.gather(*map(_close, self._pools.values()))

    async def _open(self, use_custom_plan: bool) -> Any:
        async with self._opening:
            if use_custom_plan not in self._pools:
                plans = "force_custom_plan" if use_custom_plan else "auto"
                self._pools[use_custom_plan] = await self._lake.asyncpg_pool(
                    reset=_nothing_to_reset,
                    max_inactive_connection_lifetime=_RECYCLE_S,
                    server_settings=self._session | {"plan_cache_mode": plans},
                    **self._options,
                )
            return self._pools[use_custom_plan]


async def _close(pool: Any) -> None:
    try:
        async with asyncio.timeout(_CLOSE_WITHIN_S):
            await pool.close()
    except TimeoutError:
        pool.terminate()


async def _nothing_to_reset(_connection: Any) -> None:
    """A single statement leaves nothing behind in its session, so there is nothing to reset after it."""
