"""Facets of a price range follow from those that are remembered of all prices, and are the same."""

import random
from datetime import UTC, datetime
from typing import Any

import pytest
from pyroaring import BitMap64

from storefront.search.criteria import Condition
from storefront.search.index.facet_columns import Numbers
from storefront.search.index.facet_counter import FacetCounter
from storefront.search.index.facets import FacetValues, Value
from storefront.search.index.product_index import ProductIndex
from storefront.search.index.product_sets import Entry

BRANDS, GENDERS, SIZES = range(1, 100), range(100, 103), range(200, 212)
VALUES = FacetValues(
    [Value(id_, "brand", f"b{id_}", f"B{id_:03}") for id_ in BRANDS]
    + [Value(id_, "gender", f"g{id_}", f"G{id_}") for id_ in GENDERS]
    + [Value(id_, "size", f"EU:{id_}", f"{id_}", sort=-id_) for id_ in SIZES]
)
PRODUCTS = range(1, 3_000)


def entry(number: int, chance: random.Random) -> Entry:
    sizes = chance.sample(SIZES, chance.randrange(4))
    values = [min(chance.choices(BRANDS, k=3)), chance.choice(GENDERS), *sizes]
    price = chance.randrange(100, 10_000)
    return Entry(number, values, price, 0, datetime(2020, 1, 1, tzinfo=UTC), 0, True, bool(sizes))


def conditions(chance: random.Random) -> list[Condition]:
    """A filter or none, and a price range that leaves out nothing, a little or a lot."""
    some = BitMap64(chance.sample(PRODUCTS, 500))
    filters = [
        Condition("among", "among", some),
        Condition("scope", "scope", ([Condition("brand", "facets", [1, 2, 3])], (7, 8))),
        Condition("brand", "facets", chance.sample(BRANDS[:4], 2)),
        Condition("gender", "facets", [chance.choice(GENDERS)]),
        Condition("not brand", "facets", [1], is_excluded=True),
    ]
    prices = [
        Condition("price", "min_price", chance.choice((0, 150, 400, 5_000))),
        Condition("price", "max_price", chance.choice((3_000, 9_500, 20_000))),
    ]
    return chance.sample(filters, chance.randrange(3)) + chance.sample(prices, chance.randrange(3))


def test_the_facets_are_those_of_an_index_that_remembers_nothing() -> None:
    chance = random.Random(5)
    entries = {number: entry(number, chance) for number in PRODUCTS}
    index = ProductIndex()
    index.put(list(entries.values()))
    for _ in range(6):
        for _ in range(60):
            asked = conditions(chance)
            forgetful = ProductIndex()
            forgetful.put(list(entries.values()))
            found, expected = (one.search(asked, VALUES) for one in (index, forgetful))
            assert found.product_ids == expected.product_ids
            assert found.facets == expected.facets, asked
        changed = [entry(number, chance) for number in chance.sample(PRODUCTS, 20)]
        entries |= {one.product_id: one for one in changed}
        index.put(changed)


def test_a_price_range_counts_only_what_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the numbers of another price range are known."""
    chance = random.Random(6)
    index = ProductIndex()
    index.put([entry(number, chance) for number in PRODUCTS])
    gender = Condition("gender", "facets", [100])
    total = len(index.search([gender, Condition("price", "min_price", 150)], VALUES).product_ids)

    counted: list[int] = []
    count = FacetCounter._count

    def noting(*arguments: Any) -> Numbers:
        counted.append(len(arguments[2].products))
        return count(*arguments)

    monkeypatch.setattr(FacetCounter, "_count", noting)
    found = index.search([gender, Condition("price", "min_price", 200)], VALUES)
    assert total - 50 < len(found.product_ids) < total
    assert max(counted) < 50
