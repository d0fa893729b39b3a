"""Reads of wishlists."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from storefront.cart.service import Owner
from storefront.db import ReadSession
from storefront.errors import NotFound
from storefront.money import Money
from storefront.texts import _


@dataclass(frozen=True, slots=True)
class Item:
    """A product on a wishlist. price, was_sold_out: when it was saved, where known; sku: the size that
    the person wants, if they chose one."""

    product_id: int
    added_at: datetime
    price: Money | None
    was_sold_out: bool | None
    sku: str | None


async def product_ids(session: ReadSession, owner: Owner) -> list[int]:
    """The products on a wishlist, the newest first. One statement, or none without an id."""
    if owner == Owner():
        return []
    return list(await session.scalars(_PRODUCT_IDS, vars_of(owner)))


async def items(session: ReadSession, owner: Owner) -> list[Item]:
    """What is on a wishlist, the newest first. One statement, or none without an id."""
    if owner == Owner():
        return []
    return [
        Item(
            row.colourway_id,
            row.added_at,
            None if row.price_minor is None else Money(row.price_minor, row.currency),
            row.was_sold_out,
            row.code,
        )
        for row in await session.execute(_ITEMS, vars_of(owner))
    ]


async def export(session: ReadSession, customer_id: int) -> list[dict[str, Any]]:
    """A customer's wishlist, as JSON can hold it. One statement."""
    return [
        {
            "product_id": one.product_id,
            "added_at": one.added_at,
            "price_minor": one.price.minor if one.price else None,
            "sku": one.sku,
        }
        for one in await items(session, Owner(customer_id=customer_id))
    ]


async def link(session: ReadSession, owner: Owner) -> str | None:
    """The token by which others see this wishlist; None while it is not shared.

    One statement, or none.
    """
    if owner == Owner():
        return None
    token: str | None = await session.scalar(_LINK, vars_of(owner))
    return token


async def owner_of(session: ReadSession, token: str) -> Owner:
    """Whose wishlist a link shows. One statement. Raises NotFound (404)."""
    row = (await session.execute(_OWNER_OF, {"token": token})).one_or_none()
    if row is None:
        raise NotFound(_("This wishlist is not there, or is no longer shared."))
    return Owner(visitor_id=row.visitor_id, customer_id=row.customer_id)


def vars_of(owner: Owner) -> dict[str, str | int | None]:
    """The parameters of statements about one owner's wishlist; a customer's is not the visitor's."""
    is_guest = owner.customer_id is None
    return {
        "visitor_id": owner.visitor_id if is_guest else None,
        "customer_id": owner.customer_id,
    }


_PRODUCT_IDS = text(
    """
    select colourway_id from shop.wishlist_items
    where visitor_id = :visitor_id or customer_id = :customer_id
    order by id desc
    """
)
_ITEMS = text(
    """
    select wishlist_items.colourway_id, added_at, price_minor, currency, was_sold_out, code
    from shop.wishlist_items left join shop.skus on skus.id = sku_id
    where visitor_id = :visitor_id or customer_id = :customer_id
    order by wishlist_items.id desc
    """
)
_LINK = text(
    """
    select token from shop.wishlist_links
    where visitor_id = :visitor_id or customer_id = :customer_id
    """
)
_OWNER_OF = text("select visitor_id, customer_id from shop.wishlist_links where token = :token")
