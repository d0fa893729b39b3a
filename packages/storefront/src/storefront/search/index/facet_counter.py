"""Counts how many products of a set have each value of a facet; knows the values of a product. Pure."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from pyroaring import BitMap64

from storefront.search.index.facet_columns import (
    FacetColumn,
    FacetColumns,
    Ids,
    Numbers,
    Postings,
    ids_of,
)
from storefront.search.index.facets import (
    MOST_VALUES,
    STEADY,
    Counted,
    FacetValues,
    Value,
    size_order,
)

_NONE = BitMap64()
_SPARSE = 12  # of what part of all products so few are: about where both ways take as long


@dataclass(frozen=True)
class Subset:
    """Some of all products, which are everything.

    left_out: what only a price range leaves out of it. known: the numbers of its products and those left
    out together, by facet, as far as they have been counted; None where they are not remembered. Whoever
    moves the bounds of a price range looks at nearly the same products.
    """

    products: BitMap64
    everything: BitMap64
    left_out: BitMap64 = _NONE
    known: dict[str, Numbers] | None = None

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
    def rest(self) -> "Subset":
        """The products that are left out, on their own."""
        return Subset(self.left_out, self.everything)

    @cached_property
    def counted_ids(self) -> Ids:
        """Those that are counted, as an array."""
        return ids_of(self.counted)

    def counts(self, sets: Sequence[BitMap64], sizes: Numbers) -> Numbers:
        """How many of its products each of these sets has. sizes: how many of all products they have."""
        return self._own(_array(map(self.counted.intersection_cardinality, sets), len(sets)), sizes)

    def column_counts(self, column: FacetColumn, postings: "_Postings") -> Numbers:
        """How many of its products have each value of a facet, counted by its column."""
        return self._own(column.counts(self.counted_ids, postings.ids), postings.sizes)

    def _own(self, counts: Numbers, sizes: Numbers) -> Numbers:
        return counts if self.missing is None else sizes - counts


class _Postings(Postings):
    """The values of a facet, by label, and the products of each, as they are now."""

    def __init__(self, values: Sequence[Value], having: Mapping[int, BitMap64]) -> None:
        self.values = values
        super().__init__(
            [value.id for value in values], [having.get(value.id, _NONE) for value in values]
        )

    @cached_property
    def sizes(self) -> Numbers:
        """How many products have each value."""
        return _array(map(len, self.sets), len(self.sets))

    @cached_property
    def by_size(self) -> tuple[Sequence[int], Sequence[BitMap64], Numbers]:
        """The positions of the values, their sets and their sizes, those with most products first."""
        positions = np.argsort(-self.sizes, kind="stable")
        return positions.tolist(), [self.sets[at] for at in positions], self.sizes[positions]

    @cached_property
    def places(self) -> Mapping[int, int]:
        """The position of each value, by its id."""
        return {value_id: at for at, value_id in enumerate(self.value_ids)}

    @cached_property
    def by_own_order(self) -> Ids:
        """The positions of the values in an order that does not depend on numbers: of sizes."""
        values = self.values
        return np.array(sorted(range(len(values)), key=lambda at: size_order(values[at])), np.int64)


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
        """The values of a facet that any of these products has: sizes in their own order, others by
        number.

        With those that are chosen, and of a steady facet with all that any product has.
        """
        postings = self._postings_of(facet, facet_values)
        if postings is None:
            return []
        most = MOST_VALUES.get(facet)
        if most and not (subset.left_out or chosen or self._column(facet, subset, postings)):
            return list(_largest(postings, subset, most))
        numbers = self._numbers(facet, subset, postings)
        is_shown = numbers > 0
        if subset.products and facet in STEADY:
            is_shown |= postings.sizes > 0
        picked = [postings.places[one] for one in chosen if one in postings.places]
        is_shown[picked] = True
        order = postings.by_own_order if facet == "size" else np.argsort(-numbers, kind="stable")
        places = order[is_shown[order]].tolist()
        if most:
            places[most:] = [at for at in places[most:] if at in picked]
        values, number_of = postings.values, numbers.tolist()
        return [(values[at], number_of[at]) for at in places]

    def _numbers(self, facet: str, subset: Subset, postings: _Postings) -> Numbers:
        """Of all values of a facet, counted or from what is remembered."""
        known = None if subset.known is None else subset.known.get(facet)
        if known is not None and len(subset.left_out) < len(subset.products):
            return known - self._count(facet, subset.rest, postings) if subset.left_out else known
        numbers = self._count(facet, subset, postings)
        if subset.known is not None:
            rest = self._count(facet, subset.rest, postings) if subset.left_out else 0
            subset.known[facet] = numbers + rest
        return numbers

    def _count(self, facet: str, subset: Subset, postings: _Postings) -> Numbers:
        if column := self._column(facet, subset, postings):
            return subset.column_counts(column, postings)
        return subset.counts(postings.sets, postings.sizes)

    def _column(self, facet: str, subset: Subset, postings: _Postings) -> FacetColumn | None:
        return self._columns.of(facet, postings, subset.everything) if subset.is_sparse else None

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
        numbers = subset.counts(sets[part], sizes[part]).tolist()
        best += [
            (-number, at) for number, at in zip(numbers, positions[part], strict=True) if number
        ]
        best.sort()
        del best[most:]
    return ((postings.values[at], -number) for number, at in best)


def _array(numbers: Iterator[int], length: int) -> Numbers:
    return np.fromiter(numbers, np.int64, length)
