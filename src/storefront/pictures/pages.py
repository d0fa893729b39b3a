"""The route of the pictures."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse

from storefront.pictures.store import PictureStore

router = APIRouter()

# Renditions are CPU work in threads; more at once than this would only make each other wait.
_AT_ONCE = asyncio.Semaphore(2)


@router.get("/images/{key:path}", name="picture", response_class=FileResponse, tags=["pictures"])
async def picture(
    request: Request, key: str, w: Annotated[int, Query(description="Width in px.")] = 640
) -> FileResponse:
    """A picture as WebP, at most ``w`` px wide. Its content never changes under its name."""
    store: PictureStore = request.state.pictures
    async with _AT_ONCE:
        path = await asyncio.to_thread(store.rendition, key, width=w)
    return FileResponse(
        path,
        media_type="image/webp",
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )
