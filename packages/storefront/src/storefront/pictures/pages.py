"""The route of the pictures."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse

from storefront.pictures.renditions import Renditions
from storefront.pictures.store import FORMATS
from storefront.request_model import DIGITS
from storefront.telemetry.tally import CLIENT_GONE
from storefront.web import problems

router = APIRouter()


@router.get(
    "/images/{key:path}",
    name="picture",
    response_class=FileResponse,
    tags=["pictures"],
    responses={
        200: {"content": {f"image/{form}": {} for form in FORMATS}},
        **problems.responses(404, 422, 503),
    },
)
async def picture(
    request: Request,
    key: str,
    w: Annotated[int, Query(description="Width in px."), DIGITS] = 640,
    f: Annotated[str, Query(description="Format: avif, webp or jpeg.")] = "webp",
) -> Response:
    """A picture, at most ``w`` px wide. Its content never changes under its address."""
    renditions: Renditions = request.state.renditions
    file = asyncio.ensure_future(renditions.file(key, w, f))
    gone = asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait((file, gone), return_when=asyncio.FIRST_COMPLETED)
        if not file.done():
            return Response(status_code=CLIENT_GONE)
        return FileResponse(file.result(), media_type=f"image/{f}")
    finally:
        file.cancel()
        gone.cancel()


async def _disconnected(request: Request) -> None:
    """Return once the client has disconnected, as a browser does that scrolled on."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
