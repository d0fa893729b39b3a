"""The query parameters of a listing: the same for the page and for the API."""

import math
from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from storefront.personas.profiles import PERSONAS
from storefront.search.criteria import Criteria, Order, Sort
from storefront.search.engine import Answer, Paging, Search

_MOST_VALUES = 50

# No NUL: Postgres text cannot hold it, and would refuse the whole statement.
Word = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
Text = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Words = Annotated[list[Word], Field(max_length=_MOST_VALUES)]
Gender = Literal["Men", "Women", "Unisex", "Boys", "Girls"]


def _known(user_id: str) -> str:
    if user_id not in PERSONAS:
        raise ValueError(f"there is no demo shopper {user_id!r}; there are {', '.join(PERSONAS)}")
    return user_id


UserId = Annotated[str, AfterValidator(_known)]
Season = Literal["Spring", "Summer", "Fall", "Winter"]
Price = Annotated[Decimal, Field(ge=0, le=10_000_000, allow_inf_nan=False)]


# Parameters whose values are alternatives to each other.
FILTERS = (
    "gender", "category", "master_category", "sub_category", "article_type",
    "base_color", "color_family", "season", "usage", "brand", "size",
)  # fmt: skip


class Narrowing(BaseModel):
    """What products must be. A member that is not here is refused."""

    model_config = ConfigDict(extra="forbid")

    gender: Annotated[list[Gender], Field(max_length=_MOST_VALUES)] = []
    category: Annotated[Words, Field(description="Category path, such as apparel/topwear.")] = []
    master_category: Words = []
    sub_category: Words = []
    article_type: Words = []
    base_color: Words = []
    color_family: Annotated[Words, Field(description="Such as blue, of which navy is one.")] = []
    season: Annotated[list[Season], Field(max_length=_MOST_VALUES)] = []
    usage: Words = []
    brand: Words = []
    size: Annotated[Words, Field(description="Size label in stock, such as M or 42.")] = []
    min_price: Annotated[Price | None, Field(description="In the major unit, included.")] = None
    max_price: Annotated[Price | None, Field(description="In the major unit, included.")] = None
    min_rating: Annotated[int | None, Field(ge=1, le=5, description="Stars, or more.")] = None

    @model_validator(mode="after")
    def _prices_in_order(self) -> Self:
        low, high = self.min_price, self.max_price
        if low is not None and high is not None and low > high:
            raise ValueError(f"min_price {low} is above max_price {high}")
        return self

    def narrowed(self) -> Criteria:
        """What is asked for, with prices in minor units of a two-digit currency."""
        return Criteria(
            filters={name: getattr(self, name) for name in FILTERS if getattr(self, name)},
            min_price=None if self.min_price is None else math.ceil(self.min_price * 100),
            max_price=None if self.max_price is None else math.floor(self.max_price * 100),
            min_rating=self.min_rating,
        )


def preferring(criteria: Criteria, user_id: str | None) -> Criteria:
    """The same, best first; what a demo shopper likes is better."""
    criteria = replace(criteria, sort="relevance")
    if user_id is None:
        return criteria
    taste = PERSONAS[user_id]
    return replace(criteria, preferred=taste.likes, preferred_price=(taste.low, taste.high))


class ListingQuery(Narrowing):
    """How a listing is narrowed, sorted and paged. A parameter that is not here is refused."""

    cursor: Annotated[
        str | None,
        Field(
            min_length=1, max_length=600, description="From `next` of a page; instead of `page`."
        ),
    ] = None
    page: Annotated[int, Field(ge=1, le=1_000_000, description="Page, counted from 1.")] = 1
    page_size: Annotated[int, Field(ge=1, le=100, description="Products a page.")] = 24
    q: Annotated[Text | None, Field(description="What to find, in the shopper's words.")] = None
    as_typed: Annotated[bool, Field(description="Correct nothing in q.")] = False
    user_id: Annotated[
        UserId | None, Field(description="A demo shopper, whose tastes rank first.")
    ] = None
    sort_by: Annotated[
        Sort | None, Field(description="By default relevance where there is a q, else featured.")
    ] = None
    sort_order: Annotated[
        Order | None,
        BeforeValidator(lambda value: value.lower() if isinstance(value, str) else value),
        Field(description="asc or desc; by default best or newest first, cheapest first, A first."),
    ] = None

    @model_validator(mode="after")
    def _agreeing(self) -> "ListingQuery":
        if self.cursor is not None and "page" in self.model_fields_set:
            raise ValueError("page and cursor both say where to begin: give one of them")
        has_wishes = self.q is not None or self.user_id is not None
        if self.sort_by == "relevance" and (not has_wishes or self.sort_order == "asc"):
            raise ValueError("sort_by relevance wants a q or user_id, and has the best first")
        return self

    @property
    def sort(self) -> Sort:
        """What is sorted by: as asked for, or what suits the question."""
        return self.sort_by or ("relevance" if self.q or self.user_id else "featured")

    @property
    def order(self) -> Order:
        """The direction asked for, or the one that this sort key begins with."""
        return self.sort_order or ("asc" if self.sort in ("price", "name") else "desc")

    async def answer(self, search: Search) -> Answer:
        """The page of products that this asks for, and how its q was read. Three statements at most."""
        criteria = replace(
            preferring(self.narrowed(), self.user_id), sort=self.sort, order=self.order
        )
        paging = Paging(self.page, self.page_size, self.cursor)
        return await search.answer(self.q, criteria, paging, as_typed=self.as_typed)


class PageQuery(ListingQuery):
    """The same for the page, whose address may carry marks of newsletters and advertisements."""

    model_config = ConfigDict(extra="ignore")

    @field_validator("q", mode="before")
    @classmethod
    def _nothing_typed(cls, q: object) -> object:
        return None if isinstance(q, str) and not q.strip() else q

    def chips(self) -> list[tuple[str, str, str]]:
        """Every filter that was set: parameter, its value in the address, and what to call it."""
        chips: list[tuple[str, str, str]] = []
        for name in FILTERS:
            for value in getattr(self, name):
                shown = category_name(value) if name == "category" else value
                chips.append((name, value, f"Size {shown}" if name == "size" else shown))
        if self.min_price is not None:
            chips.append(("min_price", str(self.min_price), f"From {self.min_price}"))
        if self.max_price is not None:
            chips.append(("max_price", str(self.max_price), f"Up to {self.max_price}"))
        if self.min_rating is not None:
            chips.append(("min_rating", str(self.min_rating), f"{self.min_rating} stars or more"))
        return chips

    def heading(self) -> str:
        """What this listing is of: ``Women · Footwear``, ``Everything``, or what was typed."""
        if self.q:
            return f"“{self.q}”"
        parts = [" & ".join(self.gender), " & ".join(map(category_name, self.category))]
        return " · ".join(part for part in parts if part) or "Everything"


def category_name(path: str) -> str:
    """The last step of a category path, as a person would write it: ``Flip flops``."""
    return path.rpartition("/")[2].replace("-", " ").capitalize()
