"""The query parameters of a listing, shared by the page and the API."""

from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)
from pyroaring import BitMap64

from storefront.catalog import bounds, genders, seasons
from storefront.personas.profiles import PERSONAS
from storefront.request_model import DECIMAL, DIGITS
from storefront.search.criteria import Criteria, Direction, Scope, Sort, price_bounds
from storefront.search.engine import Answer, Search
from storefront.search.language.tokenizer import tokens
from storefront.search.paging import Paging

_MAX_VALUES = 50

_LONGEST = 3 * bounds.MOST_CHARACTERS + 2
"""Of a value of a filter: a category's path names three levels, a size two."""

# No NUL: Postgres text cannot contain it, and the whole statement would be rejected.
Word = Annotated[str, Field(min_length=1, max_length=_LONGEST, pattern=r"^[^\x00]*$")]
Text = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


def _has_words(query: str) -> str:
    if not tokens(query):
        raise ValueError("it has no letter, digit or emoji to search for")
    return query


SearchText = Annotated[Text, AfterValidator(_has_words)]
"""A query with at least one letter, digit or emoji: spaces and signs alone have no meaning."""
Words = Annotated[list[Word], Field(max_length=_MAX_VALUES)]


def _capitalised(value: object) -> object:
    return value.strip().capitalize() if isinstance(value, str) else value


Gender = Annotated[genders.Gender, BeforeValidator(_capitalised)]


def _known(user_id: str) -> str:
    if user_id not in PERSONAS:
        raise ValueError(f"there is no such demo shopper; choose one of {', '.join(PERSONAS)}")
    return user_id


UserId = Annotated[str, AfterValidator(_known)]
Season = Annotated[seasons.Season, BeforeValidator(_capitalised)]
MOST_PRICE = 10_000_000
Price = Annotated[Decimal, Field(ge=0, le=MOST_PRICE, allow_inf_nan=False), DECIMAL]


# Parameters that take several values, as alternatives.
FILTERS = (
    "gender", "category", "master_category", "sub_category", "article_type",
    "base_color", "color_family", "season", "usage", "brand", "size",
)  # fmt: skip


class ListingFilters(BaseModel):
    """The filters of a listing. Unknown parameters are rejected."""

    model_config = ConfigDict(extra="forbid")

    gender: Annotated[list[Gender], Field(max_length=_MAX_VALUES)] = []
    category: Annotated[Words, Field(description="Category path, such as apparel/topwear.")] = []
    master_category: Words = []
    sub_category: Words = []
    article_type: Words = []
    base_color: Words = []
    color_family: Annotated[Words, Field(description="Such as blue, which includes navy.")] = []
    season: Annotated[list[Season], Field(max_length=_MAX_VALUES)] = []
    usage: Words = []
    brand: Words = []
    size: Annotated[
        Words,
        Field(description="Size in stock: system and label, such as EU:42, or M in every system."),
    ] = []
    min_price: Annotated[Price | None, Field(description="In the major unit, inclusive.")] = None
    max_price: Annotated[Price | None, Field(description="In the major unit, inclusive.")] = None
    min_rating: Annotated[int | None, Field(ge=1, le=5, description="Stars, or more."), DIGITS] = (
        None
    )

    @model_validator(mode="after")
    def _prices_in_order(self) -> Self:
        low, high = self.min_price, self.max_price
        if low is not None and high is not None and low > high:
            raise ValueError(f"min_price {low} is above max_price {high}: swap them")
        return self

    def criteria(self, currency: str) -> Criteria:
        """The filters as criteria, with prices in minor units of the shop's currency."""
        low, high = price_bounds(self.min_price, self.max_price, currency)
        return Criteria(
            filters={name: getattr(self, name) for name in FILTERS if getattr(self, name)},
            min_price=low,
            max_price=high,
            min_rating=self.min_rating,
        )


def ranked_for(criteria: Criteria, user_id: str | None, currency: str) -> Criteria:
    """The criteria sorted by relevance; with a demo shopper, preferred products rank first."""
    criteria = replace(criteria, sort="relevance")
    if user_id is None:
        return criteria
    persona = PERSONAS[user_id]
    return replace(
        criteria, preferred=persona.preferences, preferred_price=persona.price_range(currency)
    )


class ListingQuery(ListingFilters):
    """The filters, order and page of a listing. Unknown parameters are rejected."""

    cursor: Annotated[
        str | None,
        Field(min_length=1, max_length=600, description="From `next` of a page; replaces `page`."),
    ] = None
    page: Annotated[int, Field(ge=1, le=1_000_000, description="Page number, from 1."), DIGITS] = 1
    page_size: Annotated[int, Field(ge=1, le=100, description="Products per page."), DIGITS] = 24
    q: Annotated[
        SearchText | None,
        Field(description="The search query: at least one letter, digit or emoji."),
    ] = None
    as_typed: Annotated[bool, Field(description="Do not correct q.")] = False
    user_id: Annotated[
        UserId | None, Field(description="A demo shopper, whose preferences rank first.")
    ] = None
    sort_by: Annotated[
        Sort | None, Field(description="Default: relevance with q or user_id, else featured.")
    ] = None
    sort_order: Annotated[
        Direction | None,
        BeforeValidator(lambda value: value.lower() if isinstance(value, str) else value),
        Field(description="asc or desc; default: best or newest first, cheapest first, A first."),
    ] = None

    @model_validator(mode="after")
    def _is_consistent(self) -> "ListingQuery":
        if self.cursor is not None and "page" in self.model_fields_set:
            raise ValueError("page and cursor cannot be combined: send one of them")
        has_preference = self.q is not None or self.user_id is not None
        if self.sort_by == "relevance" and (not has_preference or self.sort_order == "asc"):
            raise ValueError("sort_by=relevance requires q or user_id, and sort_order=desc")
        return self

    @property
    def sort(self) -> Sort:
        """The requested sort key, or the default: relevance with a query, otherwise featured."""
        return self.sort_by or ("relevance" if self.q or self.user_id else "featured")

    @property
    def direction(self) -> Direction:
        """The requested direction, or the default of the sort key."""
        return self.sort_order or ("asc" if self.sort in ("price", "name") else "desc")

    async def answer(self, search: Search, scope: Scope | None = None) -> Answer:
        """The requested page of products, and the interpretation of q. Four statements at most.

        scope: the products to choose from; None: all.
        """
        paging = Paging(self.page, self.page_size, self.cursor)
        criteria = replace(self._ordered(search.currency), scope=scope)
        return await search.answer(self.q, criteria, paging, as_typed=self.as_typed)

    async def matches(self, search: Search) -> BitMap64:
        """The products on all pages of the answer, in no order. Not to be changed.

        One statement at most.
        """
        criteria = self._ordered(search.currency)
        return await search.matches(self.q, criteria, as_typed=self.as_typed)

    def _ordered(self, currency: str) -> Criteria:
        """The criteria in their order, which also decides how the name of a product is read."""
        criteria = ranked_for(self.criteria(currency), self.user_id, currency)
        return replace(criteria, sort=self.sort, direction=self.direction)
