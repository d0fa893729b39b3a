"""A numeric column of products as bit slices: one set of product ids per binary digit. Pure.

A bit-sliced index (O'Neil and Quass, "Improved query performance with variant indexes", 1997): a range,
a minimum or the next products in order take a few set operations per digit, however many products
there are, and however deep in the order the page starts.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, takewhile
from operator import and_

import numpy as np
from pyroaring import BitMap64

from storefront.search.index.sets import copied

LEAST_LEADING = 256  # products: enough for a window (variety.py)
_FEW = 12  # products for which comparing is faster than splitting

Slices = Sequence[BitMap64]
"""For each digit, highest first, the products whose value has it set."""


@dataclass(frozen=True, slots=True)
class SortKey:
    """A position in an order: a product's value, and its id, which breaks ties."""

    value: int
    product_id: int


class BitSlices:
    """A non-negative integer for each product, of at most ``digits`` binary digits."""

    def __init__(self, digits: int) -> None:
        self.slices: list[BitMap64] = [BitMap64() for _ in range(digits)]
        self._most = (1 << digits) - 1

    def put(self, numbers: Iterable[tuple[int, int]]) -> None:
        """Add new products, as (id, value). A value out of range is clamped."""
        pairs = list(numbers)
        ids = np.array([id_ for id_, _ in pairs], np.uint64)
        values = np.array([min(max(number, 0), self._most) for _, number in pairs], np.uint64)
        for position, products in enumerate(reversed(self.slices)):
            has_digit = (values >> np.uint64(position)) & np.uint64(1)
            chosen = ids[has_digit.astype(bool)]
            products.update(array("Q", chosen.tobytes()))

    def remove(self, product_ids: BitMap64) -> None:
        """Remove products; unknown ids are ignored."""
        for products in self.slices:
            products.difference_update(product_ids)

    def at_least(self, number: int, among: BitMap64) -> BitMap64:
        """The products of ``among`` with this value or more."""
        return among - self.at_most(number - 1, among)

    def at_most(self, number: int, among: BitMap64) -> BitMap64:
        """The products of ``among`` with this value or less."""
        if number < 0:
            return BitMap64()
        if number >= self._most:
            return copied(among)
        below, equal = BitMap64(), among
        for products, is_set in zip(self.slices, _digits(number, len(self.slices)), strict=True):
            if not products:  # no value has this digit
                if is_set:
                    return below | equal
            elif is_set:
                below |= equal - products
                equal = equal & products
            else:
                equal = equal - products
        return below | equal

    def equal(self, value: int, among: BitMap64) -> BitMap64:
        """The products of ``among`` with exactly this value."""
        for products, is_set in zip(self.slices, _digits(value, len(self.slices)), strict=True):
            among = among & products if is_set else among - products
        return among

    def value(self, product_id: int) -> int:
        """A product's value; 0 for an unknown product."""
        return value_of(product_id, self.slices)

    def minimum(self, among: BitMap64) -> int:
        """The lowest value of ``among``, which is not empty."""
        return self._extreme(among, is_most=False)

    def maximum(self, among: BitMap64) -> int:
        """The highest value of ``among``, which is not empty."""
        return self._extreme(among, is_most=True)

    def _extreme(self, among: BitMap64, *, is_most: bool) -> int:
        found = 0
        for products in self.slices:
            if not products:
                found *= 2
                continue
            better = among & products if is_most else among - products
            is_set = bool(better) == is_most
            found = 2 * found + is_set
            among = better or among
        return found


def tally(weighted: Iterable[tuple[BitMap64, int]]) -> list[BitMap64]:
    """For each product the sum of the weights of its sets, as bit slices."""
    digits: list[BitMap64] = []  # the lowest first
    for products, weight in weighted:
        for position in range(weight.bit_length()):
            if weight >> position & 1:
                _add(digits, products, position)
    return digits[::-1]


def _add(digits: list[BitMap64], products: BitMap64, position: int) -> None:
    digits += [BitMap64() for _ in range(position - len(digits))]
    carry = products
    while carry:
        if position == len(digits):
            digits.append(carry)
            return
        digits[position], carry = digits[position] ^ carry, digits[position] & carry
        position += 1


