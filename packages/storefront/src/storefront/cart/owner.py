"""Whose bag a request is about: the signed-in customer's, else the visitor's."""

from typing import Annotated

from fastapi import Depends, Request

from storefront.cart.service import Owner
from storefront.customers.current import CurrentCustomer, ensured_customer
from storefront.web.visitor import CurrentVisitor


async def reading_owner(visitor: CurrentVisitor, customer_id: CurrentCustomer) -> Owner:
    """The caller, as owner of a bag; a guest without one gets no cookie."""
    if customer_id is not None:
        return Owner(customer_id=customer_id)
    return Owner(visitor_id=visitor.id)


async def writing_owner(request: Request, visitor: CurrentVisitor) -> Owner:
    """The caller who changes a bag; a guest gets a cookie."""
    customer_id = await ensured_customer(request)
    if customer_id is not None:
        return Owner(customer_id=customer_id)
    return Owner(visitor_id=visitor.ensure_id())


ReadingOwner = Annotated[Owner, Depends(reading_owner)]
WritingOwner = Annotated[Owner, Depends(writing_owner)]
