"""Numbers as sets of digits answer what a plain list of numbers would."""

import random
from collections.abc import Iterator

import pytest
from pyroaring import BitMap64
from storefront.search.index.bit_slices import Numbers, Place, in_order, place_at


def catalogues() -> Iterator[tuple[dict[int, int], Numbers, BitMap64]]:
    """Products with many different numbers, with few, and with one; and some of them."""
    chance = random.Random(1)
    for highest in (1023, 20, 0) * 30:
        numbers = Numbers(10)
        known = {chance.randrange(1, 2**40): chance.randint(0, highest) for _ in range(60)}
        numbers.put(known.items())
        yield known, numbers, BitMap64(chance.sample(sorted(known), 40))


@pytest.mark.parametrize("is_descending", [True, False])
def test_order_and_every_place_in_it(is_descending: bool) -> None:
    for known, numbers, among in catalogues():
        right = sorted(among, key=lambda one: (known[one], one), reverse=is_descending)
        slices = numbers.slices
        assert list(in_order(among, slices, is_descending=is_descending)) == right
        for position, product_id in enumerate(right):
            place = place_at(position, among, slices, is_descending=is_descending)
            assert place == Place(known[product_id], product_id)
            following = in_order(among, slices, is_descending=is_descending, after=place)
            assert list(following) == right[position + 1 :]


def test_going_on_after_a_product_that_is_gone() -> None:
    for known, numbers, among in catalogues():
        gone = among[10]
        place = Place(known[gone], gone)
        rest = among - BitMap64([gone])
        right = sorted((one for one in rest if (known[one], one) > (known[gone], gone)),
                       key=lambda one: (known[one], one))  # fmt: skip
        assert list(in_order(rest, numbers.slices, is_descending=False, after=place)) == right


def test_ranges_and_extremes() -> None:
    for known, numbers, among in catalogues():
        for bound in (-1, 0, 7, 512, 1023, 5000):
            assert set(numbers.at_least(bound, among)) == {o for o in among if known[o] >= bound}
            assert set(numbers.at_most(bound, among)) == {o for o in among if known[o] <= bound}
        assert numbers.least(among) == min(known[one] for one in among)
        assert numbers.most(among) == max(known[one] for one in among)


def test_what_was_dropped_may_come_back_with_another_number() -> None:
    numbers = Numbers(10)
    numbers.put([(1, 1000), (2, 3)])
    numbers.drop(BitMap64([1, 9]))
    numbers.put([(1, 2)])
    assert list(in_order(BitMap64([1, 2]), numbers.slices, is_descending=True)) == [2, 1]


def test_a_number_out_of_range_is_the_nearest() -> None:
    numbers = Numbers(4)
    numbers.put([(1, 99), (2, -5), (3, 7)])
    every = BitMap64([1, 2, 3])
    assert (numbers.least(every), numbers.most(every)) == (0, 15)
