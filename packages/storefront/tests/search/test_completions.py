"""Completions over a real read model, while the vocabulary changes."""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator, Callable

import pytest
from sqlalchemy import text

from packages.storefront.tests.search.vocabularies import vocabulary
from storefront.catalog import service as catalog
from storefront.catalog.source import SourceProduct
from storefront.db import Database
from storefront.search.completions import Completer
from storefront.search.language.query_parser import parse
from storefront.search.language.vocabulary import Vocabulary
from storefront.search.read_model import refresh as service
from storefront.search.read_model.store import ReadModel
from storefront.search.read_model.vocabulary_reader import VocabularyReader


@pytest.fixture
async def database(fresh_database: Callable[[], Database]) -> AsyncIterator[Database]:
    """Four shirts, listed."""
    database = fresh_database()
    await catalog.import_products(database, [
        SourceProduct(number, f"Plain Shirt {number}", "Men", "Apparel", "Topwear", "Shirts")
        for number in range(1, 5)
    ])  # fmt: skip
    await service.refresh_all(database)
    yield database
    await database.aclose()


def parse_other_texts() -> None:
    """The parser remembers what it parsed last, with the vocabulary of that."""
    other = vocabulary()
    for number in range(1_000):
        parse(f"query {number}", other)


async def test_a_vocabulary_is_released_when_another_replaces_it(database: Database) -> None:
    now = 0.0
    reader = VocabularyReader(database, ReadModel(database), clock=lambda: now)
    completer = Completer(ReadModel(database), reader)
    former = weakref.ref[Vocabulary](await reader.vocabulary())
    assert (await completer.completions("shi", products=2)).suggestions.queries == ["shirts"]

    async with database.writes() as session:
        await session.execute(text("insert into shop.synonyms values ('zippy', 'shirts')"))
    now = 61.0
    await reader.vocabulary()
    await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})
    assert (await completer.completions("shi", products=2)).suggestions.queries == ["shirts"]
    parse_other_texts()
    gc.collect()
    assert former() is None
