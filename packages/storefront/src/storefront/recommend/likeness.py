"""Which products resemble one, and which go with it to make an outfit: rules over attributes. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Product = Mapping[str, Any]
"""A product as the API answers it."""

_NEAR_PRICE = (0.5, 2.0)  # times the price of the one looked at

# These go with every other colour.
_NEUTRAL = (
    "Black", "White", "Grey", "Navy Blue", "Beige", "Brown", "Off White", "Cream", "Charcoal", "Tan",
    "Silver", "Steel", "Khaki", "Grey Melange",
)  # fmt: skip

# What may be worn together with what is for a use; for any other use anything may.
_USES: Mapping[str, Sequence[str]] = {
    "Casual": ("Casual", "Smart Casual"),
    "Ethnic": ("Ethnic", "Casual"),
    "Formal": ("Formal", "Smart Casual", "Casual"),
    "Sports": ("Sports", "Casual"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an outfit. paths: where its things are, most general; by gender: what is meant for whom.

    called: in a sentence. completed_by: the parts that are offered with it, in this order.
    """

    called: str
    paths: Sequence[str]
    completed_by: Sequence[str]
    by_gender: Mapping[str, Sequence[str]] = field(default_factory=dict)


# The first part that holds a category is its part: layers before tops.
_PARTS: Mapping[str, Part] = {
    "whole": Part(
        "A dress",
        ("apparel/dress", "apparel/saree", "apparel/apparel-set"),
        ("shoes", "bag", "jewellery", "watch"),
        {"Women": ("apparel/dress/dresses", "apparel/saree/sarees")},
    ),
    "layer": Part(
        "A layer",
        (
            "apparel/topwear/jackets",
            "apparel/topwear/blazers",
            "apparel/topwear/sweaters",
            "apparel/topwear/sweatshirts",
            "apparel/topwear/nehru-jackets",
            "apparel/topwear/waistcoat",
        ),
        ("top", "bottom", "shoes", "watch"),
    ),
    "top": Part(
        "A top",
        ("apparel/topwear",),
        ("bottom", "shoes", "watch", "bag", "eyewear", "belt"),
        {
            "Men": ("apparel/topwear/shirts", "apparel/topwear/tshirts"),
            "Women": (
                "apparel/topwear/tops",
                "apparel/topwear/shirts",
                "apparel/topwear/tshirts",
                "apparel/topwear/kurtas",
            ),
        },
    ),
    "bottom": Part(
        "A bottom",
        ("apparel/bottomwear",),
        ("top", "shoes", "belt", "watch", "bag"),
        {
            "Men": (
                "apparel/bottomwear/jeans",
                "apparel/bottomwear/trousers",
                "apparel/bottomwear/track-pants",
                "apparel/bottomwear/shorts",
            ),
            "Women": (
                "apparel/bottomwear/jeans",
                "apparel/bottomwear/trousers",
                "apparel/bottomwear/leggings",
                "apparel/bottomwear/skirts",
                "apparel/bottomwear/track-pants",
            ),
        },
    ),
    "shoes": Part("Shoes", ("footwear",), ("bottom", "top", "bag", "watch")),
    "bag": Part("A bag", ("accessories/bags",), ("top", "bottom", "shoes", "watch")),
    "watch": Part("A watch", ("accessories/watches",), ("top", "bottom", "shoes", "belt")),
    "jewellery": Part("Jewellery", ("accessories/jewellery",), ("whole", "shoes", "bag")),
    "eyewear": Part("Sunglasses", ("accessories/eyewear",), ("top", "bottom", "shoes", "watch")),
    "belt": Part("A belt", ("accessories/belts",), ("bottom", "top", "shoes", "watch")),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """Products to look for. filters: all must hold; preferred: ranks first; low, high: minor units.

    reason: why they are offered, as a person reads it.
    """

    filters: Mapping[str, Sequence[str]]
    preferred: Mapping[str, Sequence[str]]
    reason: str
    low: int | None = None
    high: int | None = None


def similar(product: Product) -> list[Wish]:
    """What resembles it: its kind for the same people, at a price near its own, then at any price; then
    what stands beside its kind. Its colour family, use and brand rank first."""
    kind = {"category": [product["category_path"]], "gender": _for_the_same(product)}
    beside = kind | {"category": [product["category_path"].rpartition("/")[0]]}
    preferred = {
        name: [product[name]] for name in ("color_family", "usage", "brand") if product[name]
    }
    low, high = (round(product["price_minor"] * times) for times in _NEAR_PRICE)
    reason = f"Also {product['article_type']}"
    return [
        Wish(kind, preferred, reason, low=low, high=high),
        Wish(kind, preferred, reason),
        Wish(beside, preferred, f"Also {product['sub_category']}"),
    ]


def likeness(product: Product, other: Product) -> float:
    """How alike two products are, 0 to 1: the share of what they agree in, their kind counting twice."""
    agreed = [
        product[name] is not None and product[name] == other[name]
        for name in ("category_path", "category_path", "gender", "color_family", "usage", "brand")
    ]
    cheaper, dearer = sorted((int(product["price_minor"]), int(other["price_minor"])))
    alike: float = (sum(agreed) + cheaper / dearer) / (len(agreed) + 1)
    return round(alike, 3)


def completing(product: Product) -> list[Wish]:
    """What makes an outfit of it, one wish for each part; empty where it is no part of one.

    For the same people and a use that goes with its own, in its colour or a neutral one.
    """
    part = part_of(product["category_path"])
    if part is None:
        return []
    filters = {"gender": _for_the_same(product)}
    if colours := _harmonious(product["base_color"]):
        filters["base_color"] = colours
    preferred = {}
    if product["usage"] in _USES:
        filters["usage"] = list(_USES[product["usage"]])
        preferred["usage"] = [product["usage"]]
    return [
        Wish(
            filters | {"category": list(other.by_gender.get(product["gender"], other.paths))},
            preferred,
            f"{other.called} to go with it",
        )
        for other in (_PARTS[name] for name in _PARTS[part].completed_by)
    ]


def part_of(category_path: str) -> str | None:
    """Which part of an outfit a category is; None for innerwear, beauty and the like."""
    for name, part in _PARTS.items():
        if any(f"{category_path}/".startswith(f"{path}/") for path in part.paths):
            return name
    return None


def goes_with(colour: str | None, other: str | None) -> bool:
    """Whether two colours may be worn together, in either order; one that is not known goes with all."""
    return colour == other or any(one is None or one in _NEUTRAL for one in (colour, other))


def palette(colour: str | None, other: str | None) -> str:
    """How the colour of a thing in an outfit meets the one looked at, to follow a reason; or nothing."""
    if other is None:
        return ""
    if colour == other:
        return ", in the same colour"
    return ", in a neutral colour" if other in _NEUTRAL else ""


def _for_the_same(product: Product) -> list[str]:
    gender = product["gender"]
    return [gender, "Unisex"] if gender in ("Men", "Women") else [gender]


def _harmonious(colour: str | None) -> list[str]:
    """The colours that go with one: itself and the neutral ones; with a neutral one, all (empty)."""
    return [] if colour is None or colour in _NEUTRAL else [colour, *_NEUTRAL]
