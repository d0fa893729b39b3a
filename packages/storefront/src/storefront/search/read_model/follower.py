"""A process's copy of the read model: facet values and index, kept up to date with the database.

Each version of the read model lists its changed products, so that a process reads only these again.
A process that starts, or is too far behind, reads everything, from a narrow index for that purpose; that
of a large shop starts from a stored copy of the index.
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

from storefront.background import SingleFlight
from storefront.db import Database
from storefront.search.index.facets import FacetValues, Value
from storefront.search.index.product_index import ProductIndex
from storefront.search.index.product_sets import Entry
from storefront.search.index.term_index import ProductText
from storefront.search.read_model import index_snapshot
from storefront.search.read_model.card_cache import CardCache
from storefront.search.read_model.demand import Demand

log = logging.getLogger(__name__)

POLL_EVERY_S = 0.25
_VALID_FOR_S = 2 * POLL_EVERY_S  # after this a caller waits for the poll
_BATCH = 5_000  # entries: about 10 ms of the event loop
_CARDS_BYTES = 24_000_000  # about 18,000 products
_MAX_CHANGED = 20_000  # reading everything is faster than reading more than these


class Follower:
    """Index, facet values, cards and version, at most a second behind the database; initially empty."""

    def __init__(self, database: Database, demand: Demand, *, currency: str = "USD") -> None:
        self.index = ProductIndex(currency)
        self.facet_values = FacetValues([])
        self.cards = CardCache(_CARDS_BYTES)  # those that were read since they last changed
        self.cursor_key = ""
        self.version = -1
        self._currency = currency
        self._database = database
        self._demand = demand
        self._polled_at = float("-inf")
        self._poll = SingleFlight("Read model", self._follow)
        self._texts = SingleFlight("Texts", self._read_texts)
        self._with_texts = self.index  # the index whose texts have been read
        self._outdated_texts: list[Sequence[int]] = []  # products that changed while texts are read
        self._save = SingleFlight("Index snapshot", self._save_snapshot)
        self._to_save: tuple[int, dict[str, bytes]] = -1, {}
        self._stored_version = -1  # of the stored copy, as far as this process knows
        self._changed_since_stored = 0  # products

    def is_current(self, version: int) -> bool:
        """Whether this is the current version, as of a recent poll; starts one when it is due."""
        self._demand.note_request()
        age_s = self._age_s()
        if age_s > POLL_EVERY_S:
            self._poll.begin()
        return version == self.version and age_s < _VALID_FOR_S

    async def ensure_fresh(self) -> None:
        """Poll for changes, at most every POLL_EVERY_S seconds and in the background.

        Waits only if the last poll is long ago: for two statements, after a pause for the listings
        that changed in it, at the first poll for the whole index (half a second; a large shop starts
        from a stored one). Raises Unavailable (503), if it waits.
        """
        self._demand.note_request()
        if self._age_s() > POLL_EVERY_S:
            poll = self._poll.begin()
            if self._age_s() > _VALID_FOR_S:
                await asyncio.shield(poll)

    async def ensure_texts(self) -> None:
        """As `ensure_fresh`, and wait for the texts of the first read, which follow the index.

        The first time they take a second, about twenty for a million products.
        """
        await self.ensure_fresh()
        await self._ensure_texts()

    def start_poll(self) -> "asyncio.Task[None]":
        """The running poll, or a new one. It logs why it failed."""
        return self._poll.begin()

    def stop(self) -> None:
        """Cancel the running poll without waiting for it: one that hangs ends with its connection."""
        self._poll.stop()
        self._texts.stop()
        self._save.stop()

    def _age_s(self) -> float:
        return time.monotonic() - self._polled_at

    async def _follow(self) -> None:
        await self._demand.caught_up()  # the first request after a pause sees what changed in it
        polled_at = time.monotonic()
        index, since = await self._snapshot() if self.version < 0 else (self.index, self.version)
        for version, position, key, values, changed in await self._database.fetch(
            _STATE, self.version, since, _MAX_CHANGED
        ):
            self._database.require(position)  # a replica may not have this version yet
            self.facet_values = FacetValues([Value(*value) for value in json.loads(values)])
            if changed is None:
                self._replace(await self._read_all())
            elif index is not self.index:
                await self._read_again(changed, index)
                self._replace(index)
            else:
                await self._read_again(changed, index)
                await self._follow_texts(changed)
                self.cards.drop(changed)
            self.version, self.cursor_key = version, key
            everything = index_snapshot.RENEWED_AFTER  # at least
            self._changed_since_stored += everything if changed is None else len(changed)
            await self._store_snapshot()
        self._polled_at = polled_at

    async def _snapshot(self) -> tuple[ProductIndex, int]:
        """The stored index and its version; the empty one of this process and -1 if there is none."""
        index = ProductIndex(self._currency)
        stored = await index_snapshot.load(self._database)
        if stored is None:
            return self.index, -1
        self._stored_version, sets = stored
        try:
            await asyncio.to_thread(index.restore, sets)
        except (LookupError, ValueError):
            log.exception("The stored index cannot be used; every product is read.")
            return self.index, -1
        return index, self._stored_version

    async def _store_snapshot(self) -> None:
        """Have the index stored in the background, if it is large and what is stored is outdated."""
        is_outdated = self._changed_since_stored >= index_snapshot.RENEWED_AFTER
        if not is_outdated or len(self.index) < index_snapshot.WORTHWHILE_FROM:
            return
        self._to_save = self.version, await asyncio.to_thread(self.index.serialized)
        self._changed_since_stored = 0
        self._save.begin()

    async def _save_snapshot(self) -> None:
        version, sets = self._to_save
        self._to_save = -1, {}
        self._stored_version = await index_snapshot.save(
            self._database, version, sets, known=self._stored_version
        )

    def _replace(self, index: ProductIndex) -> None:
        self.index = index
        self.cards.clear()
        self._outdated_texts = []
        self._texts.begin()  # listings do not wait for them

    async def _read_all(self) -> ProductIndex:
        index = ProductIndex(self._currency)
        async for rows in self._batches(_ENTRIES_AFTER):
            await asyncio.to_thread(index.put, _entries(rows))
        return index

    async def _ensure_texts(self) -> None:
        while self._with_texts is not self.index:
            await self._texts.result()

    async def _read_texts(self) -> None:
        while self._with_texts is not self.index:  # another index may replace this one meanwhile
            index, outdated = self.index, self._outdated_texts
            async for rows in self._batches(_TEXTS_AFTER):
                await asyncio.to_thread(index.texts.put, _texts(rows))
            while outdated:
                await self._read_texts_again(outdated[0], index)
                del outdated[0]
            self._with_texts = index

    async def _follow_texts(self, product_ids: Sequence[int]) -> None:
        """Read these texts again: now, or after all texts if these are still being read."""
        if self._with_texts is self.index:
            await self._read_texts_again(product_ids, self.index)
        else:
            self._outdated_texts.append(product_ids)

    async def _batches(self, statement: str) -> AsyncIterator[Sequence[Any]]:
        rows = await self._database.fetch(statement, -1, _BATCH, may_lag=True)
        while rows:
            yield rows
            if len(rows) < _BATCH:
                return
            rows = await self._database.fetch(statement, rows[-1][0], _BATCH, may_lag=True)

    async def _read_again(self, product_ids: Sequence[int], index: ProductIndex) -> None:
        for batch in _batches_of(product_ids):
            entries = _entries(await self._database.fetch(_ENTRIES_OF, batch, may_lag=True))
            index.remove(batch)
            index.put(entries)

    async def _read_texts_again(self, product_ids: Sequence[int], index: ProductIndex) -> None:
        for batch in _batches_of(product_ids):
            texts = _texts(await self._database.fetch(_TEXTS_OF, batch, may_lag=True))
            index.texts.remove(set(batch) - {text.product_id for text in texts})
            index.texts.put(texts)


def _batches_of(product_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (product_ids[at : at + _BATCH] for at in range(0, len(product_ids), _BATCH))


def _entries(rows: Sequence[Any]) -> list[Entry]:
    """The entries that fit into the index. Others are skipped and logged, to keep the shop running."""
    entries = []
    for row in rows:
        entry = Entry(*row)
        if entry.is_in_bounds:
            entries.append(entry)
        else:
            log.error(
                "Product %s cannot be listed: a value of it is out of bounds.", entry.product_id
            )
    return entries


def _texts(rows: Sequence[Any]) -> list[ProductText]:
    return [ProductText(*row) for row in rows]


# $1: the version that is known; $2: that of the index, which is older where it was stored.
# The last column: the products that changed since then; null if that is no longer known, or if there
# are so many that everything is read.
_STATE = """
    select state.version, pg_current_wal_insert_lsn(), cursor_key, (
        select coalesce(json_agg(json_build_array(id, facet, value, label, sort, hex)), '[]')::text
        from shop.facet_values
    ), case when $2::bigint >= 0 and (
        select count(*) = state.version - $2 and coalesce(sum(cardinality(product_ids)), 0) <= $3
        from shop.listing_versions as made where made.version > $2
    ) then (
        select coalesce(array_agg(distinct product_id), '{}')
        from shop.listing_versions as made, unnest(product_ids) as product_id where made.version > $2
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
_TEXTS = "select colourway_id, title, details from shop.listing_texts"
_TEXTS_AFTER = f"{_TEXTS} where colourway_id > $1 order by colourway_id limit $2"
_TEXTS_OF = f"{_TEXTS} where colourway_id = any($1::bigint[])"
