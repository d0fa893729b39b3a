"""Reads of the read model: a page of a listing, its facets, and nothing that is not in listings.

Values never stand in a statement's text; which conditions it has, and its order, are chosen here from
fixed lists.
"""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from storefront.db import Database
from storefront.search import cursors, ranking
from storefront.search.cursors import Cursor
from storefront.search.facets import ALL, Counted, Facets, FacetValues, Value, assemble
from storefront.search.kept import Kept

Sort = Literal["featured", "relevance", "newest", "popularity", "price", "rating", "name"]
Order = Literal["asc", "desc"]

COUNTED_TO = 100_000
"""Totals are exact up to here; a listing that holds more says "more than"."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a listing is narrowed to and how it is sorted. Values of one filter are alternatives;
    filters add up.

    filters: by parameter of the API (``gender``, ``sub_category``, ``size`` …); category: paths such
    as ``apparel/topwear``, each meaning all below it too; size: in stock.
    min_price, max_price: minor units, both included. min_rating: stars.
    words: a text search query in Postgres' own form (``navy & shirt:*``), from what the shopper wrote.
    called: the whole name of a product, whatever its case. ranked_by: words that rank, in the same form.
    preferred: by filter, the values that rank first; preferred_price: minor units, from and to.
    """

    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    min_price: int | None = None
    max_price: int | None = None
    min_rating: int | None = None
    words: str | None = None
    called: str | None = None
    ranked_by: str | None = None
    preferred: Mapping[str, Sequence[str]] = field(default_factory=dict)
    preferred_price: tuple[int, int] | None = None
    sort: Sort = "featured"
    order: Order = "desc"

    @property
    def signature(self) -> str:
        """What it asks for, as text: equal for equal questions."""
        preferred = [self.ranked_by, *sorted(self.preferred.items()), self.preferred_price]
        return json.dumps([self.narrowing, self.sort, self.order, preferred])

    @property
    def narrowing(self) -> str:
        """The same without the order: equal where the same products are found."""
        chosen = {name: sorted(values) for name, values in sorted(self.filters.items()) if values}
        prices = (self.min_price, self.max_price, self.min_rating)
        return json.dumps([chosen, *prices, self.words, self.called])


@dataclass(frozen=True)
class Found:
    """One page of a listing. cards: JSON of a product each, as the API answers it.

    following: a cursor's text, None on the last page. total is exact unless it is COUNTED_TO.
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

    How old it may be: LOOKED_AT_S behind the database, twice that for counts.
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
        self._firsts: Kept[int] = Kept(_FACETS_KEPT)
        self._facets: Kept[Facets] = Kept(_FACETS_KEPT, grace_s=2 * LOOKED_AT_S)

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
        key = (tuple(wanted.narrowing for wanted in readings), tuple(enough))
        return await self._firsts.get(key, self._version, lambda: self._first(readings, enough))

    async def picks(self, readings: Sequence[Wanted], *, most: int) -> list[list[str]]:
        """The first cards of each of these, uncounted: what shelves and suggestions show.

        readings: [n]. Returns [n][≤ most]. Two statements at most.
        """
        await self._look()
        key = (tuple(wanted.signature for wanted in readings), most)
        return await self._picks.get(key, self._version, lambda: self._pick(readings, most))

    async def _pick(self, readings: Sequence[Wanted], most: int) -> list[list[str]]:
        statement, values = _picks_statement(readings, self._dictionary, most)
        picked: list[list[str]] = [[] for _ in readings]
        for number, card in await self._database.fetch(statement, *values) if readings else ():
            picked[number].append(card)
        return picked

    async def _first(self, readings: Sequence[Wanted], enough: Sequence[int]) -> int:
        statement, values = _first_statement(
            [_conditions(wanted, self._dictionary) for wanted in readings], enough
        )
        [(first,)] = await self._database.fetch(statement, *values)
        return first or 0

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
        conditions = _conditions(wanted, self._dictionary)
        statement, values = _page_statement(
            wanted, conditions, self._dictionary, start.after, skipped, page_size + 1
        )
        rows = await self._database.fetch(statement, *values)
        following = None
        if len(rows) > page_size:
            after = tuple(_as_json(value) for value in list(rows[page_size - 1])[1:])
            following = cursors.sign(
                Cursor(after, start.page + 1), listing=wanted.signature, key=self._cursor_key
            )
        cards = [row["card"] for row in rows[:page_size]]
        return Found(cards, facets, start.page, page_size, following)

    async def _count(self, wanted: Wanted) -> Facets:
        conditions = _conditions(wanted, self._dictionary)
        statement, values, groups = _count_statement(conditions)
        rows = await self._database.fetch(statement, *values)
        counted = [Counted(groups[branch], *rest) for branch, *rest in rows]
        chosen: dict[str, set[int]] = {}
        for condition in conditions:
            if isinstance(condition.value, list):
                chosen.setdefault(condition.group, set()).update(condition.value)
        return assemble(counted, self._dictionary, chosen)


# --- statements -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Condition:
    """A filter as SQL. group: the facet that it belongs to; text: with {} for the value's place."""

    group: str
    text: str
    value: Any


