"""What might please, and for whom, as JSON: the paths that the first version of this shop had."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from storefront.catalog.api import Product, ProductId
from storefront.errors import NotFound
from storefront.personas.profiles import PERSONAS, Persona
from storefront.recommend import service
from storefront.recommend.service import Offer
from storefront.search.criteria import Criteria
from storefront.search.engine import Paging, Search
from storefront.search.parameters import Season, preferring
from storefront.search.read_model.store import Found, ReadModel
from storefront.search.search_api import SearchAnswer
from storefront.web import problems

router = APIRouter(prefix="/api/v1", responses=problems.responses(422, 503))

_MONTHS = {12: "Winter", 1: "Winter", 2: "Winter", 3: "Spring", 4: "Spring", 5: "Spring",
           6: "Summer", 7: "Summer", 8: "Summer"}  # fmt: skip

UpTo50 = Annotated[int, Query(ge=1, le=50)]


class ShelfOfProducts(BaseModel):
    """Some products, and how many more there are where they come from."""

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
        int | None, Query(ge=1990, le=2100, description="Only what was first sold since.")
    ] = None,
) -> ShelfOfProducts:
    """The products that came last, the newest first."""
    since = None if min_year is None else datetime(min_year, 1, 1, tzinfo=UTC)
    return await _listed(request, Criteria(since=since, sort="newest"), limit, "New arrival")


@router.get("/products/trending", tags=["products"])
async def trending(request: Request, limit: UpTo50 = 8) -> ShelfOfProducts:
    """The products that sell best, by the popularity that the catalogue keeps; the newest of equals."""
    criteria = Criteria(sort="popularity")
    return await _listed(request, criteria, limit, "Trending now")


@router.get("/products/seasonal", tags=["products"])
async def seasonal(
    request: Request,
    season: Annotated[
        Season | None, Query(description="By default the present one, north of the equator.")
    ] = None,
    limit: UpTo50 = 8,
) -> ShelfOfProducts:
    """Products of a season's collections, the newest first."""
    wanted_season = season or _MONTHS.get(datetime.now(UTC).month, "Fall")
    criteria = Criteria(filters={"season": [wanted_season]}, sort="newest")
    return await _listed(request, criteria, limit, f"{wanted_season} pick")


@router.get("/products/{product_id}/similar", tags=["products"], responses=problems.responses(404))
async def similar(
    request: Request, product_id: ProductId, limit: Annotated[int, Query(ge=1, le=20)] = 4
) -> ShelfOfProducts:
    """Other styles of the same kind, for the same people: nearest in colour, use, brand and price."""
    model: ReadModel = request.state.read_model
    return _shelf(await service.similar(model, product_id, most=limit), limit)


@router.get(
    "/products/{product_id}/complete-the-look",
    tags=["products"],
    responses=problems.responses(404),
)
async def complete_the_look(
    request: Request, product_id: ProductId, limit: Annotated[int, Query(ge=1, le=12)] = 4
) -> ShelfOfProducts:
    """One thing for each other part of an outfit, in colours and for a use that go together."""
    model: ReadModel = request.state.read_model
    return _shelf(await service.completing(model, product_id, most=limit), limit)


@router.get("/search/recommendations/{user_id}", tags=["search"], responses=problems.responses(404))
async def recommendations(
    request: Request,
    user_id: str,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    restrict_category: Annotated[bool, Query(description="Only their kinds of things.")] = False,
    restrict_price: Annotated[bool, Query(description="Only at prices they like.")] = False,
    restrict_color: Annotated[bool, Query(description="Only in their colours.")] = False,
) -> SearchAnswer:
    """What a demo shopper likes best: their kinds, colours, brands, uses and prices rank first."""
    who = _persona(user_id)
    search: Search = request.state.search
    filters = {}
    if restrict_category:
        filters["category"] = who.categories
    if restrict_color:
        filters["base_color"] = who.colours
    criteria = preferring(Criteria(filters=filters), user_id)
    if restrict_price:
        criteria = replace(criteria, min_price=who.low, max_price=who.high)
    answer = await search.answer(None, criteria, Paging(page_size=limit))
    offers = service.because(answer.found.cards, f"Picked for {who.name}")
    return SearchAnswer(
        products=[_product(offer) for offer in offers],
        query=None,
        search_type="personalized",
        user_id=user_id,
    )


