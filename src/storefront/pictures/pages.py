"""The route of the pictures."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse

from storefront.pictures.renditions import Renditions

router = APIRouter()


@router.get("/images/{key:path}", name="picture", response_class=FileResponse, tags=["pictures"])
async def picture(
    request: Request, key: str, w: Annotated[int, Query(description="Width in px.")] = 640
) -> FileResponse:
    """A picture as WebP, at most ``w`` px wide. Its content never changes under its name."""
    renditions: Renditions = request.state.renditions
    return FileResponse(
        await renditions.file(key, w),
        media_type="image/webp",
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )
