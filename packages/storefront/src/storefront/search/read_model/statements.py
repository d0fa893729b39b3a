"""The statements for a page of a listing, and for the products that match words. Pure.

Values are always parameters; conditions and order are put together from the fixed texts below.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from storefront.search.criteria import Condition, Criteria, Field, Sort, conditions_of
from storefront.search.index import ranking
from storefront.search.index.facets import FacetValues

# The columns of each order, before the id, and their types.
_SORTS: dict[Sort, tuple[tuple[str, str], ...]] = {
    "featured": (("is_pictured", "bool"), ("published_at", "timestamptz")),
    "newest": (("published_at", "timestamptz"),),
    "popularity": (("popularity", "int"),),
    "price": (("price_minor", "bigint"),),
    "rating": (("rating", "numeric"),),
    "name": (("lower(title)", "text"),),
}


# With {} for the placeholder.
_SQL: dict[Field, str] = {
    "facets": "facets && {}::int[]",
    "sizes_in_stock": "sizes_in_stock && {}::int[]",
    "min_price": "price_minor >= {}::bigint",
    "max_price": "price_minor <= {}::bigint",
    "min_rating": "rating >= {}::int",
    "since": "published_at >= {}::timestamptz",
    "words": "words @@ to_tsquery('english', {})",
    "exact_name": "shop.plain(title) = shop.plain({})",
}


def _where(conditions: Sequence[Condition], *, first: int = 1) -> str:
    """The conditions as SQL, with placeholders from ``first`` on."""
    texts = [
        _SQL[condition.field].format(f"${number}")
        for number, condition in enumerate(conditions, start=first)
    ]
    return " and ".join(texts) or "true"


def page_statement(
    criteria: Criteria,
    conditions: Sequence[Condition],
    facet_values: FacetValues,
    after: Sequence[Any],
    offset: int,
    limit: int,
) -> tuple[str, list[Any]]:
    """Cards in order, each with its sort key; after a sort key, or from an offset."""
    values = [condition.value for condition in conditions]
    keys = _keys(criteria, facet_values, values)
    names = ", ".join(name for name, _ in keys)
    order = ", ".join(f"{name} {criteria.order}" for name, _ in keys)
    where = _where(conditions)
    if after:
        placeholders = []
        for (_, kind), value in zip(keys, after, strict=True):
            values.append(str(value))
            placeholders.append(f"${len(values)}::text::{kind}")
        where += (
            f" and ({names}) {'<' if criteria.order == 'desc' else '>'} ({', '.join(placeholders)})"
        )
    values.append(limit)
    chosen = f"from shop.listings where {where} order by {order} limit ${len(values)}::int"
    if offset:  # the skipped rows are counted in an index, not read
        values.append(offset)
        chosen = (
            "from shop.listings join (select colourway_id as id "
            f"{chosen} offset ${len(values)}::int) as page on id = colourway_id order by {order}"
        )
    return f"select card, {names} {chosen}", values


def _keys(
    criteria: Criteria, facet_values: FacetValues, values: list[Any]
) -> list[tuple[str, str]]:
    """The sort columns with their types, the id last; appends the parameters they need to ``values``."""
    if criteria.sort == "relevance":
        keys = [(_score(criteria, facet_values, values), "float8"), *_SORTS["newest"]]
    else:
        keys = list(_SORTS[criteria.sort])
    return [*keys, ("colourway_id", "bigint")]


def first_cards_statement(
    queries: Mapping[int, Criteria], facet_values: FacetValues, limit: int
) -> tuple[str, list[Any]]:
    """The first cards of each query, each row with the number of its query, in its order."""
    values: list[Any] = []
    selects = []
    for number, criteria in queries.items():
        conditions = conditions_of(criteria, facet_values)
        where = _where(conditions, first=len(values) + 1)
        values += [condition.value for condition in conditions]
        keys = _keys(criteria, facet_values, values)
        order = ", ".join(f"{name} {criteria.order}" for name, _ in keys)
        values.append(limit)
        selects.append(
            _FIRST_CARDS.format(number=number, where=where, order=order, limit=len(values))
        )
    return " union all ".join(selects), values


_FIRST_CARDS = (
    "(select {number}, card from shop.listings where {where} order by {order} limit ${limit}::int)"
)


def _score(criteria: Criteria, facet_values: FacetValues, values: list[Any]) -> str:
    def placeholder(value: object, kind: str) -> str:
        values.append(value)
        return f"${len(values)}::{kind}"

    return ranking.as_sql(
        words=None
        if criteria.ranking_words is None
        else placeholder(criteria.ranking_words, "text"),
        preferred=[
            placeholder(facet_values.ids(name, preferred), "int[]")
            for name, preferred in criteria.preferred.items()
        ],
        prices=tuple(placeholder(price, "bigint") for price in criteria.preferred_price or ()),
    )


def matches_statement(texts: Sequence[Condition]) -> tuple[str, list[Any]]:
    """One row: for each condition the ids of the products that meet it, or null for none."""
    matches = [
        _MATCHES.format(where=_where([text], first=number))
        for number, text in enumerate(texts, start=1)
    ]
    return f"select {', '.join(matches)}", [text.value for text in texts]


_MATCHES = "(select array_agg(colourway_id) from shop.listings where {where})"
