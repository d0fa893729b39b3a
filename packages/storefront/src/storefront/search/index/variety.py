"""The featured order: products in stock and pictured first, mixed so that a screenful is varied. Pure.

``ProductIndex.sort_slices`` ranks first what is in stock, pictured, not underwear or nightwear, and in
season; ties are in a fixed shuffle, so that the order of an import is not visible. Products are taken
from it in windows of WINDOW. In a window each place goes to the first product within the limits for the
places just before it: among SCREENFUL products at most MOST_OF_BRAND of a brand, MOST_OF_KIND of a kind,
MOST_OF_COLOUR of a colour. If none is, as on the page of one brand, it goes to the one that exceeds
them least. None moves ahead of one that is in stock, pictured or not underwear unless it is so itself.
The content of a window depends only on its start: pages neither repeat nor skip products.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap64

from storefront.search.index.bit_slices import (
    BitSlices,
    Slices,
    SortKey,
    sort_key_at,
    sorted_ids,
    value_of,
)
from storefront.search.index.facets import FacetValues

WINDOW = 240
SCREENFUL = 12
MOST_OF_BRAND = 2
MOST_OF_KIND = 3
MOST_OF_COLOUR = 4
SHUFFLE_DIGITS = 16
# Categories of the second level, by their part of a path, that come first only on their own page.
NEVER_FIRST = frozenset({"innerwear", "loungewear-and-nightwear"})


class Traits(NamedTuple):
    """The traits in which a screenful should vary, as ids of facet values; None if unknown."""

    brand: int | None
    kind: int | None
    colour: int | None


UNKNOWN = Traits(None, None, None)

Product = tuple[int, Traits]
"""A product's id, and its traits."""


def shuffled(number: int) -> int:
    """Spreads numbers evenly (Fibonacci hashing, Knuth, TAOCP volume 3, 6.4)."""
    return (number * 0x9E3779B97F4A7C15 >> 64 - SHUFFLE_DIGITS) & (1 << SHUFFLE_DIGITS) - 1


def in_turn(product_ids: Sequence[int]) -> Slices:
    """Slices that put these products first, in this order."""
    count = len(product_ids)
    places = BitSlices(count.bit_length())
    places.put((one, count - place) for place, one in enumerate(product_ids))
    return places.slices


def never_first(facet_values: FacetValues) -> list[int]:
    """Ids of the categories that open no page but their own."""
    return [
        value.id
        for value in facet_values.by_facet.get("category", ())
        if value.value.partition("/")[2] in NEVER_FIRST
    ]


