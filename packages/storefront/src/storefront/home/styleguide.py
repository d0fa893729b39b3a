"""The design language on one page, with real products: for development (STORE_STYLEGUIDE)."""

from fastapi import APIRouter, Request, Response

from storefront.catalog.colours import COLOURS
from storefront.catalog.tiles import tile
from storefront.errors import NotFound
from storefront.search.criteria import Criteria
from storefront.search.read_model.store import ReadModel
from storefront.settings import Settings
from storefront.web import render

router = APIRouter(include_in_schema=False)

_TILES = 4


@router.get("/styleguide", name="styleguide")
async def styleguide(request: Request) -> Response:
    """Colours, type, space, buttons, forms, tiles. Raises NotFound (404) where it is off."""
    settings: Settings = request.state.settings
    if not settings.styleguide:
        raise NotFound("There is nothing at /styleguide.")
    model: ReadModel = request.state.read_model
    [cards] = await model.first_cards([Criteria()], limit=_TILES)
    return render.page(
        request, "home/styleguide.html", cards=cards, tile=tile, base_colours=COLOURS
    )
