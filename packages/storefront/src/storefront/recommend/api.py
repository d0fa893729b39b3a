"""Recommendations as JSON, under the paths of the first version of this shop."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from storefront.catalog.api import Product, ProductId
from storefront.catalog.seasons import current_season
from storefront.db import Database
from storefront.personas.profiles import persona
from storefront.recommend import queries
from storefront.recommend.interactions import interactions
from storefront.recommend.queries import Recommendation
from storefront.request_model import DIGITS
from storefront.search.criteria import Criteria
from storefront.search.engine import Search
from storefront.search.paging import Paging
from storefront.search.parameters import Season, ranked_for
from storefront.search.read_model.store import ReadModel
from storefront.search.search_api import SearchAnswer
from storefront.vision.vector_reader import VectorReader
from storefront.web import cookies, problems

router = APIRouter(prefix="/api/v1", responses=problems.responses(422, 503))

_ME = "me"  # the sender of the request
UpTo50 = Annotated[int, Query(ge=1, le=50), DIGITS]


class ShelfOfProducts(BaseModel):
    """Some products, and the total that they were taken from."""

    products: list[Product]
    total: int
    page: int
    page_size: int
    has_more: bool


@router.get("/products/new-arrivals", tags=["products"])
async def new_arrivals(
    request: Request,
    limit: UpTo50 = 8,
    min_year: Annotated[
        int | None, Query(ge=1990, le=2100, description="Only products first sold since."), DIGITS
    ] = None,
) -> ShelfOfProducts:
    """The newest products."""
    since = None if min_year is None else datetime(min_year, 1, 1, tzinfo=UTC)
    return await _listed(request, Criteria(since=since, sort="newest"), limit, "New arrival")


@router.get("/products/trending", tags=["products"])
async def trending(request: Request, limit: UpTo50 = 8) -> ShelfOfProducts:
    """What is bought and saved most these days; without such figures, what is most popular."""
    model: ReadModel = request.state.read_model
    found = await queries.trending(model, await request.state.trending.get(), limit=limit)
    if not found:
        return await _listed(request, Criteria(sort="popularity"), limit, "Trending now")
    if len(found) < limit:
        found += [card for card in await model.popular(2 * limit) if card not in found]
    return _shelf(queries.with_reason(found[:limit], "Trending now"), limit)


@router.get("/products/seasonal", tags=["products"])
async def seasonal(
    request: Request,
    season: Annotated[
        Season | None, Query(description="Default: the current one, north of the equator.")
    ] = None,
    limit: UpTo50 = 8,
) -> ShelfOfProducts:
    """Products of a season's collections, the newest first."""
    chosen_season = season or current_season()
    criteria = Criteria(filters={"season": [chosen_season]}, sort="newest")
    return await _listed(request, criteria, limit, f"{chosen_season} pick")


@router.get("/products/{product_id}/similar", tags=["products"], responses=problems.responses(404))
async def similar(
    request: Request, product_id: ProductId, limit: Annotated[int, Query(ge=1, le=20), DIGITS] = 4
) -> ShelfOfProducts:
    """Other styles of the same kind and gender whose pictures and colours are most alike."""
    model: ReadModel = request.state.read_model
    vectors: VectorReader = request.state.vectors
    return _shelf(await queries.similar(model, vectors, product_id, limit=limit), limit)


@router.get(
    "/products/{product_id}/complete-the-look",
    tags=["products"],
    responses=problems.responses(404),
)
async def complete_the_look(
    request: Request, product_id: ProductId, limit: Annotated[int, Query(ge=1, le=12), DIGITS] = 4
) -> ShelfOfProducts:
    """One product for each other slot of an outfit, in matching colours and usages."""
    model: ReadModel = request.state.read_model
    return _shelf(await queries.complete_the_look(model, product_id, limit=limit), limit)


@router.get(
    "/products/{product_id}/bought-together",
    tags=["products"],
    responses=problems.responses(404),
)
async def bought_together(
    request: Request, product_id: ProductId, limit: Annotated[int, Query(ge=1, le=12), DIGITS] = 4
) -> ShelfOfProducts:
    """Products that stand in the same orders, the strongest first; none where too few were placed."""
    model: ReadModel = request.state.read_model
    database: Database = request.state.database
    return _shelf(await queries.bought_together(model, database, product_id, limit=limit), limit)


@router.get("/search/recommendations/{user_id}", tags=["search"], responses=problems.responses(404))
async def recommendations(
    request: Request,
    user_id: str,
    limit: Annotated[int, Query(ge=1, le=100), DIGITS] = 20,
    restrict_category: Annotated[bool, Query(description="Only their categories.")] = False,
    restrict_price: Annotated[bool, Query(description="Only in their price range.")] = False,
    restrict_color: Annotated[bool, Query(description="Only in their colours.")] = False,
) -> SearchAnswer:
    """What a demo shopper prefers: what is in their price range comes first, in it their kinds, colours,
    brands and usages. Somebody who buys for women is shown nothing for men or children.

    With ``me`` as the user: what the sender of the request may like, by what they looked at, saved and
    bought, each with the reason; what is popular if there are none yet. The restrictions are for
    demo shoppers alone.
    """
    if user_id == _ME:
        return await _for_me(request, limit)
    shopper = persona(user_id)
    search: Search = request.state.search
    filters = {"gender": shopper.genders} if shopper.genders else {}
    if restrict_category:
        filters["category"] = shopper.categories
    if restrict_color:
        filters["base_color"] = shopper.colours
    criteria = ranked_for(Criteria(filters=filters), user_id, search.currency)
    low, high = shopper.price_range(search.currency)
    affordable = replace(criteria, min_price=low, max_price=high)
    criteria = affordable if restrict_price else replace(criteria, first=(affordable,))
    answer = await search.answer(None, criteria, Paging(page_size=limit))
    recommended = queries.with_reason(answer.page.cards, f"Picked for {shopper.name}")
    return SearchAnswer(
        products=[_product(one) for one in recommended],
        query=None,
        search_type="personalized",
        user_id=user_id,
    )


async def _for_me(request: Request, limit: int) -> SearchAnswer:
    cookies.depends_on_visitor(request)
    model: ReadModel = request.state.read_model
    found = await queries.for_you(
        model, request.state.vectors, await interactions(request), limit=limit
    )
    if not found:
        page = await model.listing(Criteria(sort="popularity"), Paging(page_size=limit))
        found = queries.with_reason(page.cards, "Popular")
    products = [_product(one) for one in found]
    return SearchAnswer(products=products, query=None, search_type="personalized", user_id=_ME)


# --- shelves ----------------------------------------------------------------------------------


async def _listed(request: Request, criteria: Criteria, limit: int, reason: str) -> ShelfOfProducts:
    model: ReadModel = request.state.read_model
    page = await model.listing(criteria, Paging(page_size=limit))
    return ShelfOfProducts(
        products=[_product(one) for one in queries.with_reason(page.cards, reason)],
        total=page.facets.total,
        page=1,
        page_size=limit,
        has_more=page.next_cursor is not None,
    )


def _shelf(recommended: Sequence[Recommendation], limit: int) -> ShelfOfProducts:
    products = [_product(one) for one in recommended]
    return ShelfOfProducts(
        products=products, total=len(products), page=1, page_size=limit, has_more=False
    )


def _product(one: Recommendation) -> Product:
    why = {"personalization_reason": one.reason, "similarity_score": one.similarity}
    return Product.model_validate(one.product | why)
