"""Reads of wishlists."""

from sqlalchemy import text

from storefront.cart.service import Owner
from storefront.db import ReadSession


async def product_ids(session: ReadSession, owner: Owner) -> list[int]:
    """The products on a wishlist, the newest first. One statement, or none for who has no id."""
    if owner == Owner():
        return []
    return list(await session.scalars(_PRODUCT_IDS, vars_of(owner)))


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
