"""Sizes belong to a system: a waist of 38 is not a shoe of size 38."""

from collections.abc import AsyncIterator, Callable, Sequence

import pytest
from alembic import command
from sqlalchemy import Connection

from storefront import migrations
from storefront.catalog import service as catalog
from storefront.catalog.source import SourceProduct, SourceSize
from storefront.db import Database
from storefront.search.criteria import Criteria
from storefront.search.index.facets import FacetValues, Value
from storefront.search.read_model import refresh as service
from storefront.search.read_model.store import ReadModel

SIZES = {
    1: [("EU", "40"), ("EU", "38"), ("EU", "9")],
    2: [("waist", "38"), ("waist", "40")],
    3: [("alpha", "XL"), ("alpha", "S")],
    4: [("one size", "One size")],
    5: [("Inseam", "38")],
}


def product(number: int, sizes: Sequence[tuple[str, str]]) -> SourceProduct:
    made = tuple(SourceSize(system, label, pieces=1) for system, label in sizes)
    return SourceProduct(number, f"Thing {number}", "Men", "A", "B", "C", sizes=made)


@pytest.fixture
async def database(fresh_database: Callable[[], Database]) -> AsyncIterator[Database]:
    database = fresh_database()
    await catalog.import_products(database, [product(n, sizes) for n, sizes in SIZES.items()])
    await service.refresh_all(database)
    yield database
    await database.aclose()


async def found(model: ReadModel, *sizes: str) -> list[int]:
    page = await model.listing(Criteria(filters={"size": sizes}))
    return sorted(int(card["product_id"]) for card in page.products)


async def check(database: Database) -> None:
    model = ReadModel(database)
    facets = await model.facets(Criteria())
    assert {
        system: [count.value.value for count in counts] for system, counts in facets.sizes.items()
    } == {
        "alpha": ["alpha:S", "alpha:XL"],
        "EU": ["EU:9", "EU:38", "EU:40"],
        "waist": ["waist:38", "waist:40"],
        "Inseam": ["Inseam:38"],
        "one size": ["one size:One size"],
    }
    assert list(facets.sizes) == ["alpha", "EU", "waist", "Inseam", "one size"]
    assert {count.count for counts in facets.sizes.values() for count in counts} == {1}
    assert await found(model, "EU:38") == [1]
    assert await found(model, "waist:38") == [2]
    assert await found(model, "38") == [1, 2, 5]
    assert await found(model, "eu:38", "xl") == [1, 3]
    assert await found(model, "39") == []


async def test_a_size_is_its_system_and_label(database: Database) -> None:
    await check(database)


async def test_a_shop_that_knew_labels_alone_is_brought_up_to_date(database: Database) -> None:
    def back_and_forth(connection: Connection) -> None:
        command.downgrade(migrations.alembic_config(connection), "0016")
        command.upgrade(migrations.alembic_config(connection), "head")

    async with database.connection() as connection:
        await connection.run_sync(back_and_forth)
    await service.refresh_all(database)
    await check(database)


async def test_a_corrected_order_of_sizes_reaches_the_filter(database: Database) -> None:
    sizes = tuple(
        SourceSize("alpha", label, sort, pieces=1) for sort, label in enumerate(["XL", "S"])
    )
    [thing] = [product(3, SIZES[3])]
    await catalog.import_products(
        database, [SourceProduct(3, thing.name, "Men", "A", "B", "C", sizes=sizes)]
    )
    await service.refresh_all(database)
    facets = await ReadModel(database).facets(Criteria())
    assert [count.value.label for count in facets.sizes["alpha"]] == ["XL", "S"]


def test_a_label_means_every_system_and_a_colon_in_it_is_its_own() -> None:
    values = FacetValues(
        [
            Value(1, "size", "EU:38", "38"),
            Value(2, "size", "a:b:c:d", "c:d"),
            Value(3, "size", "waist:38", "38"),
        ]
    )
    assert [value.system for value in values.values] == ["EU", "a:b", "waist"]
    assert values.spellings("size", "38") == ["EU:38", "waist:38"]
    assert values.spellings("size", "C:D") == ["a:b:c:d"]
    assert values.spellings("size", "Eu:38") == ("EU:38",)
    assert values.spellings("size", "39") == ()
