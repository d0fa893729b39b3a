"""The store of pictures that the settings name."""

from storefront.pictures.store import PictureStore
from storefront.pictures.volume import VolumeOriginals
from storefront.settings import Settings


def picture_store(settings: Settings, *, drawing: str | None = None) -> PictureStore:
    """Originals on a volume where one is set, else in a folder. drawing: as of PictureStore."""
    volume = settings.pictures_volume
    originals = VolumeOriginals(volume) if volume else None
    return PictureStore(settings.pictures_dir, originals, drawing=drawing)
