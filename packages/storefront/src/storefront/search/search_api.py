"""Search as JSON: queries, suggestions, and how a query was read."""

import json
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from storefront.catalog.api import Product
from storefront.errors import NotOffered
from storefront.search.engine import Answer, Paging, Reading, Search
from storefront.search.log import SearchLog
from storefront.search.parameters import FILTERS, Narrowing, Text, UserId, preferring
from storefront.search.read_model.store import ReadModel
from storefront.web import problems, render

router = APIRouter(prefix="/api/v1/search", tags=["search"], responses=problems.responses(422, 503))

_SUGGESTED_PRODUCTS = 4
_THUMBNAIL_PX = 160


class Correction(BaseModel):
    """A word that was read as another."""

    was: str
    now: str


class Understood(BaseModel):
    """A part of the query that became a filter (a season and preferred values only rank)."""

    kind: Annotated[str, Field(description="A parameter of the listing, or price.")]
    label: str
    words: Annotated[str, Field(description="The words it came from.")]
    values: list[str]
    min_price: float | None
    max_price: float | None
    without: Annotated[str, Field(description="The query if this part is taken back.")]


class QueryReading(BaseModel):
    """How a query was read."""

    query: Annotated[str, Field(description="As it was typed.")]
    read_as: Annotated[str, Field(description="After corrections.")]
    corrections: list[Correction]
    understood: list[Understood]
    words: Annotated[list[str], Field(description="Left over: products say them, or rank lower.")]
    given_up: Annotated[
        list[str], Field(description="What was not asked of every product, since too few had it.")
    ]


def reading_json(reading: Reading | None) -> str:
    """How a query was read, as JSON; ``null`` without one."""
    if reading is None:
        return "null"
    understood = reading.understood
    return QueryReading(
        query=reading.asked,
        read_as=understood.query,
        corrections=[Correction(was=one.was, now=one.now) for one in reading.corrections],
        understood=[
            Understood(
                kind=part.kind,
                label=part.label,
                words=understood.query[part.start : part.end],
                values=list(part.values),
                min_price=None if part.low is None else float(part.low),
                max_price=None if part.high is None else float(part.high),
                without=understood.without(part),
            )
            for part in understood.parts
        ],
        words=[understood.query[word.start : word.end] for word in understood.words],
        given_up=list(reading.given_up),
    ).model_dump_json()


def record(request: Request, answer: Answer) -> None:
    """Add a search to the search log, once: when its first page is requested."""
    if answer.reading is not None and answer.found.page == 1:
        log: SearchLog = request.state.search_log
        log.record(answer.reading.asked, answer.found.facets.total)


class SearchFilters(Narrowing):
    """Filters of a search, each one value or a list of them. They hold whatever the query says."""

    @model_validator(mode="before")
    @classmethod
    def _lists(cls, given: object) -> object:
        if not isinstance(given, dict):
            return given
        return {
            name: [value] if name in FILTERS and isinstance(value, str) else value
            for name, value in given.items()
        }


class TextSearch(BaseModel):
    """A search by words. user_id: a demo shopper, whose tastes rank first and hide nothing."""

    model_config = ConfigDict(extra="forbid")

    query: Text
    user_id: UserId | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    filters: SearchFilters = SearchFilters()


class SearchAnswer(BaseModel):
    """Products that were searched for, best first."""

    products: list[Product]
    query: str | None
    search_type: str
    user_id: str | None


class TextSearchAnswer(SearchAnswer):
    """The same, with how many there are in all and how the query was read."""

    total: int
    search: QueryReading


@router.post("/text", response_model=TextSearchAnswer)
async def search_by_text(request: Request, asked: TextSearch) -> Response:
    """Products by what their names, kinds, colours and descriptions say, typing errors forgiven."""
    search: Search = request.state.search
    criteria = preferring(asked.filters.narrowed(), asked.user_id)
    answer = await search.answer(asked.query, criteria, Paging(page_size=asked.limit))
    record(request, answer)
    about = {"query": asked.query, "search_type": "text", "user_id": asked.user_id}
    return Response(
        f'{{"products":[{",".join(answer.found.cards)}],{json.dumps(about)[1:-1]},'
        f'"total":{answer.found.facets.total},"search":{reading_json(answer.reading)}}}',
        media_type="application/json",
    )


@router.post("/image", responses=problems.responses(501))
async def search_by_image() -> Response:
    """Products that look like a picture: not offered until the shop has an image model."""
    raise NotOffered(_NO_MODEL)


@router.post("/cross-modal", responses=problems.responses(501))
async def search_across() -> Response:
    """Products for words or a picture in one space: not offered until the shop has an image model."""
    raise NotOffered(_NO_MODEL)


_NO_MODEL = (
    "Searching by picture takes an image model, which this shop has not. Search by words instead: "
    "POST /api/v1/search/text."
)


class SuggestedCategory(BaseModel):
    """A category to go straight to."""

    label: str
    path: str
    count: int
    url: str


class SuggestedBrand(BaseModel):
    """A brand to go straight to."""

    name: str
    count: int
    url: str


class SuggestedProduct(BaseModel):
    """A product to go straight to. Price in the major unit; price_minor the same, exact."""

    product_id: str
    name: str
    price: float
    price_minor: int
    currency: str
    image_url: str | None
    url: str


class SuggestionList(BaseModel):
    """What an unfinished query may mean."""

    query: str
    read_as: Annotated[str, Field(description="After corrections.")]
    terms: Annotated[list[str], Field(description="Whole queries, best first.")]
    categories: list[SuggestedCategory]
    brands: list[SuggestedBrand]
    products: list[SuggestedProduct]


@router.get("/suggest", name="api_suggest", response_model=SuggestionList)
async def suggestions(request: Request, q: Annotated[Text, Query()]) -> Response:
    """Completions of what is being typed, from the catalogue's own words; no model is asked."""
    model: ReadModel = request.state.read_model
    search: Search = request.state.search
    key = ("suggest", q, await search.vocabulary())
    return Response(
        await model.keep(key, lambda: _suggestions_json(request, search, q)),
        media_type="application/json",
    )


async def _suggestions_json(request: Request, search: Search, q: str) -> str:
    found, products = await search.suggestions(q, products=_SUGGESTED_PRODUCTS)
    listing = request.url_for("listing").path
    return SuggestionList(
        query=q,
        read_as=found.read_as,
        terms=list(found.queries),
        categories=[
            SuggestedCategory(
                label=one.text,
                path=one.value,
                count=one.count,
                url=listing + render.query_string([("category", one.value)]),
            )
            for one in found.categories
        ],
        brands=[
            SuggestedBrand(
                name=one.text,
                count=one.count,
                url=listing + render.query_string([("brand", one.value)]),
            )
            for one in found.brands
        ],
        products=[
            SuggestedProduct(
                product_id=product["product_id"],
                name=product["product_display_name"],
                price=product["price"],
                price_minor=product["price_minor"],
                currency=product["currency"],
                image_url=product["image_url"] and f"{product['image_url']}?w={_THUMBNAIL_PX}",
                url=product["url"],
            )
            for product in products
        ],
    ).model_dump_json()
