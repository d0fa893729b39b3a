"""A shop whose picture model is a serving endpoint, by its settings alone."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from lakepass.emulator import Emulator
from packages.storefront.tests.conftest import environment, running_shop
from packages.storefront.tests.vision.serving import FakeServing, running_serving
from storefront.db import Database
from storefront.demo.drawing import draw_png
from storefront.errors import NotFound
from storefront.settings import Settings
from storefront.vision.encoders import picture_encoder
from storefront.vision.service import embed_all
from tests.databases import Databases

PICTURES = 6
IMAGE = "/api/v1/search/image"


@pytest.fixture
def serving() -> Iterator[FakeServing]:
    with running_serving() as server:
        yield server


async def test_the_shop_searches_with_a_serving_endpoint(
    emulator: Emulator,
    databases: Databases,
    template_database: str,
    settings: Settings,
    serving: FakeServing,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    settings = settings.model_copy(update={"picture_endpoint": "pictures"})
    drawn: dict[str, bytes] = {}

    async def file(key: str, width: int) -> Path:
        if len(drawn) == PICTURES:
            raise NotFound("Six are enough.")
        drawn[key] = draw_png(key, width)
        path = tmp_path / str(len(drawn))
        path.write_bytes(drawn[key])
        return path

    name = databases.create(template=template_database)
    with environment(emulator, name):
        database = Database(settings)
    with running_shop(settings, emulator, name) as shop:
        # The database was signed in to with another identity; the encoder signs in at its first use.
        monkeypatch.setenv("DATABRICKS_HOST", serving.url)
        monkeypatch.setenv("DATABRICKS_TOKEN", "a-token")
        await embed_all(database, picture_encoder(settings), file)
        await database.aclose()
        assert serving.batches == [2 * PICTURES]  # each is seen twice
        async with httpx.AsyncClient(base_url=shop.url, timeout=60) as client:
            photograph = {"image": ("photo.png", next(iter(drawn.values())), "image/png")}
            found = await client.post(IMAGE, files=photograph)
            assert found.status_code == 200, found.text
            assert len(found.json()["products"]) == PICTURES
            assert serving.batches[-1] == 2  # both views in one request
            serving.answer = (503, {"error_code": "TEMPORARILY_UNAVAILABLE", "message": "down"})
            failed = await client.post(IMAGE, files=photograph)
            assert failed.status_code == 503
            assert failed.headers["retry-after"]
            product_id = found.json()["products"][0]["product_id"]
            similar = await client.get(f"/api/v1/products/{product_id}/similar")
            assert similar.status_code == 200