# --- demo shoppers ----------------------------------------------------------------------------


class User(BaseModel):
    """A demo shopper: invented, and what they prefer is declared, not measured.

    Prices in the major unit: the band they like, its middle and its quarters.
    """

    user_id: str
    name: str
    description: str
    segment: str
    style_profile: str
    preferred_categories: list[str]
    color_prefs: list[str]
    brand_prefs: list[str]
    min_price: float
    max_price: float
    avg_price: float
    p25_price: float
    p75_price: float


class UserPrices(BaseModel):
    """The prices that a demo shopper likes, in the major unit."""

    min: float
    max: float
    avg: float


class UserProfile(BaseModel):
    """What is known of a demo shopper. They have bought and done nothing, and nothing is made up."""

    user_id: str
    segment: str
    price_range: UserPrices
    categories: list[str]
    colors: list[str]
    num_interactions: Annotated[int, Field(description="Always 0 for a demo shopper.")] = 0
    purchase_history: Annotated[list[Product], Field(description="Always empty for one.")] = []


@router.get("/users", tags=["users"])
async def users(
    curated: Annotated[
        bool, Query(description="Kept for clients of the first version: all are curated.")
    ] = True,
) -> list[User]:
    """The demo shoppers."""
    del curated
    return [_user(persona) for persona in PERSONAS.values()]


@router.get("/users/{user_id}", tags=["users"], responses=problems.responses(404))
async def user(user_id: str) -> User:
    """One demo shopper."""
    return _user(_persona(user_id))


@router.get("/users/{user_id}/profile", tags=["users"], responses=problems.responses(404))
async def user_profile(user_id: str) -> UserProfile:
    """What a demo shopper prefers."""
    who = _persona(user_id)
    low, high = who.low / 100, who.high / 100
    return UserProfile(
        user_id=who.id,
        segment=who.segment,
        price_range=UserPrices(min=low, max=high, avg=(low + high) / 2),
        categories=list(who.categories),
        colors=list(who.colours),
    )


def _persona(user_id: str) -> Persona:
    if user_id not in PERSONAS:
        raise NotFound(f"There is no demo shopper {user_id!r}; there are {', '.join(PERSONAS)}.")
    return PERSONAS[user_id]


def _user(who: Persona) -> User:
    low, high = who.low / 100, who.high / 100
    return User(
        user_id=who.id,
        name=who.name,
        description=who.description,
        segment=who.segment,
        style_profile=who.segment,
        preferred_categories=list(who.categories),
        color_prefs=list(who.colours),
        brand_prefs=list(who.brands),
        min_price=low,
        max_price=high,
        avg_price=(low + high) / 2,
        p25_price=low + (high - low) / 4,
        p75_price=high - (high - low) / 4,
    )


# --- shelves ----------------------------------------------------------------------------------


async def _listed(request: Request, criteria: Criteria, limit: int, reason: str) -> ShelfOfProducts:
    model: ReadModel = request.state.read_model
    found: Found = await model.listing(criteria, page_size=limit)
    return ShelfOfProducts(
        products=[_product(offer) for offer in service.because(found.cards, reason)],
        total=found.facets.total,
        page=1,
        page_size=limit,
        has_more=found.following is not None,
    )


def _shelf(offers: Sequence[Offer], limit: int) -> ShelfOfProducts:
    products = [_product(offer) for offer in offers]
    return ShelfOfProducts(
        products=products, total=len(products), page=1, page_size=limit, has_more=False
    )


def _product(offer: Offer) -> Product:
    why = {"personalization_reason": offer.reason, "similarity_score": offer.likeness}
    return Product.model_validate(offer.product | why)
