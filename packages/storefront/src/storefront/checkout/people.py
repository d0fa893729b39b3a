"""Persons in checkouts: whether somebody is paying, and deleting their data."""

from collections.abc import Sequence

from sqlalchemy import text

from storefront.db import ReadSession, WriteSession


async def is_paying(session: ReadSession, customer_id: int, *, email: str) -> bool:
    """Whether a payment of this person is in progress. One statement."""
    parameters = {"customer_id": customer_id, "email": email}
    return bool(await session.scalar(_IS_PAYING, parameters))


async def erase(session: WriteSession, customer_id: int, *, email: str) -> Sequence[int]:
    """Delete a person's data in checkouts, also as a guest. Returns their ids. One statement."""
    parameters = {"customer_id": customer_id, "email": email}
    return list(await session.scalars(_ERASE, parameters))


_IS_PAYING = text(
    """
    select exists (select from shop.checkouts join shop.carts on carts.id = cart_id
        where checkouts.state = 'paying' and (customer_id = :customer_id or email = :email))
    """
)
_ERASE = text(
    """
    update shop.checkouts
    set email = null, phone = null, delivery_address = null, billing_address = null
    from shop.carts
    where carts.id = cart_id and (customer_id = :customer_id or email = :email)
    returning checkouts.id
    """
)
