"""What a shopper is shown unasked, counted over the real catalogue: a part of `make relevance`."""

import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

from storefront.recommend import queries
from storefront.recommend.outfits import PRICE_BAND
from storefront.search.criteria import Criteria
from storefront.search.index.variety import MOST_OF_BRAND, MOST_OF_KIND, SCREENFUL
from storefront.search.paging import Paging
from storefront.search.read_model.store import ReadModel

_FIRST = 48
_LISTINGS: dict[str, dict[str, list[str]]] = {
    "Everything": {},
    "Women": {"gender": ["Women"]},
    "Men": {"gender": ["Men"]},
    "Kids": {"gender": ["Girls", "Boys"]},
    "Footwear": {"category": ["footwear"]},
    "Accessories": {"category": ["accessories"]},
}
_LOOKS = 60
_CHILDREN = ("Boys", "Girls")


async def section(model: ReadModel, products: Sequence[Any]) -> str:
    """Both tables, as a part of the page."""
    lines = [
        "## What is shown first",
        "",
        f"The first {_FIRST} in the featured order. Wanted in any {SCREENFUL} in a row: at most",
        f"{MOST_OF_BRAND} of a brand and {MOST_OF_KIND} of a kind.",
        "",
        "| listing | most of a brand | most of a kind | without picture | sold out |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, filters in _LISTINGS.items():
        lines.append(await _listing_row(model, name, filters))
    return "\n".join([*lines, "", *await _looks(model, products), ""])


async def _listing_row(model: ReadModel, name: str, filters: dict[str, list[str]]) -> str:
    page = await model.listing(Criteria(filters=filters), Paging(page_size=_FIRST))
    shown = page.products
    windows = [shown[at : at + SCREENFUL] for at in range(len(shown) - SCREENFUL + 1)]
    brands = max(_most(window, "brand") for window in windows)
    kinds = max(_most(window, "article_type") for window in windows)
    unpictured = sum(product["image_path"] is None for product in shown)
    sold_out = sum("sold-out" in product["badges"] for product in shown)
    return f"| {name} | {brands} | {kinds} | {unpictured} | {sold_out} |"


def _most(products: Sequence[Any], field: str) -> int:
    counts = Counter(product[field] for product in products if product[field])
    return max(counts.values(), default=0)


async def _looks(model: ReadModel, products: Sequence[Any]) -> list[str]:
    """Complete the look of random products: how often the same piece is shown, and to whom."""
    drawn = random.Random(19).sample(list(products), _LOOKS)
    shown: list[str] = []
    in_band = of_wrong_age = 0
    low, high = PRICE_BAND
    for product in drawn:
        for piece in await queries.complete_the_look(model, int(product.product_id), limit=6):
            shown.append(piece.product["product_id"])
            times = piece.product["price_minor"] / product.price_minor
            in_band += low <= times <= high
            is_child = piece.product["gender"] in _CHILDREN
            of_wrong_age += is_child is not (product.gender in _CHILDREN)
    return [
        "## Complete the look",
        "",
        f"Of {_LOOKS} random products: {len(shown)} pieces;",
        f"{len(set(shown)) / len(shown):.0%} of them different (wanted: 60%);",
        f"{in_band / len(shown):.0%} at {low} to {high} times the price (wanted: 95%);",
        f"{of_wrong_age} for the wrong age (wanted: none).",
    ]
