"""Reads of the read model: a page of a listing, its facets, a product's card."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from pyroaring import BitMap64

from storefront.catalog import bounds
from storefront.catalog.seasons import current_season
from storefront.db import Database
from storefront.errors import NotFound
from storefront.search import paging as pages
from storefront.search.criteria import Condition, Criteria, conditions_of
from storefront.search.index.bit_slices import Slices, sort_key_at
from storefront.search.index.facets import Facets, FacetValues
from storefront.search.index.page_ids import featured_page, sorted_page
from storefront.search.index.product_index import ResultSet, can_sort
from storefront.search.language.meanings import Term
from storefront.search.paging import FIRST_PAGE, Cursor, ListingPage, Paging, SortValue
from storefront.search.read_model import cached_sizes
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
        self._pages: Cache[ListingPage] = Cache(_PAGES_BYTES, cached_sizes.of_page)
        self._first_cards: Cache[list[list[str]]] = Cache(_CARDS_BYTES, cached_sizes.of_lists)
        self._sisters: Cache[dict[str, tuple[str, ...]]] = Cache(
            _CARDS_BYTES, cached_sizes.of_sisters
        )
        self._results: Cache[ResultSet] = Cache(_RESULTS_BYTES, cached_sizes.of_results)

    @property
    def version(self) -> int:
        """The version as of the last poll; -1 before the first."""
        return self._follower.version

    def is_current(self, version: int) -> bool:
        """Whether this is the current version, as of a recent poll."""
        return self._follower.is_current(version)

    async def current_version(self) -> int:
        """The current version. Waits, for at most two statements, only if the last poll is long ago."""
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
        """The numbers of matches by facet. No statement."""
        await self._ready([criteria])
        return (await self._result_set(criteria)).facets

    async def matches(self, criteria: Criteria) -> BitMap64:
        """Every live product that meets the criteria, in no order. No statement. Not to be changed."""
        await self._ready([criteria])
        return (await self._result_set(criteria)).product_ids

    async def product_ids(self, criteria: Criteria, *, among: BitMap64 | None = None) -> BitMap64:
        """The live products, or those among these, that meet the criteria, unordered. No statement."""
        await self._ready([criteria])
        return self._matching(criteria, among)

    async def matching(self, criteria: Criteria, *, among: BitMap64) -> ResultSet:
        """As `product_ids`, with facet counts, which take most of the time."""
        await self._ready([criteria])
        facet_values = self._follower.facet_values
        return self._follower.index.search(self._conditions(criteria, among), facet_values)

    def _matching(self, criteria: Criteria, among: BitMap64 | None = None) -> BitMap64:
        conditions = self._conditions(criteria, among)
        return self._follower.index.matching(conditions, self._follower.facet_values)

    def _conditions(self, criteria: Criteria, among: BitMap64 | None) -> list[Condition]:
        conditions = conditions_of(criteria, self._follower.facet_values)
        return conditions if among is None else [*conditions, Condition("among", "among", among)]

    async def cards(self, product_ids: Sequence[int]) -> dict[int, str]:
        """Live products by id, as the API returns them, in the order of these ids.

        Products that are no longer sold are left out. One statement, or none.
        """
        found = {}
        if product_ids:
            found = dict(await self._database.fetch(_CARDS, product_ids, may_lag=True))
        return {one: found[one] for one in product_ids if one in found}

    async def _cached_cards(self, product_ids: Sequence[int]) -> dict[int, str]:
        """As `cards`, but as of this version or later: those that were read since they changed are
        not read again."""
        follower, version = self._follower, self.version
        found = follower.cards.among(product_ids)
        if missing := [one for one in product_ids if one not in found]:
            read = await self.cards(missing)
            if version == self.version:  # what was read before a change may be from before it
                follower.cards.put(read)
            found |= read
        return {one: found[one] for one in product_ids if one in found}

    async def sisters(self, cards: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """The cards of the first eight colours of these products' designs, by style.

        One statement, or none if cached for this version.
        """
        await self._follower.ensure_fresh()
        key = tuple(cards)
        return await self._sisters.get(key, self.version, lambda: self._read_sisters(key))

    async def _read_sisters(self, cards: Sequence[str]) -> dict[str, tuple[str, ...]]:
        styles = sorted({int(json.loads(card)["style_id"]) for card in cards})
        found: dict[str, list[str]] = {}
        for style_id, card in await self._database.fetch(_SISTERS, styles, may_lag=True):
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
    ) -> tuple[int, int] | None:
        """The number of the first query with a successful trial, and how many products match it; None
        if none succeeds.

        trials: a query's number, and how many products it must match. query: called for a number when it
        is first tried. No statement.
        """
        counts: dict[int, int] = {}
        for number, minimum in trials:
            if number not in counts:
                counts[number] = await self.count(query(number))
            if counts[number] >= minimum:
                return number, counts[number]
        return None

    async def count(self, criteria: Criteria) -> int:
        """How many live products meet the criteria. No statement."""
        return len(await self.product_ids(criteria))

    async def with_code(self, code: str) -> list[int]:
        """The products with this number, SKU or GTIN, case ignored. One statement."""
        if not code.isprintable():  # text in Postgres cannot contain a NUL
            return []
        await self._follower.ensure_fresh()
        rows = await self._database.fetch(_WITH_CODE, code.casefold(), may_lag=True)
        found = [row[0] for row in rows]
        is_number = code.isascii() and code.isdecimal() and len(code) <= _MOST_DIGITS
        if is_number and int(code) <= bounds.BIGGEST_ID:
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
            if value.facet != "offer" and index.count(value.id)
        ]
        words = sorted(index.texts.counts().items(), key=lambda word: (-word[1], word[0]))
        return names + [Term("word", word, word, count) for word, count in words[:_KNOWN_WORDS]]

    async def newest_since(self, count: int) -> datetime:
        """Since when the newest so many products have been sold, with all others of that time. No
        statement."""
        await self._follower.ensure_fresh()
        index, facet_values = self._follower.index, self._follower.facet_values
        everything = index.matching([], facet_values)
        if len(everything) < count:
            return bounds.EARLIEST
        order = self._sort_slices(Criteria(sort="newest"), everything)
        last = sort_key_at(count - 1, everything, order, is_descending=True)
        return datetime.fromtimestamp(last.value, UTC)

    async def card(self, product_id: int) -> str:
        """A live product as the API returns it. One statement. Raises NotFound (404)."""
        for (card,) in await self._database.fetch(_CARD, product_id, may_lag=True):
            return str(card)
        raise NotFound(_("There is no product %(number)s.", number=product_id))

    async def first_cards(self, queries: Sequence[Criteria], *, limit: int) -> list[list[str]]:
        """The first cards of each query, without counts: for shelves and suggestions.

        queries: [n], in an order of the index. Returns [n][≤ limit]. One statement.
        """
        await self._ready(queries)
        key = (tuple(criteria.signature for criteria in queries), limit)
        return await self._first_cards.get(
            key, self.version, lambda: self._read_first_cards(queries, limit)
        )

    async def following(
        self, criteria: Criteria, wider: Sequence[Criteria], *, limit: int
    ) -> list[str]:
        """The cards of products that meet wider criteria, but not these: those of the first wider ones
        before those of the next. One statement at most."""
        await self._ready([criteria, *wider])
        key = (("following", *(one.signature for one in (criteria, *wider))), limit)
        [cards] = await self._first_cards.get(
            key, self.version, lambda: self._read_following(criteria, wider, limit)
        )
        return cards

    async def _read_following(
        self, criteria: Criteria, wider: Sequence[Criteria], limit: int
    ) -> list[list[str]]:
        passed = self._matching(criteria)
        found: list[int] = []
        for one in wider:
            among = self._matching(one) - passed
            found += self._page_ids(one, among, (), 0, limit - len(found))[0]
            if len(found) == limit:
                break
            passed = passed | among
        return [list((await self._cached_cards(found)).values())]

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
        found: list[list[int]] = []
        for criteria in queries:
            among = self._matching(criteria)
            found.append(self._page_ids(criteria, among, (), 0, limit)[0])
        cards = await self._cached_cards([one for product_ids in found for one in product_ids])
        return [[cards[one] for one in ids if one in cards] for ids in found]

    async def _fetch(self, statement: str, values: Sequence[Any]) -> Sequence[Any]:
        """Planned for these values: a brand and a gender need different indexes."""
        return await self._database.fetch(statement, *values, use_custom_plan=True, may_lag=True)

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
        ids, last = self._page_ids(criteria, among, after, offset, page_size)
        return list((await self._cached_cards(ids)).values()), last

    def _page_ids(
        self,
        criteria: Criteria,
        among: BitMap64,
        after: Sequence[SortValue],
        offset: int,
        page_size: int,
    ) -> tuple[list[int], tuple[SortValue, ...]]:
        order, is_descending = self._sort_slices(criteria, among), criteria.direction == "desc"
        if criteria.sort != "featured":
            return sorted_page(among, order, after, offset, page_size, is_descending=is_descending)
        index, facet_values = self._follower.index, self._follower.facet_values
        return featured_page(
            among,
            order,
            after,
            offset,
            page_size,
            is_descending=is_descending,
            traits_of=lambda ids: index.traits(ids, facet_values),
            alike=index.alike(among, facet_values),
            leading=index.leading(criteria, facet_values, current_season()),
        )

    def _sort_slices(self, criteria: Criteria, among: BitMap64) -> Slices:
        index, facet_values = self._follower.index, self._follower.facet_values
        order = index.sort_slices(criteria, facet_values, among, current_season())
        return [*map(self._matching, criteria.first), *order]

    async def _page_by_name(
        self,
        criteria: Criteria,
        among: BitMap64,
        after: Sequence[SortValue],
        offset: int,
        page_size: int,
    ) -> tuple[list[str], tuple[SortValue, ...]]:
        """As `_indexed_page`, in the order of names, which only the database has."""
        conditions = conditions_of(criteria, self._follower.facet_values)
        matched = list(among) if any(one.needs_index for one in conditions) else None
        statement, values = page_by_name(
            conditions, matched, criteria.direction, after, offset, page_size + 1
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
# About 400 pages of the usual size, and as many results.
_PAGES_BYTES, _CARDS_BYTES, _RESULTS_BYTES = 24_000_000, 12_000_000, 12_000_000
_MOST_DIGITS = len(str(bounds.BIGGEST_ID))
_KNOWN_WORDS = 50_000  # the most frequent ones, to limit memory
