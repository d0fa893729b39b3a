"""Why one product stands before another."""

from dataclasses import replace

import pytest
from storefront.search.index.ranking import Signals, points, score

PLAIN = Signals(text=0.3, exact=0, popularity=10, is_available=True, is_pictured=True)


def test_the_sum_is_that_of_its_reasons() -> None:
    assert points(PLAIN) == pytest.approx(
        {
            "text": 1.2,
            "exact": 0,
            "popularity": 1 / 6,
            "available": 0.5,
            "pictured": 0.25,
        }
    )
    assert score(PLAIN) == pytest.approx(sum(points(PLAIN).values()))


def test_a_wish_met_just_so_outweighs_how_well_things_sell() -> None:
    assert score(replace(PLAIN, exact=1)) > score(replace(PLAIN, popularity=10**9))


def test_of_equals_the_one_that_sells_then_the_one_that_can_be_bought_comes_first() -> None:
    assert score(replace(PLAIN, popularity=11)) > score(PLAIN)
    assert score(PLAIN) > score(replace(PLAIN, is_available=False))
    assert score(PLAIN) > score(replace(PLAIN, is_pictured=False))
