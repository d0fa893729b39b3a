"""Whose bag a request is about: the signed-in customer's, else the visitor's."""

from typing import Annotated

from fastapi import Depends

from storefront.cart.service import Owner
from storefront.web.visitor import CurrentVisitor


async def reading_owner(visitor: CurrentVisitor) -> Owner:
    """Who asks about a bag; a guest who has none yet gets no cookie."""
    return Owner(visitor_id=visitor.id)


async def writing_owner(visitor: CurrentVisitor) -> Owner:
    """Who changes a bag; a guest is remembered by a cookie from now on."""
    return Owner(visitor_id=visitor.ensure_id())


ReadingOwner = Annotated[Owner, Depends(reading_owner)]
WritingOwner = Annotated[Owner, Depends(writing_owner)]
