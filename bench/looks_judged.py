"""Judged looks: what goes with 72 products of the real catalogue, by rules over attributes.

Two products of each of the 36 kinds with most photographs, chosen by position, not by result. What a
person would call alike: of one kind, for the same wearer, of one colour and pattern, of like price.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

PRODUCTS = (
    12_546, 18_310, 12_272, 17_192, 12_997, 17_699, 11_472, 19_636, 11_791, 18_288, 12_970, 17_409,
    10_705, 17_460, 14_798, 20_524, 13_559, 19_023, 16_870, 21_283, 14_994, 19_958, 12_722, 17_815,
    15_943, 20_476, 12_981, 19_132, 14_986, 19_548, 15_941, 20_069, 13_229, 16_061, 11_887, 16_166,
    11_306, 15_671, 14_617, 18_361, 15_012, 19_012, 13_483, 18_600, 15_923, 20_935, 15_796, 18_689,
    13_242, 15_613, 13_613, 17_886, 13_725, 19_436, 14_134, 17_994, 15_948, 18_782, 12_103, 15_088,
    16_748, 17_118, 12_837, 18_736, 13_811, 20_052, 17_367, 19_931, 10_655, 14_630, 18_372, 18_695,
)  # fmt: skip

_PATTERNS = {
    "striped": "stripe", "checked": r"check(?!ou)", "printed": "print|graphic", "plain": "solid|plain",
    "patterned": "pattern",
}  # fmt: skip
_PRICE_BAND = (0.5, 2.0)
_NEUTRAL = {
    "Black", "White", "Off White", "Cream", "Beige", "Grey", "Grey Melange", "Charcoal", "Navy Blue",
    "Brown", "Coffee Brown", "Tan", "Khaki", "Silver", "Steel",
}  # fmt: skip
_CLASHING = ({"Sports", "Formal"}, {"Sports", "Ethnic"}, {"Sports", "Party"}, {"Ethnic", "Formal"})
_PARTS = {
    "Topwear": "top", "Bottomwear": "bottom", "Dress": "whole", "Saree": "whole",
    "Apparel Set": "whole", "Shoes": "shoes", "Sandal": "shoes", "Flip Flops": "shoes",
    "Bags": "bag", "Watches": "watch", "Jewellery": "jewellery", "Eyewear": "eyewear",
    "Belts": "belt",
}  # fmt: skip
_COMPLETE = ({"top", "bottom", "shoes"}, {"whole", "shoes"})

Product = Mapping[str, Any]


def pattern_of(product: Product) -> str | None:
    """What the name says of its pattern, if anything."""
    name = product["product_display_name"]
    found = (one for one, words in _PATTERNS.items() if re.search(rf"\b(?:{words})", name, re.I))
    return next(found, None)


def alike(product: Product, other: Product) -> dict[str, bool | None]:
    """In what two products agree; None where there is nothing to compare."""
    pattern = pattern_of(product)
    low, high = (times * product["price_minor"] for times in _PRICE_BAND)
    return {
        "kind": other["article_type"] == product["article_type"],
        "wearer": _suits(product, other),
        "colour": None
        if product["base_color"] is None
        else other["base_color"] == product["base_color"],
        "pattern": None if pattern is None else pattern_of(other) == pattern,
        "price": low <= other["price_minor"] <= high,
    }


def part_of(product: Product) -> str | None:
    """Which part of an outfit it is; None for innerwear, socks, beauty and the like."""
    return _PARTS.get(product["sub_category"])


def is_valid(product: Product, other: Product, look: Sequence[Product]) -> bool:
    """Whether a product may be in the look of another: nothing twice, for the same wearer, no clash."""
    part = part_of(other)
    parts = [part_of(one) for one in look]
    is_new = part is not None and part != part_of(product) and parts.count(part) == 1
    return is_new and _suits(product, other) and _goes_with(product, other)


def is_complete(product: Product, look: Sequence[Product]) -> bool:
    """Whether somebody in these things is dressed from top to toe."""
    worn = {part_of(one) for one in (product, *look)}
    return any(needed <= worn for needed in _COMPLETE)


def _suits(product: Product, other: Product) -> bool:
    return other["gender"] in (product["gender"], "Unisex") or product["gender"] == "Unisex"


def _goes_with(product: Product, other: Product) -> bool:
    colours = {product["base_color"], other["base_color"]}
    is_quiet = len(colours) == 1 or bool(colours & (_NEUTRAL | {None}))
    uses = {product["usage"], other["usage"]}
    return is_quiet and not any(clash <= uses for clash in _CLASHING)
