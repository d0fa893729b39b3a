"""The criteria of a listing: filters, bounds, words and order; and the conditions they become. Pure."""

import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import cached_property
from typing import Any, Literal

from storefront.money import minor_of
from storefront.search.index.facets import CATEGORY_DEPTHS, FacetValues

Sort = Literal["featured", "relevance", "newest", "popularity", "price", "rating", "name"]
Direction = Literal["asc", "desc"]
NOT_WORDS = "not words"  # the condition of excluded words, and who meets it by name


def price_bounds(
    low: Decimal | None, high: Decimal | None, currency: str
) -> tuple[int | None, int | None]:
    """Bounds in the major unit as minor units, inclusive: ¥19.5 and more is ¥20 and more."""
    return (
        None if low is None else minor_of(low, currency, ROUND_CEILING),
        None if high is None else minor_of(high, currency, ROUND_FLOOR),
    )


@dataclass(frozen=True, slots=True)
class Word:
    """A word that products may contain. alternatives: sets of terms; all terms of one set must occur.

    literal: terms that rank higher where a name contains exactly all of them. is_prefix: whether the
    last term of each alternative may be unfinished. is_telling: whether it ranks higher where few have
    it, since it says nothing that a filter does.
    """

    alternatives: tuple[tuple[str, ...], ...]
    literal: tuple[str, ...] = ()
    is_prefix: bool = False
    is_telling: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """Words to match. is_any: one is enough; product_ids: products that match without them, first."""

    words: tuple[Word, ...] = ()
    is_any: bool = False
    product_ids: tuple[int, ...] = ()

    @property
    def key(self) -> tuple[object, ...]:
        """All of it, as JSON."""
        words = [
            (word.alternatives, word.literal, word.is_prefix, word.is_telling)
            for word in self.words
        ]
        return words, self.is_any, self.product_ids


@dataclass(frozen=True, slots=True)
class Scope:
    """The products that a listing chooses from, such as those of a collection, and their own order.

    criteria: what they meet; None: only the pinned ones are in it. pinned: are in it whatever they meet,
    and first in the featured order, in this order. preferred: by filter, the values that come before
    others in the featured order; preferred_since: the same for what is sold since then.
    """

    criteria: "Criteria | None"
    pinned: tuple[int, ...] = ()
    preferred: Mapping[str, Sequence[str]] = field(default_factory=dict)
    preferred_since: datetime | None = None

    @property
    def signature(self) -> str:
        """A cache key: equal for scopes that give the same listing."""
        preferred = [*sorted(self.preferred.items()), str(self.preferred_since)]
        return json.dumps([self.filter_signature, preferred])

    @property
    def filter_signature(self) -> str:
        """A cache key without the order: equal for scopes of the same products."""
        return json.dumps([self.criteria and self.criteria.filter_signature, *self.pinned])


@dataclass(frozen=True)
class Criteria:
    """The filters and order of a listing. Values of one filter are alternatives; filters are combined.

    filters: by API parameter (``gender``, ``sub_category``, ``size`` …); category: paths such as
    ``apparel/topwear``, each including everything below it; kind: the same, of a query beside a category
    that was chosen; size: in stock. from_query: those of a query, which filters of the same attribute
    replace. excluded: the same, for products to leave out. min_price, max_price: minor units, inclusive.
    min_rating: stars.
    since: first sold since. words: to match in a product's text; excluded_words: to leave out.
    exact_name: a product's whole name. ranking_words: words that only rank. literal: products whose name
    contains exactly these terms match whatever ``literal_for`` names: filters, ``words``.
    named: by filter, phrases: products that say one of them meet it, too (`Names`). excluded_names:
    phrases that names must not contain, unless they are of the brand.
    conjunctive: filters whose facets are counted within the results, as if values had no alternatives.
    variation: with sort relevance, ties are shuffled, differently for each number.
    preferred: by filter, the values that rank first; preferred_price: minor units, from and to.
    meant: categories that a need is about, best first, which affects their ranking.
    first: criteria whose products come before all others, those of the first one first.
    scope: the products to choose from; None: all.
    """

    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    from_query: frozenset[str] = frozenset()
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
    named: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    excluded_names: tuple[tuple[str, ...], ...] = ()
    conjunctive: frozenset[str] = frozenset()
    preferred: Mapping[str, Sequence[str]] = field(default_factory=dict)
    variation: int | None = None
    preferred_price: tuple[int, int] | None = None
    meant: tuple[str, ...] = ()
    first: "tuple[Criteria, ...]" = ()
    scope: Scope | None = None
    sort: Sort = "featured"
    direction: Direction = "desc"

    @property
    def without_filters(self) -> "Criteria":
        """The criteria without what a shopper filters by."""
        return replace(self, filters={}, min_price=None, max_price=None, min_rating=None)

    @property
    def narrows(self) -> bool:
        """Whether there may be products that do not meet them."""
        return self.filter_signature != Criteria().filter_signature

    @property
    def needs_texts(self) -> bool:
        """Whether they match the text of products."""
        return bool(
            self.words
            or self.excluded_words
            or self.exact_name
            or self.ranking_words
            or self.literal
            or self.named
            or self.excluded_names
            or any(one.needs_texts for one in self.first)
            or (self.scope and self.scope.criteria and self.scope.criteria.needs_texts)
        )

    @cached_property
    def signature(self) -> str:
        """A cache key, equal for criteria with the same listing."""
        ranking = self.ranking_words and self.ranking_words.key
        first = [one.filter_signature for one in self.first]
        preferred = [
            ranking,
            *sorted(self.preferred.items()),
            self.preferred_price,
            self.meant,
            first,
        ]
        scope = self.scope and self.scope.signature
        return json.dumps(
            [self.filter_signature, self.sort, self.direction, preferred, self.variation, scope]
        )

    @cached_property
    def filter_signature(self) -> str:
        """A cache key without the order, equal for criteria that match the same products."""
        chosen = [
            {name: sorted(values) for name, values in sorted(filters.items()) if values}
            for filters in (self.filters, self.excluded)
        ]
        bounds = (self.min_price, self.max_price, self.min_rating, str(self.since))
        words = [one and one.key for one in (self.words, self.excluded_words)]
        names = (sorted(self.named.items()), self.excluded_names)
        literal = (self.literal, self.literal_for, *names)
        required = (sorted(self.conjunctive), sorted(self.from_query))
        scope = self.scope and self.scope.filter_signature
        return json.dumps([*chosen, *required, *bounds, *words, self.exact_name, *literal, scope])


