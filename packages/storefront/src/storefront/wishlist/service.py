"""Writes of wishlists: save, remove, choose a size, share."""

import secrets

from sqlalchemy import text

from storefront.cart.service import Owner
from storefront.catalog import queries as catalog
from storefront.db import WriteSession
from storefront.errors import NotFound
from storefront.texts import _
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


async def choose_size(
    session: WriteSession, owner: Owner, product_id: int, sku: str | None
) -> None:
    """Note the size that the person wants of a saved product; None for no particular one.

    One statement. Raises NotFound (404) where the product is not saved, or has no such size.
    """
    parameters = vars_of(owner) | {"product_id": product_id, "sku": sku}
    if await session.scalar(_CHOOSE_SIZE, parameters) is None:
        raise NotFound(_("This piece is not on your wishlist, or is not made in that size."))


async def share(session: WriteSession, owner: Owner) -> str:
    """Let everyone with a link see the wishlist. Returns its token; the same while it is shared.

    Two statements.
    """
    token = secrets.token_urlsafe(16)
    await session.execute(_SHARE, vars_of(owner) | {"token": token})
    shared: str = await session.scalar(_SHARED, vars_of(owner))
    return shared


async def withdraw(session: WriteSession, owner: Owner) -> None:
    """Withdraw the link permanently: shared again, it has another one. One statement."""
    await session.execute(_WITHDRAW, vars_of(owner))


async def merge(session: WriteSession, *, visitor_id: str, customer_id: int) -> None:
    """Give a visitor's wishlist to the customer who has signed in. Four statements.

    Its link is moved too, unless the customer has one: then the visitor's is withdrawn.
    """
    parameters = {"visitor_id": visitor_id, "customer_id": customer_id}
    for statement in (_MERGE, _DROP_GUEST, _MERGE_LINK, _DROP_GUEST_LINK):
        await session.execute(statement, parameters)


async def erase(session: WriteSession, customer_id: int) -> None:
    """Delete a customer's wishlist and its link. Two statements."""
    for statement in (_ERASE, _ERASE_LINK):
        await session.execute(statement, {"customer_id": customer_id})


_ADD = text(
    """
    insert into shop.wishlist_items (
        visitor_id, customer_id, colourway_id, price_minor, currency, was_sold_out)
    select cast(:visitor_id as text), cast(:customer_id as bigint), id, price_minor, currency,
        is_sold_out
    from shop.live_products where id = :product_id
    on conflict do nothing
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
    insert into shop.wishlist_items (
        customer_id, colourway_id, added_at, price_minor, currency, was_sold_out, sku_id)
    select cast(:customer_id as bigint), colourway_id, added_at, price_minor, currency, was_sold_out,
        sku_id
    from shop.wishlist_items where visitor_id = :visitor_id order by id
    on conflict do nothing
    """
)
_DROP_GUEST = text("delete from shop.wishlist_items where visitor_id = :visitor_id")
_ERASE = text("delete from shop.wishlist_items where customer_id = :customer_id")
_CHOOSE_SIZE = text(
    """
    update shop.wishlist_items as item set sku_id = wanted.id
    from (
        select id from shop.skus where code = :sku and colourway_id = :product_id
        union all select null where cast(:sku as text) is null
    ) as wanted
    where (visitor_id = :visitor_id or customer_id = :customer_id) and colourway_id = :product_id
    returning item.id
    """
)
_SHARE = text(
    """
    insert into shop.wishlist_links (token, visitor_id, customer_id)
    values (:token, :visitor_id, :customer_id) on conflict do nothing
    """
)
_SHARED = text(
    """
    select token from shop.wishlist_links
    where visitor_id = :visitor_id or customer_id = :customer_id
    """
)
_WITHDRAW = text(
    """
    delete from shop.wishlist_links
    where visitor_id = :visitor_id or customer_id = :customer_id
    """
)
_MERGE_LINK = text(
    """
    update shop.wishlist_links set visitor_id = null, customer_id = :customer_id
    where visitor_id = :visitor_id and not exists (
        select from shop.wishlist_links where customer_id = :customer_id)
    """
)
_DROP_GUEST_LINK = text("delete from shop.wishlist_links where visitor_id = :visitor_id")
_ERASE_LINK = text("delete from shop.wishlist_links where customer_id = :customer_id")
