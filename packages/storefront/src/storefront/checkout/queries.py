"""Reads of checkouts, and their locks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from storefront.cart.service import Owner
from storefront.db import ReadSession, WriteSession
from storefront.errors import NotFound
from storefront.texts import _


@dataclass(frozen=True, slots=True)
class CheckoutRow:
    """A checkout with the data so far. order_number: of the order that it has become."""

    id: int
    token: UUID
    cart_id: int
    customer_id: int | None
    email: str | None
    phone: str | None
    locale: str | None
    delivery_address: Mapping[str, str] | None
    billing_address: Mapping[str, str] | None
    delivery_method: str | None
    state: str
    order_number: str | None

    def country(self, default: str) -> str:
        """The country of delivery, ISO 3166-1; default: while no address is known."""
        return (self.delivery_address or {}).get("country_code", default)


async def checkout(session: ReadSession, token: UUID, owner: Owner) -> CheckoutRow:
    """The owner's checkout. One statement. Raises NotFound (404), also if it is someone else's."""
    return _row((await session.execute(_BY_TOKEN, _parameters(token, owner))).one_or_none())


async def is_of_customer(session: ReadSession, token: UUID) -> bool:
    """Whether a checkout is that of somebody with an account. One statement."""
    return await session.scalar(_OF_CUSTOMER, {"token": token}) is not None


async def locked(session: WriteSession, token: UUID, owner: Owner) -> CheckoutRow:
    """The owner's checkout, locked until the transaction ends. Two statements. Raises NotFound (404)."""
    parameters = _parameters(token, owner)
    await session.execute(_LOCK_BY_TOKEN, parameters)
    return _row((await session.execute(_BY_TOKEN, parameters)).one_or_none())


async def locked_by_id(session: WriteSession, checkout_id: int) -> CheckoutRow:
    """A checkout of any owner, locked. Two statements."""
    parameters = {"id": checkout_id}
    await session.execute(_LOCK_BY_ID, parameters)
    return _row((await session.execute(_BY_ID, parameters)).one_or_none())


async def paying_cart(session: WriteSession, customer_id: int) -> int | None:
    """The customer's open bag if it is being paid. Its checkout is locked until the transaction ends.

    One statement.
    """
    row = (await session.execute(_LOCK_OPEN, {"customer_id": customer_id})).one_or_none()
    return row.cart_id if row is not None and row.state == "paying" else None


def _parameters(token: UUID, owner: Owner) -> dict[str, object]:
    return {
        "token": token,
        "visitor_id": owner.visitor_id,
        "customer_id": owner.customer_id,
    }


def _row(row: Row[Any] | None) -> CheckoutRow:
    if row is None:
        raise NotFound(_("There is no such checkout. It may have been another browser's."))
    return CheckoutRow(**row._mapping)


_SELECT = """
    select checkouts.id, token, checkouts.cart_id, carts.customer_id, checkouts.email,
        checkouts.phone, checkouts.locale, checkouts.delivery_address, checkouts.billing_address,
        checkouts.delivery_method, checkouts.state, orders.number as order_number
    from shop.checkouts
    join shop.carts on carts.id = checkouts.cart_id
    left join shop.orders on orders.cart_id = checkouts.cart_id
"""
# A bag merged into another one is bought with that one, unless its payment had started.
_OWNED = """ where token = :token
    and (carts.customer_id = cast(:customer_id as bigint)
        or (carts.customer_id is null and carts.visitor_id = cast(:visitor_id as text)))
    and (carts.state <> 'merged' or checkouts.state <> 'open')
"""
_OWN = _SELECT + _OWNED
_ANY = _SELECT + " where checkouts.id = :id"
_BY_TOKEN = text(_OWN)
_BY_ID = text(_ANY)
_OF_CUSTOMER = text(
    """
    select checkouts.id from shop.checkouts join shop.carts on carts.id = cart_id
    where token = :token and customer_id is not null
    """
)
# The lock is acquired before the row is read, so that a waiter sees what the other one wrote.
_LOCK_BY_TOKEN = text("select from shop.checkouts where token = :token for update")
_LOCK_BY_ID = text("select from shop.checkouts where id = :id for update")
_LOCK_OPEN = text(
    """
    select cart_id, checkouts.state from shop.checkouts
    join shop.carts on carts.id = cart_id
    where customer_id = :customer_id and carts.state = 'open'
    for update of checkouts
    """
)
