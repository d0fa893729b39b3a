"""Recommendations by the vectors of pictures, where no model is installed but one has computed them."""

import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text

from storefront.db import Database
from storefront.recommend import queries
from storefront.recommend.taste import Interaction
from storefront.search.read_model.store import ReadModel
from storefront.vision import vector_reader
from storefront.vision.index import VectorIndex, stored
from storefront.vision.local_encoder import LocalEncoder
from storefront.vision.vector_reader import VectorReader

FIRST = 101_000_001
STORE = text(
    "insert into shop.embeddings (colourway_id, model, version, picture, vector) "
    "values (:product_id, 'former', '1', 'key', :vector)"
)


@pytest.fixture
async def database(stocked_database: Callable[[int], Database]) -> AsyncIterator[Database]:
    """A hundred products, listed."""
    database = stocked_database(100)
    yield database
    await database.aclose()


@pytest.fixture
def reader(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> VectorReader:
    """Without a model; it polls whenever it is asked."""
    monkeypatch.setattr(vector_reader, "_POLL_EVERY_S", -1)
    return VectorReader(database, LocalEncoder(tmp_path / "absent.onnx"))


async def store_vectors(database: Database) -> int:
    chance = np.random.default_rng(1)
    rows = await database.fetch("select id from shop.colourways")
    values = [
        {"product_id": row[0], "vector": stored(chance.random(8, np.float32))} for row in rows
    ]
    async with database.writes() as session:
        await session.execute(STORE, values)
    return len(values)


async def test_vectors_are_found_though_there_were_none_at_first(
    database: Database, reader: VectorReader
) -> None:
    assert len(await reader.products()) == 0
    count = await store_vectors(database)
    assert len(await reader.products()) == count
    assert await reader.products() is await reader.products()


async def test_pictures_are_compared_beside_the_event_loop(
    database: Database, reader: VectorReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store_vectors(database)
    model, threads, nearest = ReadModel(database), set[int](), VectorIndex.nearest

    def noting(self: VectorIndex, *values: Any, **how: Any) -> Any:
        threads.add(threading.get_ident())
        return nearest(self, *values, **how)

    monkeypatch.setattr(VectorIndex, "nearest", noting)
    for_me = await queries.for_you(model, reader, [Interaction(FIRST, "bought")], limit=4)
    assert for_me[0].reason.startswith("Because you bought")
    assert threads
    assert threading.get_ident() not in threads
    threads.clear()
    assert await queries.similar(model, reader, FIRST, limit=4)
    assert threads
    assert threading.get_ident() not in threads
