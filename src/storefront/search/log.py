"""Notes what is searched for, beside the answers: nobody waits for it."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text

from storefront.db import Database
from storefront.errors import Unavailable

log = logging.getLogger(__name__)

KEPT_DAYS = 90
WRITE_EVERY_S = 1.0
_MOST_WAITING = 1_000


class SearchLog:
    """Queries with what they found, on their way to the table."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[tuple[str, int]] = []

    def note(self, query: str, result_count: int) -> None:
        """Keep a query for the next writing; of those that wait longer, the first thousand."""
        if len(self._waiting) < _MOST_WAITING:
            self._waiting.append((" ".join(query.casefold().split()), result_count))

    async def write(self) -> None:
        """Write what is waiting, in one statement. Raises Unavailable (503); then it goes on waiting."""
        taken = list(self._waiting)
        if not taken:
            return
        queries, counts = zip(*taken, strict=True)
        async with self._database.writes() as session:
            await session.execute(_NOTE, {"queries": list(queries), "counts": list(counts)})
        del self._waiting[: len(taken)]


@asynccontextmanager
async def keep_log(database: Database) -> AsyncIterator[SearchLog]:
    """A log that is written every second, and once more at the end."""
    kept = SearchLog(database)
    task = asyncio.create_task(_write_on(kept))
    try:
        yield kept
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        with contextlib.suppress(Unavailable):
            await kept.write()


async def forget(database: Database) -> None:
    """Delete what was searched for more than KEPT_DAYS ago. One statement. Raises Unavailable (503)."""
    async with database.writes() as session:
        await session.execute(_FORGET, {"days": KEPT_DAYS})


async def _write_on(kept: SearchLog) -> None:
    while True:
        await asyncio.sleep(WRITE_EVERY_S)
        try:
            await kept.write()
        except Unavailable as error:
            log.warning("What is searched for waits for the database: %s", error.reason)


_FORGET = text("delete from shop.search_log where asked_at < now() - make_interval(days => :days)")
_NOTE = text(
    """
    insert into shop.search_log (query, result_count)
    select * from unnest(cast(:queries as text[]), cast(:counts as int[]))
    """
)
