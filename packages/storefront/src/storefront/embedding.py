"""Computes the vectors of the catalogue's pictures, on a terminal."""

from storefront.db import Database
from storefront.filling import progress_bar
from storefront.pictures.renditions import Renditions
from storefront.pictures.stores import picture_store
from storefront.settings import Settings
from storefront.vision import queries
from storefront.vision.encoders import picture_encoder
from storefront.vision.service import embed_all


async def embed(database: Database, settings: Settings, *, drawing: str | None) -> str:
    """Compute every vector that is missing, with progress. Returns what was done, as a sentence.

    drawing: as of PictureStore. Raises NotOffered (501) where the model cannot be loaded, Unavailable
    (503).
    """
    encoder = picture_encoder(settings)
    encoder.check()
    renditions = Renditions(
        picture_store(settings, drawing=drawing),
        _is_product_picture,
        max_bytes=settings.pictures_max_mb * 1_000_000,
    )
    before = await queries.progress(database, encoder.model)
    try:
        with progress_bar() as progress:
            task = progress.add_task(
                "vectors", total=before.pictures - before.embedded - before.unreadable
            )
            done = await embed_all(
                database, encoder, renditions.file, lambda done: progress.advance(task, done)
            )
    finally:
        renditions.close()
    after = await queries.progress(database, encoder.model)
    sentence = (
        f"{done:,} pictures were embedded by {encoder.model.name} {encoder.model.version}; "
        f"{after.embedded:,} of {after.pictures:,} have a vector"
    )
    return sentence + (f", {after.unreadable:,} cannot be read." if after.unreadable else ".")


async def _is_product_picture(_key: str) -> bool:
    """The catalogue names every picture that is embedded."""
    return True
