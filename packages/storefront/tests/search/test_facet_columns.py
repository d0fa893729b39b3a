"""Products counted one by one give the numbers that counting their sets gives, whatever changes."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pyroaring import BitMap64

from storefront.search.index.facet_columns import FacetColumns, Postings, ids_of
from storefront.search.index.facet_counter import Subset
from storefront.search.index.facets import FACETS, FacetValues, Value
from storefront.search.index.product_index import ProductIndex
from storefront.search.index.product_sets import Entry

BRANDS, ROOTS, KINDS, SIZES = range(1, 60), range(100, 104), range(110, 140), range(200, 212)


def values_up_to(brand: int) -> FacetValues:
    """The values of a shop that has these brands so far."""
    return FacetValues(
        [Value(id_, "brand", f"b{id_}", f"B{id_}") for id_ in BRANDS if id_ <= brand]
        + [Value(id_, "category", f"r{id_}", f"R{id_}") for id_ in ROOTS]
        + [Value(id_, "category", f"r{100 + id_ % 4}/k{id_}", f"K{id_}") for id_ in KINDS]
        + [Value(id_, "size", f"EU:{id_}", f"{id_}") for id_ in SIZES]
    )


def entry(number: int, chance: random.Random, brand: int) -> Entry:
    kind = chance.choice(KINDS)
    sizes = chance.sample(SIZES, chance.randrange(4))
    values = [chance.randint(1, brand), 100 + kind % 4, kind, *sizes]
    return Entry(number, values, 1000, 0, datetime(2020, 1, 1, tzinfo=UTC), 0, True, bool(sizes))


def histories() -> Iterator[tuple[int, int]]:
    """The largest id, and the brands, of each change of a shop."""
    return zip((400, 400, 400, 450, 9000, 9001), (20, 20, 21, 30, 30, 59), strict=True)


def test_counts_follow_every_change() -> None:
    chance = random.Random(3)
    index = ProductIndex()
    for highest, brand in histories():
        index.remove(chance.sample(range(1, 400), 20))
        numbers = [*chance.sample(range(1, 400), 100), highest]
        index.put([entry(number, chance, brand) for number in numbers])
        values = values_up_to(brand)
        everything = index.matching([], values)
        for share in (0, 1, 3, 5):
            few = BitMap64(chance.sample(list(everything), share))
            for some in (few, everything - few):
                assert Subset(some, everything).is_sparse
                for facet in FACETS:
                    assert_counted(index, facet, some, everything, values)


def assert_counted(
    index: ProductIndex, facet: str, some: BitMap64, everything: BitMap64, values: FacetValues
) -> None:
    """The counts of a facet are the sizes of intersections."""
    found = index._facet_counter.counted(facet, Subset(some, everything), set(), values)
    plainly = {one.id: len(index._with(one.id) & some) for one in values.by_facet.get(facet, ())}
    assert {value.id: count for value, count in found if count} == {
        value_id: count for value_id, count in plainly.items() if count
    }


def postings(*sets: set[int]) -> Postings:
    return Postings(range(len(sets)), [BitMap64(one) for one in sets])


def test_ids_far_apart_have_no_column() -> None:
    everything = BitMap64(range(0, 10_000_000, 1_000_000))
    assert FacetColumns().of("brand", postings(set(everything)), everything) is None


def test_too_many_combinations_have_no_column() -> None:
    everything = BitMap64(range(1 << 17))
    digits = [{one for one in everything if one >> digit & 1} for digit in range(17)]
    assert FacetColumns().of("size", postings(*digits), everything) is None


def test_a_column_that_has_seen_too_many_combinations_is_made_again() -> None:
    everything = BitMap64(range(1 << 16))
    digits = [{one for one in everything if one >> digit & 1} for digit in range(16)]
    columns, some = FacetColumns(), BitMap64(range(0, 20_000, 7))
    first = columns.of("size", postings(*digits), everything)
    columns.note_change(BitMap64(range(9_000)))
    after = postings(*digits[:15], set(), set(range(9_000)))
    column = columns.of("size", after, everything)
    assert first is not None
    assert column not in (None, first)
    assert column.counts(ids_of(some), after.ids).tolist() == [
        len(one & some) for one in after.sets
    ]


def test_an_empty_shop_has_a_column_once_it_is_filled() -> None:
    columns, everything = FacetColumns(), BitMap64()
    assert columns.of("brand", postings(set()), everything) is None
    assert columns.of("brand", postings({1, 2}), BitMap64(range(10))) is not None


def test_a_value_that_was_not_known_is_read() -> None:
    columns, everything = FacetColumns(), BitMap64(range(10))
    after = postings({1, 2}, {3, 4, 5})
    columns.of("brand", postings({1, 2}), everything)
    column = columns.of("brand", after, everything)
    assert column is not None
    assert column.counts(ids_of(BitMap64([2, 3, 5])), after.ids).tolist() == [1, 2]


@pytest.mark.parametrize("products", [[], [7]])
def test_no_values_count_nothing(products: list[int]) -> None:
    everything = BitMap64(range(10))
    column = FacetColumns().of("brand", postings(), everything)
    assert column is not None
    assert column.counts(ids_of(BitMap64(products)), postings().ids).tolist() == []


@pytest.mark.parametrize("apart", [1, 1_000_000])
def test_a_product_has_the_values_that_it_was_put_with(apart: int) -> None:
    """Read from columns, and where ids are too far apart for them, from sets."""
    chance = random.Random(5)
    entries = [entry(number * apart, chance, 20) for number in range(1, 60)]
    index, values = ProductIndex(), values_up_to(20)
    index.put(entries)
    asked = [one.product_id for one in chance.sample(entries, 20)]
    everything = index.matching([], values)
    for facet in ("brand", "category", "size"):
        ids = {one.id for one in values.by_facet[facet]}
        found = index._facet_counter.values_of(facet, asked, everything, values)
        assert [set(one) for one in found] == [
            ids.intersection(one.values)
            for product_id in asked
            for one in entries
            if one.product_id == product_id
        ]
