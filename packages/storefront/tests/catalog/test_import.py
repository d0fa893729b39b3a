"""Importing into a real database: what arrives, what a second run changes, what a cut leaves."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from packages.storefront.tests.search.finding import Shop, each_finds_its_product
from storefront import migrations
from storefront.catalog import dataset, queries, service
from storefront.catalog.rows import Rejected
from storefront.catalog.source import SourcePicture, SourceProduct, SourceSize
from storefront.db import Database
from storefront.demo.products import demo_products
from storefront.locks import lock
from storefront.search.criteria import Criteria
from storefront.search.read_model import refresh as search_service
from storefront.search.read_model.store import ReadModel
from storefront.settings import Settings

Fresh = Callable[[], Database]


async def table_counts(database: Database) -> dict[str, int]:
    tables = ("brands", "categories", "styles", "colourways", "skus", "media", "stock_levels")
    async with database.reads() as session:
        return {
            name: await session.scalar(text(f"select count(*) from shop.{name}")) or 0
            for name in tables
        }


async def test_products_arrive_and_a_second_run_changes_nothing(fresh_database: Fresh) -> None:
    database = fresh_database()
    first = await service.import_products(database, demo_products(150))
    before = await table_counts(database)
    second = await service.import_products(database, demo_products(150))
    assert (first.added, first.changed, first.unchanged) == (150, 0, 0)
    assert (second.added, second.changed, second.unchanged) == (0, 0, 150)
    assert before["colourways"] == before["media"] == 150
    assert before["skus"] == before["stock_levels"] > 150
    assert await table_counts(database) == before
    await database.aclose()


async def test_a_changed_product_is_updated_and_its_stock_left_alone(fresh_database: Fresh) -> None:
    database = fresh_database()
    [product] = [p for p in demo_products(100) if p.id == 101_000_001]
    await service.import_products(database, [product])
    async with database.writes() as session:
        await session.execute(text("update shop.stock_levels set on_hand = 77"))
    report = await service.import_products(database, [replace(product, name="Renamed")])
    page = await queries.product_page(database, product.id)
    assert (report.added, report.changed, report.unchanged) == (0, 1, 0)
    assert page.card.name == "Renamed"
    assert page.card.slug == "renamed-101000001"
    assert {size.left for size in page.sizes} == {77}
    await database.aclose()


async def test_a_product_made_in_other_sizes_offers_only_those(fresh_database: Fresh) -> None:
    database = fresh_database()
    shirt = SourceProduct(5, "Thing", "Men", "Apparel", "Topwear", "Shirts")
    jeans = replace(shirt, sub_category="Bottomwear", article_type="Jeans")
    shoes = replace(shirt, master_category="Footwear", sub_category="Shoes", article_type="Flats")
    for product, system in ((jeans, "waist"), (shirt, "alpha"), (shoes, "EU"), (jeans, "waist")):
        await service.import_products(database, [product])
        page = await queries.product_page(database, 5)
        assert {size.system for size in page.sizes} == {system}
    await database.aclose()


async def test_a_change_of_the_picture_alone_is_a_change(fresh_database: Fresh) -> None:
    database = fresh_database()
    [product] = list(demo_products(1))
    await service.import_products(database, [product])
    for changed in (
        replace(product, picture=SourcePicture("dataset/other.jpg")),
        replace(product, picture=SourcePicture("dataset/other.jpg", 60, 80)),
        replace(
            product, picture=SourcePicture("dataset/other.jpg", 60, 80), description="Rewritten."
        ),
    ):
        report = await service.import_products(database, [changed])
        assert (report.added, report.changed, report.unchanged) == (0, 1, 0)
    await database.aclose()


async def test_two_imports_at_once_take_turns(fresh_database: Fresh) -> None:
    fresh_database()
    database = Database(Settings(statement_timeout_s=600))  # as the command has it
    reports = await asyncio.gather(
        *(service.import_products(database, demo_products(400)) for _ in range(3))
    )
    assert sum(report.added for report in reports) == 400
    assert sum(report.unchanged for report in reports) == 800
    await database.aclose()


async def test_an_import_waits_longer_for_its_turn_than_a_request_would(
    fresh_database: Fresh,
) -> None:
    database = fresh_database()
    async with database.writes() as session:
        await lock(session, "import")
        importing = asyncio.create_task(service.import_products(database, demo_products(5)))
        await asyncio.sleep(5.5)  # longer than the lock_timeout of a request
        assert not importing.done()
    assert (await importing).added == 5
    await database.aclose()


async def test_an_import_that_was_cut_is_finished_by_the_next(fresh_database: Fresh) -> None:
    database = fresh_database()

    def cut(products: Iterable[SourceProduct]) -> Iterator[SourceProduct]:
        for number, product in enumerate(products):
            if number == 2_500:
                raise ConnectionError("cut")
            yield product

    with pytest.raises(ConnectionError):
        await service.import_products(database, cut(demo_products(3_000)))
    assert (await table_counts(database))["colourways"] == 2_000  # whole batches only
    report = await service.import_products(database, demo_products(3_000))
    assert (report.added, report.changed, report.unchanged) == (1_000, 0, 2_000)
    await database.aclose()


async def test_rejected_rows_are_reported_and_the_rest_arrives(
    fresh_database: Fresh, tmp_path: Path
) -> None:
    file = tmp_path / "styles.csv"
    file.write_text(
        ",".join(dataset.COLUMNS) + "\n"
        "1,Men,Apparel,Topwear,Shirts,Red,Fall,2011,Casual,Fine Men Shirt\n"
        "2,Dogs,Apparel,Topwear,Shirts,Red,Fall,2011,Casual,Bad\n"
        "3,Men,Apparel,Topwear,Shirts,Red,Fall,2011,Casual,Fine Men Shirt\n"
    )
    database = fresh_database()
    products = dataset.read_products(file, dataset.learn_brands(file), {})
    report = await service.import_products(database, products)
    assert (report.read, report.added) == (3, 2)
    assert [rejected.line for rejected in report.rejected] == [3]
    assert isinstance(report.rejected[0], Rejected)
    await database.aclose()


async def test_migrations_describe_exactly_the_models(fresh_database: Fresh) -> None:
    database = fresh_database()
    await migrations.migrate(database)  # nothing left to do
    assert await migrations.differences(database) == []
    await database.aclose()


async def test_the_real_catalogue_arrives_whole_and_words_drawn_from_it_find_their_products(
    fresh_database: Fresh, real_catalog: Path
) -> None:
    file = real_catalog / "styles.csv"
    database = fresh_database()
    report = await service.import_products(
        database, dataset.read_products(file, dataset.learn_brands(file), {})
    )
    assert (report.added, report.rejected) == (44_446, [])
    shirt = await queries.product_page(database, 15970)
    await search_service.refresh_all(database)
    model = ReadModel(database)
    navy = Criteria({"gender": ["Men"], "article_type": ["Shirts"], "base_color": ["Navy Blue"]})
    assert (await model.facets(Criteria())).total == 44_446
    assert (await model.facets(navy)).total == 172  # two are boys'
    assert (shirt.card.name, shirt.card.brand, shirt.card.year) == (
        "Turtle Check Men Navy Blue Shirt",
        "Turtle",
        2011,
    )
    await each_finds_its_product(Shop(database), 300)
    await database.aclose()


async def test_stock_that_a_source_tells_is_set_but_what_is_promised_stays(
    fresh_database: Fresh,
) -> None:
    database = fresh_database()
    [product] = demo_products(1)
    told = replace(product, sizes=(SourceSize("alpha", "M", 2, pieces=5),))
    await service.import_products(database, [told])
    async with database.writes() as session:
        await session.execute(text("update shop.stock_levels set reserved = 4"))
    fewer = replace(product, sizes=(SourceSize("alpha", "M", 2, pieces=2),))
    for expected in ((0, 1, 0), (0, 0, 1)):
        report = await service.import_products(database, [fewer])
        assert (report.added, report.changed, report.unchanged) == expected
    async with database.reads() as session:
        [level] = (await session.execute(text("select * from shop.stock_levels"))).all()
    assert (level.on_hand, level.reserved) == (6, 4)
    await database.aclose()


async def test_a_trial_says_what_would_happen_and_writes_nothing(fresh_database: Fresh) -> None:
    database = fresh_database()
    report = await service.import_products(database, demo_products(50), is_trial=True)
    assert report.added == 50
    assert set((await table_counts(database)).values()) == {0}
    await database.aclose()


async def test_a_product_with_the_code_of_another_is_rejected_alone(fresh_database: Fresh) -> None:
    database = fresh_database()
    products = [
        replace(product, sizes=(SourceSize("alpha", "M", 2, sku=code, line=line),))
        for line, (product, code) in enumerate(
            zip(demo_products(3), ("A", "A", "B"), strict=True), 2
        )
    ]
    report = await service.import_products(database, products)
    reason = f"sku A is that of product {products[0].id} already, on line 2"
    assert (report.added, report.rejected) == (2, [Rejected(3, reason)])
    again = await service.import_products(database, [replace(products[2], id=7, style=None)])
    reason = f"sku B is that of product {products[2].id} already"
    assert again.rejected == [Rejected(4, reason)]
    await database.aclose()
