"""Computes the vectors of the catalogue's pictures: only of those that are new or have changed.

A batch is one transaction, so that what is done is kept whenever it ends. Processes take turns: the
vectors' numbers increase in the order in which they become visible.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text

from storefront.db import Database
from storefront.errors import InvalidInput, NotFound
from storefront.locks import lock
from storefront.vision import queries
from storefront.vision.encoder import Encoder, Model, averaged
from storefront.vision.index import stored
from storefront.vision.photograph import views_of_picture
from storefront.vision.queries import PendingPicture

PICTURE_WIDTH = 320
"""Width in px of the renditions that vectors are computed from."""

_BATCH = 32
MOST_DRAWN = 5_000
"""Drawings are embedded in the background up to so many: beyond, by `storefront embed` alone."""

PictureFile = Callable[[str, int], Awaitable[Path]]
"""The file of a rendition by key and width in px; raises NotFound where there is none."""


async def embed_all(
    database: Database,
    encoder: Encoder,
    picture_file: PictureFile,
    on_progress: Callable[[int], None] = lambda _done: None,
    *,
    most_drawn: int | None = None,
) -> int:
    """Compute every vector that is missing, then delete those of other models. Returns how many.

    Resumes where an earlier run ended. on_progress: called with the size of each finished batch.
    most_drawn: as in queries.pending. Some 35 ms of one core a photograph; three statements a batch.
    Raises NotOffered (501) where the model cannot be loaded, Unavailable (503).
    """
    model, after, done = await asyncio.to_thread(lambda: encoder.model), -1, 0
    while batch := await queries.pending(
        database, model, after=after, limit=_BATCH, most_drawn=most_drawn
    ):
        await _embed(database, encoder, model, batch, picture_file)
        after = batch[-1].product_id
        done += len(batch)
        on_progress(len(batch))
    if (await queries.progress(database, model)).is_complete:
        async with database.writes() as session:
            await session.execute(_DELETE_OTHERS, {"model": model.name, "version": model.version})
    return done


async def _embed(
    database: Database,
    encoder: Encoder,
    model: Model,
    batch: Sequence[PendingPicture],
    picture_file: PictureFile,
) -> None:
    views = [await _views(one, picture_file) for one in batch]
    readable = [one for one in views if one is not None]
    found = iter(await asyncio.to_thread(_vectors, encoder, readable))
    vectors = [None if one is None else next(found) for one in views]
    async with database.writes() as session:
        # Until the end of the transaction: else a reader could see a number before a lower one.
        await lock(session, "storefront embed")
        await session.execute(
            _WRITE,
            {
                "model": model.name,
                "version": model.version,
                "ids": [one.product_id for one in batch],
                "pictures": [one.key for one in batch],
                "vectors": vectors,
            },
        )


async def _views(picture: PendingPicture, picture_file: PictureFile) -> NDArray[np.uint8] | None:
    """What the encoder takes of a picture; None for one that is absent or cannot be read."""
    try:
        file = await picture_file(picture.key, PICTURE_WIDTH)
        return await asyncio.to_thread(lambda: views_of_picture(file.read_bytes()))
    except (NotFound, InvalidInput):
        return None


def _vectors(encoder: Encoder, pictures: Sequence[NDArray[np.uint8]]) -> list[bytes]:
    """As they are stored; pictures: the views of each, [v, 224, 224, 3]."""
    if not pictures:
        return []
    found = encoder.embed(np.concatenate(pictures))
    return [stored(one) for one in averaged(found.reshape(len(pictures), -1, found.shape[1]))]


# A product that was deleted meanwhile is left out; a picture that was replaced meanwhile is found again.
_WRITE = text(
    """
    insert into shop.embeddings as old (colourway_id, model, version, picture, vector)
    select id, :model, :version, picture, vector
    from unnest(cast(:ids as bigint[]), cast(:pictures as text[]), cast(:vectors as bytea[]))
        as fresh (id, picture, vector)
    where exists (select from shop.colourways where colourways.id = fresh.id)
    on conflict (colourway_id, model, version) do update set
        (picture, vector, number, made_at) =
        (excluded.picture, excluded.vector, excluded.number, now())
    """
)
_DELETE_OTHERS = text("delete from shop.embeddings where (model, version) <> (:model, :version)")
