"""The vectors of a catalogue: computed once, again where a picture or the model changes."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from sqlalchemy import text

from storefront import migrations
from storefront.catalog import service as catalog
from storefront.db import Database
from storefront.demo.drawing import draw_png
from storefront.demo.products import demo_products
from storefront.errors import NotFound, NotOffered
from storefront.settings import Settings
from storefront.vision import queries, worker
from storefront.vision.local_encoder import LocalEncoder
from storefront.vision.service import PictureFile, embed_all
from storefront.vision.vector_reader import VectorReader
from storefront.vision.worker import keep_embedded

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed: uv sync --extra photo")

MODEL = Path(migrations.__file__).parents[1] / "vision" / "fashion_lite0" / "encoder.onnx"
PRODUCTS = 100


@pytest.fixture
def picture_file(tmp_path: Path) -> PictureFile:
    """Few pictures in place of many: drawing is not what is tested. One is missing."""
    drawn: dict[str, Path] = {}

    async def file(key: str, width: int) -> Path:
        if len(drawn) < 4 and key not in drawn:
            drawn[key] = tmp_path / f"{len(drawn)}.png"
            drawn[key].write_bytes(draw_png(key, width))
        if key == MISSING.get("key"):
            raise NotFound("There is no such picture.")
        return drawn.get(key) or next(iter(drawn.values()))

    return file


MISSING: dict[str, str] = {}


async def test_only_what_is_new_or_changed_is_computed(
    fresh_database: Callable[[], object], picture_file: PictureFile, tmp_path: Path
) -> None:
    database, encoder = Database(Settings(connect_deadline_s=60)), LocalEncoder()
    await catalog.import_products(database, demo_products(PRODUCTS))
    pictures = (await queries.progress(database, encoder.model)).pictures
    [(last,)] = await database.fetch(
        "select key from shop.media where position = 0 order by colourway_id desc limit 1"
    )
    MISSING["key"] = last

    batches: list[int] = []
    assert await embed_all(database, encoder, picture_file, batches.append) == pictures
    assert sum(batches) == pictures
    after = await queries.progress(database, encoder.model)
    assert (after.embedded, after.unreadable, after.is_complete) == (pictures - 1, 1, True)
    assert await embed_all(database, encoder, picture_file) == 0

    reader = VectorReader(database, encoder)
    index = await reader.index()
    assert len(index) == pictures - 1
    assert index.vectors.shape == (pictures - 1, 128)

    async with database.writes() as session:
        await session.execute(
            text(
                """
                update shop.media set key = key || '-new' where position = 0 and colourway_id in (
                    select colourway_id from shop.media order by 1 limit 2)
                """
            )
        )
    assert await embed_all(database, encoder, picture_file) == 2

    own = tmp_path / "own.onnx"
    own.write_bytes(MODEL.read_bytes())
    other = LocalEncoder(own)
    assert (other.model.name, other.model.version) == ("own", encoder.model.version)
    moved = VectorReader(database, other)
    assert len(await moved.index()) == 0
    assert len(await moved.products()) == pictures - 1  # the former model's still answer
    async with keep_embedded(database, other, picture_file, lambda: 1, is_on=True):
        while (await queries.progress(database, encoder.model)).embedded:  # deleted at the end
            assert len(await moved.products()) == pictures - 1
            await asyncio.sleep(0.1)
    assert len(await VectorReader(database, other).index()) == pictures - 1
    await database.aclose()


async def test_of_two_processes_one_computes_the_vectors_and_the_other_none(
    fresh_database: Callable[[], Database],
    picture_file: PictureFile,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker, "_LOOK_EVERY_S", 0.02)
    databases = fresh_database(), Database(Settings(connect_deadline_s=60))
    await migrations.migrate(databases[0])
    await catalog.import_products(databases[0], demo_products(10))
    encoder = LocalEncoder()
    pictures = (await queries.progress(databases[0], encoder.model)).pictures
    asked: list[tuple[int, str]] = []
    looks = [0, 0]
    others_have_looked = asyncio.Event()

    def process(number: int) -> AbstractAsyncContextManager[None]:
        async def file(key: str, width: int) -> Path:
            asked.append((number, key))
            await others_have_looked.wait()
            return await picture_file(key, width)

        def catalogue_version() -> int:
            looks[number] += 1
            if asked and number != asked[0][0] and looks[number] > 3:  # by then it was refused
                others_have_looked.set()
            return 1

        return keep_embedded(databases[number], encoder, file, catalogue_version, is_on=True)

    async with process(0), process(1):
        while not (await queries.progress(databases[0], encoder.model)).is_complete:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert len({key for _, key in asked}) == len(asked) == pictures
    assert len({number for number, _ in asked}) == 1
    for database in databases:
        await database.aclose()


@pytest.mark.parametrize("content", [None, b"", b"not a model"])
def test_a_model_that_cannot_be_loaded_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "model.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(NotOffered) as refused:
        LocalEncoder(path).check()
    assert str(path) in refused.value.detail
