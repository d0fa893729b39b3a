"""Counts how many products of a set have each value of a facet. Pure."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from operator import sub

from pyroaring import BitMap64

from storefront.search.index.facets import (
    MOST_VALUES,
    STEADY,
    Counted,
    FacetValues,
    Value,
    display_order,
)

_NONE = BitMap64()


@dataclass(frozen=True, slots=True)
class Subset:
    """Some of all products. missing: the others, where they are fewer: a set that has most products in
    common with a large subset has few in common with the rest, which are counted sooner."""

    products: BitMap64
    missing: BitMap64 | None = None

    @classmethod
    def of(cls, everything: BitMap64, products: BitMap64) -> "Subset":
        """products: some of everything."""
        is_most = 2 * len(products) > len(everything)
        return cls(products, everything - products if is_most else None)

    def counts(self, sets: Sequence[BitMap64]) -> Iterator[int]:
        """How many of its products each of these sets has, which are sets of live products."""
        if self.missing is None:
            return map(self.products.intersection_cardinality, sets)
        return map(sub, map(len, sets), map(self.missing.intersection_cardinality, sets))


@dataclass(slots=True)
class _Postings:
    """The values of a facet, by label, and the products of each.

    by_size: for a facet of which only the most frequent values are shown, the positions of its values,
    those with most products first; sizes: how many they have. Empty until they are needed.
    """

    values: Sequence[Value]
    sets: Sequence[BitMap64]
    by_size: Sequence[int] = field(default_factory=list)
    sizes: Sequence[int] = field(default_factory=list)

    def sort_by_size(self) -> None:
        sizes = list(map(len, self.sets))
        self.by_size = sorted(range(len(sizes)), key=sizes.__getitem__, reverse=True)
        self.sizes = [sizes[position] for position in self.by_size]


class FacetCounter:
    """Counts over the sets of an index, which change in place. having: the products of each value."""

    def __init__(self, having: Mapping[int, BitMap64]) -> None:
        self._having = having
        self._postings: dict[str, _Postings] = {}
        self._key: tuple[FacetValues, int] | None = None

    def note_change(self) -> None:
        """Record that the sets have changed."""
        for postings in self._postings.values():
            postings.by_size = []

    def counted(
        self, facet: str, subset: Subset, chosen: Set[int], facet_values: FacetValues
    ) -> list[Counted]:
        """The values of a facet that any of these products has, in display order.

        With those that are chosen, and of a steady facet with all that any product has.
        """
        postings = self._postings_of(facet, facet_values)
        if postings is None:
            return []
        is_steady = bool(subset.products) and facet in STEADY
        if not (is_steady or chosen) and facet in MOST_VALUES:
            return list(_largest(postings, subset, MOST_VALUES[facet]))
        values, sets = postings.values, postings.sets
        numbers = subset.counts(sets)
        if is_steady or chosen:
            found = [
                (value, number)
                for value, number, having in zip(values, numbers, sets, strict=True)
                if number or (is_steady and having) or value.id in chosen
            ]
        else:
            found = [one for one in zip(values, numbers, strict=True) if one[1]]
        return display_order(facet, found, chosen)

    def _postings_of(self, facet: str, facet_values: FacetValues) -> _Postings | None:
        key = (facet_values, len(self._having))
        if self._key != key:
            self._postings = {
                name: _Postings(values, [self._having.get(one.id, _NONE) for one in values])
                for name, values in facet_values.by_facet.items()
            }
            self._key = key
        return self._postings.get(facet)


def _largest(postings: _Postings, subset: Subset, most: int) -> Iterator[Counted]:
    """The values that most of these products have, at most so many.

    A value cannot have more of them than it has in all: values are counted in that order, until none of
    the rest can be among the first.
    """
    if not postings.by_size:
        postings.sort_by_size()
    best: list[tuple[int, int]] = []  # the number, negated, and the position, which breaks ties
    for start in range(0, len(postings.by_size), most):
        if len(best) == most and postings.sizes[start] < -best[-1][0]:
            break
        positions = postings.by_size[start : start + most]
        sets = [postings.sets[position] for position in positions]
        numbers = subset.counts(sets)
        best += [(-number, at) for number, at in zip(numbers, positions, strict=True) if number]
        best.sort()
        del best[most:]
    return ((postings.values[at], -number) for number, at in best)
