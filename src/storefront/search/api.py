"""Listings as JSON. Products are kept as JSON in the read model: an answer is put together, not made."""

import json
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from storefront.catalog.api import Product
from storefront.search.listing_query import ListingQuery
from storefront.search.queries import ReadModel
from storefront.web import problems, render

router = APIRouter(prefix="/api/v1", tags=["products"], responses=problems.responses(422, 503))


class FacetCount(BaseModel):
    """A value, and how many products choosing it would leave, all other facets being as they are."""

    value: Annotated[str, Field(description="As the parameter of the facet's name takes it.")]
    label: str
    count: int
    chosen: bool


class PriceRange(BaseModel):
    """Lowest and highest price of what the other filters leave, in the major unit."""

    min: float
    max: float


class RatingCount(BaseModel):
    """How many products have so many stars or more."""

    stars: int
    count: int


class FacetCounts(BaseModel):
    """What a listing can be narrowed to. A facet without any value is left out."""

    gender: list[FacetCount] = []
    category: list[FacetCount] = []
    base_color: list[FacetCount] = []
    color_family: list[FacetCount] = []
    size: Annotated[list[FacetCount], Field(description="Sizes in stock.")] = []
    brand: list[FacetCount] = []
    season: list[FacetCount] = []
    usage: list[FacetCount] = []
    price: PriceRange | None
    rating: list[RatingCount]


class ProductList(BaseModel):
    """One page of products."""

    products: list[Product]
    total: Annotated[int, Field(description="Products in the whole listing.")]
    page: int
    page_size: int
    has_more: bool
    next: Annotated[str | None, Field(description="Address of the next page, or null.")]
    facets: FacetCounts


@router.get("/products", name="api_products", responses={200: {"model": ProductList}})
async def product_list(request: Request, query: Annotated[ListingQuery, Query()]) -> Response:
    """Live products, narrowed, sorted and paged: by number, or from the cursor in ``next`` on."""
    model: ReadModel = request.state.read_model
    found = await query.listing(model)
    following = None
    if found.following:
        here = request.url_for("api_products").path
        following = here + render.query(request.query_params, page=None, cursor=found.following)
    facts = (
        f'"total":{found.facets.total},"page":{found.page},"page_size":{found.page_size},'
        f'"has_more":{json.dumps(following is not None)},"next":{json.dumps(following)}'
    )
    return Response(
        f'{{"products":[{",".join(found.cards)}],{facts},"facets":{found.facets.json}}}',
        media_type="application/json",
    )