def unmixed(order: Slices) -> int:
    """How many slices of the featured order always decide, before products are mixed: all but the season
    and the shuffle."""
    return len(order) - 1 - SHUFFLE_DIGITS


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the order. after: where its window starts, None for the first; offset: within it."""

    after: SortKey | None = None
    offset: int = 0


def position_at(offset: int, among: BitMap64, order: Slices, *, is_descending: bool) -> Position:
    """The place of the product at this offset (from 0) of ``among``, which has more than that."""
    window, offset = divmod(offset, WINDOW)
    if not window:
        return Position(None, offset)
    after = sort_key_at(window * WINDOW - 1, among, order, is_descending=is_descending)
    return Position(after, offset)


def featured(
    among: BitMap64,
    order: Slices,
    traits_of: Callable[[Sequence[int]], Sequence[Traits]],
    *,
    is_descending: bool,
    start: Position,
    unmixed: int,
    alike: Traits = UNKNOWN,
    leading: Sequence[BitMap64] = (),
) -> Iterator[tuple[int, Position]]:
    """The products from a place on, each with its place. Lazy: later windows are never sorted, and of a
    window only the products that come into question for a place.

    unmixed: how many of the order's slices always decide: products that differ in one of them keep
    their order. alike: the traits that all of ``among`` have, in which they cannot vary.
    leading: as in `sorted_ids`.
    """
    decisive = order[:unmixed]
    after, offset = start.after, start.offset
    while True:
        found = sorted_ids(among, order, is_descending=is_descending, after=after, leading=leading)
        window = _Window(islice(found, WINDOW), traits_of)
        runs = groupby(window, key=lambda one: value_of(one[0], decisive))
        ids = mixed((run for _, run in runs), alike)
        for at, product_id in enumerate(islice(ids, offset, None), start=offset):
            yield product_id, Position(after, at)
        if window.last is None:
            return
        after, offset = SortKey(value_of(window.last, order), window.last), 0


class _Window:
    """The products of a window in the unmixed order, with their traits. last: the last one read."""

    def __init__(
        self, ids: Iterator[int], traits_of: Callable[[Sequence[int]], Sequence[Traits]]
    ) -> None:
        self.last: int | None = None
        self._ids = ids
        self._traits_of = traits_of

    def __iter__(self) -> Iterator[Product]:
        for most in (_FIRST_READ, WINDOW):
            batch = list(islice(self._ids, most))
            if batch:
                self.last = batch[-1]
                yield from zip(batch, self._traits_of(batch), strict=True)


def mixed(runs: Iterable[Iterable[Product]], alike: Traits = UNKNOWN) -> Iterator[int]:
    """The ids of these products, mixed within each run. runs: in the unmixed order.

    alike: the traits that all of them have. They would exceed the same limits, so that the first product
    within the others is the best, and found sooner.
    Lazy: a page costs its own places and those before it in the window.
    """
    before: deque[Traits] = deque()
    counts: Sequence[Counter[int | None]] = [Counter() for _ in _MOST]
    for run in map(_Run, runs):
        while product := run.pop_best(counts):
            product_id, traits = product
            yield product_id
            before.append(traits)
            for counted, value, shared in zip(counts, traits, alike, strict=True):
                counted[value] += value is not None and value != shared
            if len(before) == SCREENFUL:
                for counted, value, shared in zip(counts, before.popleft(), alike, strict=True):
                    counted[value] -= value is not None and value != shared


class _Run:
    """The products of a run that have no place yet, read until one is within the limits."""

    def __init__(self, products: Iterable[Product]) -> None:
        self._unread = iter(products)
        self._waiting: list[Product] = []
        self._rest: _Rest | None = None

    def pop_best(self, counts: Sequence[Mapping[int | None, int]]) -> Product | None:
        """Take out the first product that exceeds the limits least; None if none is left.

        counts: how often each brand, kind and colour occurs just before.
        """
        if self._rest is None:
            at = self._first_within_limits(counts)
            if at is not None:
                return self._waiting.pop(at)
            self._rest = _Rest(self._waiting)
        return self._rest.pop_best(counts)

    def _first_within_limits(self, counts: Sequence[Mapping[int | None, int]]) -> int | None:
        brand_of, kind_of, colour_of = (counted.get for counted in counts)
        for at, (_, (brand, kind, colour)) in enumerate(self._read()):
            if (
                brand_of(brand, 0) < MOST_OF_BRAND
                and kind_of(kind, 0) < MOST_OF_KIND
                and colour_of(colour, 0) < MOST_OF_COLOUR
            ):
                return at
        return None

    def _read(self) -> Iterator[Product]:
        """Those that wait, and then those that are not read yet."""
        yield from self._waiting
        for product in self._unread:
            self._waiting.append(product)
            yield product


class _Rest:
    """The products of a run that have no place yet, from when none was within the limits on: all of them
    are compared at once."""

    def __init__(self, products: Sequence[Product]) -> None:
        self._products = products
        self._left = len(products)
        self._columns = [
            _Column([traits[position] for _, traits in products]) for position in range(len(_MOST))
        ]
        self._placed = np.zeros(len(products), np.int64)

    def pop_best(self, counts: Sequence[Mapping[int | None, int]]) -> Product | None:
        """As of a run."""
        if not self._left:
            return None
        excess = self._placed.copy()
        for column, counted, most in zip(self._columns, counts, _MOST, strict=True):
            excess += column.excess(counted, most)
        best = int(excess.argmin())
        self._placed[best] = _PLACED
        self._left -= 1
        return self._products[best]


class _Column:
    """One trait of some products: which of its different values each of them has."""

    def __init__(self, values: Sequence[int | None]) -> None:
        self._position: dict[int | None, int] = {}
        for value in values:
            self._position.setdefault(value, len(self._position))
        self._positions = np.array([self._position[value] for value in values], np.int64)

    def excess(self, counted: Mapping[int | None, int], most: int) -> NDArray[np.int64]:
        """By how much each product would exceed the limit. counted: how often values occur before it."""
        by_value = np.zeros(len(self._position), np.int64)
        for value, count in counted.items():
            if count >= most and value in self._position:
                by_value[self._position[value]] = count + 1 - most
        return by_value[self._positions]


_FIRST_READ = 4 * SCREENFUL  # of a window: enough for most first pages
_MOST = (MOST_OF_BRAND, MOST_OF_KIND, MOST_OF_COLOUR)
_PLACED = SCREENFUL * len(_MOST)  # more than any product can exceed the limits by
