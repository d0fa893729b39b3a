"""Listings as pages: home, and the products that an address finds, narrows, sorts and pages."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from storefront.catalog.tiles import tile
from storefront.errors import NotAllowed, NotFound
from storefront.search.criteria import Criteria
from storefront.search.engine import Reading
from storefront.search.log import SearchLog
from storefront.search.parameters import PageQuery, Text
from storefront.search.read_model.store import ReadModel
from storefront.search.search_api import record
from storefront.web import render

router = APIRouter(include_in_schema=False)

_NEW_ON_HOME = 12
_LIKED = 8


@router.get("/", name="home")
async def home_page(request: Request) -> Response:
    """What is new, and the ways into the shop. Three statements at most."""
    model: ReadModel = request.state.read_model
    new = await model.listing(Criteria(), page_size=_NEW_ON_HOME)
    return render.page(request, "search/home.html", new=new, tile=tile)


@router.get("/search", name="search")
@router.get("/products", name="listing")
async def listing_page(request: Request, query: Annotated[PageQuery, Query()]) -> Response:
    """A narrowed, sorted page of products; the address is the whole state. Three statements at most.

    Where nothing is found, one more for what others like.
    """
    answer = await query.answer(request.state.search)
    found = answer.found
    if not found.cards and query.page > 1:
        raise NotFound(f"There is no page {query.page}; the last one is {found.pages}.")
    liked: list[str] = []
    if not found.cards:
        model: ReadModel = request.state.read_model
        [liked] = await model.picks([Criteria(sort="popularity")], most=_LIKED)
    record(request, answer)
    return render.page(
        request,
        "search/listing.html",
        query=query,
        found=found,
        reading=answer.reading,
        taken_back=_taken_back(answer.reading),
        liked=liked,
        tile=tile,
    )


@router.post("/search/opened", name="opened", status_code=204)
async def opened(request: Request, q: Annotated[Text, Query()]) -> None:
    """Count that a search's product was opened, not by whom. Only our own pages may report it."""
    if request.headers.get("sec-fetch-site") != "same-origin":
        raise NotAllowed("Only a page of this shop may report what was opened.")
    log: SearchLog = request.state.search_log
    log.record_open(q)


def _taken_back(reading: Reading | None) -> dict[tuple[str, str], str]:
    """By facet and value that the query narrows to: the query without what says so."""
    if reading is None:
        return {}
    understood = reading.understood
    return {
        (part.kind, value): understood.without(part)
        for part in understood.parts
        for value in part.values
    }
