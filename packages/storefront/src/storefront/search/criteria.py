"""The criteria of a listing: filters, bounds, words and order; and the conditions they become. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Literal

from storefront.money import minor_of
from storefront.search.index.facets import CATEGORY_DEPTHS, FacetValues

Sort = Literal["featured", "relevance", "newest", "popularity", "price", "rating", "name"]
Order = Literal["asc", "desc"]


def price_bounds(
    low: Decimal | None, high: Decimal | None, currency: str
) -> tuple[int | None, int | None]:
    """Bounds of the major unit in minor units, inclusive: ¥19.5 and more is ¥20 and more."""
    return (
        None if low is None else minor_of(low, currency, ROUND_CEILING),
        None if high is None else minor_of(high, currency, ROUND_FLOOR),
    )


@dataclass(frozen=True, slots=True)
class Criteria:
    """The filters and order of a listing. Values of one filter are alternatives; filters are combined.

    filters: by API parameter (``gender``, ``sub_category``, ``size`` …); category: paths such as
    ``apparel/topwear``, each including everything below it; size: in stock.
    min_price, max_price: minor units, inclusive. min_rating: stars. since: first sold since.
    words: a Postgres text search query (``navy & shirt:*``), from what the shopper typed.
    exact_name: a product's whole name, case ignored. ranking_words: words that only rank.
    required: filters whose facets count within the results, as if their values had no alternatives.
    variation: with sort relevance, equals are shuffled, another way for each number.
    preferred: by filter, the values that rank first; preferred_price: minor units, from and to.
    """

    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    min_price: int | None = None
    max_price: int | None = None
    min_rating: int | None = None
    since: datetime | None = None
    words: str | None = None
    exact_name: str | None = None
    ranking_words: str | None = None
    required: frozenset[str] = frozenset()
    preferred: Mapping[str, Sequence[str]] = field(default_factory=dict)
    variation: int | None = None
    preferred_price: tuple[int, int] | None = None
    sort: Sort = "featured"
    order: Order = "desc"

    @property
    def signature(self) -> str:
        """A cache key: equal for criteria that give the same listing."""
        preferred = [self.ranking_words, *sorted(self.preferred.items()), self.preferred_price]
        return json.dumps([self.filter_signature, self.sort, self.order, preferred, self.variation])

    @property
    def filter_signature(self) -> str:
        """A cache key without the order: equal for criteria that match the same products."""
        chosen = {name: sorted(values) for name, values in sorted(self.filters.items()) if values}
        bounds = (self.min_price, self.max_price, self.min_rating, str(self.since))
        return json.dumps([chosen, sorted(self.required), *bounds, self.words, self.exact_name])


Field = Literal[
    "facets",
    "sizes_in_stock",
    "min_price",
    "max_price",
    "min_rating",
    "since",
    "words",
    "exact_name",
    "among",
]


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on products. group: the facet it belongs to; value: of facets, their ids."""

    group: str
    field: Field
    value: Any

    @property
    def is_text(self) -> bool:
        """Whether it concerns a product's text, which only the database can match."""
        return self.field in ("words", "exact_name")


def conditions_of(criteria: Criteria, facet_values: FacetValues) -> list[Condition]:
    """The criteria as conditions; a filter on a value that no product ever had matches nothing."""
    conditions: list[Condition] = []
    for name, values in criteria.filters.items():
        if not values:
            continue
        group = f"required {name}" if name in criteria.required else name
        if name in CATEGORY_DEPTHS:
            ids = facet_values.categories_named(values, depth=CATEGORY_DEPTHS[name])
            conditions.append(Condition("category", "facets", ids))
        else:
            field: Field = "sizes_in_stock" if name == "size" else "facets"
            conditions.append(Condition(group, field, facet_values.ids(name, values)))
    bounds: tuple[Condition, ...] = (
        Condition("price", "min_price", criteria.min_price),
        Condition("price", "max_price", criteria.max_price),
        Condition("rating", "min_rating", criteria.min_rating),
        Condition("since", "since", criteria.since),
        Condition("words", "words", criteria.words),
        Condition("exact_name", "exact_name", criteria.exact_name),
    )
    return conditions + [bound for bound in bounds if bound.value is not None]
