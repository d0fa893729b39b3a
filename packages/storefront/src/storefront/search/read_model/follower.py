"""What one process knows of the read model, kept up with the database: dictionary and index.

Each version of the read model says which products it concerns, so that a process reads again just these.
One that begins, or has missed more than that, reads all of them, in the narrow index made for it.
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

from storefront.db import Database
from storefront.search.index.facets import FacetValues, Value
from storefront.search.index.product_index import Entry, Index
from storefront.search.read_model import refresh as service
from storefront.search.read_model.demand import RESTS_AFTER_S, Demand

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.25
_BELIEVED_FOR_S = 2 * LOOK_EVERY_S  # who asks later than this waits for the look
_READ_AT_ONCE = 5_000  # some 10 ms of the event loop
_MOST_CHANGED = 20_000  # more are read faster all together


class Follower:
    """Index, dictionary and version, a second behind the database at most; empty before a look."""

    def __init__(self, database: Database, demand: Demand) -> None:
        self.index = Index()
        self.dictionary = FacetValues([])
        self.cursor_key = ""
        self.version = -1
        self._database = database
        self._demand = demand
        self._looked_at = float("-inf")
        self._looking: asyncio.Task[None] | None = None

    def is_at(self, version: int) -> bool:
        """Whether this is the version now, as a recent look has it; begins one if it is time."""
        self._demand.note()
        age_s = self._age_s()
        if age_s > LOOK_EVERY_S:
            self.begin_looking()
        return version == self.version and age_s < _BELIEVED_FOR_S

    async def look(self) -> None:
        """See what has changed, at most every LOOK_EVERY_S seconds and behind the callers' backs.

        Waits only where the last look is long ago: for two statements; after a rest for the listings
        that changed meanwhile (seven more); at the first look for the whole index (half a second, ten of
        them for a million products). Raises Unavailable (503), if it waits.
        """
        self._demand.note()
        if self._age_s() > LOOK_EVERY_S:
            looking = self.begin_looking()
            if self._age_s() > _BELIEVED_FOR_S:
                await asyncio.shield(looking)

    def begin_looking(self) -> "asyncio.Task[None]":
        """The look that is under way, or a new one. It logs by itself why it failed."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._follow())
            self._looking.add_done_callback(_note_failure)
        return self._looking

    def end(self) -> None:
        """Leave off looking. Waits for nothing: a look that hangs ends with its connection."""
        if self._looking is not None:
            self._looking.cancel()

    def _age_s(self) -> float:
        return time.monotonic() - self._looked_at

    async def _follow(self) -> None:
        if self._age_s() > RESTS_AFTER_S:
            await service.refresh(self._database)  # who comes after a rest sees what changed in it
        looked_at = time.monotonic()
        for version, key, values, changed in await self._database.fetch(
            _STATE, self.version, _MOST_CHANGED
        ):
            self.dictionary = FacetValues([Value(*value) for value in json.loads(values)])
            if changed is None:
                self.index = await self._read_all()
            else:
                await self._read_again(changed)
            self.version, self.cursor_key = version, key
        self._looked_at = looked_at

    async def _read_all(self) -> Index:
        index = Index()
        async for entries in self._all_entries():
            await asyncio.to_thread(index.put, entries)
        return index

    async def _all_entries(self) -> AsyncIterator[list[Entry]]:
        rows = await self._database.fetch(_ENTRIES_AFTER, -1, _READ_AT_ONCE)
        while rows:
            yield _entries(rows)
            if len(rows) < _READ_AT_ONCE:
                return
            rows = await self._database.fetch(_ENTRIES_AFTER, rows[-1][0], _READ_AT_ONCE)

    async def _read_again(self, product_ids: Sequence[int]) -> None:
        for start in range(0, len(product_ids), _READ_AT_ONCE):
            some = product_ids[start : start + _READ_AT_ONCE]
            entries = _entries(await self._database.fetch(_ENTRIES_OF, some))
            self.index.drop(some)
            self.index.put(entries)


def _entries(rows: Sequence[Any]) -> list[Entry]:
    return [Entry(*row) for row in rows]


def _note_failure(looking: "asyncio.Task[None]") -> None:
    if not looking.cancelled() and (error := looking.exception()):
        log.warning("the read model could not be looked at: %s", error)


# The last column: the products that changed since a version; null where that is not known any more, or
# where they are so many that all are read.
_STATE = """
    select state.version, cursor_key, (
        select coalesce(json_agg(json_build_array(id, facet, value, label, sort, hex)), '[]')::text
        from shop.facet_values
    ), case when $1 >= 0 and (
        select count(*) = state.version - $1 and sum(cardinality(product_ids)) <= $2
        from shop.listing_versions as made where made.version > $1
    ) then (
        select array_agg(distinct product_id)
        from shop.listing_versions as made, unnest(product_ids) as product_id where made.version > $1
    ) end
    from shop.listing_states as state where state.version <> $1::bigint
"""
_ENTRY = """
    select colourway_id, facets || sizes_in_stock, price_minor, popularity, published_at,
        (100 * rating)::int, is_pictured, sizes_in_stock <> '{}'
    from shop.listings
"""
_ENTRIES_AFTER = f"{_ENTRY} where colourway_id > $1 order by colourway_id limit $2"
_ENTRIES_OF = f"{_ENTRY} where colourway_id = any($1::bigint[])"
