"""The search log: queries, the number of results, and how many of them were opened.

Written in the background, so that requests do not wait. Personal data in queries is masked first.
"""

import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import text

from storefront.background import every, last_time
from storefront.db import Database, ReadSession
from storefront.db_errors import NUL
from storefront.search.masking import masked

RETENTION_DAYS = 90
WRITE_EVERY_S = 1.0
REPORT_DAYS = 30
_MAX_PENDING = 1_000
_MAX_BY_ADDRESS = 60  # searches and opens that one address may add to the log in a minute
_ADDRESS_WINDOW_S = 60.0
_MAX_OPENS = 24  # counted for one search: one page of products, whatever a client reports


class SearchLog:
    """Searches to be written to the table."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pending: list[tuple[str, int]] = []
        self._opened: Counter[str] = Counter()
        self._by_address: Counter[str] = Counter()
        self._window_began_at = time.monotonic()

    def record(self, query: str, result_count: int, *, address: str) -> None:
        """Queue a search for the next write.

        Once 1,000 are queued, or 60 came from this address within a minute, further ones are dropped, so
        that no single client dominates the report.
        """
        if len(self._pending) < _MAX_PENDING and self._admits(address):
            self._pending.append((_normalised(query), result_count))

    def record_open(self, query: str, *, address: str) -> None:
        """Count an opened product for the newest search of this query in the last hour."""
        if self._opened.total() < _MAX_PENDING and self._admits(address):
            self._opened[_normalised(query)] += 1

    def _admits(self, address: str) -> bool:
        now = time.monotonic()
        if now - self._window_began_at > _ADDRESS_WINDOW_S:
            self._by_address.clear()
            self._window_began_at = now
        self._by_address[address] += 1
        return self._by_address[address] <= _MAX_BY_ADDRESS

    async def write(self) -> None:
        """Write everything queued. Raises Unavailable (503); the queue then remains."""
        taken, opened = list(self._pending), Counter(self._opened)
        if not taken and not opened:
            return
        async with self._database.writes() as session:
            if taken:
                queries, counts = zip(*taken, strict=True)
                await session.execute(_INSERT, {"queries": list(queries), "counts": list(counts)})
            if opened:  # sorted, so that concurrent processes lock rows in the same order
                rows = [
                    {"query": query, "times": times, "most": _MAX_OPENS}
                    for query, times in sorted(opened.items())
                ]
                await session.execute(_COUNT_OPENS, rows)
        del self._pending[: len(taken)]
        self._opened -= opened


@dataclass(frozen=True, slots=True)
class QueryStats:
    """A query over the last REPORT_DAYS: searches, searches without results, products opened."""

    query: str
    searches: int
    without_results: int
    opened: int

    @property
    def click_rate(self) -> float:
        """Products opened per search."""
        return self.opened / self.searches


@dataclass(frozen=True, slots=True)
class SearchReport:
    """The most frequent queries, and those most often without results."""

    frequent: list[QueryStats]
    without_results: list[QueryStats]


async def report(database: Database, *, most: int) -> SearchReport:
    """The queries of the last REPORT_DAYS, at most `most` in each list. One statement.

    Raises Unavailable (503).
    """
    found = SearchReport([], [])
    for is_frequent, *facts in await database.fetch(REPORT, REPORT_DAYS, most):
        (found.frequent if is_frequent else found.without_results).append(QueryStats(*facts))
    return found


async def by_day(session: ReadSession, *, days: int) -> list[tuple[int, int]]:
    """Searches, and those without results, on each of the last days of UTC. One statement."""
    rows = await session.execute(_BY_DAY, {"days": days})
    return [(row.searches, row.without_results) for row in rows]


@asynccontextmanager
async def running_log(database: Database) -> AsyncIterator[SearchLog]:
    """A log that is written every second, and once more when the app stops."""
    search_log = SearchLog(database)
    try:
        async with every(WRITE_EVERY_S, "Search log", search_log.write):
            yield search_log
    finally:
        await last_time("Search log", search_log.write)


async def delete_old(database: Database) -> None:
    """Delete searches older than RETENTION_DAYS. One statement. Raises Unavailable (503)."""
    async with database.writes() as session:
        await session.execute(_DELETE_OLD, {"days": RETENTION_DAYS})


def _normalised(query: str) -> str:
    # NUL: Postgres would refuse it, and with it every search of this second.
    return " ".join(masked(query).replace(NUL, " ").casefold().split())


_DELETE_OLD = text(
    "delete from shop.search_log where asked_at < now() - make_interval(days => :days)"
)
_INSERT = text(
    """
    insert into shop.search_log (query, result_count)
    select * from unnest(cast(:queries as text[]), cast(:counts as int[]))
    """
)
_BY_DAY = text(
    """
    select count(search_log.query) as searches,
        count(*) filter (where result_count = 0) as without_results
    from generate_series(
        date_trunc('day', now() at time zone 'utc') - make_interval(days => :days - 1),
        date_trunc('day', now() at time zone 'utc'), interval '1 day') as day
    left join shop.search_log on asked_at >= day at time zone 'utc'
        and asked_at < (day + interval '1 day') at time zone 'utc'
    group by day order by day
    """
)
_COUNT_OPENS = text(
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
REPORT = """
    with asked as (
        select query, count(*) as searches, count(*) filter (where result_count = 0) as without_results,
            sum(click_count) as opened
        from shop.search_log
        where asked_at > now() - make_interval(days => $1)
        group by query
    )
    (select true, asked.* from asked order by searches desc, query limit $2)
    union all
    (select false, asked.* from asked where without_results > 0
     order by without_results desc, query limit $2)
"""
