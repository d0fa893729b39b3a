from typing import Any

import numpy as np
import pytest

from storefront.vision.index import VectorIndex, stacked, stored


def unit(*numbers: float) -> np.ndarray:
    vector = np.array(numbers, np.float32)
    return vector / np.linalg.norm(vector)


@pytest.fixture
def index() -> VectorIndex:
    return VectorIndex.empty().updated(
        {30: unit(1, 0, 0), 10: unit(0, 1, 0), 20: unit(1, 1, 0), 40: unit(1, 0, 0)}
    )


def nearest(index: VectorIndex, *query: float, **options: Any) -> list[int]:
    found = index.nearest(np.array(query, np.float32), **({"limit": 10} | options))
    return [one.product_id for one in found]


def test_the_most_similar_come_first_and_ties_by_id(index: VectorIndex) -> None:
    assert nearest(index, 5, 0, 0) == [30, 40, 20, 10]
    assert nearest(index, 5, 0, 0, limit=1) == [30]


def test_pages_follow_each_other(index: VectorIndex) -> None:
    pages = [nearest(index, 1, 0, 0, limit=1, offset=offset) for offset in range(5)]
    assert pages == [[30], [40], [20], [10], []]


def test_only_those_that_may_be_chosen_are_found(index: VectorIndex) -> None:
    assert nearest(index, 1, 0, 0, among=[10, 20, 7, 99]) == [20, 10]
    assert nearest(index, 1, 0, 0, among=[]) == []


@pytest.mark.parametrize("chosen", [1, 20, 60, 99, 100])
def test_few_or_nearly_all_may_be_chosen(chosen: int) -> None:
    random = np.random.default_rng(3)
    vectors = {number * 7: unit(*random.normal(size=4)) for number in range(100)}
    index = VectorIndex.empty().updated(vectors)
    query = random.normal(size=4)
    among = random.permutation(list(vectors))[:chosen].tolist()
    by_likeness = sorted(among, key=lambda one: -float(vectors[one] @ query))
    assert nearest(index, *query, among=[*among, 5]) == by_likeness[:10]


def test_vectors_are_added_replaced_and_removed(index: VectorIndex) -> None:
    changed = index.updated({30: unit(0, 0, 1), 40: None, 50: unit(1, 0, 0)})
    assert nearest(changed, 1, 0, 0, limit=2) == [50, 20]
    assert changed.vector(40) is None
    assert changed.vector(30) == pytest.approx(unit(0, 0, 1))
    assert list(index.ids) == [10, 20, 30, 40]


def test_a_vector_of_another_length_finds_nothing(index: VectorIndex) -> None:
    assert nearest(index, 1, 0) == []
    assert nearest(VectorIndex.empty(), 1, 0) == []


def test_a_stored_vector_keeps_its_direction() -> None:
    vector = unit(*np.random.default_rng(1).normal(size=128))
    assert len(stored(vector)) == 256
    assert float(stacked([stored(vector)])[0] @ vector) == pytest.approx(1, abs=1e-4)
