"""Computes the vectors of new and changed pictures in the background of a server."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from storefront.background import every
from storefront.db import Database
from storefront.errors import NotOffered
from storefront.locks import held
from storefront.vision.encoder import Encoder, Model
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
    """While the block runs, compute the missing vectors whenever the catalogue or the model has changed.

    catalogue_version: of the listings as this process knows them, negative before it knows any; while it
    and the model stay the same nothing is sent to the database. Without a model, or with ``is_on`` off,
    nothing is done.
    """
    done_for: tuple[int, Model | None] = (-1, None)

    async def work() -> None:
        nonlocal done_for
        version = catalogue_version()
        if version < 0:
            return
        model: Model | None = None
        try:
            model = await asyncio.to_thread(lambda: encoder.model)
            if done_for == (version, model):
                return
            async with held(database, "pictures are embedded") as is_ours:
                if not is_ours:  # by another process: looked at again when it has ended
                    return
                done = await embed_all(database, encoder, picture_file, most_drawn=MOST_DRAWN)
            if done:
                log.info("The vectors of %d pictures were computed", done)
        except NotOffered as error:
            if done_for != (version, model):
                log.warning("Pictures get no vectors: %s", error.detail)
        done_for = version, model

    if not is_on:
        yield
        return
    async with every(_LOOK_EVERY_S, "Picture vectors", work):
        yield
