"""Recently viewed products as JSON: the list that is in the visitor's own cookie."""

import json

from fastapi import APIRouter, Request
from pydantic import BaseModel

from storefront.catalog import queries
from storefront.catalog.api import Product, ProductId
from storefront.errors import NotFound
from storefront.search.read_model.store import ReadModel
from storefront.web import problems, viewed
from storefront.web.deps import Reads

router = APIRouter(
    prefix="/api/v1/recently-viewed", tags=["products"], responses=problems.responses(503)
)


class Viewed(BaseModel):
    """What was looked at, the last first: twelve at most; what is no longer sold is left out."""

    products: list[Product]


@router.get("", name="api_recently_viewed")
async def recently_viewed(request: Request) -> Viewed:
    """What the visitor looked at last. One statement, or none."""
    model: ReadModel = request.state.read_model
    cards = await model.cards(viewed.viewed(request))
    return Viewed(products=[Product.model_validate(json.loads(one)) for one in cards.values()])


@router.put(
    "/{product_id}",
    name="api_note_viewed",
    status_code=204,
    responses=problems.responses(404, 422),
)
async def note(request: Request, session: Reads, product_id: ProductId) -> None:
    """Put a product at the head of the list, as opening its page does."""
    if not await queries.is_live(session, product_id):
        raise NotFound(f"There is no product {product_id}.")
    viewed.note(request, product_id)


@router.delete("", name="api_forget_viewed", status_code=204)
async def delete(request: Request) -> None:
    """Delete the list."""
    viewed.delete_cookie(request)
