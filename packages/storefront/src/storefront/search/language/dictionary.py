"""The dictionary of the catalogue's words and names: learned in the database, read by each process."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import text

from storefront.db import Database
from storefront.search.language import synonyms
from storefront.search.language.vocabulary import Term, Vocabulary

log = logging.getLogger(__name__)

_SYNONYMS = Path(__file__).with_name("synonyms.txt")
_FRESH_S = 60.0  # new brands and words are known to every process within a minute of ``learn``


async def learn(database: Database) -> None:
    """Bring search_terms up to what the listings say, unless another process is at it. Three statements.

    A second's work for the database, half a minute's at a million products: after an import, not after
    each change. Raises Unavailable (503).
    """
    async with database.writes() as session:
        if await session.scalar(_MAY_LEARN):
            await session.execute(_PATIENTLY)
            await session.execute(_LEARN)


class Dictionary:
    """The vocabulary as this process knows it: read at first use, renewed behind its callers' backs."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._held: Vocabulary | None = None
        self._rows: Sequence[Any] = ()
        self._read_at = -_FRESH_S
        self._reading: asyncio.Task[Vocabulary] | None = None

    async def vocabulary(self) -> Vocabulary:
        """What the catalogue said a minute ago at most. Waits, for one statement, only at first use.

        Raises Unavailable (503), at first use only; later the older one serves until the next minute.
        """
        if self._held and self._clock() - self._read_at < _FRESH_S:
            return self._held
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read())
            self._reading.add_done_callback(_note_failure)
        if self._held is None:
            return await asyncio.shield(self._reading)
        return self._held

    def end(self) -> None:
        """Leave off reading. Waits for nothing: a reading that hangs ends with its connection."""
        if self._reading:
            self._reading.cancel()

    async def _read(self) -> Vocabulary:
        self._read_at = self._clock()
        rows = await self._database.fetch(_READ)
        held = self._held
        if held is None or rows != self._rows:
            held = await asyncio.to_thread(_vocabulary, rows)  # some 50 ms of work
            self._held, self._rows = held, rows
        return held


def _vocabulary(rows: Sequence[Any]) -> Vocabulary:
    terms = [Term(*row) for row in rows if row[0] != "synonym"]
    sayings = [(said, means) for kind, said, means, _ in rows if kind == "synonym"]
    with _SYNONYMS.open(encoding="utf-8") as lines:
        return Vocabulary(terms, synonyms.read(lines), sayings)


def _note_failure(reading: asyncio.Task[Vocabulary]) -> None:
    if not reading.cancelled() and (error := reading.exception()):
        log.warning("the dictionary could not be read: %s", error)


_PATIENTLY = text("set local statement_timeout = '10min'")
_MAY_LEARN = text("select pg_try_advisory_xact_lock(hashtext('search terms'))")

# A product's words are cut as search/words.py cuts them: no case, no accents, no apostrophes.
_LEARN = text(
    r"""
    with named as (
        select facet, value, label, count(*) as df
        from shop.listings cross join lateral unnest(facets) as facet_id
        join shop.facet_values on facet_values.id = facet_id
        where facet in ('brand', 'category', 'base_color')
        group by facet, value, label
    ), said as (
        select word, count(*) as df
        from shop.listings cross join lateral (
            select distinct found[1] as word
            from regexp_matches(
                regexp_replace(shop.plain(title), '[\u0027\u2019]', '', 'g'), '[[:alnum:]]+', 'g'
            ) as found
        ) as words
        group by word
    ), fresh as (
        select case facet when 'base_color' then 'colour' else facet end as kind,
            shop.plain(label) as term, label, df, value as target
        from named
        union all
        select 'word', word, word, df, '' from said
    ), gone as (
        delete from shop.search_terms as old
        where not exists (
            select from fresh
            where (fresh.kind, fresh.term, fresh.target) = (old.kind, old.term, old.target))
    )
    insert into shop.search_terms as old (kind, term, label, df, target)
    select kind, term, min(label), sum(df), target from fresh group by kind, term, target
    on conflict (kind, term, target) do update set label = excluded.label, df = excluded.df
    where (old.label, old.df) is distinct from (excluded.label, excluded.df)
    """
)

# Of words the 50,000 most frequent: they fit any process.
_READ = """
    (select case kind when 'colour' then 'base_color' else kind end as kind,
        label as text, target as value, df
     from shop.search_terms where kind in ('brand', 'category', 'colour') order by id)
    union all
    (select 'word', term, term, df from shop.search_terms where kind = 'word'
     order by df desc, term limit 50000)
    union all
    (select facet, label, value, 0 from shop.facet_values where facet in ('gender', 'season', 'size')
     order by id)
    union all
    (select 'synonym', term, means, 0 from shop.synonyms order by term, means)
"""
