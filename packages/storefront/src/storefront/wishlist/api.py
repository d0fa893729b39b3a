"""The wishlist as JSON. Every change answers the whole wishlist."""

import json
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel

from storefront.cart.owner import ReadingOwner, WritingOwner
from storefront.cart.service import Owner
from storefront.catalog import bounds
from storefront.catalog.api import Product
from storefront.db import ReadSession
from storefront.search.read_model.store import ReadModel
from storefront.web import problems
from storefront.web.deps import Reads, Writes
from storefront.wishlist import queries, service

router = APIRouter(
    prefix="/api/v1/wishlist", tags=["wishlist"], responses=problems.responses(404, 422, 503)
)

ProductId = Annotated[int, Path(ge=1, le=bounds.BIGGEST_ID, description="The product's number.")]


class Wishlist(BaseModel):
    """What was saved, the newest first; what is no longer sold is left out."""

    products: list[Product]


@router.get("", name="api_wishlist")
async def wishlist(request: Request, session: Reads, owner: ReadingOwner) -> Wishlist:
    """The visitor's wishlist; an empty one where nothing was saved."""
    return await _answer(request, session, owner)


@router.put("/{product_id}", name="api_save_product")
async def save(
    request: Request, session: Writes, owner: WritingOwner, product_id: ProductId
) -> Wishlist:
    """Save a product; saved again, nothing changes."""
    await service.add(session, owner, product_id)
    return await _answer(request, session, owner)


@router.delete("/{product_id}", name="api_unsave_product")
async def unsave(
    request: Request, session: Writes, owner: WritingOwner, product_id: ProductId
) -> Wishlist:
    """Remove a product; one that is not saved is no error."""
    await service.remove(session, owner, product_id)
    return await _answer(request, session, owner)


async def _answer(request: Request, session: ReadSession, owner: Owner) -> Wishlist:
    model: ReadModel = request.state.read_model
    cards = await model.cards(await queries.product_ids(session, owner))
    return Wishlist(products=[Product.model_validate(json.loads(one)) for one in cards.values()])
