"""Search as JSON: queries, suggestions, and how a query was interpreted."""

import json
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field, model_validator

from storefront.catalog.api import Product
from storefront.request_model import RequestModel, Whole
from storefront.search.completions import Completer, Completions
from storefront.search.engine import Answer, Interpretation, Search
from storefront.search.labels import label_of
from storefront.search.log import SearchLog
from storefront.search.paging import Paging
from storefront.search.parameters import (
    FILTERS,
    ListingFilters,
    SearchText,
    Text,
    UserId,
    ranked_for,
)
from storefront.settings import Settings
from storefront.texts import ENGLISH, language_of, localized, name_of, speaking
from storefront.web import problems, render
from storefront.web.deps import client_address

router = APIRouter(prefix="/api/v1/search", tags=["search"], responses=problems.responses(422, 503))

_SUGGESTED_PRODUCTS = 4
_THUMBNAIL_PX = 160


class Correction(BaseModel):
    """A corrected word."""

    was: str
    now: str


class Understood(BaseModel):
    """A part of the query that became a filter or an order (a season only ranks)."""

    kind: Annotated[str, Field(description="A listing parameter, price, offer, words or sort.")]
    label: str
    words: Annotated[str, Field(description="The words it was read from.")]
    values: list[str]
    excluded: Annotated[bool, Field(description="Products with these values are left out.")]
    min_price: float | None
    max_price: float | None
    without: Annotated[str, Field(description="The query without this part.")]


class QueryReading(BaseModel):
    """How a query was interpreted."""

    query: Annotated[str, Field(description="As it was typed.")]
    read_as: Annotated[str, Field(description="After corrections.")]
    corrections: list[Correction]
    understood: list[Understood]
    words: Annotated[list[str], Field(description="The other words, matched against text.")]
    given_up: Annotated[
        list[str],
        Field(description="What was not required of every product, since too few matched."),
    ]
    exact: Annotated[
        int | None,
        Field(
            description="How many products of all pages match the whole query; they come first if "
            "sorted by relevance. Null: all of them."
        ),
    ]
    close: Annotated[
        list[Product],
        Field(
            description="After the last of few products: others that match only a part of the query. "
            "They are counted neither in total nor in facets."
        ),
    ]


def interpretation_json(answer: Answer) -> str:
    """How a query was interpreted, as JSON; ``null`` without a query."""
    interpretation = answer.interpretation
    if interpretation is None:
        return "null"
    with speaking(ENGLISH):
        reading = _reading(interpretation).model_dump_json()
    return f"{reading.removesuffix(']}')}{','.join(answer.close)}]}}"


def _reading(interpretation: Interpretation) -> QueryReading:
    parsed = interpretation.parsed
    return QueryReading(
        query=interpretation.query,
        read_as=parsed.text,
        corrections=[Correction(was=one.was, now=one.now) for one in interpretation.corrections],
        understood=[
            Understood(
                kind=segment.attribute,
                label=label_of(segment.label),
                words=parsed.text_of(segment),
                values=list(segment.values),
                excluded=segment.is_excluded,
                min_price=None if segment.low is None else float(segment.low),
                max_price=None if segment.high is None else float(segment.high),
                without=parsed.without(segment),
            )
            for segment in parsed.segments
        ],
        words=[parsed.text_of(word) for word in parsed.words],
        given_up=[label_of(one) for one in interpretation.given_up],
        exact=interpretation.exact,
        close=[],
    )


def record(request: Request, answer: Answer) -> None:
    """Add a search to the search log, once: when its first page is requested."""
    if answer.interpretation is not None and answer.page.page == 1:
        log: SearchLog = request.state.search_log
        log.record(
            answer.interpretation.query,
            answer.page.facets.total,
            address=client_address(request),
        )


