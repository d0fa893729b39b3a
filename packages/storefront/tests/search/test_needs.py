"""What needs are about, and what becomes of queries that describe one."""

import pytest

from packages.storefront.tests.search.vocabularies import vocabulary
from storefront.search.index import ranking
from storefront.search.labels import label_of
from storefront.search.language.query_parser import parse
from storefront.search.language.relaxation import FEW, Relaxation, trials, with_need

VOCABULARY = vocabulary()
FOR_FEET = (
    "footwear/shoes/sports-shoes",
    "footwear/shoes/heels",
    "footwear/shoes/casual-shoes",
    "footwear/flip-flops/flip-flops",
)


def variants(query: str, *, is_matched: bool = False) -> list[Relaxation]:
    return with_need(parse(query, VOCABULARY), VOCABULARY, is_matched=is_matched)


def test_a_need_is_tried_after_the_words_and_before_any_of_them() -> None:
    first, need, *others = variants("to put on my feet", is_matched=True)
    assert (first.query.meant, first.enough) == ((), FEW)
    assert need.query.meant == FOR_FEET
    assert need.query.values("category") == list(FOR_FEET)
    assert [one.query.word_match for one in others] == ["any"]
    assert trials([first, need, *others]) == [(0, FEW), (1, 2), (1, 1), (0, 1), (2, 1)]


def test_the_kinds_of_a_need_are_a_chip_that_can_be_removed() -> None:
    need = variants("to put on my feet")[1].query
    [segment] = need.segments
    assert label_of(segment.label) == "Sports Shoes or Heels"
    assert need.text[segment.start : segment.end] == "feet"
    assert need.without(segment) == "to put on my"


def test_a_gift_is_of_any_kind_that_is_given_and_for_whom_it_is_said() -> None:
    gift, _words, *_others = variants("gift for a man who has everything")
    assert gift.query.meant == ("accessories/watches/watches", "accessories/bags/handbags")
    assert gift.query.values("category") == list(gift.query.meant)
    assert gift.query.values("gender") == ["Men", "Unisex"]


@pytest.mark.parametrize("query", ["lawn mower", "cat litter", "qwertz asdf", "my pizza", "42"])
def test_what_is_about_nothing_here_finds_nothing(query: str) -> None:
    assert [one.query.meant for one in variants(query)] == [()]


@pytest.mark.parametrize("query", ["nike for my feet", "jeans for my feet"])
def test_a_kind_or_a_brand_that_is_named_is_no_need(query: str) -> None:
    assert [one.query.meant for one in variants(query)] == [()]


def test_the_nearer_kind_ranks_first_and_counts_less_than_two_words() -> None:
    assert [ranking.meant(rank) for rank in (1, 2, 3, 4)] == [3, 2, 1, 1]


@pytest.mark.parametrize(
    "query", ["guitar strings", "spice rack", "motor oil", "bathroom mirror", "plastic chair"]
)
def test_things_that_other_shops_sell_are_not_found_by_one_of_their_words(query: str) -> None:
    [whole] = variants(query, is_matched=True)
    assert (whole.query.word_match, whole.query.meant) == ("all", ())


@pytest.mark.parametrize("query", ["something for my feet", "striped cotton", "floral embroidered"])
def test_needs_and_looks_are_not_like_what_other_shops_sell(query: str) -> None:
    assert len(variants(query, is_matched=True)) > 1
