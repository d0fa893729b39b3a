"""Bit slices give the same results as a plain list of column."""

import random
from collections.abc import Iterator

import pytest
from pyroaring import BitMap64

from storefront.search.index.bit_slices import (
    LEAST_LEADING,
    BitSlices,
    SortKey,
    leading,
    sort_key_at,
    sorted_ids,
)


def catalogues() -> Iterator[tuple[dict[int, int], BitSlices, BitMap64]]:
    """Products with many different column, with few, and with one; and some of them."""
    chance = random.Random(1)
    for highest in (1023, 20, 0) * 30:
        column = BitSlices(10)
        known = {chance.randrange(1, 2**40): chance.randint(0, highest) for _ in range(60)}
        column.put(known.items())
        yield known, column, BitMap64(chance.sample(sorted(known), 40))


@pytest.mark.parametrize("is_descending", [True, False])
def test_order_and_every_place_in_it(is_descending: bool) -> None:
    for known, column, among in catalogues():
        right = sorted(among, key=lambda one: (known[one], one), reverse=is_descending)
        slices = column.slices
        assert list(sorted_ids(among, slices, is_descending=is_descending)) == right
        for position, product_id in enumerate(right):
            place = sort_key_at(position, among, slices, is_descending=is_descending)
            assert place == SortKey(known[product_id], product_id)
            following = sorted_ids(among, slices, is_descending=is_descending, after=place)
            assert list(following) == right[position + 1 :]


@pytest.mark.parametrize("is_descending", [True, False])
@pytest.mark.parametrize("count", [0, 5, LEAST_LEADING, 2000, 9000])
def test_what_leads_changes_no_order(count: int, is_descending: bool) -> None:
    chance = random.Random(count)
    column = BitSlices(12)
    column.put((number, 4095 - int(chance.expovariate(1 / 300))) for number in range(9000))
    among = BitMap64(chance.sample(range(9000), count))
    leading_sets = leading(column.slices)
    assert len(leading_sets) > 2
    assert all(len(one) >= LEAST_LEADING for one in leading_sets)
    found = sorted_ids(among, column.slices, is_descending=is_descending, leading=leading_sets)
    assert list(found) == list(sorted_ids(among, column.slices, is_descending=is_descending))


def test_going_on_after_a_product_that_is_gone() -> None:
    for known, column, among in catalogues():
        gone = among[10]
        place = SortKey(known[gone], gone)
        rest = among - BitMap64([gone])
        right = sorted((one for one in rest if (known[one], one) > (known[gone], gone)),
                       key=lambda one: (known[one], one))  # fmt: skip
        assert list(sorted_ids(rest, column.slices, is_descending=False, after=place)) == right


def test_ranges_and_extremes() -> None:
    for known, column, among in catalogues():
        for bound in (-1, 0, 7, 512, 1023, 5000):
            assert set(column.at_least(bound, among)) == {o for o in among if known[o] >= bound}
            assert set(column.at_most(bound, among)) == {o for o in among if known[o] <= bound}
        assert column.minimum(among) == min(known[one] for one in among)
        assert column.maximum(among) == max(known[one] for one in among)


def test_what_was_dropped_may_come_back_with_another_number() -> None:
    column = BitSlices(10)
    column.put([(1, 1000), (2, 3)])
    column.remove(BitMap64([1, 9]))
    column.put([(1, 2)])
    assert list(sorted_ids(BitMap64([1, 2]), column.slices, is_descending=True)) == [2, 1]


def test_a_number_out_of_range_is_the_nearest() -> None:
    column = BitSlices(4)
    column.put([(1, 99), (2, -5), (3, 7)])
    every = BitMap64([1, 2, 3])
    assert (column.minimum(every), column.maximum(every)) == (0, 15)