class SearchFilters(ListingFilters):
    """Filters of a search, each one value or a list. They override the query."""

    @model_validator(mode="before")
    @classmethod
    def _lists(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {
            name: [one] if name in FILTERS and isinstance(one, str) else one
            for name, one in value.items()
        }


class TextSearch(RequestModel):
    """A text search. user_id: a demo shopper, whose preferences rank first and exclude nothing."""

    query: SearchText
    user_id: UserId | None = None
    limit: Annotated[Whole, Field(ge=1, le=100)] = 20
    filters: SearchFilters = SearchFilters()


class SearchAnswer(BaseModel):
    """The products found, best first."""

    products: list[Product]
    query: str | None
    search_type: str
    user_id: str | None


class TextSearchAnswer(SearchAnswer):
    """The products, with the total and the interpretation of the query."""

    total: int
    search: QueryReading


@router.post("/text", response_model=TextSearchAnswer)
async def search_by_text(request: Request, body: TextSearch) -> Response:
    """Products whose name, kind, colour or description matches; misspellings are corrected."""
    search: Search = request.state.search
    criteria = ranked_for(body.filters.criteria(search.currency), body.user_id, search.currency)
    answer = await search.answer(body.query, criteria, Paging(page_size=body.limit))
    record(request, answer)
    about = {"query": body.query, "search_type": "text", "user_id": body.user_id}
    return Response(
        f'{{"products":[{",".join(answer.page.cards)}],{json.dumps(about)[1:-1]},'
        f'"total":{answer.page.facets.total},"search":{interpretation_json(answer)}}}',
        media_type="application/json",
    )


class SuggestedCategory(BaseModel):
    """A category to link to."""

    label: str
    path: str
    count: int
    url: str


class SuggestedBrand(BaseModel):
    """A brand to link to."""

    name: str
    count: int
    url: str


class SuggestedProduct(BaseModel):
    """A product to link to. price: in the major unit; price_minor: the same, exact."""

    product_id: str
    name: str
    price: float
    price_minor: int
    currency: str
    image_url: str | None
    url: str


class SuggestionList(BaseModel):
    """Completions of an unfinished query."""

    query: str
    read_as: Annotated[str, Field(description="After corrections.")]
    terms: Annotated[list[str], Field(description="Complete queries, best first.")]
    categories: list[SuggestedCategory]
    brands: list[SuggestedBrand]
    products: list[SuggestedProduct]


@router.get("/suggest", name="api_suggest", response_model=SuggestionList)
async def suggestions(
    request: Request,
    q: Annotated[Text, Query()],
    language: Annotated[
        str | None,
        Query(
            pattern="^[a-z]{2}$",
            description="ISO 639-1, for the names of categories and for the addresses; default English.",
        ),
    ] = None,
) -> Response:
    """Completions of an unfinished query, from the catalogue's names and words."""
    completer: Completer = request.state.completer
    completions = await completer.completions(q, products=_SUGGESTED_PRODUCTS)
    settings: Settings = request.state.settings
    with speaking(language_of(language, settings.locale) if language else ENGLISH):
        found = _suggestions_json(request, q, completions)
    return Response(found, media_type="application/json")


def _suggestions_json(request: Request, q: str, completions: Completions) -> str:
    suggested, products = completions.suggestions, completions.products
    listing = localized(request.url_for("listing").path)
    return SuggestionList(
        query=q,
        read_as=suggested.read_as,
        terms=list(suggested.queries),
        categories=[
            SuggestedCategory(
                label=name_of(one.text),
                path=one.value,
                count=one.count,
                url=listing + render.query_string([("category", one.value)]),
            )
            for one in suggested.categories
        ],
        brands=[
            SuggestedBrand(
                name=one.text,
                count=one.count,
                url=listing + render.query_string([("brand", one.value)]),
            )
            for one in suggested.brands
        ],
        products=[
            SuggestedProduct(
                product_id=product["product_id"],
                name=product["product_display_name"],
                price=product["price"],
                price_minor=product["price_minor"],
                currency=product["currency"],
                image_url=product["image_url"] and f"{product['image_url']}?w={_THUMBNAIL_PX}",
                url=localized(product["url"]),
            )
            for product in products
        ],
    ).model_dump_json()
