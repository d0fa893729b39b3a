"""Which products resemble one, and which go with it to make an outfit: rules over attributes. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Product = Mapping[str, Any]
"""A product as the API answers it."""

_NEAR_PRICE = (0.5, 2.0)  # times the price of the one looked at

# What goes with every other colour.
_NEUTRAL = ("Black", "White", "Grey", "Navy Blue", "Beige", "Brown", "Off White", "Cream", "Charcoal",
            "Tan", "Silver", "Steel", "Khaki", "Grey Melange")  # fmt: skip

# The parts of an outfit, by the beginning of a category path; the first that fits is the part.
_PARTS: Mapping[str, Sequence[str]] = {
    "whole": ("apparel/dress", "apparel/saree", "apparel/apparel-set"),
    "layer": ("apparel/topwear/jackets", "apparel/topwear/blazers", "apparel/topwear/sweaters",
              "apparel/topwear/sweatshirts", "apparel/topwear/nehru-jackets"),
    "top": ("apparel/topwear",),
    "bottom": ("apparel/bottomwear",),
    "shoes": ("footwear",),
    "bag": ("accessories/bags",),
    "watch": ("accessories/watches",),
    "jewellery": ("accessories/jewellery",),
    "eyewear": ("accessories/eyewear",),
    "belt": ("accessories/belts",),
}  # fmt: skip

# What completes each part, in the order in which it is offered; one thing of a part, never two.
_COMPLETES: Mapping[str, Sequence[str]] = {
    "whole": ("shoes", "bag", "jewellery", "watch"),
    "layer": ("top", "bottom", "shoes", "watch"),
    "top": ("bottom", "shoes", "watch", "bag", "eyewear", "belt"),
    "bottom": ("top", "shoes", "belt", "watch", "bag"),
    "shoes": ("bottom", "top", "bag", "watch"),
    "bag": ("top", "bottom", "shoes", "watch"),
    "watch": ("top", "bottom", "shoes", "belt"),
    "jewellery": ("whole", "shoes", "bag"),
    "eyewear": ("top", "bottom", "shoes", "watch"),
    "belt": ("top", "bottom", "shoes", "watch"),
}

# Within a part, what is meant: no innerwear over a shirt, and nothing to swim in.
_KINDS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "shoes": {
        "Men": ("footwear/shoes/casual-shoes", "footwear/shoes/formal-shoes",
                "footwear/shoes/sports-shoes"),
        "Women": ("footwear/shoes/heels", "footwear/shoes/flats", "footwear/shoes/casual-shoes",
                  "footwear/shoes/sports-shoes"),
    },
    "bottom": {
        "Men": ("apparel/bottomwear/jeans", "apparel/bottomwear/trousers",
                "apparel/bottomwear/track-pants", "apparel/bottomwear/shorts"),
        "Women": ("apparel/bottomwear/jeans", "apparel/bottomwear/trousers",
                  "apparel/bottomwear/leggings", "apparel/bottomwear/skirts"),
    },
    "top": {
        "Men": ("apparel/topwear/shirts", "apparel/topwear/tshirts"),
        "Women": ("apparel/topwear/tops", "apparel/topwear/shirts", "apparel/topwear/tshirts",
                  "apparel/topwear/kurtas"),
    },
    "whole": {"Women": ("apparel/dress/dresses", "apparel/saree/sarees")},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """Products to look for. filters: all must hold; preferred: ranks first; low, high: minor units.

    reason: why it is offered, as a person reads it.
    """

    filters: Mapping[str, Sequence[str]]
    preferred: Mapping[str, Sequence[str]]
    reason: str
    low: int | None = None
    high: int | None = None


def similar(product: Product) -> list[Wish]:
    """What resembles it: its kind for the same people, at a price near its own; then at any price.

    Its colour family, use and brand rank first.
    """
    filters = {"category": [product["category_path"]], "gender": _for_the_same(product)}
    preferred = {
        name: [product[field]]
        for name, field in (
            ("color_family", "color_family"),
            ("usage", "usage"),
            ("brand", "brand"),
        )
        if product[field]
    }
    price = product["price_minor"]
    low, high = (round(price * times) for times in _NEAR_PRICE)
    reason = f"Also {product['article_type']}"
    return [
        Wish(filters, preferred, reason, low=low, high=high),
        Wish(filters, preferred, reason),
    ]


def completing(product: Product) -> list[Wish]:
    """What makes an outfit of it, one wish for each part; empty where it is no part of one.

    For the same people and the same use, in its colour, or a neutral one beside it.
    """
    part = part_of(product["category_path"])
    if part is None:
        return []
    harmony = {"base_color": _harmonious(product["base_color"])}
    filters = {"gender": _for_the_same(product)}
    if product["usage"]:
        filters["usage"] = [product["usage"]]
    return [
        Wish(
            filters | {"category": _kinds(other, product["gender"])},
            harmony,
            f"A {other} to go with it" if other not in ("shoes", "jewellery", "eyewear")
            else f"{other.capitalize()} to go with it",
        )
        for other in _COMPLETES[part]
    ]  # fmt: skip


def part_of(category_path: str) -> str | None:
    """Which part of an outfit a category is; None for innerwear, beauty and the like."""
    for part, beginnings in _PARTS.items():
        if any(f"{category_path}/".startswith(f"{beginning}/") for beginning in beginnings):
            return part
    return None


def _for_the_same(product: Product) -> list[str]:
    gender = product["gender"]
    return [gender, "Unisex"] if gender in ("Men", "Women") else [gender]


def _kinds(part: str, gender: str) -> Sequence[str]:
    return _KINDS.get(part, {}).get(gender, _PARTS[part])


def _harmonious(colour: str | None) -> list[str]:
    """Neutral colours go with all; a neutral one goes with the neutrals first too."""
    return [*([] if colour is None or colour in _NEUTRAL else [colour]), *_NEUTRAL]
