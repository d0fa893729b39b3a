"""Sets of products whose ids follow each other stay arrays and bitmaps: runs are slow to intersect."""

from datetime import UTC, datetime

import pytest
from pyroaring import BitMap64

from storefront.search.criteria import Condition
from storefront.search.index.facets import FacetValues, Value
from storefront.search.index.product_index import ProductIndex
from storefront.search.index.product_sets import Entry
from storefront.search.index.sets import copied, intersection, union
from storefront.search.index.term_index import ProductText, TermIndex

RUN = range(100, 900)


def products(ids: range = RUN) -> BitMap64:
    """Products whose ids follow each other, as an array."""
    found = BitMap64()
    found.update(list(ids))
    return found


def runs(of: BitMap64) -> int:
    """How many of the set's parts are runs."""
    return int(of.get_statistics()["n_run_containers"])


def test_a_copy_is_as_it_was_and_changes_alone() -> None:
    before = products()
    copy = copied(before)
    copy.add(5)
    assert list(before) == list(RUN)
    assert (list(copy)[:2], runs(copy)) == ([5, 100], 0)


@pytest.mark.parametrize("sets", [[], [RUN], [RUN, range(500, 2_000)]])
def test_a_union_is_a_new_set_of_all(sets: list[range]) -> None:
    united = union(map(products, sets))
    assert set(united) == {one for ids in sets for one in ids}
    assert runs(united) == 0


@pytest.mark.parametrize("sets", [[RUN], [RUN, range(500, 2_000), range(700)]])
def test_an_intersection_has_what_is_in_every_set(sets: list[range]) -> None:
    common = intersection(map(products, sets))
    assert set(common) == set.intersection(*map(set, sets))
    assert runs(common) == 0


def test_an_index_has_no_runs() -> None:
    index, published = ProductIndex(), datetime(2020, 1, 1, tzinfo=UTC)
    values = FacetValues([Value(1, "gender", "Men", "Men")])
    index.put([Entry(one, [1], 1000, 0, published, 0, True, True) for one in RUN])
    found = index.search([Condition("gender", "facets", [1])], values).product_ids
    assert (len(found), runs(found)) == (len(RUN), 0)
    assert [name for name, one in index.sets().items() if runs(one)] == []


def test_a_term_index_has_no_runs() -> None:
    texts = TermIndex()
    texts.put([ProductText(one, "Blue Shirt", "") for one in RUN])
    for found in (texts.in_names("shirts"), texts.called(["shirt"]), texts.named("blue shirt")):
        assert (len(found), runs(found)) == (len(RUN), 0)
