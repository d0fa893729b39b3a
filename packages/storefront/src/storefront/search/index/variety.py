"""The featured order: what can be bought and seen first, mixed so that a screenful shows variety. Pure.

``ProductIndex.order`` puts first what is in stock, pictured, no underwear or nightwear, and in season;
equals in a fixed shuffle, so that no order of an import shows through. Products are taken from there in
windows of WINDOW. In a window each place goes to the first product that keeps the limits for the places
just before it: among SCREENFUL products at most MOST_OF_BRAND of a brand, MOST_OF_KIND of a kind,
MOST_OF_COLOUR of a colour. Where none does, as on the page of one brand, it goes to the one that exceeds
them least. None passes one that is in stock, pictured or no underwear where it is not itself.
What a window holds depends only on where it starts: pages neither repeat nor skip a product.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import NamedTuple

from pyroaring import BitMap64

from storefront.search.index.bit_slices import (
    Slices,
    SortKey,
    sort_key_at,
    sorted_ids,
    value_of,
)

WINDOW = 240
_NEVER_MIXED = 3  # slices of the order
SCREENFUL = 12
MOST_OF_BRAND = 2
MOST_OF_KIND = 3
MOST_OF_COLOUR = 4
# Categories of the second level, by their part of a path, that open no page but their own.
NEVER_FIRST = frozenset({"innerwear", "loungewear-and-nightwear"})


class Traits(NamedTuple):
    """What products of a screenful should differ in, as ids of facet values; None where unknown."""

    brand: int | None
    kind: int | None
    colour: int | None


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
) -> Iterator[tuple[int, Position]]:
    """The products from a place on, each with its place. Lazy: later windows are never sorted.

    The first three of the order's slices are never mixed: in stock, pictured, no underwear.
    """
    after, offset = start.after, start.offset
    while True:
        found = sorted_ids(among, order, is_descending=is_descending, after=after)
        window = list(islice(found, WINDOW))
        if not window:
            return
        products = list(zip(window, traits_of(window), strict=True))
        runs = groupby(products, lambda one: value_of(one[0], order[:_NEVER_MIXED]))
        ids = mixed([list(run) for _, run in runs])
        for at, product_id in enumerate(islice(ids, offset, None), start=offset):
            yield product_id, Position(after, at)
        after, offset = SortKey(value_of(window[-1], order), window[-1]), 0


def mixed(runs: Sequence[Sequence[tuple[int, Traits]]]) -> Iterator[int]:
    """The ids of these products, mixed within each run. runs: in the order they would have otherwise.

    Lazy: a page costs its own places and those before it in the window.
    """
    before: deque[Traits] = deque()
    counts: tuple[Counter[int | None], ...] = (Counter(), Counter(), Counter())
    for run in runs:
        waiting = list(run)
        while waiting:
            product_id, traits = waiting.pop(_first_best(waiting, *counts))
            yield product_id
            before.append(traits)
            for counted, value in zip(counts, traits, strict=True):
                counted[value] += value is not None
            if len(before) == SCREENFUL:
                for counted, value in zip(counts, before.popleft(), strict=True):
                    counted[value] -= value is not None


def _first_best(
    waiting: Sequence[tuple[int, Traits]],
    brands: Mapping[int | None, int],
    kinds: Mapping[int | None, int],
    colours: Mapping[int | None, int],
) -> int:
    best, least = 0, SCREENFUL * len(Traits._fields)
    brand_of, kind_of, colour_of = brands.get, kinds.get, colours.get
    for at, (_, (brand, kind, colour)) in enumerate(waiting):
        over_brand = brand_of(brand, 0) + 1 - MOST_OF_BRAND
        over_kind = kind_of(kind, 0) + 1 - MOST_OF_KIND
        over_colour = colour_of(colour, 0) + 1 - MOST_OF_COLOUR
        if over_brand <= 0 and over_kind <= 0 and over_colour <= 0:
            return at
        excess = max(over_brand, 0) + max(over_kind, 0) + max(over_colour, 0)
        if excess < least:
            best, least = at, excess
    return best
