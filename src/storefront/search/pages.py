"""Listings as pages: home, and the products that an address narrows, sorts and pages."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from storefront.errors import NotFound
from storefront.search.listing_query import PageQuery
from storefront.search.queries import ReadModel, Wanted
from storefront.web import render

router = APIRouter(include_in_schema=False)

_NEW_ON_HOME = 12


@router.get("/", name="home")
async def home_page(request: Request) -> Response:
    """What is new, and the ways into the shop. Three statements at most."""
    model: ReadModel = request.state.read_model
    new = await model.listing(Wanted(), page_size=_NEW_ON_HOME)
    return render.page(request, "search/home.html", new=new)


@router.get("/products", name="listing")
async def listing_page(request: Request, query: Annotated[PageQuery, Query()]) -> Response:
    """A narrowed, sorted page of products; the address is the whole state. Three statements at most."""
    found = await query.listing(request.state.read_model)
    if not found.cards and query.page > 1:
        raise NotFound(f"There is no page {query.page}; the last one is {found.pages}.")
    return render.page(request, "search/listing.html", query=query, found=found)
