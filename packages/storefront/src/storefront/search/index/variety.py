"""The featured order: products in stock and pictured first, mixed so that a screenful is varied. Pure.

``ProductIndex.order`` ranks first what is in stock, pictured, not underwear or nightwear, and in season;
ties are in a fixed shuffle, so that the order of an import is not visible. Products are taken from it in
windows of WINDOW. In a window each place goes to the first product within the limits for the places
just before it: among SCREENFUL products at most MOST_OF_BRAND of a brand, MOST_OF_KIND of a kind,
MOST_OF_COLOUR of a colour. If none is, as on the page of one brand, it goes to the one that exceeds
them least. None moves ahead of one that is in stock, pictured or not underwear unless it is so itself.
The content of a window depends only on its start: pages neither repeat nor skip products.
"""

from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

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
) -> Iterator[tuple[int, Position]]:
    """The products from a place on, each with its place. Lazy: later windows are never sorted.

    unmixed: how many of the order's slices always decide: products that differ in one of them keep
    their order.
    """
    after, offset = start.after, start.offset
    while True:
        found = sorted_ids(among, order, is_descending=is_descending, after=after)
        window = list(islice(found, WINDOW))
        if not window:
            return
        products = list(zip(window, traits_of(window), strict=True))
        ids = mixed(_runs(products, order[:unmixed]))
        for at, product_id in enumerate(islice(ids, offset, None), start=offset):
            yield product_id, Position(after, at)
        after, offset = SortKey(value_of(window[-1], order), window[-1]), 0


def _runs(
    products: Sequence[tuple[int, Traits]], decisive: Slices
) -> Iterator[Sequence[tuple[int, Traits]]]:
    """Products in a row that have the same value. They are sorted by it: ends are found by halving."""
    start = 0
    while start < len(products):
        value = value_of(products[start][0], decisive)
        end = bisect_left(
            products, 1, lo=start, key=lambda one: value_of(one[0], decisive) != value
        )
        yield products[start:end]
        start = end


def mixed(runs: Iterable[Sequence[tuple[int, Traits]]]) -> Iterator[int]:
    """The ids of these products, mixed within each run. runs: in the unmixed order.

    Lazy: a page costs its own places and those before it in the window.
    """
    before: deque[Traits] = deque()
    counts: tuple[Counter[int | None], ...] = (Counter(), Counter(), Counter())
    for run in runs:
        waiting = list(run)
        left = [Counter(values) for values in zip(*(traits for _, traits in run), strict=True)]
        while waiting:
            product_id, traits = waiting.pop(_first_best(waiting, counts, left))
            yield product_id
            before.append(traits)
            for counted, counted_left, value in zip(counts, left, traits, strict=True):
                counted[value] += value is not None
                counted_left[value] -= 1
                if not counted_left[value]:
                    del counted_left[value]
            if len(before) == SCREENFUL:
                for counted, value in zip(counts, before.popleft(), strict=True):
                    counted[value] -= value is not None


def _first_best(
    waiting: Sequence[tuple[int, Traits]],
    counts: Sequence[Mapping[int | None, int]],
    left: Sequence[Iterable[int | None]],
) -> int:
    """The position of the first product that exceeds the limits least.

    counts: how often each brand, kind and colour occurs just before; left: those that still wait.
    On the page of one brand every product exceeds a limit: the search ends at the first that exceeds
    them no more than any could.
    """
    best, least = 0, SCREENFUL * len(Traits._fields)
    possible = sum(map(_least_excess, counts, left, _MOST))
    brand_of, kind_of, colour_of = (counted.get for counted in counts)
    for at, (_, (brand, kind, colour)) in enumerate(waiting):
        over_brand = brand_of(brand, 0) + 1 - MOST_OF_BRAND
        over_kind = kind_of(kind, 0) + 1 - MOST_OF_KIND
        over_colour = colour_of(colour, 0) + 1 - MOST_OF_COLOUR
        if over_brand <= 0 and over_kind <= 0 and over_colour <= 0:
            return at
        excess = max(over_brand, 0) + max(over_kind, 0) + max(over_colour, 0)
        if excess < least:
            best, least = at, excess
            if least == possible:
                break
    return best


def _least_excess(
    counted: Mapping[int | None, int], values: Iterable[int | None], most: int
) -> int:
    """By how much the limit is exceeded whichever value comes next."""
    least = SCREENFUL
    for value in values:
        excess = counted.get(value, 0) + 1 - most
        if excess <= 0:
            return 0
        least = min(least, excess)
    return least


_MOST = (MOST_OF_BRAND, MOST_OF_KIND, MOST_OF_COLOUR)
