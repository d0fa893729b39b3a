"""Only the most frequent brands are counted, and they are those that counting all would show."""

import random

import pytest
from pyroaring import BitMap64

from storefront.search.index.facet_counter import FacetCounter, Subset
from storefront.search.index.facets import MOST_VALUES, FacetValues, Value

BRANDS = 250
EVERYTHING = BitMap64(range(20_000))
VALUES = FacetValues([Value(id_, "brand", f"b{id_:03}", f"B{id_:03}") for id_ in range(BRANDS)])
_CHANCE = random.Random(7)
# A few large brands and many small ones, as in a catalogue, with ties among the small ones.
HAVING = {
    id_: BitMap64(_CHANCE.sample(range(20_000), k=max(1, 4_000 // (1 + id_ % 90))))
    for id_ in range(BRANDS)
}


def plainly(products: BitMap64, chosen: set[int]) -> list[tuple[str, int]]:
    """Every brand, counted."""
    counted = [(f"B{id_:03}", len(HAVING[id_] & products), id_) for id_ in range(BRANDS)]
    found = sorted((c for c in counted if c[1] or c[2] in chosen), key=lambda c: (-c[1], c[0]))
    most = MOST_VALUES["brand"]
    shown = found[:most] + [c for c in found[most:] if c[2] in chosen]
    return [c[:2] for c in shown]


@pytest.mark.parametrize("chosen", [set(), {3, 249}])
@pytest.mark.parametrize("share", [0.0, 0.001, 0.05, 0.5, 0.9, 1.0])
def test_the_most_frequent_brands_are_those_of_counting_all(share: float, chosen: set[int]) -> None:
    products = BitMap64(_CHANCE.sample(range(20_000), k=int(share * 20_000)))
    subset = Subset(products, EVERYTHING)
    counted = FacetCounter(HAVING).counted("brand", subset, chosen, VALUES)
    assert [(value.label, number) for value, number in counted] == plainly(products, chosen)


def test_a_change_of_the_sets_is_followed() -> None:
    having = {id_: BitMap64(products) for id_, products in HAVING.items()}
    counter, everything = FacetCounter(having), Subset(EVERYTHING, EVERYTHING)
    before = counter.counted("brand", everything, set(), VALUES)
    having[249] |= EVERYTHING
    counter.note_change(EVERYTHING)
    after = counter.counted("brand", everything, set(), VALUES)
    assert before[0][0].id != 249
    assert (after[0][0].id, after[0][1]) == (249, 20_000)
