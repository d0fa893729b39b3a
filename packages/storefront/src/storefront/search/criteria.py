"""What a listing is asked for: filters, bounds, words, order; and the conditions that follow. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from storefront.search.index.facets import FacetValues

Sort = Literal["featured", "relevance", "newest", "popularity", "price", "rating", "name"]
Order = Literal["asc", "desc"]


@dataclass(frozen=True, slots=True)
class Criteria:
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


def conditions_of(criteria: Criteria, dictionary: FacetValues) -> list[Condition]:
    """What is wanted as conditions; a value that no product has ever had leaves nothing."""
    found: list[Condition] = []
    for name, values in criteria.filters.items():
        if not values:
            continue
        if name in _CATEGORY_DEPTHS:
            ids = dictionary.categories_named(values, depth=_CATEGORY_DEPTHS[name])
            found.append(Condition("category", "facets", ids))
        else:
            field: Field = "sizes_in_stock" if name == "size" else "facets"
            found.append(Condition(name, field, dictionary.ids(name, values)))
    bounds: tuple[Condition, ...] = (
        Condition("price", "min_price", criteria.min_price),
        Condition("price", "max_price", criteria.max_price),
        Condition("rating", "min_rating", criteria.min_rating),
        Condition("since", "since", criteria.since),
        Condition("words", "words", criteria.words),
        Condition("called", "called", criteria.called),
    )
    return found + [bound for bound in bounds if bound.value is not None]


_CATEGORY_DEPTHS = {"master_category": 0, "sub_category": 1, "article_type": 2}
