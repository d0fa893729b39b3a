"""Writes the counts of requests down, in the background: no request waits for it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, replace

from sqlalchemy import text

from storefront.background import every, last_time
from storefront.db import Database
from storefront.telemetry.tally import Tally

WRITE_EVERY_S = 60.0
RETENTION_DAYS = 90


async def write(database: Database, tally: Tally) -> None:
    """Add the counts to this hour's row. Two statements; none where nothing was counted.

    Raises Unavailable (503); the counts are then kept for the next time.
    """
    counted = replace(tally)
    if not counted.requests:
        return
    async with database.writes() as session:
        await session.execute(_ADD, asdict(counted))
        await session.execute(_DELETE_OLD, {"days": RETENTION_DAYS})
    tally -= counted


@asynccontextmanager
async def recording(database: Database, tally: Tally) -> AsyncIterator[None]:
    """Write the counts every minute while the block runs, and once more at its end."""

    async def write_counts() -> None:
        await write(database, tally)

    try:
        async with every(WRITE_EVERY_S, "Request counts", write_counts):
            yield
    finally:
        await last_time("Request counts", write_counts)


_ADD = text(
    """
    insert into shop.request_counts as counted (hour, requests, failed, slow)
    values (date_trunc('hour', now()), :requests, :failed, :slow)
    on conflict (hour) do update set
        requests = counted.requests + excluded.requests,
        failed = counted.failed + excluded.failed,
        slow = counted.slow + excluded.slow
    """
)
_DELETE_OLD = text(
    "delete from shop.request_counts where hour < now() - make_interval(days => :days)"
)
