"""Listing pages, whose filters, search, order and page are in the URL."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from storefront.catalog.tiles import tile, tiles
from storefront.errors import InvalidInput, NotAllowed, NotFound
from storefront.search import page_query
from storefront.search.criteria import Scope
from storefront.search.engine import Answer, Interpretation
from storefront.search.index.facets import FacetValues
from storefront.search.labels import label_of
from storefront.search.log import SearchLog
from storefront.search.parameters import Text
from storefront.search.read_model.response_cache import same_for_all
from storefront.search.read_model.store import ReadModel
from storefront.search.search_api import record
from storefront.texts import _
from storefront.web import render
from storefront.web.deps import client_address

router = APIRouter(include_in_schema=False)


@router.get("/search", name="search")
@router.get("/products", name="listing")
async def listing_page(request: Request) -> Response:
    """A filtered, sorted page of products; the URL is the whole state. Five statements at most.

    If nothing matches, one more for popular products. Filters in other spellings than the shop's
    redirect to the address with the shop's spelling (301).
    """
    if "q" not in request.query_params:
        same_for_all(request)
    return await listing_of(request)


async def listing_of(
    request: Request,
    scope: Scope | None = None,
    *,
    template: str = "search/listing.html",
    **context: Any,
) -> Response:
    """The listing that the request's query asks for, among the products of a scope.

    template: extends ``search/listing.html``; context: what it needs besides. Everything that is read is
    read before the answer begins, and most of what is rendered is rendered after that.
    """
    form = page_query.parse_form(request.query_params)
    query = form.query
    model: ReadModel = request.state.read_model
    facet_values = await model.facet_values()
    spelt = page_query.respelt(request.query_params, facet_values)
    if spelt is not None:
        return RedirectResponse(request.url.path + spelt, status_code=301)
    try:
        answer = await query.answer(request.state.search, scope)
    except InvalidInput as error:
        if "#/cursor" not in error.pointers:
            raise
        first = render.query(request.query_params, cursor=None)  # of an old or of another listing
        return RedirectResponse(request.url.path + first, status_code=302)
    page = answer.page
    if not page.cards and query.page > 1:
        raise NotFound(
            _(
                "There is no page %(page)s; the last one is %(last)s.",
                page=query.page,
                last=page.pages,
            )
        )
    popular = [] if page.cards else await model.popular()
    shown = [*page.cards, *answer.close]
    record(request, answer)
    return render.streamed(
        request,
        template,
        query=query,
        form=form,
        listing=page,
        interpretation=answer.interpretation,
        query_without=_query_without(answer.interpretation, facet_values),
        popular=popular,
        tiles=partial(tiles, shown, await model.sisters(shown)),
        exact_tiles=_exact_tiles(answer) if query.sort == "relevance" else None,
        tile=tile,
        label_of=label_of,
        **context,
    )


@router.post("/search/opened", name="opened", status_code=204)
async def opened(request: Request, q: Annotated[Text, Query()]) -> None:
    """Count that a product of a search was opened, anonymously. Only our own pages may report it."""
    if request.headers.get("sec-fetch-site") != "same-origin":
        raise NotAllowed(_("Only a page of this shop may report what was opened."))
    log: SearchLog = request.state.search_log
    log.record_open(q, address=client_address(request))


def _exact_tiles(answer: Answer) -> int | None:
    """After how many tiles a heading says that the others are only close to the query; None for no such
    heading."""
    page, interpretation = answer.page, answer.interpretation
    if interpretation is not None and interpretation.exact is not None:
        before = interpretation.exact - (page.page - 1) * page.page_size
        if 0 < before < len(page.cards):
            return before
    return len(page.cards) if answer.close else None


def _query_without(
    interpretation: Interpretation | None, facet_values: FacetValues
) -> dict[tuple[str, str], str]:
    """For each facet and value that the query filters by: the query without that part."""
    if interpretation is None:
        return {}
    parsed = interpretation.parsed
    return {
        (segment.attribute, spelling): parsed.without(segment)
        for segment in parsed.segments
        if segment.is_required
        for value in segment.values
        for spelling in facet_values.spellings(segment.attribute, value)
    }
