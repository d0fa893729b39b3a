"""A shop that has looked at two dozen of its pictures."""

import asyncio
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from lakepass.emulator import Emulator
from packages.storefront.tests.conftest import Server, environment, running_shop
from storefront.db import Database
from storefront.demo.drawing import draw_png
from storefront.errors import NotFound
from storefront.settings import Settings
from storefront.vision.local_encoder import LocalEncoder
from storefront.vision.service import embed_all
from tests.databases import Databases

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed: uv sync --extra photo")

PICTURES = 24
DRAWN: dict[int, str] = {}
"""The products whose picture the shop has looked at, and its key."""


@pytest.fixture(scope="package")
def photo_shop(
    emulator: Emulator,
    databases: Databases,
    template_database: str,
    settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("drawn")

    async def file(key: str, width: int) -> Path:
        if key not in DRAWN.values():
            raise NotFound("Not among the two dozen.")
        drawn = folder / key.replace("/", "-")
        drawn.write_bytes(draw_png(key, width))
        return drawn

    async def look() -> None:
        database = Database(Settings(connect_deadline_s=60))
        rows = await database.fetch(
            """
            select distinct on (styles.category_id) colourway_id, media.key
            from shop.media join shop.colourways on colourways.id = colourway_id
            join shop.styles on styles.id = style_id
            where position = 0 and status = 'live' order by styles.category_id, colourway_id
            """
        )
        DRAWN.update({row[0]: row[1] for row in rows[:PICTURES]})
        await embed_all(database, LocalEncoder(), file)
        await database.aclose()

    name = databases.create(template=template_database)
    with environment(emulator, name):
        asyncio.run(look())
    unlimited = settings.model_copy(update={"rate_limits": False})
    with running_shop(unlimited, emulator, name) as server:
        yield server


def photograph(product_id: int, width: int = 480) -> bytes:
    """A JPEG as a phone might take it: the product's picture, turned a little, on a grey wall."""
    drawn = Image.open(io.BytesIO(draw_png(DRAWN[product_id], width))).convert("RGB")
    turned = drawn.rotate(6, expand=True, fillcolor=drawn.getpixel((0, 0)))
    wall = Image.new("RGB", (turned.width + 60, turned.height + 60), (150, 150, 146))
    wall.paste(turned, (30, 30))
    buffer = io.BytesIO()
    wall.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()
