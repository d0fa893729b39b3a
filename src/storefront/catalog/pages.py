"""The catalogue as pages: home, listing, product."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from storefront.catalog import queries
from storefront.catalog.colours import colour_named
from storefront.catalog.listing_query import PageQuery
from storefront.catalog.queries import Filters
from storefront.errors import NotFound
from storefront.web import render
from storefront.web.deps import Reads

router = APIRouter(include_in_schema=False)

_NEW_ON_HOME = 12


@router.get("/", name="home")
async def home_page(request: Request, session: Reads) -> Response:
    """What is new, and the ways into the shop. Four statements."""
    new = await queries.listing(session, Filters(), page_size=_NEW_ON_HOME)
    return render.page(
        request,
        "catalog/home.html",
        new=new,
        departments=(await queries.navigation(session)).categories,
    )


@router.get("/products", name="listing")
async def listing_page(
    request: Request, session: Reads, query: Annotated[PageQuery, Query()]
) -> Response:
    """A narrowed, sorted page of products; the address is the whole state. Four statements."""
    found = await query.listing(session)
    if query.page > found.pages:
        raise NotFound(f"There is no page {query.page}; the last one is {found.pages}.")
    return render.page(
        request,
        "catalog/listing.html",
        query=query,
        found=found,
        navigation=await queries.navigation(session, genders=query.gender),
    )


@router.get("/p/{slug}", name="product")
async def product_page(request: Request, session: Reads, slug: str) -> Response:
    """A product with its sizes and colours. Its number stands at the end of the address."""
    number = slug.rpartition("-")[2]
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise NotFound(f"There is no product at /p/{slug}.")
    found = await queries.product_page(session, int(number))
    if slug != found.card.slug:  # renamed since: one product has one address
        return RedirectResponse(
            request.url_for("product", slug=found.card.slug).path, status_code=301
        )
    return render.page(
        request, "catalog/product.html", found=found, card=found.card, hex_of=_hex_of
    )


def _hex_of(colour_name: str | None) -> str:
    """What a swatch is filled with; a middle grey for a colour without a known look."""
    colour = colour_named(colour_name or "")
    return colour.hex if colour else "#8a8580"