def _conditions(wanted: Wanted, dictionary: FacetValues) -> list[_Condition]:
    found: list[_Condition] = []
    for name, values in wanted.filters.items():
        if not values:
            continue
        if name in _CATEGORY_DEPTHS:
            ids = dictionary.categories_named(values, depth=_CATEGORY_DEPTHS[name])
            found.append(_Condition("category", "facets && {}::int[]", ids))
        elif name == "size":
            ids = dictionary.ids(name, values)
            found.append(_Condition(name, "sizes_in_stock && {}::int[]", ids))
        else:
            found.append(_Condition(name, "facets && {}::int[]", dictionary.ids(name, values)))
    for group, text, value in (
        ("price", "price_minor >= {}::bigint", wanted.min_price),
        ("price", "price_minor <= {}::bigint", wanted.max_price),
        ("rating", "rating >= {}::int", wanted.min_rating),
        ("words", "words @@ to_tsquery('english', {})", wanted.words),
        ("called", "shop.plain(title) = shop.plain({})", wanted.called),
    ):
        if value is not None:
            found.append(_Condition(group, text, value))
    return found


_CATEGORY_DEPTHS = {"master_category": 0, "sub_category": 1, "article_type": 2}

# What each order compares before the id, and of which type that is.
_SORTS: dict[Sort, tuple[tuple[str, str], ...]] = {
    "featured": (("is_pictured", "bool"), ("published_at", "timestamptz")),
    "newest": (("published_at", "timestamptz"),),
    "popularity": (("popularity", "int"),),
    "price": (("price_minor", "bigint"),),
    "rating": (("rating", "numeric"),),
    "name": (("title", "text"),),
}


def _where(conditions: Sequence[_Condition], *, first: int = 1, without: str | None = None) -> str:
    """The conditions as SQL, numbered on from ``first``; those of one group may be set aside."""
    texts = [
        condition.text.format(f"${number}")
        for number, condition in enumerate(conditions, start=first)
        if condition.group != without
    ]
    return " and ".join(texts) or "true"


def _page_statement(
    wanted: Wanted,
    conditions: Sequence[_Condition],
    dictionary: FacetValues,
    after: Sequence[Any],
    skipped: int,
    most: int,
) -> tuple[str, list[Any]]:
    """Cards in order, each with its sort key; from a key on, or from a number of rows on."""
    values = [condition.value for condition in conditions]
    keys = _keys(wanted, dictionary, values)
    names = ", ".join(name for name, _ in keys)
    order = ", ".join(f"{name} {wanted.order}" for name, _ in keys)
    where = _where(conditions)
    if after:
        places = []
        for (_, kind), value in zip(keys, after, strict=True):
            values.append(str(value))
            places.append(f"${len(values)}::text::{kind}")
        where += f" and ({names}) {'<' if wanted.order == 'desc' else '>'} ({', '.join(places)})"
    values.append(most)
    chosen = f"from shop.listings where {where} order by {order} limit ${len(values)}::int"
    if skipped:  # the rows passed over are counted in the index, not read
        values.append(skipped)
        chosen = (
            "from shop.listings join (select colourway_id as id "
            f"{chosen} offset ${len(values)}::int) as page on id = colourway_id order by {order}"
        )
    return f"select card, {names} {chosen}", values


