"""Finds what else might please, in the read model."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from storefront.recommend import likeness
from storefront.recommend.likeness import Product, Wish
from storefront.search.queries import ReadModel
from storefront.search.statements import Wanted

_SPARE = 12  # more than are shown: some are colours of one style


@dataclass(frozen=True, slots=True)
class Offer:
    """A product with why it is offered. likeness: to the one looked at, where that is the reason."""

    product: dict[str, Any]
    reason: str
    likeness: float | None = None


async def similar(model: ReadModel, product_id: int, *, most: int) -> list[Offer]:
    """Products like this one, other styles only, the most alike first. Three statements at most.

    Raises NotFound (404).
    """
    product: Product = json.loads(await model.card(product_id))
    wishes = likeness.similar(product)
    picked = await model.picks([_wanted(wish) for wish in wishes], most=most + _SPARE)
    by_style: dict[str, Offer] = {}
    for wish, cards in zip(wishes, picked, strict=True):
        for other in map(json.loads, cards):
            alike = likeness.likeness(product, other)
            by_style.setdefault(other["style_id"], Offer(other, wish.reason, alike))
    by_style.pop(product["style_id"], None)
    return sorted(by_style.values(), key=lambda offer: -(offer.likeness or 0))[:most]


async def completing(model: ReadModel, product_id: int, *, most: int) -> list[Offer]:
    """An outfit around this product: one thing for each part of it. Three statements at most.

    Raises NotFound (404).
    """
    product: Product = json.loads(await model.card(product_id))
    wishes = likeness.completing(product)
    picked = await model.picks([_wanted(wish) for wish in wishes], most=1)
    return [
        Offer(json.loads(card), wish.reason)
        for wish, cards in zip(wishes, picked, strict=True)
        for card in cards
    ][:most]


def _wanted(wish: Wish) -> Wanted:
    return Wanted(
        filters=wish.filters,
        min_price=wish.low,
        max_price=wish.high,
        preferred=wish.preferred,
        sort="relevance",
    )


def because(cards: Sequence[str], reason: str) -> list[Offer]:
    """Products that are all offered for one reason."""
    return [Offer(json.loads(card), reason) for card in cards]
