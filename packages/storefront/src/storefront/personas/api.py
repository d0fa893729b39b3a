"""Demo shoppers as JSON, under the paths of the first version of this shop."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from storefront.catalog.api import Product
from storefront.personas.profiles import PERSONAS, Persona, persona
from storefront.web import problems

router = APIRouter(prefix="/api/v1", tags=["users"], responses=problems.responses(422))


class User(BaseModel):
    """A demo shopper: invented, with declared preferences.

    Prices in the major unit: the preferred range, its middle and its quartiles.
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
    avg_price_point: Annotated[float, Field(description="The same, under its first name.")]
    p25_price: float
    p75_price: float
    style_tags: Annotated[list[str], Field(description="The occasions they dress for.")]
    num_interactions: Annotated[int, Field(description="Always 0 for a demo shopper.")] = 0
    purchase_history_ids: Annotated[
        list[str], Field(description="Always empty for a demo shopper.")
    ] = []


class UserPrices(BaseModel):
    """The price range that a demo shopper prefers, in the major unit."""

    min: float
    max: float
    avg: float


class UserProfile(BaseModel):
    """The preferences of a demo shopper. They have no history, and none is made up."""

    user_id: str
    segment: str
    price_range: UserPrices
    avg_price_point: Annotated[float, Field(description="The middle of the range.")]
    categories: list[str]
    preferred_categories: Annotated[list[str], Field(description="The same as categories.")]
    colors: list[str]
    color_prefs: Annotated[list[str], Field(description="The same as colors.")]
    brand_prefs: list[str]
    style_tags: Annotated[list[str], Field(description="The occasions they dress for.")]
    num_interactions: Annotated[int, Field(description="Always 0 for a demo shopper.")] = 0
    purchase_history: Annotated[
        list[Product], Field(description="Always empty for a demo shopper.")
    ] = []


@router.get("/users")
async def users(
    curated: Annotated[
        bool, Query(description="For clients of the first version: all are curated.")
    ] = True,
) -> list[User]:
    """The demo shoppers."""
    del curated
    return [_user(persona) for persona in PERSONAS.values()]


@router.get("/users/{user_id}", responses=problems.responses(404))
async def user(user_id: str) -> User:
    """One demo shopper."""
    return _user(persona(user_id))


@router.get("/users/{user_id}/profile", responses=problems.responses(404))
async def user_profile(user_id: str) -> UserProfile:
    """The preferences of a demo shopper."""
    who = persona(user_id)
    low, high = float(who.low), float(who.high)
    return UserProfile(
        user_id=who.id,
        segment=who.segment,
        price_range=UserPrices(min=low, max=high, avg=(low + high) / 2),
        avg_price_point=(low + high) / 2,
        categories=list(who.categories),
        preferred_categories=list(who.categories),
        colors=list(who.colours),
        color_prefs=list(who.colours),
        brand_prefs=list(who.brands),
        style_tags=list(who.usages),
    )


def _user(who: Persona) -> User:
    low, high = float(who.low), float(who.high)
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
        avg_price_point=(low + high) / 2,
        style_tags=list(who.usages),
        p25_price=low + (high - low) / 4,
        p75_price=high - (high - low) / 4,
    )
