"""Writes of wishlists."""

from sqlalchemy import text

from storefront.cart.service import Owner
from storefront.catalog import queries as catalog
from storefront.db import WriteSession
from storefront.errors import NotFound
from storefront.wishlist.models import MOST_ITEMS
from storefront.wishlist.queries import vars_of


async def toggle(session: WriteSession, owner: Owner, product_id: int) -> bool:
    """Save a product, or remove it where it is saved already; returns whether it is saved now.

    Four statements at most. Raises NotFound (404).
    """
    parameters = vars_of(owner) | {"product_id": product_id}
    if await session.scalar(_REMOVE, parameters) is not None:
        return False
    await add(session, owner, product_id)
    return True


async def add(session: WriteSession, owner: Owner, product_id: int) -> None:
    """Save a product; saved again, nothing changes. Two statements. Raises NotFound (404)."""
    parameters = vars_of(owner) | {"product_id": product_id}
    if not await catalog.is_live(session, product_id):
        raise NotFound(f"There is no product {product_id}.")
    await session.execute(_ADD, parameters)
    await session.execute(_TRIM, parameters | {"most": MOST_ITEMS})


async def remove(session: WriteSession, owner: Owner, product_id: int) -> None:
    """Remove a product; one that is not saved is no error. One statement."""
    await session.execute(_REMOVE, vars_of(owner) | {"product_id": product_id})


async def merge(session: WriteSession, *, visitor_id: str, customer_id: int) -> None:
    """Give a visitor's wishlist to the customer who has signed in. Two statements."""
    parameters = {"visitor_id": visitor_id, "customer_id": customer_id}
    await session.execute(_MERGE, parameters)
    await session.execute(_DROP_GUEST, parameters)


async def forget(session: WriteSession, customer_id: int) -> None:
    """Delete a customer's wishlist. One statement."""
    await session.execute(_FORGET, {"customer_id": customer_id})


_ADD = text(
    """
    insert into shop.wishlist_items (visitor_id, customer_id, colourway_id)
    values (:visitor_id, :customer_id, :product_id) on conflict do nothing
    """
)
_TRIM = text(
    """
    delete from shop.wishlist_items where id in (
        select id from shop.wishlist_items
        where visitor_id = :visitor_id or customer_id = :customer_id
        order by id desc offset :most)
    """
)
_REMOVE = text(
    """
    delete from shop.wishlist_items
    where (visitor_id = :visitor_id or customer_id = :customer_id) and colourway_id = :product_id
    returning id
    """
)
_MERGE = text(
    """
    insert into shop.wishlist_items (customer_id, colourway_id, added_at)
    select cast(:customer_id as bigint), colourway_id, added_at from shop.wishlist_items
    where visitor_id = :visitor_id order by id
    on conflict do nothing
    """
)
_DROP_GUEST = text("delete from shop.wishlist_items where visitor_id = :visitor_id")
_FORGET = text("delete from shop.wishlist_items where customer_id = :customer_id")
