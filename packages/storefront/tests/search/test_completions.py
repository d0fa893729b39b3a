"""Completions over a real read model, while the vocabulary changes."""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator, Callable

import pytest
from sqlalchemy import text

from storefront.catalog import service as catalog
from storefront.catalog.source import SourceProduct
from storefront.db import Database
from storefront.search.completions import Completer
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


def completer_of(database: Database) -> Completer:
    model = ReadModel(database)
    return Completer(model, VocabularyReader(database, model))


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
    gc.collect()
    assert former() is None


async def test_the_products_are_those_of_the_first_completion(database: Database) -> None:
    await catalog.import_products(database, [
        SourceProduct(11, "Shinto Men Belt", "Men", "Accessories", "Belts", "Belts", popularity=9),
        SourceProduct(12, "Red Shirt", "Men", "Apparel", "Topwear", "Shirts", base_colour="Red"),
        SourceProduct(13, "Red Shine", "Men", "Apparel", "Topwear", "Jackets", base_colour="Red"),
    ])  # fmt: skip
    await service.refresh_all(database)
    completer = completer_of(database)
    found = await completer.completions("shi", products=9)
    assert found.suggestions.queries[0] == "shirts"
    assert {one["product_id"] for one in found.products} == {"1", "2", "3", "4", "12"}


async def test_words_of_other_languages_are_completed_where_they_find_products(
    database: Database,
) -> None:
    await catalog.import_products(database, [
        SourceProduct(21, "Red Shirt", "Men", "Apparel", "Topwear", "Shirts", base_colour="Red"),
        SourceProduct(22, "Red Jacket", "Men", "Apparel", "Topwear", "Jackets", base_colour="Red"),
        SourceProduct(23, "Red Coat", "Men", "Apparel", "Topwear", "Jackets", base_colour="Red"),
    ])  # fmt: skip
    await service.refresh_all(database)
    completer = completer_of(database)
    jackets = await completer.completions("rote ja", products=9)
    assert jackets.suggestions.queries == ["rote jacke"]
    assert {one["product_id"] for one in jackets.products} == {"22", "23"}
    some = await completer.completions("rote h", products=9)
    assert some.suggestions.queries == ["rote hemd", "rote herren"]  # kinds first