Field = Literal[
    "facets",
    "sizes_in_stock",
    "min_price",
    "max_price",
    "min_rating",
    "since",
    "words",
    "exact_name",
    "names",
    "among",
    "scope",
]


@dataclass(frozen=True, slots=True)
class Names:
    """Names that meet a condition. phrases: each of exact terms; a name has to contain all terms of one,
    or, of a kind of product, to end with it.

    within: ids of the departments that a kind is of; None for other phrases.
    """

    phrases: tuple[tuple[str, ...], ...]
    within: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on products. group: the facet it belongs to; value: of facets, their ids; of a
    scope, its conditions (None: nothing but what is pinned) and the pinned products.

    is_excluded: whether products that meet it are left out. names: products with one of these names also
    meet it. replaced_by: other facets whose filters replace it, and which are counted without it.
    """

    group: str
    field: Field
    value: Any
    is_excluded: bool = False
    names: tuple[Names, ...] = ()
    replaced_by: tuple[str, ...] = ()

    @property
    def key(self) -> Hashable | None:
        """The same for equal conditions; None for those that name products, which have none."""
        if self.field in ("scope", "among"):
            return None
        value = tuple(self.value) if isinstance(self.value, list) else self.value
        return self.group, self.field, value, self.is_excluded, self.names

    @property
    def needs_index(self) -> bool:
        """Whether only the index can match it."""
        return self.field in ("words", "exact_name", "names", "scope") or bool(self.names)


def conditions_of(criteria: Criteria, facet_values: FacetValues) -> list[Condition]:
    """The criteria as conditions; a filter on a value that no product ever had matches nothing."""
    conditions = [
        _facet_condition(name, values, facet_values, criteria)
        for name, values in criteria.filters.items()
        if values
    ]
    for name, values in criteria.excluded.items():
        if values:
            group, field, ids = _facet(name, values, facet_values)
            conditions.append(Condition(f"not {group}", field, ids, is_excluded=True))
    bounds: tuple[tuple[str, Field, Any], ...] = (
        ("price", "min_price", criteria.min_price),
        ("price", "max_price", criteria.max_price),
        ("rating", "min_rating", criteria.min_rating),
        ("since", "since", criteria.since),
        ("words", "words", criteria.words),
        ("exact_name", "exact_name", criteria.exact_name),
    )
    conditions += [Condition(*bound) for bound in bounds if bound[-1] is not None]
    if (words := criteria.excluded_words) is not None:
        names = _names(NOT_WORDS, (), criteria, facet_values)
        conditions.append(Condition(NOT_WORDS, "words", words, is_excluded=True, names=names))
    if criteria.excluded_names:
        excluded = Condition("not names", "names", criteria.excluded_names, is_excluded=True)
        conditions.append(excluded)
    if (scope := criteria.scope) is not None:
        within = scope.criteria and conditions_of(scope.criteria, facet_values)
        conditions.append(Condition("scope", "scope", (within, scope.pinned)))
    if criteria.literal_for:
        literal = Names((criteria.literal,))
        for at, one in enumerate(conditions):
            if one.group.removeprefix(_REQUIRED) in criteria.literal_for:
                conditions[at] = replace(one, names=(*one.names, literal))
    return conditions


def _facet_condition(
    name: str, values: Sequence[str], facet_values: FacetValues, criteria: Criteria
) -> Condition:
    group, field, ids = _facet(name, values, facet_values)
    if name in criteria.conjunctive and name not in CATEGORY_DEPTHS:
        group = f"{_REQUIRED}{name}"
    replaced_by = _REPLACED_BY.get(name, ()) if name in criteria.from_query else ()
    names = _names(name, values, criteria, facet_values)
    return Condition(group, field, ids, names=names, replaced_by=replaced_by)


def _facet(
    name: str, values: Sequence[str], facet_values: FacetValues
) -> tuple[str, Field, list[int]]:
    """The facet of a filter, its field, and the ids of these values."""
    if name in CATEGORY_DEPTHS:
        ids = facet_values.categories_named(values, depth=CATEGORY_DEPTHS[name])
        return "category", "facets", ids
    if name == "kind":
        return name, "facets", facet_values.ids("category", values)
    field: Field = "sizes_in_stock" if name == "size" else "facets"
    return name, field, facet_values.ids(name, values)


def _names(
    name: str, values: Sequence[str], criteria: Criteria, facet_values: FacetValues
) -> tuple[Names, ...]:
    phrases = criteria.named.get(name)
    if not phrases:
        return ()
    if name not in ("category", "kind"):
        return (Names(phrases),)
    departments = dict.fromkeys(path.split("/")[0] for path in values)
    return (Names(phrases, tuple(facet_values.ids("category", departments))),)


_REQUIRED = "required "
_REPLACED_BY = {"base_color": ("color_family",)}
