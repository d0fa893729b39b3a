"""Notes what is searched for and whether anything found was opened, beside the answers: nobody waits."""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import text

from storefront.db import Database
from storefront.errors import Unavailable

log = logging.getLogger(__name__)

KEPT_DAYS = 90
WRITE_EVERY_S = 1.0
TOLD_DAYS = 30
_MOST_WAITING = 1_000
_MOST_OPENED = 24  # of one search: a page's worth, however often a program says that it was more


class SearchLog:
    """Queries with what they found, on their way to the table."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[tuple[str, int]] = []
        self._opened: Counter[str] = Counter()

    def note(self, query: str, result_count: int) -> None:
        """Keep a query for the next writing; of those that wait longer, the first thousand."""
        if len(self._waiting) < _MOST_WAITING:
            self._waiting.append((_plain(query), result_count))

    def note_opened(self, query: str) -> None:
        """Count for the last search of this within the hour that a product it found was opened."""
        if self._opened.total() < _MOST_WAITING:
            self._opened[_plain(query)] += 1

    async def write(self) -> None:
        """Write what is waiting. Raises Unavailable (503); then it goes on waiting."""
        taken, opened = list(self._waiting), Counter(self._opened)
        if not taken and not opened:
            return
        async with self._database.writes() as session:
            if taken:
                queries, counts = zip(*taken, strict=True)
                await session.execute(_NOTE, {"queries": list(queries), "counts": list(counts)})
            if opened:  # in one order everywhere: processes that write at once wait in line
                rows = [
                    {"query": query, "times": times, "most": _MOST_OPENED}
                    for query, times in sorted(opened.items())
                ]
                await session.execute(_OPENED, rows)
        del self._waiting[: len(taken)]
        self._opened -= opened


@dataclass(frozen=True, slots=True)
class Asked:
    """A query of the last TOLD_DAYS: how often it was asked, how often in vain, how much was opened."""

    query: str
    searches: int
    in_vain: int
    opened: int

    @property
    def click_rate(self) -> float:
        """Products opened for each search."""
        return self.opened / self.searches


@dataclass(frozen=True, slots=True)
class Told:
    """What is searched for: the most frequent queries, and those most often without results."""

    frequent: list[Asked]
    in_vain: list[Asked]


async def told(database: Database, *, most: int) -> Told:
    """The queries of the last TOLD_DAYS, at most so many of each. One statement.

    Raises Unavailable (503).
    """
    found = Told([], [])
    for is_frequent, *facts in await database.fetch(TOLD, TOLD_DAYS, most):
        (found.frequent if is_frequent else found.in_vain).append(Asked(*facts))
    return found


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


def _plain(query: str) -> str:
    return " ".join(query.casefold().split())


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
_OPENED = text(
    """
    update shop.search_log
    set click_count = least(click_count + :times, result_count, :most)
    where id = (
        select id from shop.search_log
        where query = :query and asked_at > now() - interval '1 hour'
        order by asked_at desc limit 1
    )
    """
)
TOLD = """
    with asked as (
        select query, count(*) as searches, count(*) filter (where result_count = 0) as in_vain,
            sum(click_count) as opened
        from shop.search_log
        where asked_at > now() - make_interval(days => $1)
        group by query
    )
    (select true, asked.* from asked order by searches desc, query limit $2)
    union all
    (select false, asked.* from asked where in_vain > 0 order by in_vain desc, query limit $2)
"""