def _keys(wanted: Wanted, dictionary: FacetValues, values: list[Any]) -> list[tuple[str, str]]:
    """What is compared, down to the id, and of which type it is; values it needs are added to values."""
    if wanted.sort == "relevance":
        keys = [(_score(wanted, dictionary, values), "float8"), *_SORTS["newest"]]
    else:
        keys = list(_SORTS[wanted.sort])
    return [*keys, ("colourway_id", "bigint")]


def _picks_statement(
    readings: Sequence[Wanted], dictionary: FacetValues, most: int
) -> tuple[str, list[Any]]:
    """The first cards of each reading behind its number, in its order."""
    values: list[Any] = []
    picks = []
    for number, wanted in enumerate(readings):
        conditions = _conditions(wanted, dictionary)
        where = _where(conditions, first=len(values) + 1)
        values += [condition.value for condition in conditions]
        keys = _keys(wanted, dictionary, values)
        order = ", ".join(f"{name} {wanted.order}" for name, _ in keys)
        values.append(most)
        picks.append(_PICK.format(number=number, where=where, order=order, most=len(values)))
    return " union all ".join(picks), values


_PICK = (
    "(select {number}, card from shop.listings where {where} order by {order} limit ${most}::int)"
)


def _score(wanted: Wanted, dictionary: FacetValues, values: list[Any]) -> str:
    def place(value: object, kind: str) -> str:
        values.append(value)
        return f"${len(values)}::{kind}"

    return ranking.as_sql(
        words=None if wanted.ranked_by is None else place(wanted.ranked_by, "text"),
        preferred=[
            place(dictionary.ids(name, preferred), "int[]")
            for name, preferred in wanted.preferred.items()
        ],
        prices=tuple(place(price, "bigint") for price in wanted.preferred_price or ()),
    )


def _first_statement(
    readings: Sequence[Sequence[_Condition]], enough: Sequence[int]
) -> tuple[str, list[Any]]:
    """The number of the first reading that enough products meet; later ones are then not looked for.

    Few are better than those of a reading that gives more up, so long as there is any.
    """
    values: list[Any] = []
    cases = []
    few: list[str] = []
    for number, (conditions, least) in enumerate(zip(readings, enough, strict=True)):
        where = _where(conditions, first=len(values) + 1)
        values += [condition.value for condition in conditions]
        found = f"select from shop.listings where {where}"
        cases.append(f"when exists ({found} offset {least - 1}) then {number}")
        if least > 1:
            few.insert(0, f"when exists ({found}) then {number}")
    widening = max((n for n, least in enumerate(enough, start=1) if least > 1), default=0)
    ordered = [*cases[:widening], *few, *cases[widening:]]
    return f"select case {' '.join(ordered)} end", values


def _count_statement(
    conditions: Sequence[_Condition],
) -> tuple[str, list[Any], list[str | None]]:
    """One pass over what is found, and one for each group of filters over what is found without it."""
    groups: list[str | None] = [None]
    groups += dict.fromkeys(c.group for c in conditions if c.group not in ("words", "called"))
    passes = [
        _COUNT.format(branch=branch, all=ALL, where=_where(conditions, without=group))
        for branch, group in enumerate(groups)
    ]
    return " union all ".join(passes), [condition.value for condition in conditions], groups


_COUNT = """
    select {branch}, value, count(*)::int, min(price_minor), max(price_minor)
    from shop.listings,
        unnest(facets || sizes_in_stock || array[{all}, -floor(rating)::int]) as value
    where {where}
    group by value
"""


def _as_json(value: Any) -> cursors.Key:
    return value if isinstance(value, int | bool) else str(value)


_STATE = """
    select version, cursor_key, (
        select coalesce(json_agg(json_build_array(id, facet, value, label, sort, hex)), '[]')::text
        from shop.facet_values)
    from shop.listing_states where version <> $1
"""
LOOKED_AT_S = 0.5
_PAGES_KEPT = 400
_FACETS_KEPT = 2_000
