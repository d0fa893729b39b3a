"""The route of the pictures."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse

from storefront.pictures.renditions import Renditions
from storefront.web import problems

router = APIRouter()


@router.get(
    "/images/{key:path}",
    name="picture",
    response_class=FileResponse,
    tags=["pictures"],
    responses={200: {"content": {"image/webp": {}}}, **problems.responses(404, 422, 503)},
)
async def picture(
    request: Request, key: str, w: Annotated[int, Query(description="Width in px.")] = 640
) -> FileResponse:
    """A picture as WebP, at most ``w`` px wide. Its content never changes under its name."""
    renditions: Renditions = request.state.renditions
    return FileResponse(await renditions.file(key, w), media_type="image/webp")
