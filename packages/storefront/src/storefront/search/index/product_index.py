"""The index of a process: everything to filter and sort products by, as sets of product ids. Pure.

A facet count is the size of an intersection: 500 of them take a fraction of a millisecond, where the
database needs fifty (docs/decisions/0018).
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TypeVar

from pyroaring import BitMap64

from storefront.catalog.seasons import SEASONS
from storefront.money import Money
from storefront.search.criteria import Condition, Criteria, Names, Scope
from storefront.search.index import ranking
from storefront.search.index.bit_slices import Slices, leading, tally
from storefront.search.index.facet_columns import Numbers
from storefront.search.index.facet_counter import FacetCounter, Subset
from storefront.search.index.facets import (
    FACETS,
    STARS,
    Counted,
    Facets,
    FacetValues,
    PriceRange,
)
from storefront.search.index.product_sets import ProductSets
from storefront.search.index.sets import copied, intersection, union
from storefront.search.index.term_index import TermIndex
from storefront.search.index.text_matching import TextMatcher
from storefront.search.index.variety import (
    UNKNOWN,
    Traits,
    in_turn,
    never_first,
    shuffled,
)

_T = TypeVar("_T")


def can_sort(criteria: Criteria) -> bool:
    """Whether the index has this order; only the database has the order by name."""
    return criteria.sort != "name"


@dataclass(frozen=True, slots=True)
class ResultSet:
    """The products that meet every condition, and their facet counts."""

    product_ids: BitMap64
    facets: Facets


class ProductIndex(ProductSets):
    """The products of a process, with their words: filtered, counted and ordered.

    texts: the words of names and details, updated separately because they rarely change.
    """

    def __init__(self, currency: str = "USD") -> None:
        super().__init__()
        self._currency = currency
        self.texts = TermIndex()
        self._facet_counter = FacetCounter(self._having)
        self._version = 0
        self._met: dict[Hashable, BitMap64] = {}
        self._numbers: dict[Hashable, dict[str, Numbers]] = {}
        self._leading: tuple[Hashable, Sequence[BitMap64]] = None, ()

    def _note_change(self, changed: BitMap64) -> None:
        self._version += 1
        self._facet_counter.note_change(changed)

    def count(self, value_id: int) -> int:
        """The number of products with a facet value."""
        return len(self._with(value_id))

    def matching(self, conditions: Sequence[Condition], facet_values: FacetValues) -> BitMap64:
        """The products that meet all conditions."""
        return self._all_of(self._groups(conditions, facet_values))

    def search(self, conditions: Sequence[Condition], facet_values: FacetValues) -> ResultSet:
        """The same, with facet counts."""
        groups = self._groups(conditions, facet_values)
        chosen: dict[str, set[int]] = {}
        for condition in conditions:
            if isinstance(condition.value, list):
                chosen.setdefault(condition.group, set()).update(condition.value)
        product_ids = self._all_of(groups)

        def among(group: str) -> BitMap64:
            without = _groups_of(group, conditions)
            return self._all_of(groups, without) if without & groups.keys() else product_ids

        subset = self._subsets(conditions, groups, among, facet_values)
        facets = self._facets(len(product_ids), among, subset, chosen, facet_values)
        return ResultSet(product_ids, facets)

    def sort_slices(
        self, criteria: Criteria, facet_values: FacetValues, among: BitMap64, season: str
    ) -> Slices:
        """The bit slices of the criteria's sort key for ``among``; equal keys are ordered by id.

        season: the current one.
        """
        match criteria.sort:
            case "price":
                return self._price.slices
            case "popularity":
                return self._popularity.slices
            case "rating":
                return self._rating.slices
            case "newest":
                return self._published.slices
            case "relevance":
                points = tally(self._points(criteria, facet_values, among))
                if criteria.variation is not None:
                    return [
                        self._available,
                        self._pictured,
                        *points,
                        *self._varied(criteria.variation),
                    ]
                return [*points, *self._merit.slices, *self._published.slices]
            case _:  # featured (index/variety.py)
                return [
                    *in_turn(criteria.scope.pinned if criteria.scope else ()),
                    self._available,
                    *self._preferred(criteria.scope, facet_values),
                    self._pictured,
                    self._not_put_last(facet_values),
                    self._in_season(season, facet_values),
                    *self._shuffle.slices,
                ]

    def leading(
        self, criteria: Criteria, facet_values: FacetValues, season: str
    ) -> Sequence[BitMap64]:
        """The products that come first in the featured order of all (see `bit_slices.leading`); nothing
        where the criteria have an order of their own. Cached until products change."""
        if criteria.first or criteria.scope is not None:
            return ()
        key = (self._version, facet_values, season)
        if self._leading[0] != key:
            order = self.sort_slices(Criteria(), facet_values, self._all, season)
            self._leading = key, leading(order)
        return self._leading[1]

    def _preferred(self, scope: Scope | None, facet_values: FacetValues) -> Slices:
        """How many of a scope's preferences each product meets."""
        if scope is None:
            return ()
        met = [
            (self._with_any(facet_values.ids(name, values)), 1)
            for name, values in scope.preferred.items()
        ]
        if scope.preferred_since is not None:
            since = int(scope.preferred_since.timestamp())
            met.append((self._published.at_least(since, self._all), 1))
        return tally(met)

    def _in_season(self, season: str, facet_values: FacetValues) -> BitMap64:
        """The products of this season, and those without a season."""
        others = [one for one in SEASONS if one != season]
        return self._remembered(
            ("season", season, facet_values),
            lambda: self._all - self._with_any(facet_values.ids("season", others)),
        )

    def _not_put_last(self, facet_values: FacetValues) -> BitMap64:
        """The products except those that come first only on a page of their own."""
        return self._remembered(
            ("never first", facet_values),
            lambda: self._all - self._with_any(never_first(facet_values)),
        )

    def _varied(self, variation: int) -> list[BitMap64]:
        """A different shuffle for each number: the digits that it has set are inverted."""
        digits = shuffled(variation)
        return [
            self._all - products if digits >> position & 1 else products
            for position, products in enumerate(self._shuffle.slices)
        ]

    def traits(self, product_ids: Sequence[int], facet_values: FacetValues) -> list[Traits]:
        """Brand, kind and colour of these products."""
        brands, categories, colours = (
            self._facet_counter.values_of(facet, product_ids, self._all, facet_values)
            for facet in ("brand", "category", "base_color")
        )
        kinds = facet_values.kinds
        kind_of = {one: next((id_ for id_ in one if id_ in kinds), None) for one in set(categories)}
        return [
            Traits(brand[0] if brand else None, kind_of[category], colour[0] if colour else None)
            for brand, category, colour in zip(brands, categories, colours, strict=True)
        ]

    def alike(self, among: BitMap64, facet_values: FacetValues) -> Traits:
        """The traits that all of these products have."""
        if not among:
            return UNKNOWN
        [traits] = self.traits([among.min()], facet_values)
        return Traits(
            *(
                value if value is not None and among <= self._with(value) else None
                for value in traits
            )
        )

    def _points(
        self, criteria: Criteria, facet_values: FacetValues, among: BitMap64
    ) -> Iterator[tuple[BitMap64, int]]:
        """The sets that earn points, and how many (see ``ranking``)."""
        for name, values in criteria.preferred.items():
            yield self._with_any(facet_values.ids(name, values)) & among, ranking.PREFERRED
        if criteria.preferred_price is not None:
            low, high = criteria.preferred_price
            yield self._price.at_most(high, self._price.at_least(low, among)), ranking.PREFERRED
        for rank, path in enumerate(criteria.meant, start=1):
            kind = self._with_any(facet_values.ids("category", [path]))
            yield kind & among, ranking.meant(rank)
        if criteria.ranking_words is None:
            return
        text = self._matcher(facet_values)
        yield BitMap64(criteria.ranking_words.product_ids) & among, ranking.CODE
        for word in criteria.ranking_words.words:
            in_title = text.in_title(word) & among
            rarity = ranking.rarity(len(in_title), len(among)) if word.is_telling else 0
            yield in_title, ranking.TITLE + rarity
            if len(word.alternatives) > 1:
                yield text.as_said(word) & among, ranking.SAID
            yield (text.anywhere(word) & among) - in_title, ranking.DETAILS
            if word.literal:
                yield text.exactly(word.literal) & among, ranking.LITERAL

    def _matcher(self, facet_values: FacetValues) -> TextMatcher:
        return TextMatcher(self.texts, facet_values, self._with_any, self._remembered)

    def _groups(
        self, conditions: Sequence[Condition], facet_values: FacetValues
    ) -> dict[str, BitMap64]:
        """For each group the products that meet its conditions."""
        groups: dict[str, BitMap64] = {}
        for condition in conditions:
            met = self._products_meeting(condition, facet_values)
            if condition.is_excluded:
                met = self._all - met
            for names in condition.names:
                met = met | self._named(names, facet_values)
            known = groups.get(condition.group)
            groups[condition.group] = met if known is None else known & met
        return groups

    def _named(self, names: Names, facet_values: FacetValues) -> BitMap64:
        """Not to be changed. Cached, as `_products_meeting`."""
        key = (facet_values, names)
        return self._remembered(key, lambda: self._with_name(names, facet_values))

    def _with_name(self, names: Names, facet_values: FacetValues) -> BitMap64:
        text = self._matcher(facet_values)
        if names.within is None:
            return union(map(text.exactly, names.phrases)) & self._all
        return text.called(names.phrases) & self._with_any(names.within)

    def _products_meeting(self, condition: Condition, facet_values: FacetValues) -> BitMap64:
        """Not to be changed. Cached where it takes long: a query is tried several ways."""
        if condition.field not in _LONG:
            return self._computed(condition, facet_values)
        key = (facet_values, condition.field, condition.value)
        return self._remembered(key, lambda: self._computed(condition, facet_values))

    def _remembered(self, key: Hashable, compute: Callable[[], BitMap64]) -> BitMap64:
        """The set that was computed for this key since the last change. Not to be changed."""
        return self._latest(self._met, key, compute)

    def _latest(self, cached: dict[Hashable, _T], key: Hashable, compute: Callable[[], _T]) -> _T:
        """What was computed for this key since the last change.

        The least recently used are dropped: sets of a first letter take long, and are used by everybody
        who types.
        """
        key = (self._version, self.texts.version, key)
        found = cached.pop(key, None)
        if found is None:
            found = compute()
            if len(cached) >= _CACHED:
                del cached[next(iter(cached))]
        cached[key] = found
        return found

    def _computed(self, condition: Condition, facet_values: FacetValues) -> BitMap64:
        value = condition.value
        match condition.field:
            case "facets" | "sizes_in_stock":
                return self._with_any(value)
            case "min_price":
                return self._price.at_least(value, self._all)
            case "max_price":
                return self._price.at_most(value, self._all)
            case "min_rating":
                return self._rated[value]
            case "among":
                known: BitMap64 = value
                return known & self._all
            case "words":
                return self._matcher(facet_values).matching(value) & self._all
            case "names":
                return self._matcher(facet_values).saying(value)
            case "exact_name":
                return self.texts.named(value) & self._all
            case "scope":
                within, pinned = value
                chosen = BitMap64(pinned) & self._all
                return chosen if within is None else chosen | self.matching(within, facet_values)
            case _:  # since
                return self._published.at_least(int(value.timestamp()), self._all)

    def _with_any(self, value_ids: Sequence[int]) -> BitMap64:
        return union(map(self._with, value_ids))

    def _with(self, value_id: int) -> BitMap64:
        return self._having.get(value_id, _NONE)

    def _all_of(self, groups: Mapping[str, BitMap64], without: Set[str] = frozenset()) -> BitMap64:
        """The products that are in every group but those in ``without``."""
        few_first = sorted((p for g, p in groups.items() if g not in without), key=len)
        found = intersection(few_first or [self._all])
        return found if len(few_first) > 1 else copied(found)

    def _facets(
        self,
        total: int,
        among: Callable[[str], BitMap64],
        subset: Callable[[str], Subset],
        chosen: Mapping[str, set[int]],
        facet_values: FacetValues,
    ) -> Facets:
        counted: dict[str, Sequence[Counted]] = {}
        for name in FACETS:
            picked = chosen.get(name, _NO_VALUES)
            if found := self._facet_counter.counted(name, subset(name), picked, facet_values):
                counted[name] = found
        priced, rated = among("price"), among("rating")
        price = self._price_range(priced) if priced else None
        stars = {s: self._rated[s].intersection_cardinality(rated) for s in STARS}
        is_rated = rated.intersect(self._rated[1])
        picked_ids = frozenset[int]().union(*(chosen.get(name, _NO_VALUES) for name in FACETS))
        return Facets(total, counted, picked_ids, price, stars if is_rated else {})

    def _subsets(
        self,
        conditions: Sequence[Condition],
        groups: Mapping[str, BitMap64],
        among: Callable[[str], BitMap64],
        facet_values: FacetValues,
    ) -> Callable[[str], Subset]:
        """By the name of a facet, the products that meet all conditions but those of the facet."""
        outside = self._all - groups["price"] if "price" in groups else _NONE
        is_wide = _LITTLE * len(outside) <= len(self._all)
        unpriced = {**groups, "price": outside} if outside and is_wide else None

        def subset(facet: str) -> Subset:
            without = _groups_of(facet, conditions)
            return Subset(
                among(facet),
                self._all,
                self._all_of(unpriced, without) if unpriced else _NONE,
                self._known(conditions, without, facet_values) if is_wide else None,
            )

        whole = subset("")  # of every facet without conditions
        return lambda facet: (
            subset(facet) if _groups_of(facet, conditions) & groups.keys() else whole
        )

    def _known(
        self, conditions: Sequence[Condition], without: Set[str], facet_values: FacetValues
    ) -> dict[str, Numbers] | None:
        """The numbers of the products that meet all conditions but those of these groups and those on
        prices, as far as they were counted since the last change."""
        keys = frozenset(one.key for one in conditions if one.group not in (*without, "price"))
        return None if None in keys else self._latest(self._numbers, (facet_values, keys), dict)

    def _price_range(self, products: BitMap64) -> PriceRange:
        low, high = self._price.minimum(products), self._price.maximum(products)
        return PriceRange(Money(low, self._currency), Money(high, self._currency))


def _groups_of(facet: str, conditions: Sequence[Condition]) -> set[str]:
    """The groups that a facet is counted without: its own, and those that its filters replace."""
    return {facet, *(one.group for one in conditions if facet in one.replaced_by)}


_NONE = BitMap64()
_NO_VALUES: set[int] = set()
_LONG = frozenset({"min_price", "max_price", "words", "names"})
_LITTLE = 8  # of what part of all products a price range leaves out little
_CACHED = 512  # sets of 125 KB at most, at a million products, and numbers of a few KB
