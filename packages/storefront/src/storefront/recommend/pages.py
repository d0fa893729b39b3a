"""The recommendations below a product: a page of its own, which the product page loads on scroll."""

from fastapi import APIRouter, Request, Response

from storefront.catalog.addresses import number_in
from storefront.recommend import queries
from storefront.search.read_model.store import ReadModel
from storefront.web import render

router = APIRouter(include_in_schema=False)

_ON_A_SHELF = 12


@router.get("/p/{slug}/more", name="shelves")
async def shelves_page(request: Request, slug: str) -> Response:
    """Complete the look, bought together and similar products, each with its reason. Seven statements
    at most."""
    model: ReadModel = request.state.read_model
    shelves = await queries.shelves(
        model,
        request.state.vectors,
        request.state.database,
        number_in(slug),
        limit=_ON_A_SHELF,
    )
    return render.page(request, "recommend/shelves.html", shelves=shelves)
