"""Computes the vectors of new and changed pictures in the background of a server."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from storefront.background import every
from storefront.db import Database
from storefront.errors import NotOffered
from storefront.vision.encoder import Encoder
from storefront.vision.service import MOST_DRAWN, PictureFile, embed_all

log = logging.getLogger(__name__)

_LOOK_EVERY_S = 5.0


@asynccontextmanager
async def keep_embedded(
    database: Database,
    encoder: Encoder,
    picture_file: PictureFile,
    catalogue_version: Callable[[], int],
    *,
    is_on: bool,
) -> AsyncIterator[None]:
    """Meanwhile, compute the vectors that are missing whenever the catalogue has changed.

    catalogue_version: of the listings as this process knows them, negative before it knows any; while it
    stays the same nothing is sent to the database. Without onnxruntime, or with ``is_on`` off,
    nothing is done.
    """
    embedded_version = -1

    async def work() -> None:
        nonlocal embedded_version
        version = catalogue_version()
        if version < 0 or version == embedded_version:
            return
        try:
            done = await embed_all(database, encoder, picture_file, most_drawn=MOST_DRAWN)
        except NotOffered as error:
            log.warning("Pictures get no vectors: %s", error.detail)
            done = 0
        embedded_version = version
        if done:
            log.info("The vectors of %d pictures were computed", done)

    if not is_on:
        yield
        return
    async with every(_LOOK_EVERY_S, "Picture vectors", work):
        yield
