"""Similar products, and products that complete an outfit."""

from typing import Any

import pytest

from storefront.recommend.outfits import (
    complete_the_look,
    goes_together,
    goes_with,
    reason,
    slot_of,
)
from storefront.recommend.similarity import similar, similarity


def product(**changes: Any) -> dict[str, Any]:
    """A woman's red casual top of 40.00."""
    return {
        "product_id": "1", "style_id": "1", "gender": "Women",
        "article_type": "Tops", "sub_category": "Topwear", "category_path": "apparel/topwear/tops",
        "base_color": "Red", "color_family": "red", "season": "Fall",
        "usage": "Casual", "brand": "Aura", "price_minor": 40_00,
    } | changes  # fmt: skip


@pytest.mark.parametrize(
    ("path", "slot"),
    [
        ("apparel/topwear/tops", "top"),
        ("apparel/topwear/jackets", "layer"),
        ("apparel/dress/dresses", "whole"),
        ("apparel/bottomwear/jeans", "bottom"),
        ("footwear/shoes/heels", "shoes"),
        ("accessories/bags/handbags", "bag"),
        ("apparel/innerwear/bra", None),
        ("apparel/topwearing", None),
        ("personal-care/lips/lipstick", None),
    ],
)
def test_a_category_is_one_slot_of_an_outfit_or_none(path: str, slot: str | None) -> None:
    assert slot_of(path) == slot


def test_similar_is_the_same_kind_for_the_same_people_near_in_price_first() -> None:
    near, any_price, beside = similar(product())
    assert near.filters == {"category": ["apparel/topwear/tops"], "gender": ["Women", "Unisex"]}
    assert (near.low, near.high) == (20_00, 80_00)
    assert near.preferred == {"color_family": ["red"], "usage": ["Casual"], "brand": ["Aura"]}
    assert (any_price.filters, any_price.low, any_price.high) == (near.filters, None, None)
    assert beside.filters["category"] == ["apparel/topwear"]


def test_similarity_is_the_share_of_equal_attributes() -> None:
    assert similarity(product(), product(product_id="2")) == 1
    dearer = product(price_minor=80_00)
    assert similarity(product(), dearer) == pytest.approx(6.5 / 7, abs=0.001)
    other = product(category_path="footwear/shoes/heels", brand=None, color_family="blue")
    assert similarity(product(), other) == pytest.approx(3 / 7, abs=0.001)
    assert similarity(product(brand=None), product(brand=None)) < 1  # unknown is not equal


def test_an_outfit_has_candidates_for_each_other_slot() -> None:
    candidates = complete_the_look(product())
    slots = [slot_of(group.filters["category"][0]) for group in candidates]
    assert slots == ["bottom", "shoes", "watch", "bag", "eyewear", "belt"]
    assert len(slots) == len(set(slots))
    for group in candidates:
        assert group.filters["gender"] == ["Women", "Unisex"]
        assert group.filters["usage"] == ["Casual", "Smart Casual"]
        is_watch = group.filters["category"] == ["accessories/watches"]
        assert (group.low, group.high) == (16_00, 150_00 if is_watch else 100_00)
        assert group.near == (24_00, 64_00)
        assert group.variation == 1


@pytest.mark.parametrize("gender", ["Boys", "Girls"])
def test_children_are_given_children_s_things(gender: str) -> None:
    for group in complete_the_look(product(gender=gender)):
        assert group.filters["gender"] == [gender]


@pytest.mark.parametrize("usage", ["Sports", "Formal"])
def test_formal_and_sports_do_not_meet(usage: str) -> None:
    for group in complete_the_look(product(usage=usage)):
        assert not {"Sports", "Formal"} <= set(group.filters["usage"])
        assert group.preferred["usage"] == [usage]


