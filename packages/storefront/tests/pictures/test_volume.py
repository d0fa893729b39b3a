"""Originals on a volume: stored by whoever imports, and shown by an app that has none of its own."""

import asyncio
from pathlib import Path

import pytest
from PIL import Image
from pydantic import ValidationError

from lakepass.emulator import Emulator
from packages.storefront.tests.conftest import environment
from storefront.errors import NotFound
from storefront.pictures.renditions import Renditions
from storefront.pictures.store import PicturesUnavailable
from storefront.pictures.stores import picture_store
from storefront.pictures.volume import VolumeOriginals
from storefront.settings import Settings

VOLUME = "/Volumes/main/default/files/pictures"


@pytest.fixture
def photograph(tmp_path: Path) -> Path:
    file = tmp_path / "Shirt.jpg"
    Image.new("RGB", (480, 640), "teal").save(file)
    return file


async def always(_key: str) -> bool:
    return True


async def test_what_a_laptop_imports_an_app_shows(
    emulator: Emulator, tmp_path: Path, photograph: Path
) -> None:
    laptop, app = (
        Settings(pictures_dir=tmp_path / name, pictures_volume=VOLUME) for name in ("laptop", "app")
    )
    with environment(emulator, "databricks_postgres"):
        original = picture_store(laptop).add(photograph, collection="own")
        assert picture_store(laptop).add(photograph, collection="own") == original
        assert not (tmp_path / "laptop").exists()
        store = picture_store(app)
        renditions = Renditions(store, always, max_bytes=1_000_000)
        try:
            rendition = await renditions.file(original.key, 160)
        finally:
            await asyncio.to_thread(renditions.close)
        with Image.open(rendition) as image:
            assert image.size == (160, 213)
        with pytest.raises(NotFound, match="There is no picture own/none"):
            store.make("own/none-1.jpg", 160)
        missing = VolumeOriginals("/Volumes/main/default/none")
        with pytest.raises(NotFound, match="no volume at /Volumes/main/default/none"):
            missing.add("own/a.jpg", b"")


def test_a_workspace_that_does_not_answer(emulator: Emulator) -> None:
    with environment(emulator, "databricks_postgres") as patch:
        patch.setenv("DATABRICKS_CLIENT_SECRET", "wrong")
        with pytest.raises(PicturesUnavailable):
            VolumeOriginals(VOLUME).read("own/a.jpg")


@pytest.mark.parametrize("folder", ["main.shop.pictures", "/Volumes/main/shop", "dbfs:/pictures"])
def test_setting_that_is_no_folder_of_a_volume(folder: str) -> None:
    with pytest.raises(ValidationError, match="pictures_volume"):
        Settings(pictures_volume=folder)
