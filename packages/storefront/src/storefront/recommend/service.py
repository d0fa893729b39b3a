"""Finds what else might please, in the read model."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from storefront.recommend import likeness
from storefront.recommend.likeness import Product, Wish
from storefront.search.criteria import Criteria
from storefront.search.read_model.store import ReadModel

_SPARE = 12  # more than are shown: some are colours of one style


@dataclass(frozen=True, slots=True)
class Offer:
    """A product with why it is offered. likeness: to the one looked at, where that is the reason."""

    product: dict[str, Any]
    reason: str
    likeness: float | None = None


@dataclass(frozen=True, slots=True)
class Shelves:
    """What stands below a product on its page."""

    product: Product
    similar: list[Offer]
    look: list[Offer]


async def shelves(model: ReadModel, product_id: int, *, most: int) -> Shelves:
    """What is like a product and what goes with it. Three statements at most. Raises NotFound (404)."""
    product = await _product(model, product_id)
    return Shelves(
        product, await _similar(model, product, most), await _completing(model, product, most)
    )


async def similar(model: ReadModel, product_id: int, *, most: int) -> list[Offer]:
    """Products like this one, other styles only, the most alike first. Three statements at most.

    Raises NotFound (404).
    """
    return await _similar(model, await _product(model, product_id), most)


async def completing(model: ReadModel, product_id: int, *, most: int) -> list[Offer]:
    """An outfit around this product: one thing for each part of it. Three statements at most.

    Raises NotFound (404).
    """
    return await _completing(model, await _product(model, product_id), most)


async def _product(model: ReadModel, product_id: int) -> Product:
    product: Product = json.loads(await model.card(product_id))
    return product


async def _similar(model: ReadModel, product: Product, most: int) -> list[Offer]:
    wishes = likeness.similar(product)
    picked = await model.picks([_wanted(wish) for wish in wishes], most=most + _SPARE)
    by_style: dict[str, Offer] = {}
    for wish, cards in zip(wishes, picked, strict=True):
        for other in map(json.loads, cards):
            alike = likeness.likeness(product, other)
            by_style.setdefault(other["style_id"], Offer(other, wish.reason, alike))
    by_style.pop(product["style_id"], None)
    return sorted(by_style.values(), key=lambda offer: -(offer.likeness or 0))[:most]


async def _completing(model: ReadModel, product: Product, most: int) -> list[Offer]:
    """Each thing goes with all before it, not only with the product; a part with no such thing is
    left out."""
    wishes = likeness.completing(product)
    picked = await model.picks([_wanted(wish) for wish in wishes], most=_SPARE)
    look: list[Offer] = []
    for wish, cards in zip(wishes, picked, strict=True):
        worn = [offer.product["base_color"] for offer in look]
        for other in map(json.loads, cards):
            if all(likeness.goes_with(other["base_color"], colour) for colour in worn):
                palette = likeness.palette(product["base_color"], other["base_color"])
                look.append(Offer(other, wish.reason + palette))
                break
    return look[:most]


def _wanted(wish: Wish) -> Criteria:
    return Criteria(
        filters=wish.filters,
        min_price=wish.low,
        max_price=wish.high,
        preferred=wish.preferred,
        sort="relevance",
    )


def because(cards: Sequence[str], reason: str) -> list[Offer]:
    """Products that are all offered for one reason."""
    return [Offer(json.loads(card), reason) for card in cards]