def test_a_colour_goes_with_itself_and_the_neutral_ones() -> None:
    colours = complete_the_look(product(base_color="Red"))[0].filters["base_color"]
    assert colours[0] == "Red"
    assert {"Black", "White", "Navy Blue"} <= set(colours)
    assert not {"Green", "Pink"} & set(colours)
    assert "base_color" not in complete_the_look(product(base_color="Navy Blue"))[0].filters
    assert "base_color" not in complete_the_look(product(base_color=None))[0].filters


def test_what_is_no_part_of_an_outfit_is_not_completed() -> None:
    assert complete_the_look(product(category_path="personal-care/lips/lipstick")) == []


@pytest.mark.parametrize(
    ("colour", "other", "may"),
    [
        ("Red", "Navy Blue", True),
        ("Brown", "Black", True),
        ("Red", "Red", True),
        ("Red", "Green", False),
        ("Pink", "Orange", False),
        (None, "Green", True),
        (None, None, True),
    ],
)
def test_colours_go_together_in_either_order(
    colour: str | None, other: str | None, may: bool
) -> None:
    assert goes_with(colour, other) is goes_with(other, colour) is may


def test_a_caption_says_why_a_piece_is_in_the_look() -> None:
    assert reason(product(), product()) == "In the same colour"
    assert reason(product(), product(base_color="Navy Blue")) == "Navy Blue goes with everything"
    black = product(base_color="Black")
    assert reason(black, product()) == "Casual too"
    assert reason(black, product(usage=None)) == "Black goes with everything"
    unknown = product(base_color=None)
    assert reason(unknown, product(usage=None)) == "In a similar price range"
    assert reason(unknown, product(usage=None, price_minor=400_00)) == "Rounds off the look"


TRACK_PANTS = {"category_path": "apparel/bottomwear/track-pants", "usage": "Sports"}
KURTA = {"category_path": "apparel/topwear/kurtas", "usage": "Ethnic"}
SHIRT = {"category_path": "apparel/topwear/shirts"}
HEELS = {"category_path": "footwear/shoes/heels"}
TRAINERS = {"category_path": "footwear/shoes/sports-shoes", "usage": "Sports"}
BELT = {"category_path": "accessories/belts/belts"}
BACKPACK = {"category_path": "accessories/bags/backpacks"}
LAPTOP_BAG = {"category_path": "accessories/bags/laptop-bag"}
HANDBAG = {"category_path": "accessories/bags/handbags", "gender": "Unisex"}


@pytest.mark.parametrize(
    ("one", "other", "may"),
    [
        (BELT, TRACK_PANTS, False),
        (SHIRT, TRACK_PANTS, False),
        (HEELS, TRACK_PANTS, False),
        (BELT, {"category_path": "apparel/bottomwear/leggings"}, False),
        (BELT, KURTA, False),
        (TRAINERS, LAPTOP_BAG, False),
        (TRAINERS, HANDBAG, False),
        (TRAINERS, BACKPACK, True),
        (KURTA, BACKPACK, False),
        (KURTA, HANDBAG, True),
        ({"category_path": "apparel/dress/dresses"}, LAPTOP_BAG, False),
        (HEELS, BACKPACK, False),
        (SHIRT | {"gender": "Men"}, HANDBAG, False),
        (SHIRT | {"gender": "Men"}, LAPTOP_BAG, True),
        (SHIRT, BELT, True),
    ],
)
def test_what_nobody_wears_together_is_in_no_outfit(
    one: dict[str, Any], other: dict[str, Any], may: bool
) -> None:
    first, second = product(**one), product(**other)
    assert goes_together(first, second) is goes_together(second, first) is may


def test_a_watch_may_cost_more_and_is_for_every_season() -> None:
    bottom, _, watch, *_ = complete_the_look(product())
    assert (bottom.high, bottom.preferred) == (100_00, {"usage": ["Casual"], "season": ["Fall"]})
    assert (watch.high, watch.preferred) == (150_00, {"usage": ["Casual"]})
    assert complete_the_look(product(**SHIRT))[0].excluded == {
        "category": ["apparel/bottomwear/track-pants", "apparel/bottomwear/tracksuits"]
    }
