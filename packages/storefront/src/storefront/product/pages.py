"""The page of a product, its quick view, and the products that were looked at before."""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from storefront.catalog import queries
from storefront.catalog.addresses import number_in
from storefront.catalog.colours import colour_named
from storefront.catalog.queries import Picture, ProductPage
from storefront.catalog.tiles import tile
from storefront.fit import queries as fit
from storefront.fit import wording
from storefront.product import structured_data
from storefront.product.delivery import RETURN_DAYS, DeliveryPromises
from storefront.redirects.addresses import with_query
from storefront.reviews import queries as reviews
from storefront.reviews.shapes import Shown
from storefront.search.read_model.store import ReadModel
from storefront.texts import _
from storefront.web import language, render, viewed
from storefront.web.forms import done

router = APIRouter(include_in_schema=False)

_LARGE_PX = 480


@router.get("/p/{slug}", name="product")
async def product_page(request: Request, slug: str) -> Response:
    """A product with its sizes and colours. Its address ends with its number.

    One statement, another where its sizes fit or do not, a third where it has reviews, and once a minute
    one for the delivery methods.
    """
    found = await queries.product_page(request.state.database, number_in(slug))
    if slug != found.card.slug:  # renamed since: one product has one address
        here = request.url_for("product", slug=found.card.slug).path
        return RedirectResponse(with_query(here, request.url.query), status_code=301)
    viewed.note(request, found.card.id)
    reviewed = await _reviewed(request, found)
    return render.page(
        request,
        "product/product.html",
        reviewed=reviewed,
        **await _shown(request, found),
        **_for_search_engines(request, found, reviewed),
    )


@router.get("/p/{slug}/quick", name="quick_view")
async def quick_view(request: Request, slug: str) -> Response:
    """What one needs to buy it, in a dialog over a listing; as a page of its own without scripts."""
    found = await queries.product_page(request.state.database, number_in(slug))
    return render.view(
        request,
        "product/quick_page.html",
        fragment="product/_quick.html",
        **await _shown(request, found),
    )


@router.get("/recently-viewed", name="recently_viewed")
async def recently_viewed(request: Request) -> Response:
    """What was looked at, the last first. One statement, or none."""
    model: ReadModel = request.state.read_model
    cards = await model.cards(viewed.viewed(request))
    return render.page(
        request,
        "product/recently_viewed.html",
        cards=list(cards.values()),
        tile=tile,
        popular=[] if cards else await model.popular(),
    )


@router.post("/recently-viewed/clear", name="forget_viewed")
async def forget_viewed(request: Request) -> Response:
    """Delete the list."""
    viewed.delete_cookie(request)
    return done(
        request, to=request.url_for("recently_viewed").path, message=_("The list has been deleted.")
    )


async def _reviewed(request: Request, found: ProductPage) -> Shown | None:
    """What buyers say of it; None where it has no reviews."""
    if not found.card.rating_count:
        return None
    return await reviews.shown(request.state.database, found.card.id)


async def _shown(request: Request, found: ProductPage) -> dict[str, Any]:
    promises: DeliveryPromises = request.state.delivery_promises
    has_size_advice = fit.scale_of(found) is not None
    return {
        "found": found,
        "card": found.card,
        "hex_of": _hex_of,
        "promises": await promises.at(datetime.now(UTC)),
        "return_days": RETURN_DAYS,
        "runs": await _runs(request, found) if has_size_advice else None,
        "has_size_advice": has_size_advice,
        "has_small_pictures": bool(found.pictures) and all(map(_is_small, found.pictures)),
    }


async def _runs(request: Request, found: ProductPage) -> str | None:
    """That it runs small or large, where enough buyers clearly say so."""
    return wording.runs(await fit.voices(request.state.database, found.card.id))


def _for_search_engines(
    request: Request, found: ProductPage, reviewed: Shown | None
) -> dict[str, Any]:
    """The absolute addresses of its pictures, and its structured data."""
    base = request.state.settings.public_url.rstrip("/")

    def absolute(route: str, **values: str) -> str:
        return f"{base}{language.address(request, route, **values).path}"

    addresses = [absolute("picture", key=picture.key) for picture in found.pictures]
    group = structured_data.product_group(
        found,
        address=lambda card: absolute("product", slug=card.slug),
        pictures=addresses,
        reviewed=reviewed,
    )
    crumbs = structured_data.breadcrumbs(
        found.card, home=absolute("home"), listing=absolute("listing")
    )
    return {"addresses": addresses, "structured_data": [group, crumbs]}


def _is_small(picture: Picture) -> bool:
    """Whether it would be blown up beyond its sharpness where large ones are shown."""
    return picture.width is not None and picture.width < _LARGE_PX and "drawn/" not in picture.key


def _hex_of(colour_name: str | None) -> str:
    """The fill of a swatch; a middle grey for a colour that is not known."""
    colour = colour_named(colour_name or "")
    return colour.hex if colour else "#8a8580"
