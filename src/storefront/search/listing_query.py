"""The query parameters of a listing: the same for the page and for the API."""

import math
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from storefront.search.queries import Found, Order, ReadModel, Sort, Wanted
from storefront.search.words import tokens

_MOST_VALUES = 50

# No NUL: Postgres text cannot hold it, and would refuse the whole statement.
Word = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
Words = Annotated[list[Word], Field(max_length=_MOST_VALUES)]
Gender = Literal["Men", "Women", "Unisex", "Boys", "Girls"]
Season = Literal["Spring", "Summer", "Fall", "Winter"]
Price = Annotated[Decimal, Field(ge=0, le=10_000_000, allow_inf_nan=False)]


# Parameters whose values are alternatives to each other.
FILTERS = (
    "gender", "category", "master_category", "sub_category", "article_type",
    "base_color", "color_family", "season", "usage", "brand", "size",
)  # fmt: skip


class ListingQuery(BaseModel):
    """How a listing is narrowed, sorted and paged. A parameter that is not here is refused."""

    model_config = ConfigDict(extra="forbid")

    cursor: Annotated[
        str | None,
        Field(
            min_length=1, max_length=600, description="From `next` of a page; instead of `page`."
        ),
    ] = None
    page: Annotated[int, Field(ge=1, le=1_000_000, description="Page, counted from 1.")] = 1
    page_size: Annotated[int, Field(ge=1, le=100, description="Products a page.")] = 24
    q: Annotated[
        str | None,
        Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$", description="Words to find."),
    ] = None
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
        low, high = self.min_price, self.max_price
        if low is not None and high is not None and low > high:
            raise ValueError(f"min_price {low} is above max_price {high}")
        if self.cursor is not None and "page" in self.model_fields_set:
            raise ValueError("page and cursor both say where to begin: give one of them")
        if self.sort_by == "relevance" and (self.q is None or self.sort_order == "asc"):
            raise ValueError("sort_by relevance wants a q, and has the best first")
        return self

    @property
    def sort(self) -> Sort:
        """What is sorted by: as asked for, or what suits the question."""
        return self.sort_by or ("relevance" if self.q else "featured")

    @property
    def order(self) -> Order:
        """The direction asked for, or the one that this sort key begins with."""
        return self.sort_order or ("asc" if self.sort in ("price", "name") else "desc")

    async def listing(self, model: ReadModel) -> Found:
        """The page of products that this asks for. Three statements at most."""
        return await model.listing(
            self.wanted(), page=self.page, page_size=self.page_size, cursor=self.cursor
        )

    def wanted(self) -> Wanted:
        """What is asked for, with prices in minor units of a two-digit currency."""
        return Wanted(
            filters={name: getattr(self, name) for name in FILTERS if getattr(self, name)},
            min_price=None if self.min_price is None else math.ceil(self.min_price * 100),
            max_price=None if self.max_price is None else math.floor(self.max_price * 100),
            min_rating=self.min_rating,
            words=" & ".join(token.word for token in tokens(self.q)) if self.q else None,
            sort=self.sort,
            order=self.order,
        )


class PageQuery(ListingQuery):
    """The same for the page, whose address may carry marks of newsletters and advertisements."""

    model_config = ConfigDict(extra="ignore")

    def chips(self) -> list[tuple[str, str, str]]:
        """Every filter in use: parameter, its value in the address, and what to call it."""
        chips = [("q", self.q, f"“{self.q}”")] if self.q else []
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
        """What this listing is of: ``Women``, ``Footwear``, ``Women · Footwear``, ``Everything``."""
        parts = [" & ".join(self.gender), " & ".join(map(category_name, self.category))]
        return " · ".join(part for part in parts if part) or "Everything"


def category_name(path: str) -> str:
    """The last step of a category path, as a person would write it: ``Flip flops``."""
    return path.rpartition("/")[2].replace("-", " ").capitalize()
