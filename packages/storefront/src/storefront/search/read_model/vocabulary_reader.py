"""Reads the vocabulary of a process from the database, and keeps it up to date in the background."""

import asyncio
import time
from collections.abc import Callable, Sequence
from importlib import resources
from typing import Any

from storefront.background import SingleFlight
from storefront.db import Database
from storefront.search import language
from storefront.search.language import synonyms
from storefront.search.language.vocabulary import Term, Vocabulary

_SYNONYMS = resources.files(language) / "synonyms.txt"
_VALID_FOR_S = 60.0  # every process knows new brands and words within a minute of ``terms.rebuild``


class VocabularyReader:
    """The vocabulary of this process: read at first use, then refreshed in the background."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._vocabulary: Vocabulary | None = None
        self._rows: Sequence[Any] = ()
        self._read_at = -_VALID_FOR_S
        self._refresh = SingleFlight("Vocabulary", self._read)

    async def vocabulary(self) -> Vocabulary:
        """The vocabulary, at most a minute old; another object when it has changed.

        Waits, for one statement, only at first use, and raises Unavailable (503) only then: later the
        old one is used until the next minute.
        """
        if self._vocabulary and self._clock() - self._read_at < _VALID_FOR_S:
            return self._vocabulary
        if self._vocabulary is None:
            return await self._refresh.result()
        self._refresh.begin()
        return self._vocabulary

    def stop(self) -> None:
        """Cancel a running read without waiting for it: one that hangs ends with its connection."""
        self._refresh.stop()

    async def _read(self) -> Vocabulary:
        self._read_at = self._clock()
        rows = await self._database.fetch(_READ)
        vocabulary = self._vocabulary
        if vocabulary is None or rows != self._rows:
            vocabulary = await asyncio.to_thread(_vocabulary, rows)  # some 50 ms of work
            self._vocabulary, self._rows = vocabulary, rows
        return vocabulary


def _vocabulary(rows: Sequence[Any]) -> Vocabulary:
    terms = [Term(*row) for row in rows if row[0] != "synonym"]
    own_synonyms = [(term, meaning) for kind, term, meaning, _ in rows if kind == "synonym"]
    with _SYNONYMS.open(encoding="utf-8") as lines:
        return Vocabulary(terms, synonyms.read(lines), own_synonyms)


# Of words the 50,000 most frequent: they fit into any process.
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
