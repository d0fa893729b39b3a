"""The statements that ask the database for a page of a listing, or for what says some words. Pure.

Values never stand in a statement's text; which conditions it has, and its order, are chosen here from
fixed lists.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from storefront.search.criteria import Condition, Criteria, Field, Sort, conditions_of
from storefront.search.index import ranking
from storefront.search.index.facets import FacetValues

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
    criteria: Criteria,
    conditions: Sequence[Condition],
    dictionary: FacetValues,
    after: Sequence[Any],
    skipped: int,
    most: int,
) -> tuple[str, list[Any]]:
    """Cards in order, each with its sort key; from a key on, or from a number of rows on."""
    values = [condition.value for condition in conditions]
    keys = _keys(criteria, dictionary, values)
    names = ", ".join(name for name, _ in keys)
    order = ", ".join(f"{name} {criteria.order}" for name, _ in keys)
    where = _where(conditions)
    if after:
        places = []
        for (_, kind), value in zip(keys, after, strict=True):
            values.append(str(value))
            places.append(f"${len(values)}::text::{kind}")
        where += f" and ({names}) {'<' if criteria.order == 'desc' else '>'} ({', '.join(places)})"
    values.append(most)
    chosen = f"from shop.listings where {where} order by {order} limit ${len(values)}::int"
    if skipped:  # the rows passed over are counted in the index, not read
        values.append(skipped)
        chosen = (
            "from shop.listings join (select colourway_id as id "
            f"{chosen} offset ${len(values)}::int) as page on id = colourway_id order by {order}"
        )
    return f"select card, {names} {chosen}", values


def _keys(criteria: Criteria, dictionary: FacetValues, values: list[Any]) -> list[tuple[str, str]]:
    """What is compared, down to the id, and of which type it is; values it needs are added to values."""
    if criteria.sort == "relevance":
        keys = [(_score(criteria, dictionary, values), "float8"), *_SORTS["newest"]]
    else:
        keys = list(_SORTS[criteria.sort])
    return [*keys, ("colourway_id", "bigint")]


def picks_statement(
    readings: Mapping[int, Criteria], dictionary: FacetValues, most: int
) -> tuple[str, list[Any]]:
    """The first cards of each reading behind its number, in its order."""
    values: list[Any] = []
    picks = []
    for number, criteria in readings.items():
        conditions = conditions_of(criteria, dictionary)
        where = _where(conditions, first=len(values) + 1)
        values += [condition.value for condition in conditions]
        keys = _keys(criteria, dictionary, values)
        order = ", ".join(f"{name} {criteria.order}" for name, _ in keys)
        values.append(most)
        picks.append(_PICK.format(number=number, where=where, order=order, most=len(values)))
    return " union all ".join(picks), values


_PICK = (
    "(select {number}, card from shop.listings where {where} order by {order} limit ${most}::int)"
)


def _score(criteria: Criteria, dictionary: FacetValues, values: list[Any]) -> str:
    def place(value: object, kind: str) -> str:
        values.append(value)
        return f"${len(values)}::{kind}"

    return ranking.as_sql(
        words=None if criteria.ranked_by is None else place(criteria.ranked_by, "text"),
        preferred=[
            place(dictionary.ids(name, preferred), "int[]")
            for name, preferred in criteria.preferred.items()
        ],
        prices=tuple(place(price, "bigint") for price in criteria.preferred_price or ()),
    )


def matches_statement(texts: Sequence[Condition]) -> tuple[str, list[Any]]:
    """One row: for each of these in turn, the ids of the products that meet it; null for none."""
    matches = [
        _MATCHES.format(where=_where([text], first=number))
        for number, text in enumerate(texts, start=1)
    ]
    return f"select {', '.join(matches)}", [text.value for text in texts]


_MATCHES = "(select array_agg(colourway_id) from shop.listings where {where})"
