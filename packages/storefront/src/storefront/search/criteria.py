"""The criteria of a listing: filters, bounds, words and order; and the conditions they become. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
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
class Word:
    """A word that products may contain. alternatives: sets of terms of which one set must all occur.

    literal: terms that rank higher where a name contains exactly all of them. is_prefix: whether the
    last term of each alternative may be unfinished.
    """

    alternatives: tuple[tuple[str, ...], ...]
    literal: tuple[str, ...] = ()
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """Words to match. is_any: one is enough; product_ids: products that match without them, first."""

    words: tuple[Word, ...] = ()
    is_any: bool = False
    product_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Criteria:
    """The filters and order of a listing. Values of one filter are alternatives; filters are combined.

    filters: by API parameter (``gender``, ``sub_category``, ``size`` …); category: paths such as
    ``apparel/topwear``, each including everything below it; size: in stock. excluded: the same, for
    products to leave out. min_price, max_price: minor units, inclusive. min_rating: stars.
    since: first sold since. words: to match in a product's text; excluded_words: to leave out.
    exact_name: a product's whole name. ranking_words: words that only rank. literal: products whose name
    contains exactly these terms match whatever ``literal_for`` names: filters, ``words``.
    required: filters whose facets count within the results, as if their values had no alternatives.
    variation: with sort relevance, equals are shuffled, another way for each number.
    preferred: by filter, the values that rank first; preferred_price: minor units, from and to.
    meant: categories that a need is about, best first, which rank by that.
    """

    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    excluded: Mapping[str, Sequence[str]] = field(default_factory=dict)
    min_price: int | None = None
    max_price: int | None = None
    min_rating: int | None = None
    since: datetime | None = None
    words: Words | None = None
    excluded_words: Words | None = None
    exact_name: str | None = None
    ranking_words: Words | None = None
    literal: tuple[str, ...] = ()
    literal_for: tuple[str, ...] = ()
    required: frozenset[str] = frozenset()
    preferred: Mapping[str, Sequence[str]] = field(default_factory=dict)
    variation: int | None = None
    preferred_price: tuple[int, int] | None = None
    meant: tuple[str, ...] = ()
    sort: Sort = "featured"
    order: Order = "desc"

    @property
    def needs_texts(self) -> bool:
        """Whether they concern the text of products."""
        return bool(
            self.words
            or self.excluded_words
            or self.exact_name
            or self.ranking_words
            or self.literal
        )

    @property
    def signature(self) -> str:
        """A cache key: equal for criteria that give the same listing."""
        ranking = self.ranking_words and astuple(self.ranking_words)
        preferred = [ranking, *sorted(self.preferred.items()), self.preferred_price, self.meant]
        return json.dumps([self.filter_signature, self.sort, self.order, preferred, self.variation])

    @property
    def filter_signature(self) -> str:
        """A cache key without the order: equal for criteria that match the same products."""
        chosen = [
            {name: sorted(values) for name, values in sorted(filters.items()) if values}
            for filters in (self.filters, self.excluded)
        ]
        bounds = (self.min_price, self.max_price, self.min_rating, str(self.since))
        words = [one and astuple(one) for one in (self.words, self.excluded_words)]
        literal = (self.literal, self.literal_for)
        required = sorted(self.required)
        return json.dumps([*chosen, required, *bounds, *words, self.exact_name, *literal])


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
    """One condition on products. group: the facet it belongs to; value: of facets, their ids.

    is_excluded: whether products that meet it are left out. literal: products whose name contains
    exactly these terms meet it, too.
    """

    group: str
    field: Field
    value: Any
    is_excluded: bool = False
    literal: tuple[str, ...] = ()

    @property
    def is_text(self) -> bool:
        """Whether it concerns a product's text, which only the index can match."""
        return self.field in ("words", "exact_name") or bool(self.literal)


def conditions_of(criteria: Criteria, facet_values: FacetValues) -> list[Condition]:
    """The criteria as conditions; a filter on a value that no product ever had matches nothing."""
    conditions = [
        _facet_condition(name, values, facet_values, is_required=name in criteria.required)
        for name, values in criteria.filters.items()
        if values
    ]
    for name, values in criteria.excluded.items():
        if values:
            one = _facet_condition(name, values, facet_values)
            conditions.append(Condition(f"not {one.group}", one.field, one.value, is_excluded=True))
    bounds: tuple[Condition, ...] = (
        Condition("price", "min_price", criteria.min_price),
        Condition("price", "max_price", criteria.max_price),
        Condition("rating", "min_rating", criteria.min_rating),
        Condition("since", "since", criteria.since),
        Condition("words", "words", criteria.words),
        Condition("not words", "words", criteria.excluded_words, is_excluded=True),
        Condition("exact_name", "exact_name", criteria.exact_name),
    )
    conditions += [bound for bound in bounds if bound.value is not None]
    return [
        replace(one, literal=criteria.literal)
        if one.group.removeprefix(_REQUIRED) in criteria.literal_for
        else one
        for one in conditions
    ]


def _facet_condition(
    name: str, values: Sequence[str], facet_values: FacetValues, *, is_required: bool = False
) -> Condition:
    if name in CATEGORY_DEPTHS:
        ids = facet_values.categories_named(values, depth=CATEGORY_DEPTHS[name])
        return Condition("category", "facets", ids)
    field: Field = "sizes_in_stock" if name == "size" else "facets"
    group = f"{_REQUIRED}{name}" if is_required else name
    return Condition(group, field, facet_values.ids(name, values))


_REQUIRED = "required "
