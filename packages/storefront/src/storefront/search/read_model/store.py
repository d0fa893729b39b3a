"""Questions to the read model: a page of a listing, its facets, a product's card."""

import json
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, TypeVar

from pyroaring import BitMap64

from storefront.db import Database
from storefront.errors import NotFound
from storefront.search.criteria import Condition, Criteria, conditions_of
from storefront.search.index import cursors
from storefront.search.index.bit_slices import Place, in_order, number_of, place_at
from storefront.search.index.cursors import Cursor
from storefront.search.index.facets import Facets
from storefront.search.index.product_index import Narrowed, knows_order
from storefront.search.read_model.cache import Cache
from storefront.search.read_model.demand import Demand
from storefront.search.read_model.follower import Follower
from storefront.search.read_model.statements import (
    matches_statement,
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
    """The read model as one process sees it, and the answers it has kept.

    What is found and counted comes from the process's own index, what is shown from the database. It may
    be a second old. demand: told of every question.
    """

    def __init__(self, database: Database, demand: Demand | None = None) -> None:
        self._database = database
        self._follower = Follower(database, demand or Demand())
        self._pages: Cache[Found] = Cache(_PAGES_KEPT)
        self._picks: Cache[list[list[str]]] = Cache(_MADE_KEPT)
        self._narrowed: Cache[Narrowed] = Cache(_NARROWED_KEPT)
        self._matched: dict[Condition, BitMap64] = {}
        self._matched_at = -1
        self._made: Cache[Any] = Cache(_MADE_KEPT)

    @property
    def version(self) -> int:
        """The version that was last seen; -1 before the first look."""
        return self._follower.version

    def is_at(self, version: int) -> bool:
        """Whether this is the version now, as far as a recent look can tell."""
        return self._follower.is_at(version)

    def begin(self) -> None:
        """Read the index in the background, so that the first who asks need not wait for it."""
        self._follower.begin_looking()

    def end(self) -> None:
        """Leave off following the database."""
        self._follower.end()

    async def keep(self, key: Hashable, make: Callable[[], Awaitable[_T]]) -> _T:
        """What is made of this read model, kept until it changes. The statements of make."""
        await self._follower.look()
        made: _T = await self._made.get(key, self.version, make)
        return made

    async def facets(self, criteria: Criteria) -> Facets:
        """What is found, counted by facet. One statement where words are wanted, else none."""
        await self._follower.look()
        return (await self._narrow(criteria)).facets

    async def listing(
        self, criteria: Criteria, *, page: int = 1, page_size: int = 24, cursor: str | None = None
    ) -> Found:
        """A page of live products, by its number or from a cursor on. A page beyond the last is empty.

        One statement, two where words are wanted. Raises InvalidInput (422) for a cursor of another
        listing.
        """
        await self._follower.look()
        start = Cursor((), page)
        if cursor is not None:
            start = cursors.read(cursor, listing=criteria.signature, key=self._follower.cursor_key)
        return await self._pages.get(
            (criteria.signature, page_size, start),
            self.version,
            lambda: self._page(criteria, start, page_size),
        )

    async def first_found(self, readings: Sequence[Criteria], enough: Sequence[int]) -> int:
        """The number of the first of these that has enough products, so many for each; else 0.

        Few are better than those of a reading that gives more up, so long as there is any.
        One statement, or none where no words are wanted.
        """
        await self._follower.look()
        conditions = [conditions_of(criteria, self._follower.dictionary) for criteria in readings]
        texts = dict.fromkeys(one for every in conditions for one in every if one.is_text)
        matched = await self._matching(list(texts))
        index = self._follower.index
        widening = max((n for n, least in enumerate(enough, start=1) if least > 1), default=0)
        tried = list(enumerate(enough))
        few = [(number, 1) for number, least in reversed(tried[:widening]) if least > 1]
        for number, least in (*tried[:widening], *few, *tried[widening:]):
            if len(index.meeting(conditions[number], matched)) >= least:
                return number
        return 0

    async def card(self, product_id: int) -> str:
        """A live product as the API answers it. One statement. Raises NotFound (404)."""
        for (card,) in await self._database.fetch(_CARD, product_id):
            return str(card)
        raise NotFound(f"There is no product {product_id}.")

    async def picks(self, readings: Sequence[Criteria], *, most: int) -> list[list[str]]:
        """The first cards of each of these, uncounted: what shelves and suggestions show.

        readings: [n]. Returns [n][≤ most]. One statement, one more where words are wanted.
        """
        await self._follower.look()
        key = (tuple(criteria.signature for criteria in readings), most)
        return await self._picks.get(key, self.version, lambda: self._pick(readings, most))

    async def _pick(self, readings: Sequence[Criteria], most: int) -> list[list[str]]:
        index, dictionary = self._follower.index, self._follower.dictionary
        indexed: dict[int, list[int]] = {}
        queried: dict[int, Criteria] = {}
        for number, criteria in enumerate(readings):
            conditions = conditions_of(criteria, dictionary)
            if not knows_order(criteria) or any(one.is_text for one in conditions):
                queried[number] = criteria
                continue
            products = in_order(
                index.meeting(conditions, {}),
                index.order(criteria, dictionary),
                is_descending=criteria.order == "desc",
            )
            indexed[number] = list(islice(products, most))
        shown = await self._cards([one for ids in indexed.values() for one in ids])
        picked = {
            number: [shown[one] for one in ids if one in shown] for number, ids in indexed.items()
        }
        if queried:
            statement, values = picks_statement(queried, dictionary, most)
            for number, card in await self._fetch(statement, values):
                picked.setdefault(number, []).append(card)
        return [picked.get(number, []) for number in range(len(readings))]

    async def _cards(self, product_ids: Sequence[int]) -> dict[int, str]:
        """By id; a product that is gone by now is left out. One statement, or none."""
        return dict(await self._database.fetch(_CARDS, product_ids)) if product_ids else {}

    async def _fetch(self, statement: str, values: Sequence[Any]) -> Sequence[Any]:
        """Planned for the values: a brand and a gender want different indexes."""
        return await self._database.fetch(statement, *values, is_planned_anew=True)

    async def _page(self, criteria: Criteria, start: Cursor, page_size: int) -> Found:
        narrowed = await self._narrow(criteria)
        skipped = 0 if start.after else (start.page - 1) * page_size
        if skipped and skipped >= len(narrowed.product_ids):
            return Found((), narrowed.facets, start.page, page_size, following=None)
        if knows_order(criteria):
            cards, after = await self._indexed_page(
                criteria, narrowed.product_ids, start.after, skipped, page_size
            )
        else:
            cards, after = await self._queried_page(criteria, start.after, skipped, page_size)
        following = None
        if after:
            following = cursors.sign(
                Cursor(after, start.page + 1),
                listing=criteria.signature,
                key=self._follower.cursor_key,
            )
        return Found(cards, narrowed.facets, start.page, page_size, following)

    async def _indexed_page(
        self,
        criteria: Criteria,
        among: BitMap64,
        after: cursors.After,
        skipped: int,
        page_size: int,
    ) -> tuple[list[str], cursors.After]:
        """Cards, and where the next page begins after, in an order of the index."""
        is_descending = criteria.order == "desc"
        order = self._follower.index.order(criteria, self._follower.dictionary)
        place = Place(int(after[0]), int(after[1])) if after else None
        if skipped:
            place = place_at(skipped - 1, among, order, is_descending=is_descending)
        products = in_order(among, order, is_descending=is_descending, after=place)
        ids = list(islice(products, page_size + 1))
        cards = await self._cards(ids[:page_size])
        following: cursors.After = ()
        if len(ids) > page_size:
            last = ids[page_size - 1]
            following = (number_of(last, order), last)
        return [cards[one] for one in ids[:page_size] if one in cards], following

    async def _queried_page(
        self, criteria: Criteria, after: cursors.After, skipped: int, page_size: int
    ) -> tuple[list[str], cursors.After]:
        """The same, in an order of the database."""
        dictionary = self._follower.dictionary
        conditions = conditions_of(criteria, dictionary)
        statement, values = page_statement(
            criteria, conditions, dictionary, after, skipped, page_size + 1
        )
        rows = await self._fetch(statement, values)
        last = list(rows[page_size - 1])[1:] if len(rows) > page_size else []
        return [row["card"] for row in rows[:page_size]], tuple(map(_as_json, last))

    async def _narrow(self, criteria: Criteria) -> Narrowed:
        return await self._narrowed.get(
            criteria.narrowing, self.version, lambda: self._narrow_anew(criteria)
        )

    async def _narrow_anew(self, criteria: Criteria) -> Narrowed:
        conditions = conditions_of(criteria, self._follower.dictionary)
        matched = await self._matching([one for one in conditions if one.is_text])
        return self._follower.index.narrowed(conditions, matched, self._follower.dictionary)

    async def _matching(self, texts: Sequence[Condition]) -> dict[Condition, BitMap64]:
        """The products that meet each of these conditions on what they say. One statement, or none."""
        if self._matched_at != self.version or len(self._matched) > _MATCHED_KEPT:
            self._matched, self._matched_at = {}, self.version
        matched = self._matched
        unknown = [text for text in texts if text not in matched]
        if unknown:
            statement, values = matches_statement(unknown)
            [found] = await self._fetch(statement, values)
            for text, product_ids in zip(unknown, found, strict=True):
                matched[text] = BitMap64(product_ids or ())
        return {text: matched[text] for text in texts}


def _as_json(value: Any) -> cursors.Key:
    return value if isinstance(value, int | bool) else str(value)


_CARD = "select card from shop.listings where colourway_id = $1"
_CARDS = "select colourway_id, card from shop.listings where colourway_id = any($1::bigint[])"
_PAGES_KEPT = 400
_NARROWED_KEPT = _MATCHED_KEPT = 200  # a set of a million products is 128 KB at most
_MADE_KEPT = 2_000
