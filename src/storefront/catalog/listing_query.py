"""The query parameters of a listing: the same for the page and for the API."""

import math
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from storefront.catalog import queries
from storefront.catalog.queries import Filters, Listing, Order, Sort
from storefront.db import ReadSession

_MOST_VALUES = 50

# No NUL: Postgres text cannot hold it, and would refuse the whole statement.
Word = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
Words = Annotated[list[Word], Field(max_length=_MOST_VALUES)]
Gender = Literal["Men", "Women", "Unisex", "Boys", "Girls"]
Season = Literal["Spring", "Summer", "Fall", "Winter"]
Price = Annotated[Decimal, Field(ge=0, le=10_000_000, allow_inf_nan=False)]


class ListingQuery(BaseModel):
    """How a listing is narrowed, sorted and paged. A parameter that is not here is refused."""

    model_config = ConfigDict(extra="forbid")

    page: Annotated[int, Field(ge=1, le=1_000_000, description="Page, counted from 1.")] = 1
    page_size: Annotated[int, Field(ge=1, le=100, description="Products a page.")] = 24
    gender: Annotated[list[Gender], Field(max_length=_MOST_VALUES)] = []
    category: Annotated[Words, Field(description="Category path, such as apparel/topwear.")] = []
    master_category: Words = []
    sub_category: Words = []
    article_type: Words = []
    base_color: Words = []
    season: Annotated[list[Season], Field(max_length=_MOST_VALUES)] = []
    usage: Words = []
    brand: Words = []
    size: Annotated[Words, Field(description="Size label, such as M or 42.")] = []
    min_price: Annotated[Price | None, Field(description="In the major unit, included.")] = None
    max_price: Annotated[Price | None, Field(description="In the major unit, included.")] = None
    sort_by: Sort = "featured"
    sort_order: Annotated[
        Order | None,
        BeforeValidator(lambda value: value.lower() if isinstance(value, str) else value),
        Field(description="asc or desc; by default best or newest first, cheapest first, A first."),
    ] = None

    @model_validator(mode="after")
    def _prices_in_order(self) -> "ListingQuery":
        low, high = self.min_price, self.max_price
        if low is not None and high is not None and low > high:
            raise ValueError(f"min_price {low} is above max_price {high}")
        return self

    @property
    def order(self) -> Order:
        """The direction asked for, or the one that this sort key begins with."""
        return self.sort_order or ("asc" if self.sort_by in ("price", "name") else "desc")

    async def listing(self, session: ReadSession) -> Listing:
        """The page of products that this asks for. Two statements."""
        return await queries.listing(
            session,
            self.filters(),
            sort=self.sort_by,
            order=self.order,
            page=self.page,
            page_size=self.page_size,
        )

    def filters(self) -> Filters:
        """What the listing is narrowed to, with prices in minor units of a two-digit currency."""
        return Filters(
            gender=self.gender,
            category=self.category,
            master_category=self.master_category,
            sub_category=self.sub_category,
            article_type=self.article_type,
            base_color=self.base_color,
            season=self.season,
            usage=self.usage,
            brand=self.brand,
            size=self.size,
            min_price=None if self.min_price is None else math.ceil(self.min_price * 100),
            max_price=None if self.max_price is None else math.floor(self.max_price * 100),
        )


class PageQuery(ListingQuery):
    """The same for the page, whose address may carry marks of newsletters and advertisements."""

    model_config = ConfigDict(extra="ignore")

    def chips(self) -> list[tuple[str, str, str]]:
        """Every filter in use: parameter, its value in the address, and what to call it."""
        chips: list[tuple[str, str, str]] = []
        for name in _LISTS:
            for value in getattr(self, name):
                shown = category_name(value) if name == "category" else value
                chips.append((name, value, f"Size {shown}" if name == "size" else shown))
        if self.min_price is not None:
            chips.append(("min_price", str(self.min_price), f"From {self.min_price}"))
        if self.max_price is not None:
            chips.append(("max_price", str(self.max_price), f"Up to {self.max_price}"))
        return chips

    def heading(self) -> str:
        """What this listing is of: ``Women``, ``Footwear``, ``Women · Footwear``, ``Everything``."""
        parts = [" & ".join(self.gender), " & ".join(map(category_name, self.category))]
        return " · ".join(part for part in parts if part) or "Everything"


_LISTS = (
    "gender", "category", "master_category", "sub_category", "article_type",
    "base_color", "season", "usage", "brand", "size",
)  # fmt: skip


def category_name(path: str) -> str:
    """The last step of a category path, as a person would write it: ``Flip flops``."""
    return path.rpartition("/")[2].replace("-", " ").capitalize()
