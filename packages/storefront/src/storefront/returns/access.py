"""Whose return a route shows: that of the order in its address, for who may see the order."""

from typing import Annotated

from fastapi import Path, Request

from storefront.db import ReadSession
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


def terms_of(request: Request) -> Terms:
    """The shop's terms of returns."""
    return Terms.of(request.state.settings)
