"""Whose return a route shows: a return of the order in its address, for those who may see the order."""

from typing import Annotated

from fastapi import Path, Request

from storefront.db import ReadSession
from storefront.orders import access as order_access
from storefront.orders.shapes import Order
from storefront.returns import queries
from storefront.returns.rules import Terms
from storefront.returns.shapes import Return

ReturnNumber = Annotated[
    str, Path(min_length=1, max_length=20, description="The return's number, such as R-K7QF-3M2D.")
]


async def return_of(session: ReadSession, order: Order, number: str) -> Return:
    """A return of an order that may be seen. Two statements. Raises NotFound (404)."""
    return await queries.one(session, number, order_number=order.number)


async def return_for(
    request: Request,
    session: ReadSession,
    number: str,
    return_number: str,
    *,
    key: str | None,
    customer_id: int | None,
) -> tuple[Order, Return]:
    """An order and its return, for those who may see them, in a session that then writes.

    Raises NotFound (404), and what `order_for` raises.
    """
    order = await order_access.order_for(request, session, number, key=key, customer_id=customer_id)
    return order, await return_of(session, order, return_number)


def terms_of(request: Request) -> Terms:
    """The shop's terms of returns."""
    return Terms.of(request.state.settings)
