"""Which products a page has in an order of the index, and where the next page starts. Pure."""

from collections.abc import Callable, Sequence
from itertools import islice

from pyroaring import BitMap64

from storefront.search.index.bit_slices import Slices, SortKey, sort_key_at, sorted_ids, value_of
from storefront.search.index.variety import (
    UNKNOWN,
    Position,
    Traits,
    featured,
    position_at,
    unmixed,
)
from storefront.search.paging import SortValue


def sorted_page(
    among: BitMap64,
    order: Slices,
    after: Sequence[SortValue],
    offset: int,
    page_size: int,
    *,
    is_descending: bool,
) -> tuple[list[int], tuple[SortValue, ...]]:
    """The products of a page, and the sort key of the last one if more follow.

    after: the sort key of the last product before the page; empty for a page at an offset.
    """
    key = SortKey(int(after[0]), int(after[1])) if after else None
    if offset:
        key = sort_key_at(offset - 1, among, order, is_descending=is_descending)
    products = sorted_ids(among, order, is_descending=is_descending, after=key)
    ids = list(islice(products, page_size + 1))
    if len(ids) <= page_size:
        return ids, ()
    last = ids[page_size - 1]
    return ids[:page_size], (value_of(last, order), last)


def featured_page(
    among: BitMap64,
    order: Slices,
    after: Sequence[SortValue],
    offset: int,
    page_size: int,
    *,
    is_descending: bool,
    traits_of: Callable[[Sequence[int]], Sequence[Traits]],
    alike: Traits = UNKNOWN,
    leading: Sequence[BitMap64] = (),
) -> tuple[list[int], tuple[SortValue, ...]]:
    """As `sorted_page`, in the featured order. A sort key has a window's start and an offset.

    alike: the traits that all products have. leading: as in `sorted_ids`.
    """
    if after:
        value, product_id, position = map(int, after)
        start = Position(None if product_id < 0 else SortKey(value, product_id), position)
    elif offset:
        start = position_at(offset, among, order, is_descending=is_descending)
    else:
        start = Position()
    found = featured(
        among,
        order,
        traits_of,
        is_descending=is_descending,
        start=start,
        unmixed=unmixed(order),
        alike=alike,
        leading=leading,
    )
    places = list(islice(found, page_size + 1))
    ids = [product_id for product_id, _ in places[:page_size]]
    if len(places) <= page_size:
        return ids, ()
    following = places[page_size][1]
    key = following.after or SortKey(0, -1)
    return ids, (key.value, key.product_id, following.offset)
