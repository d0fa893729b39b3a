"""Reads of the read model: a page of a listing, its facets, a product's card."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from pyroaring import BitMap64

from storefront.db import Database
from storefront.errors import NotFound
from storefront.search import paging as pages
from storefront.search.criteria import Condition, Criteria, conditions_of
from storefront.search.index.bit_slices import Slices, SortKey, sort_key_at, sorted_ids, value_of
from storefront.search.index.facets import Facets, FacetValues
from storefront.search.index.product_index import ResultSet, can_sort
from storefront.search.index.seasons import season_at
from storefront.search.index.variety import Position, featured, position_at
from storefront.search.language.vocabulary import Term
from storefront.search.paging import FIRST_PAGE, Cursor, ListingPage, Paging, SortValue
from storefront.search.read_model.cache import Cache
from storefront.search.read_model.demand import Demand
from storefront.search.read_model.follower import Follower
from storefront.search.read_model.statements import page_by_name
from storefront.texts import _


class ReadModel:
    """The read model as this process sees it, at most a second old, with cached results.

    Matching and counting use the process's own index, cards come from the database.
    demand: notified of every request. currency: of every price.
    """

    def __init__(
        self, database: Database, demand: Demand | None = None, *, currency: str = "USD"
    ) -> None:
        self.currency = currency
        self._database = database
        self._follower = Follower(database, demand or Demand(), currency=currency)
        self._pages: Cache[ListingPage] = Cache(_PAGES_BYTES, _size_of_page)
        self._first_cards: Cache[list[list[str]]] = Cache(_CARDS_BYTES, _size_of_lists)
        self._sisters: Cache[dict[str, tuple[str, ...]]] = Cache(_CARDS_BYTES, _size_of_sisters)
        self._results: Cache[ResultSet] = Cache(_RESULTS_BYTES, _size_of_results)

    @property
    def version(self) -> int:
        """The version as of the last poll; -1 before the first."""
        return self._follower.version

    def is_current(self, version: int) -> bool:
        """Whether this is the current version, as of a recent poll."""
        return self._follower.is_current(version)

    async def current_version(self) -> int:
        """The version now. Waits, for at most two statements, only if the last poll is long ago."""
        await self._follower.ensure_fresh()
        return self.version

    def start(self) -> None:
        """Read the index in the background, so that the first request need not wait for it."""
        self._follower.start_poll()

    def stop(self) -> None:
        """Stop following the database."""
        self._follower.stop()

    async def facet_values(self) -> FacetValues:
        """Every value that listings can be filtered by. No statement."""
        await self._follower.ensure_fresh()
        return self._follower.facet_values

    async def facets(self, criteria: Criteria) -> Facets:
        """Matches counted by facet. No statement."""
        await self._ready([criteria])
        return (await self._result_set(criteria)).facets

    async def product_ids(self, criteria: Criteria, *, among: BitMap64) -> BitMap64:
        """The live products among these that meet the criteria, in no order. No statement."""
        await self._ready([criteria])
        facet_values = self._follower.facet_values
        conditions = self._among(criteria, among)
        return self._follower.index.matching(conditions, facet_values)

    async def matching(self, criteria: Criteria, *, among: BitMap64) -> ResultSet:
        """The same, with facet counts, which take most of the time."""
        await self._ready([criteria])
        facet_values = self._follower.facet_values
        return self._follower.index.search(self._among(criteria, among), facet_values)

    def _among(self, criteria: Criteria, among: BitMap64) -> list[Condition]:
        conditions = conditions_of(criteria, self._follower.facet_values)
        return [*conditions, Condition("among", "among", among)]

    async def cards(self, product_ids: Sequence[int]) -> dict[int, str]:
        """Live products by id, as the API returns them, in the order of these ids.

        What is not sold any more is left out. One statement, or none.
        """
        found = dict(await self._database.fetch(_CARDS, product_ids)) if product_ids else {}
        return {one: found[one] for one in product_ids if one in found}

    async def sisters(self, cards: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """The cards of the first eight colours of these products' designs, by style.

        One statement, or none where it was asked of this version before.
        """
        await self._follower.ensure_fresh()
        key = tuple(cards)
        return await self._sisters.get(key, self.version, lambda: self._read_sisters(key))

    async def _read_sisters(self, cards: Sequence[str]) -> dict[str, tuple[str, ...]]:
        styles = sorted({int(json.loads(card)["style_id"]) for card in cards})
        found: dict[str, list[str]] = {}
        for style_id, card in await self._database.fetch(_SISTERS, styles):
            found.setdefault(str(style_id), []).append(card)
        return {style: tuple(cards) for style, cards in found.items()}

    async def listing(self, criteria: Criteria, paging: Paging = FIRST_PAGE) -> ListingPage:
        """A page of live products. A page beyond the last is empty.

        One statement. Raises InvalidInput (422) for a cursor of another listing.
        """
        await self._ready([criteria])
        start = pages.start_of(paging, listing=criteria.signature, key=self._follower.cursor_key)
        return await self._pages.get(
            (criteria.signature, paging.page_size, start),
            self.version,
            lambda: self._page(criteria, start, paging.page_size),
        )

    async def first_with_enough(
        self, query: Callable[[int], Criteria], trials: Sequence[tuple[int, int]]
    ) -> int | None:
        """The number of the query that the first successful trial is of; None if none succeeds.

        trials: a query's number, and how many products it must match. query: called for a number when it
        is first tried. No statement.
        """
        counts: dict[int, int] = {}
        for number, minimum in trials:
            if number not in counts:
                criteria = query(number)
                await self._ready([criteria])
                facet_values = self._follower.facet_values
                conditions = conditions_of(criteria, facet_values)
                counts[number] = len(self._follower.index.matching(conditions, facet_values))
            if counts[number] >= minimum:
                return number
        return None

    async def has_any(self, criteria: Criteria, *, at_least: int = 1) -> bool:
        """Whether so many products meet the criteria. No statement."""
        return await self.first_with_enough(lambda _: criteria, [(0, at_least)]) is not None

    async def with_code(self, code: str) -> list[int]:
        """The products with this number, SKU or GTIN, case ignored. One statement."""
        if not code.isprintable():  # a text in Postgres has no zero byte
            return []
        await self._follower.ensure_fresh()
        found = [row[0] for row in await self._database.fetch(_WITH_CODE, code.casefold())]
        if code.isascii() and code.isdecimal() and len(code) <= _MOST_DIGITS:
            found.insert(0, int(code))
        return [
            product_id for product_id in dict.fromkeys(found) if product_id in self._follower.index
        ]

    async def catalogue_terms(self) -> list[Term]:
        """The names and words of the catalogue, each with its number of products. No statement."""
        await self._follower.ensure_texts()
        index = self._follower.index
        names = [
            Term(value.facet, value.label, value.value, index.count(value.id))
            for value in self._follower.facet_values.values
            if index.count(value.id)
        ]
        words = sorted(index.texts.counts().items(), key=lambda word: (-word[1], word[0]))
        return names + [Term("word", word, word, count) for word, count in words[:_KNOWN_WORDS]]

    async def card(self, product_id: int) -> str:
        """A live product as the API returns it. One statement. Raises NotFound (404)."""
        for (card,) in await self._database.fetch(_CARD, product_id):
            return str(card)
        raise NotFound(_("There is no product %(number)s.", number=product_id))

    async def first_cards(self, queries: Sequence[Criteria], *, limit: int) -> list[list[str]]:
        """The first cards of each of these, without counts: for shelves and suggestions.

        queries: [n], in an order of the index. Returns [n][≤ limit]. One statement.
        """
        await self._ready(queries)
        key = (tuple(criteria.signature for criteria in queries), limit)
        return await self._first_cards.get(
            key, self.version, lambda: self._read_first_cards(queries, limit)
        )

    async def popular(self, limit: int = 8) -> list[str]:
        """The cards of best sellers, for pages that would be empty otherwise. One statement at most."""
        [cards] = await self.first_cards([Criteria(sort="popularity")], limit=limit)
        return cards

    async def _ready(self, queries: Sequence[Criteria]) -> None:
        if any(criteria.needs_texts for criteria in queries):
            await self._follower.ensure_texts()
        else:
            await self._follower.ensure_fresh()

    async def _read_first_cards(self, queries: Sequence[Criteria], limit: int) -> list[list[str]]:
        index, facet_values = self._follower.index, self._follower.facet_values
        found: list[list[int]] = []
        for criteria in queries:
            among = index.matching(conditions_of(criteria, facet_values), facet_values)
            order = self._order(criteria, among)
            product_ids = sorted_ids(among, order, is_descending=criteria.order == "desc")
            found.append(list(islice(product_ids, limit)))
        cards = await self.cards([one for product_ids in found for one in product_ids])
        return [[cards[one] for one in ids if one in cards] for ids in found]

    async def _fetch(self, statement: str, values: Sequence[Any]) -> Sequence[Any]:
        """Planned for these values: a brand and a gender need different indexes."""
        return await self._database.fetch(statement, *values, is_planned_anew=True)

    async def _page(self, criteria: Criteria, start: Cursor, page_size: int) -> ListingPage:
        results = await self._result_set(criteria)
        offset = 0 if start.after else (start.page - 1) * page_size
        if offset and offset >= len(results.product_ids):
            return ListingPage((), results.facets, start.page, page_size, next_cursor=None)
        if can_sort(criteria):
            cards, last = await self._indexed_page(
                criteria, results.product_ids, start.after, offset, page_size
            )
        else:
            cards, last = await self._page_by_name(
                criteria, results.product_ids, start.after, offset, page_size
            )
        next_cursor = None
        if last:
            next_cursor = pages.sign(
                Cursor(last, start.page + 1),
                listing=criteria.signature,
                key=self._follower.cursor_key,
            )
        return ListingPage(cards, results.facets, start.page, page_size, next_cursor)

    async def _indexed_page(
        self,
        criteria: Criteria,
        among: BitMap64,
        after: Sequence[SortValue],
        offset: int,
        page_size: int,
    ) -> tuple[list[str], tuple[SortValue, ...]]:
        """Cards in an order of the index, and the sort key of the last one if more follow."""
        is_descending = criteria.order == "desc"
        order = self._order(criteria, among)
        if criteria.sort == "featured":
            return await self._featured_page(order, among, after, offset, page_size, is_descending)
        key = SortKey(int(after[0]), int(after[1])) if after else None
        if offset:
            key = sort_key_at(offset - 1, among, order, is_descending=is_descending)
        products = sorted_ids(among, order, is_descending=is_descending, after=key)
        ids = list(islice(products, page_size + 1))
        shown = list((await self.cards(ids[:page_size])).values())
        if len(ids) <= page_size:
            return shown, ()
        last = ids[page_size - 1]
        return shown, (value_of(last, order), last)

    async def _featured_page(
        self,
        order: Slices,
        among: BitMap64,
        after: Sequence[SortValue],
        offset: int,
        page_size: int,
        is_descending: bool,
    ) -> tuple[list[str], tuple[SortValue, ...]]:
        """The same in the featured order. A cursor has the start of a window, and a position in it."""
        index, facet_values = self._follower.index, self._follower.facet_values
        if after:
            value, product_id, position = map(int, after)
            start = Position(None if product_id < 0 else SortKey(value, product_id), position)
        elif offset:
            start = position_at(offset, among, order, is_descending=is_descending)
        else:
            start = Position()
        found = featured(
            among,
            order,
            lambda ids: index.traits(ids, facet_values),
            is_descending=is_descending,
            start=start,
        )
        places = list(islice(found, page_size + 1))
        ids = [product_id for product_id, _ in places[:page_size]]
        shown = list((await self.cards(ids)).values())
        if len(places) <= page_size:
            return shown, ()
        following = places[page_size][1]
        key = following.after or SortKey(0, -1)
        return shown, (key.value, key.product_id, following.offset)

    def _order(self, criteria: Criteria, among: BitMap64) -> Slices:
        season = season_at(datetime.now(UTC).date())
        return self._follower.index.order(criteria, self._follower.facet_values, among, season)

    async def _page_by_name(
        self,
        criteria: Criteria,
        among: BitMap64,
        after: Sequence[SortValue],
        offset: int,
        page_size: int,
    ) -> tuple[list[str], tuple[SortValue, ...]]:
        """The same, in the order of names, which only the database has."""
        conditions = conditions_of(criteria, self._follower.facet_values)
        matched = list(among) if any(one.is_text for one in conditions) else None
        statement, values = page_by_name(
            conditions, matched, criteria.order, after, offset, page_size + 1
        )
        rows = await self._fetch(statement, values)
        last = rows[page_size - 1] if len(rows) > page_size else None
        cards = [row["card"] for row in rows[:page_size]]
        return cards, (last["title"], last["colourway_id"]) if last else ()

    async def _result_set(self, criteria: Criteria) -> ResultSet:
        return await self._results.get(
            criteria.filter_signature, self.version, lambda: self._compute_results(criteria)
        )

    async def _compute_results(self, criteria: Criteria) -> ResultSet:
        facet_values = self._follower.facet_values
        return self._follower.index.search(conditions_of(criteria, facet_values), facet_values)


def _size_of_cards(cards: Sequence[str]) -> int:
    return sum(len(card) + _STRING_BYTES for card in cards)


def _size_of_facets(facets: Facets) -> int:
    return _ENTRY_BYTES + _COUNT_BYTES * sum(len(counts) for counts in facets.by_name.values())


def _size_of_page(page: ListingPage) -> int:
    return _size_of_cards(page.cards) + _size_of_facets(page.facets)


def _size_of_results(results: ResultSet) -> int:
    return _size_of_facets(results.facets) + _ID_BYTES * len(results.product_ids)


def _size_of_lists(lists: Sequence[Sequence[str]]) -> int:
    return _ENTRY_BYTES + sum(map(_size_of_cards, lists))


def _size_of_sisters(sisters: dict[str, tuple[str, ...]]) -> int:
    # Twice: the key is made of cards, too, one at least of each style.
    return _ENTRY_BYTES + 2 * sum(map(_size_of_cards, sisters.values()))


_STRING_BYTES = 64  # of a string beside its characters, with its place in a list
_COUNT_BYTES = 300  # of a facet's value: the count, its place in the tree of categories, its JSON
_ID_BYTES = 2  # of a product in a bitmap, at most
_ENTRY_BYTES = 2_000  # of an entry beside its content: its key, and the objects around

_CARD = "select card from shop.listings where colourway_id = $1"
_CARDS = "select colourway_id, card from shop.listings where colourway_id = any($1::bigint[])"
_SISTERS = """
    select style_id, card from (
        select style_id, card, colourway_id,
            row_number() over (partition by style_id order by colourway_id) as number
        from shop.listings where style_id = any($1::bigint[])) as one
    where number <= 8 order by style_id, colourway_id
"""
_WITH_CODE = """
    select colourway_id from shop.skus where lower(code) = $1
    union select colourway_id from shop.skus where gtin = $1
"""
# Some 400 pages of the usual size, and as many results.
_PAGES_BYTES, _CARDS_BYTES, _RESULTS_BYTES = 24_000_000, 12_000_000, 12_000_000
_MOST_DIGITS = 18  # of a product's number, a bigint
_KNOWN_WORDS = 50_000  # the most frequent ones: they fit into any process
