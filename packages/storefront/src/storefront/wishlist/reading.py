"""What is on a wishlist now, beside what it was when it was saved."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from storefront.cart.service import Owner
from storefront.catalog import queries as catalog
from storefront.catalog.queries import SizeOffer
from storefront.db import ReadSession
from storefront.money import Money
from storefront.search.read_model.store import ReadModel
from storefront.wishlist import queries
from storefront.wishlist.queries import Item

Stock = Literal["sold-out", "size-sold-out", "last-one", "size-last-one", "back", "in-stock"]


@dataclass(frozen=True, slots=True)
class Saved:
    """A product of a wishlist that is sold. card: as the API returns it. size: the one that was chosen.

    price_change: since it was saved, negative where it costs less; None where nothing is known.
    """

    product_id: int
    card: str
    added_at: datetime
    saved_price: Money | None
    price_change: Money | None
    sizes: Sequence[SizeOffer]
    size: SizeOffer | None
    stock: Stock

    @property
    def product(self) -> dict[str, Any]:
        """The card as an object."""
        found: dict[str, Any] = json.loads(self.card)
        return found


@dataclass(frozen=True, slots=True)
class Wishlist:
    """What is saved and sold, newest first. gone: how many pieces are no longer sold."""

    saved: Sequence[Saved]
    gone: int


async def wishlist(session: ReadSession, model: ReadModel, owner: Owner) -> Wishlist:
    """A wishlist as it is now. Three statements, or none without an id."""
    items = await queries.items(session, owner)
    cards = await model.cards([one.product_id for one in items])
    sizes = await catalog.sizes_of(session, list(cards))
    saved = [
        _saved(one, cards[one.product_id], sizes.get(one.product_id, ()))
        for one in items
        if one.product_id in cards
    ]
    return Wishlist(saved, gone=len(items) - len(saved))


def _saved(item: Item, card: str, sizes: Sequence[SizeOffer]) -> Saved:
    product = json.loads(card)
    price = Money(product["price_minor"], product["currency"])
    is_known = item.price is not None and item.price.currency == price.currency
    return Saved(
        product_id=item.product_id,
        card=card,
        added_at=item.added_at,
        saved_price=item.price,
        price_change=price - item.price if item.price is not None and is_known else None,
        sizes=sizes,
        size=next((size for size in sizes if size.sku == item.sku), None),
        stock=_stock(item, sizes),
    )


def _stock(item: Item, sizes: Sequence[SizeOffer]) -> Stock:
    left = sum(size.left for size in sizes)
    if not left:
        return "sold-out"
    if item.sku is not None:
        of_size = next((size.left for size in sizes if size.sku == item.sku), 0)
        if of_size <= 1:
            return "size-last-one" if of_size else "size-sold-out"
    elif left == 1:
        return "last-one"
    return "back" if item.was_sold_out else "in-stock"