def value_of(product_id: int, slices: Slices) -> int:
    """A product's value in these slices."""
    number = 0
    for products in slices:
        number = 2 * number + (product_id in products)
    return number


def sort_key_at(position: int, among: BitMap64, slices: Slices, *, is_descending: bool) -> SortKey:
    """The sort key of the product at this position (from 0) of ``among``, which has more than that."""
    for products in filter(None, slices):
        first = among & products if is_descending else among - products
        if position < len(first):
            among = first
        else:
            position -= len(first)
            among = among - products if is_descending else among & products
    product_id = among[len(among) - 1 - position if is_descending else position]
    return SortKey(value_of(product_id, slices), product_id)


def leading(slices: Slices) -> list[BitMap64]:
    """For each number of digits, from one on, the products that have so many of the highest ones set;
    not those of fewer than LEAST_LEADING products."""
    return list(takewhile(lambda some: len(some) >= LEAST_LEADING, accumulate(slices, and_)))


def sorted_ids(
    among: BitMap64,
    slices: Slices,
    *,
    is_descending: bool,
    after: SortKey | None = None,
    leading: Sequence[BitMap64] = (),
) -> Iterator[int]:
    """``among`` sorted by value, then by id; only those after a sort key. Lazy: the rest is
    never sorted.

    leading: as `leading` returns them for these slices, if known. They come first in a descending order:
    it begins with few products, where it would begin by splitting all.
    """
    if after is not None:
        return _walk_on(among, slices, 0, is_descending, after)
    if is_descending:
        for depth in range(len(leading), 0, -1):
            if among.intersection_cardinality(leading[depth - 1]) >= LEAST_LEADING:
                return _walk_leading(among, slices, leading[depth - 1], depth)
    return _walk(among, slices, 0, is_descending)


def _walk_leading(among: BitMap64, slices: Slices, leading: BitMap64, depth: int) -> Iterator[int]:
    yield from _walk(among & leading, slices, depth, is_descending=True)
    yield from _walk(among - leading, slices, 0, is_descending=True)


def _walk(among: BitMap64, slices: Slices, depth: int, is_descending: bool) -> Iterator[int]:
    """Split by digit until few remain, which are compared one by one. Without recursion: a product
    would pass through a generator for each digit."""
    waiting = [(among, depth)]
    while waiting:
        among, depth = waiting.pop()
        while len(among) > _FEW and depth < len(slices):
            with_digit = among & slices[depth]
            depth += 1
            if len(with_digit) in (0, len(among)):
                continue
            without = among - with_digit
            among, later = (with_digit, without) if is_descending else (without, with_digit)
            waiting.append((later, depth))
        if depth == len(slices):
            yield from reversed(among) if is_descending else among
        else:
            rest = slices[depth:]
            keys = sorted(((value_of(one, rest), one) for one in among), reverse=is_descending)
            yield from (one for _, one in keys)


def _walk_on(
    among: BitMap64, slices: Slices, depth: int, is_descending: bool, after: SortKey
) -> Iterator[int]:
    if not among:
        return
    if depth == len(slices):
        yield from _ids_after(among, after.product_id, is_descending)
        return
    products = slices[depth]
    has_digit = bool(after.value >> (len(slices) - 1 - depth) & 1)
    if not products and not has_digit:
        yield from _walk_on(among, slices, depth + 1, is_descending, after)
        return
    same = among & products if has_digit else among - products
    yield from _walk_on(same, slices, depth + 1, is_descending, after)
    if has_digit == is_descending:
        other = among - products if has_digit else among & products
        yield from _walk(other, slices, depth + 1, is_descending)


def _ids_after(among: BitMap64, product_id: int, is_descending: bool) -> Iterator[int]:
    passed = among.rank(product_id)  # those up to it
    if not is_descending:
        return (among[position] for position in range(passed, len(among)))
    before = passed - (product_id in among)
    return (among[position] for position in range(before - 1, -1, -1))


def _digits(number: int, count: int) -> Iterator[int]:
    return (number >> digit & 1 for digit in range(count - 1, -1, -1))
