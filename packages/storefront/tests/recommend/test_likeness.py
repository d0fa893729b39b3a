"""What resembles a product, and what goes with it."""

from typing import Any

import pytest
from storefront.recommend.likeness import completing, goes_with, likeness, palette, part_of, similar


def product(**changes: Any) -> dict[str, Any]:
    """A woman's red casual top of 40.00."""
    return {
        "product_id": "1", "style_id": "1", "gender": "Women",
        "article_type": "Tops", "sub_category": "Topwear", "category_path": "apparel/topwear/tops",
        "base_color": "Red", "color_family": "red",
        "usage": "Casual", "brand": "Aura", "price_minor": 40_00,
    } | changes  # fmt: skip


@pytest.mark.parametrize(
    ("path", "part"),
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
def test_a_category_is_one_part_of_an_outfit_or_none(path: str, part: str | None) -> None:
    assert part_of(path) == part


def test_similar_is_the_same_kind_for_the_same_people_near_in_price_first() -> None:
    near, any_price, beside = similar(product())
    assert near.filters == {"category": ["apparel/topwear/tops"], "gender": ["Women", "Unisex"]}
    assert (near.low, near.high) == (20_00, 80_00)
    assert near.preferred == {"color_family": ["red"], "usage": ["Casual"], "brand": ["Aura"]}
    assert (any_price.filters, any_price.low, any_price.high) == (near.filters, None, None)
    assert beside.filters["category"] == ["apparel/topwear"]


def test_likeness_counts_what_two_products_agree_in() -> None:
    assert likeness(product(), product(product_id="2")) == 1
    dearer = product(price_minor=80_00)
    assert likeness(product(), dearer) == pytest.approx(6.5 / 7, abs=0.001)
    other = product(category_path="footwear/shoes/heels", brand=None, color_family="blue")
    assert likeness(product(), other) == pytest.approx(3 / 7, abs=0.001)
    assert likeness(product(brand=None), product(brand=None)) < 1  # not to know is not to agree


def test_an_outfit_has_one_wish_for_each_other_part() -> None:
    wishes = completing(product())
    parts = [part_of(wish.filters["category"][0]) for wish in wishes]
    assert parts == ["bottom", "shoes", "watch", "bag", "eyewear", "belt"]
    assert len(parts) == len(set(parts))
    for wish in wishes:
        assert wish.filters["gender"] == ["Women", "Unisex"]
        assert wish.filters["usage"] == ["Casual", "Smart Casual"]


@pytest.mark.parametrize("usage", ["Sports", "Formal"])
def test_formal_and_sports_do_not_meet(usage: str) -> None:
    for wish in completing(product(usage=usage)):
        assert not {"Sports", "Formal"} <= set(wish.filters["usage"])
        assert wish.preferred == {"usage": [usage]}


def test_a_colour_goes_with_itself_and_the_neutral_ones() -> None:
    colours = completing(product(base_color="Red"))[0].filters["base_color"]
    assert colours[0] == "Red"
    assert {"Black", "White", "Navy Blue"} <= set(colours)
    assert not {"Green", "Pink"} & set(colours)
    assert "base_color" not in completing(product(base_color="Navy Blue"))[0].filters
    assert "base_color" not in completing(product(base_color=None))[0].filters


def test_what_is_no_part_of_an_outfit_is_not_completed() -> None:
    assert completing(product(category_path="personal-care/lips/lipstick")) == []


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


def test_a_reason_tells_how_colours_meet() -> None:
    assert palette("Red", "Red") == ", in the same colour"
    assert palette("Red", "Navy Blue") == ", in a neutral colour"
    assert palette("Black", "Red") == palette("Red", None) == ""
