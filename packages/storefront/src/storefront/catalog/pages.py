"""The page of a product."""

import re

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from storefront.catalog import bounds, queries
from storefront.catalog.colours import colour_named
from storefront.errors import NotFound
from storefront.web import render

router = APIRouter(include_in_schema=False)

_NUMBER = re.compile(r"[0-9]{1,19}")


@router.get("/p/{slug}", name="product")
async def product_page(request: Request, slug: str) -> Response:
    """A product with its sizes and colours. Its address ends with its number."""
    found = await queries.product_page(request.state.database, number_in(slug))
    if slug != found.card.slug:  # renamed since: one product has one address
        return RedirectResponse(
            request.url_for("product", slug=found.card.slug).path, status_code=301
        )
    return render.page(
        request,
        "catalog/product.html",
        found=found,
        card=found.card,
        hex_of=_hex_of,
        in_cm=_in_cm,
    )


def number_in(slug: str) -> int:
    """The product's number, at the end of its address. Raises NotFound (404) if there is none."""
    number = slug.rpartition("-")[2]
    if not _NUMBER.fullmatch(number) or int(number) > bounds.BIGGEST_ID:
        raise NotFound(f"There is no product at /p/{slug}.")
    return int(number)


def _hex_of(colour_name: str | None) -> str:
    """The fill of a swatch; a middle grey for a colour that is not known."""
    colour = colour_named(colour_name or "")
    return colour.hex if colour else "#8a8580"


def _in_cm(bounds: tuple[int, int]) -> str:
    """A range of mm as a size guide shows it: ``74–82``, ``24.2–24.8``."""
    return "–".join(f"{mm / 10:g}" for mm in dict.fromkeys(bounds))
