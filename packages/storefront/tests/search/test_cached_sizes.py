"""What is charged for cached values is about what they take."""

import random

import pytest
from pyroaring import BitMap64

from storefront.search.index.facets import Facets
from storefront.search.index.product_index import ResultSet
from storefront.search.read_model import cached_sizes

PRODUCTS = 1_000_000
FIRST = 101_000_000


@pytest.mark.parametrize("count", [1_000, 30_000, 500_000, 999_000])
def test_products_are_charged_what_their_set_takes(count: int) -> None:
    ids = random.Random(1).sample(range(FIRST, FIRST + PRODUCTS), count)
    empty = cached_sizes.of_results(ResultSet(BitMap64(), Facets(0)))
    charged = cached_sizes.of_results(ResultSet(BitMap64(ids), Facets(0))) - empty
    assert charged == pytest.approx(len(BitMap64(ids).serialize()), rel=0.1)
