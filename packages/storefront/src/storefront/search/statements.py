"""What listings are asked for, and the statements that ask the database for it. Pure.

Values never stand in a statement's text; which conditions it has, and its order, are chosen here from
fixed lists.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from storefront.search import ranking
from storefront.search.facets import FacetValues

Sort = Literal["featured", "relevance", "newest", "popularity", "price", "rating", "name"]
Order = Literal["asc", "desc"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a listing is narrowed to and how it is sorted. Values of one filter are alternatives;
    filters add up.

    filters: by parameter of the API (``gender``, ``sub_category``, ``size`` …); category: paths such
    as ``apparel/topwear``, each meaning all below it too; size: in stock.
    min_price, max_price: minor units, both included. min_rating: stars. since: when first sold.
    words: a text search query in Postgres' own form (``navy & shirt:*``), from what the shopper wrote.
    called: the whole name of a product, whatever its case. ranked_by: words that rank, in the same form.
    preferred: by filter, the values that rank first; preferred_price: minor units, from and to.
    """

    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    min_price: int | None = None
    max_price: int | None = None
    min_rating: int | None = None
    since: datetime | None = None
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
        bounds = (self.min_price, self.max_price, self.min_rating, str(self.since))
        return json.dumps([chosen, *bounds, self.words, self.called])


Field = Literal[
    "facets", "sizes_in_stock", "min_price", "max_price", "min_rating", "since", "words", "called"
]


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that products must meet. group: the facet that it belongs to; value: of facets, ids."""

    group: str
    field: Field
    value: Any

    @property
    def is_text(self) -> bool:
        """Whether it is about what a product says; only the database knows who meets it."""
        return self.field in ("words", "called")


def conditions_of(wanted: Wanted, dictionary: FacetValues) -> list[Condition]:
    """What is wanted as conditions; a value that no product has ever had leaves nothing."""
    found: list[Condition] = []
    for name, values in wanted.filters.items():
        if not values:
            continue
        if name in _CATEGORY_DEPTHS:
            ids = dictionary.categories_named(values, depth=_CATEGORY_DEPTHS[name])
            found.append(Condition("category", "facets", ids))
        else:
            field: Field = "sizes_in_stock" if name == "size" else "facets"
            found.append(Condition(name, field, dictionary.ids(name, values)))
    bounds: tuple[Condition, ...] = (
        Condition("price", "min_price", wanted.min_price),
        Condition("price", "max_price", wanted.max_price),
        Condition("rating", "min_rating", wanted.min_rating),
        Condition("since", "since", wanted.since),
        Condition("words", "words", wanted.words),
        Condition("called", "called", wanted.called),
    )
    return found + [bound for bound in bounds if bound.value is not None]


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


# With {} for the value's place.
_SQL: dict[Field, str] = {
    "facets": "facets && {}::int[]",
    "sizes_in_stock": "sizes_in_stock && {}::int[]",
    "min_price": "price_minor >= {}::bigint",
    "max_price": "price_minor <= {}::bigint",
    "min_rating": "rating >= {}::int",
    "since": "published_at >= {}::timestamptz",
    "words": "words @@ to_tsquery('english', {})",
    "called": "shop.plain(title) = shop.plain({})",
}


def _where(conditions: Sequence[Condition], *, first: int = 1) -> str:
    """The conditions as SQL, numbered on from ``first``."""
    texts = [
        _SQL[condition.field].format(f"${number}")
        for number, condition in enumerate(conditions, start=first)
    ]
    return " and ".join(texts) or "true"


def page_statement(
    wanted: Wanted,
    conditions: Sequence[Condition],
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


def picks_statement(
    readings: Mapping[int, Wanted], dictionary: FacetValues, most: int
) -> tuple[str, list[Any]]:
    """The first cards of each reading behind its number, in its order."""
    values: list[Any] = []
    picks = []
    for number, wanted in readings.items():
        conditions = conditions_of(wanted, dictionary)
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


def matches_statement(texts: Sequence[Condition]) -> tuple[str, list[Any]]:
    """One row: for each of these in turn, the ids of the products that meet it; null for none."""
    matches = [
        _MATCHES.format(where=_where([text], first=number))
        for number, text in enumerate(texts, start=1)
    ]
    return f"select {', '.join(matches)}", [text.value for text in texts]


_MATCHES = "(select array_agg(colourway_id) from shop.listings where {where})"
