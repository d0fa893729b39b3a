"""Reads of the read model: a page of a listing, its facets, and nothing that is not in listings."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from storefront.db import Database
from storefront.errors import NotFound
from storefront.search import cursors
from storefront.search.cursors import Cursor
from storefront.search.facets import Counted, Facets, FacetValues, Value, assemble
from storefront.search.kept import Kept
from storefront.search.statements import (
    Wanted,
    conditions_of,
    count_statement,
    first_statement,
    page_statement,
    picks_statement,
)

_T = TypeVar("_T")


@dataclass(frozen=True)
class Found:
    """One page of a listing. cards: JSON of a product each, as the API answers it.

    following: a cursor's text, None on the last page. Totals are exact.
    """

    cards: Sequence[str]
    facets: Facets
    page: int
    page_size: int
    following: str | None

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.facets.total // self.page_size))

    @cached_property
    def products(self) -> list[dict[str, Any]]:
        """The cards, read."""
        return [json.loads(card) for card in self.cards]


class ReadModel:
    """The read model as one process sees it: its dictionary, and the answers it has kept.

    How old it may be: LOOKED_AT_S behind the database; counts twice that, or twenty times what it takes
    to count them.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._dictionary = FacetValues([])
        self._cursor_key = ""
        self._version = -1
        self._looked_at = float("-inf")
        self._looking: asyncio.Lock = asyncio.Lock()
        self._pages: Kept[Found] = Kept(_PAGES_KEPT)
        self._picks: Kept[list[list[str]]] = Kept(_FACETS_KEPT)
        self._facets: Kept[Facets] = Kept(
            _FACETS_KEPT, grace_s=2 * LOOKED_AT_S, share=_COUNTING_SHARE
        )
        self._made: Kept[Any] = Kept(_FACETS_KEPT)

    @property
    def version(self) -> int:
        """The version that was last seen; -1 before the first look."""
        return self._version

    def is_at(self, version: int) -> bool:
        """Whether this is the version now, as far as a look not LOOKED_AT_S ago can tell."""
        return version == self._version and time.monotonic() - self._looked_at < LOOKED_AT_S

    async def keep(self, key: Hashable, make: Callable[[], Awaitable[_T]]) -> _T:
        """What is made of this read model, kept until it changes. One statement, and those of make."""
        await self._look()
        made: _T = await self._made.get(key, self._version, make)
        return made

    async def facets(self, wanted: Wanted) -> Facets:
        """What is found, counted by facet. Two statements at most."""
        await self._look()
        return await self._facets.get(wanted.narrowing, self._version, lambda: self._count(wanted))

    async def listing(
        self, wanted: Wanted, *, page: int = 1, page_size: int = 24, cursor: str | None = None
    ) -> Found:
        """A page of live products, by its number or from a cursor on. A page beyond the last is empty.

        Three statements at most. Raises InvalidInput (422) for a cursor of another listing.
        """
        await self._look()
        start = Cursor((), page)
        if cursor is not None:
            start = cursors.read(cursor, listing=wanted.signature, key=self._cursor_key)
        return await self._pages.get(
            (wanted.signature, page_size, start),
            self._version,
            lambda: self._page(wanted, start, page_size),
        )

    async def first_found(self, readings: Sequence[Wanted], enough: Sequence[int]) -> int:
        """The number of the first of these that has enough products, so many for each; else of the first
        that has any; else 0. Two statements at most."""
        await self._look()
        statement, values = first_statement(
            [conditions_of(wanted, self._dictionary) for wanted in readings], enough
        )
        [(first,)] = await self._fetch(statement, values)
        return first or 0

    async def card(self, product_id: int) -> str:
        """A live product as the API answers it. One statement. Raises NotFound (404)."""
        for (card,) in await self._database.fetch(_CARD, product_id):
            return str(card)
        raise NotFound(f"There is no product {product_id}.")

    async def picks(self, readings: Sequence[Wanted], *, most: int) -> list[list[str]]:
        """The first cards of each of these, uncounted: what shelves and suggestions show.

        readings: [n]. Returns [n][≤ most]. Two statements at most.
        """
        await self._look()
        key = (tuple(wanted.signature for wanted in readings), most)
        return await self._picks.get(key, self._version, lambda: self._pick(readings, most))

    async def _pick(self, readings: Sequence[Wanted], most: int) -> list[list[str]]:
        statement, values = picks_statement(readings, self._dictionary, most)
        picked: list[list[str]] = [[] for _ in readings]
        for number, card in await self._fetch(statement, values) if readings else ():
            picked[number].append(card)
        return picked

    async def _fetch(self, statement: str, values: Sequence[Any]) -> Sequence[Any]:
        """Planned for the values: a brand and a gender want different indexes."""
        return await self._database.fetch(statement, *values, is_planned_anew=True)

    async def _look(self) -> None:
        """See whether the read model has changed, at most every LOOKED_AT_S seconds."""
        if time.monotonic() - self._looked_at < LOOKED_AT_S:
            return
        async with self._looking:
            if time.monotonic() - self._looked_at < LOOKED_AT_S:
                return
            for version, cursor_key, values in await self._database.fetch(_STATE, self._version):
                self._dictionary = FacetValues([Value(*value) for value in json.loads(values)])
                self._version, self._cursor_key = version, cursor_key
            self._looked_at = time.monotonic()

    async def _page(self, wanted: Wanted, start: Cursor, page_size: int) -> Found:
        facets = await self._facets.get(
            wanted.narrowing, self._version, lambda: self._count(wanted)
        )
        skipped = 0 if start.after else (start.page - 1) * page_size
        if skipped and skipped >= facets.total:
            return Found((), facets, start.page, page_size, following=None)
        conditions = conditions_of(wanted, self._dictionary)
        statement, values = page_statement(
            wanted, conditions, self._dictionary, start.after, skipped, page_size + 1
        )
        rows = await self._fetch(statement, values)
        following = None
        if len(rows) > page_size:
            after = tuple(_as_json(value) for value in list(rows[page_size - 1])[1:])
            following = cursors.sign(
                Cursor(after, start.page + 1), listing=wanted.signature, key=self._cursor_key
            )
        cards = [row["card"] for row in rows[:page_size]]
        return Found(cards, facets, start.page, page_size, following)

    async def _count(self, wanted: Wanted) -> Facets:
        conditions = conditions_of(wanted, self._dictionary)
        statement, values, groups = count_statement(conditions)
        rows = await self._fetch(statement, values)
        counted = [Counted(groups[branch], *rest) for branch, *rest in rows]
        chosen: dict[str, set[int]] = {}
        for condition in conditions:
            if isinstance(condition.value, list):
                chosen.setdefault(condition.group, set()).update(condition.value)
        return assemble(counted, self._dictionary, chosen)


def _as_json(value: Any) -> cursors.Key:
    return value if isinstance(value, int | bool) else str(value)


_CARD = "select card from shop.listings where colourway_id = $1"
_STATE = """
    select version, cursor_key, (
        select coalesce(json_agg(json_build_array(id, facet, value, label, sort, hex)), '[]')::text
        from shop.facet_values)
    from shop.listing_states where version <> $1
"""
LOOKED_AT_S = 0.5
_PAGES_KEPT = 400
_FACETS_KEPT = 2_000
# Of a process's time, for each narrowing: a million products take seconds to count, and are counted less
# often for that.
_COUNTING_SHARE = 0.05
