"""Listings as JSON. The read model stores products as JSON, so that a response is only concatenated."""

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from storefront.catalog.api import Product
from storefront.search.criteria import Criteria
from storefront.search.engine import Answer
from storefront.search.index.facets import Facets
from storefront.search.parameters import ListingQuery
from storefront.search.read_model.store import ReadModel
from storefront.search.search_api import QueryReading, interpretation_json, record
from storefront.web import problems, query_model, render

router = APIRouter(prefix="/api/v1", tags=["products"], responses=problems.responses(422, 503))


class FacetCount(BaseModel):
    """A facet value, and how many products match with it and all other filters."""

    value: Annotated[str, Field(description="The value of the parameter named like the facet.")]
    label: str
    count: int
    chosen: bool


class SizeCount(FacetCount):
    """A size with its system: ``EU:42`` and ``waist:42`` differ."""

    system: str


class PriceRange(BaseModel):
    """Lowest and highest price that the other filters match, in the major unit."""

    min: float
    max: float


class RatingCount(BaseModel):
    """How many products have this many stars or more."""

    stars: int
    count: int


class FacetCounts(BaseModel):
    """The facets of a listing. One without values is omitted, except price (null) and rating ([])."""

    gender: list[FacetCount] = []
    category: list[FacetCount] = []
    base_color: list[FacetCount] = []
    color_family: list[FacetCount] = []
    size: Annotated[list[SizeCount], Field(description="Sizes in stock.")] = []
    brand: list[FacetCount] = []
    season: list[FacetCount] = []
    usage: list[FacetCount] = []
    price: PriceRange | None
    rating: list[RatingCount]


class ProductList(BaseModel):
    """One page of products."""

    products: list[Product]
    total: Annotated[int, Field(description="Products on all pages.")]
    page: int
    page_size: int
    has_more: bool
    next: Annotated[str | None, Field(description="URL of the next page, or null.")]
    facets: FacetCounts
    search: Annotated[
        QueryReading | None, Field(description="How q was interpreted; null without q.")
    ]


ReadListingQuery = Annotated[ListingQuery, Depends(query_model.Reader(ListingQuery))]
LISTING_PARAMETERS = query_model.documented(ListingQuery)


@router.get(
    "/products",
    name="api_products",
    responses={200: {"model": ProductList}},
    openapi_extra=LISTING_PARAMETERS,
)
async def product_list(request: Request, query: ReadListingQuery) -> Response:
    """Live products, filtered, sorted and paged: by page number, or by the cursor in ``next``."""
    return list_response(request, await query.answer(request.state.search))


def list_response(request: Request, answer: Answer) -> Response:
    """A ``ProductList``, of which ``next`` is another page of the same address."""
    page = answer.page
    next_url = None
    if page.next_cursor:
        following = render.query(request.query_params, page=None, cursor=page.next_cursor)
        next_url = request.url.path + following
    facts = (
        f'"total":{page.facets.total},"page":{page.page},"page_size":{page.page_size},'
        f'"has_more":{json.dumps(next_url is not None)},"next":{json.dumps(next_url)}'
    )
    record(request, answer)
    return Response(
        f'{{"products":[{",".join(page.cards)}],{facts},"facets":{page.facets.json},'
        f'"search":{interpretation_json(answer)}}}',
        media_type="application/json",
    )


# --- filters ----------------------------------------------------------------------------------


class FilterOptions(BaseModel):
    """All filters, values with most products first. counts: by list and value."""

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
    """The filters of the whole catalogue, with counts."""
    model: ReadModel = request.state.read_model
    facets = await model.facets(Criteria())
    counts = {name: _counts(facets, facet) for name, facet in _OPTIONS.items()}
    counts |= {name: _counts(facets, "category", depth) for name, depth in _LEVELS.items()}
    price = facets.price.in_major_unit if facets.price else {"min": 0, "max": 0}
    return FilterOptions.model_validate(
        {name: list(values) for name, values in counts.items()}
        | {"price_range": price, "counts": counts}
    )


def _counts(facets: Facets, facet: str, depth: int | None = None) -> dict[str, int]:
    """Products by label, sizes by system and label; categories of the same name, such as Backpacks, are
    counted together."""
    counts: dict[str, int] = {}
    for one in facets.by_name.get(facet, ()):
        if depth is None or one.value.value.count("/") == depth:
            name = one.value.value if facet == "size" else one.value.label
            counts[name] = counts.get(name, 0) + one.count
    return counts
