"""Counts how many products of a set have each value of a facet; knows the values of a product. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from operator import sub

import numpy as np
from pyroaring import BitMap64

from storefront.search.index.facet_columns import (
    FacetColumn,
    FacetColumns,
    Ids,
    Postings,
    ids_of,
)
from storefront.search.index.facets import (
    MOST_VALUES,
    STEADY,
    Counted,
    FacetValues,
    Value,
    display_order,
)

_NONE = BitMap64()
_SPARSE = 12  # of what part of all products so few are: about where both ways take as long


@dataclass(frozen=True)
class Subset:
    """Some of all products, which are everything."""

    products: BitMap64
    everything: BitMap64

    @cached_property
    def missing(self) -> BitMap64 | None:
        """The other products, where they are fewer: a set that has most products in common with a large
        subset has few in common with the rest, which are counted sooner."""
        is_most = 2 * len(self.products) > len(self.everything)
        return self.everything - self.products if is_most else None

    @property
    def counted(self) -> BitMap64:
        """The products that are counted: its own, or the missing ones."""
        return self.products if self.missing is None else self.missing

    @property
    def is_sparse(self) -> bool:
        """Whether these are so few that they are counted sooner one by one (`facet_columns`) than by
        sets, in each of which they would be looked up."""
        return _SPARSE * len(self.counted) <= len(self.everything)

    @cached_property
    def counted_ids(self) -> Ids:
        """These as an array."""
        return ids_of(self.counted)

    def counts(self, sets: Sequence[BitMap64], sizes: Sequence[int]) -> Iterable[int]:
        """How many of its products each of these sets has. sizes: how many of all products they have."""
        return self._own(map(self.counted.intersection_cardinality, sets), sizes)

    def column_counts(self, column: FacetColumn, postings: "_Postings") -> Iterable[int]:
        """How many of its products have each value of a facet, counted by its column."""
        return self._own(column.counts(self.counted_ids, postings.ids), postings.sizes)

    def _own(self, counts: Iterable[int], sizes: Sequence[int]) -> Iterable[int]:
        return counts if self.missing is None else map(sub, sizes, counts)


class _Postings(Postings):
    """The values of a facet, by label, and the products of each, as they are now."""

    def __init__(self, values: Sequence[Value], having: Mapping[int, BitMap64]) -> None:
        self.values = values
        super().__init__(
            [value.id for value in values], [having.get(value.id, _NONE) for value in values]
        )

    @cached_property
    def sizes(self) -> Sequence[int]:
        """How many products have each value."""
        return list(map(len, self.sets))

    @cached_property
    def by_size(self) -> tuple[Sequence[int], Sequence[BitMap64], Sequence[int]]:
        """The positions of the values, their sets and their sizes, those with most products first."""
        positions = sorted(range(len(self.sizes)), key=self.sizes.__getitem__, reverse=True)
        sets = [self.sets[position] for position in positions]
        return positions, sets, [self.sizes[position] for position in positions]


class FacetCounter:
    """Counts over the sets of an index, which change in place. having: the products of each value."""

    def __init__(self, having: Mapping[int, BitMap64]) -> None:
        self._having = having
        self._postings: dict[str, _Postings] = {}
        self._columns = FacetColumns()
        self._key: tuple[FacetValues, int] | None = None

    def note_change(self, changed: BitMap64) -> None:
        """Record that the sets have changed, by these products."""
        self._columns.note_change(changed)
        self._key = None

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
        column = self._columns.of(facet, postings, subset.everything) if subset.is_sparse else None
        if column is None and not (is_steady or chosen) and facet in MOST_VALUES:
            return list(_largest(postings, subset, MOST_VALUES[facet]))
        numbers = (
            subset.column_counts(column, postings)
            if column
            else subset.counts(postings.sets, postings.sizes)
        )
        if is_steady or chosen:
            found = [
                (value, number)
                for value, number, having in zip(
                    postings.values, numbers, postings.sets, strict=True
                )
                if number or (is_steady and having) or value.id in chosen
            ]
        else:
            found = [one for one in zip(postings.values, numbers, strict=True) if one[1]]
        return display_order(facet, found, chosen)

    def values_of(
        self,
        facet: str,
        product_ids: Sequence[int],
        everything: BitMap64,
        facet_values: FacetValues,
    ) -> list[tuple[int, ...]]:
        """The values of each of these products, some of everything, in no order."""
        postings = self._postings_of(facet, facet_values)
        if postings is None:
            return [()] * len(product_ids)
        if column := self._columns.of(facet, postings, everything):
            return column.values_of(np.array(product_ids, np.int64))
        among = BitMap64(product_ids)
        found: dict[int, tuple[int, ...]] = {}
        for value_id, products in zip(postings.value_ids, postings.sets, strict=True):
            for product_id in products & among:
                found[product_id] = (*found.get(product_id, ()), value_id)
        return [found.get(product_id, ()) for product_id in product_ids]

    def _postings_of(self, facet: str, facet_values: FacetValues) -> _Postings | None:
        key = (facet_values, len(self._having))
        if self._key != key:
            self._postings = {
                name: _Postings(values, self._having)
                for name, values in facet_values.by_facet.items()
            }
            self._key = key
        return self._postings.get(facet)


def _largest(postings: _Postings, subset: Subset, most: int) -> Iterator[Counted]:
    """The values that most of these products have, at most so many.

    A value cannot have more of them than it has in all: values are counted in that order, until none of
    the rest can be among the first.
    """
    best: list[tuple[int, int]] = []  # the number, negated, and the position, which breaks ties
    positions, sets, sizes = postings.by_size
    for start in range(0, len(sizes), most):
        if len(best) == most and sizes[start] < -best[-1][0]:
            break
        part = slice(start, start + most)
        numbers = subset.counts(sets[part], sizes[part])
        best += [
            (-number, at) for number, at in zip(numbers, positions[part], strict=True) if number
        ]
        best.sort()
        del best[most:]
    return ((postings.values[at], -number) for number, at in best)
