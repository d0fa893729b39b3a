"""Listings as JSON. Products are kept as JSON in the read model: an answer is put together, not made."""

import json
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from storefront.catalog.api import Product
from storefront.search.criteria import Criteria
from storefront.search.index.facets import Facets
from storefront.search.parameters import ListingQuery
from storefront.search.read_model.store import ReadModel
from storefront.search.search_api import QueryReading, reading_json, record
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
    search: Annotated[QueryReading | None, Field(description="How q was read; null without.")]


@router.get("/products", name="api_products", responses={200: {"model": ProductList}})
async def product_list(request: Request, query: Annotated[ListingQuery, Query()]) -> Response:
    """Live products, narrowed, sorted and paged: by number, or from the cursor in ``next`` on."""
    answer = await query.answer(request.state.search)
    found = answer.found
    following = None
    if found.following:
        here = request.url_for("api_products").path
        following = here + render.query(request.query_params, page=None, cursor=found.following)
    facts = (
        f'"total":{found.facets.total},"page":{found.page},"page_size":{found.page_size},'
        f'"has_more":{json.dumps(following is not None)},"next":{json.dumps(following)}'
    )
    record(request, answer)
    return Response(
        f'{{"products":[{",".join(found.cards)}],{facts},"facets":{found.facets.json},'
        f'"search":{reading_json(answer.reading)}}}',
        media_type="application/json",
    )


# --- filters ----------------------------------------------------------------------------------


class FilterOptions(BaseModel):
    """Everything that listings can be narrowed to, most products first. counts: by list and value."""

    genders: list[str]
    master_categories: list[str]
    sub_categories: list[str]
    article_types: list[str]
    colors: list[str]
    seasons: list[str]
    usages: list[str]
    brands: list[str]
    sizes: list[str]
    price_range: PriceRange
    counts: dict[str, dict[str, int]]


_OPTIONS = {
    "genders": "gender", "colors": "base_color", "seasons": "season", "usages": "usage",
    "brands": "brand", "sizes": "size",
}  # fmt: skip
_LEVELS = {"master_categories": 0, "sub_categories": 1, "article_types": 2}


@router.get("/products/filters/options", name="api_filter_options")
async def filter_options(request: Request) -> FilterOptions:
    """What the whole catalogue can be narrowed to, with counts."""
    model: ReadModel = request.state.read_model
    facets = await model.facets(Criteria())
    counts = {name: _counts(facets, facet) for name, facet in _OPTIONS.items()}
    counts |= {name: _counts(facets, "category", depth) for name, depth in _LEVELS.items()}
    low, high = (facets.price.low, facets.price.high) if facets.price else (0, 0)
    return FilterOptions.model_validate(
        {name: list(values) for name, values in counts.items()}
        | {"price_range": {"min": low / 100, "max": high / 100}, "counts": counts}
    )


def _counts(facets: Facets, facet: str, depth: int | None = None) -> dict[str, int]:
    """Products by label; nodes of one name, such as Backpacks in two places, count together."""
    counts: dict[str, int] = {}
    for one in facets.by_name.get(facet, ()):
        if depth is None or one.value.value.count("/") == depth:
            counts[one.value.label] = counts.get(one.value.label, 0) + one.count
    return counts
