"""Spellings of one name: the shop's changes when most products have another, whatever the name is of."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from storefront.catalog import editing, queries, service, sheets
from storefront.catalog.source import SourcePrice, SourceProduct, SourceSize
from storefront.db import Database

SHIRT = SourceProduct(
    1,
    "Shirt",
    "Men",
    "Apparel",
    "Topwear",
    "Shirts",
    price=SourcePrice(1999, 1999, "USD"),
    sizes=(SourceSize("EU", "42"),),
)
SPELLINGS: list[tuple[str, object, object]] = [
    ("brand", "acme", "Acme"),
    ("brand", "A & B", "A&B"),
    ("brand", "Red Tape", "Redtape"),
    ("base_colour", "zor-blue", "Zor Blue"),
    ("brand", "Acme™", "Acme"),
    ("brand", "ACME®", "Acme"),
    ("base_colour", "Light Gray", "Light Grey"),
    ("sizes", (SourceSize("EU", "42,5"),), (SourceSize("EU", "42.5"),)),
    ("sizes", (SourceSize("UK", "9½"),), (SourceSize("UK", "9 1/2"),)),
    ("sizes", (SourceSize("EU", "2-XL"),), (SourceSize("EU", "2XL"),)),
    ("master_category", "clothes", "Clothes"),
    ("sub_category", "upper", "Upper"),
    ("article_type", "tunics", "Tunics"),
    ("base_colour", "zorblue", "Zorblue"),
    ("usage", "beach wear", "Beach Wear"),
    ("sizes", (SourceSize("cup", "70b"),), (SourceSize("Cup", "70b"),)),
    ("sizes", (SourceSize("EU", "42a"),), (SourceSize("EU", "42A"),)),
    ("sizes", (SourceSize("Eu", "m"),), (SourceSize("EU", "M"),)),
]


@pytest.fixture
async def database(fresh_database: Callable[[], Database]) -> AsyncIterator[Database]:
    database = fresh_database()
    yield database
    await database.aclose()


def spelt(sheet: sheets.Sheet, field: str) -> object:
    if field == "sizes":
        return tuple(SourceSize(size["size_system"], size["size"]) for size in sheet.sizes)
    return sheet.product["colour" if field == "base_colour" else field]


async def sheet_of(database: Database, product_id: int) -> sheets.Sheet:
    async with database.reads() as session:
        return await sheets.sheet(session, product_id)


@pytest.mark.parametrize(("field", "old", "new"), SPELLINGS)
async def test_a_spelling_that_most_products_have_becomes_that_of_all(
    database: Database, field: str, old: object, new: object
) -> None:
    values: dict[str, Any] = {field: old}
    await service.import_products(database, [replace(SHIRT, **values)])
    values = {field: new}
    others = [replace(SHIRT, id=number, **values) for number in (2, 3)]
    report = await service.import_products(database, others)
    assert (report.added, report.rejected) == (2, [])
    for number in (1, 2, 3):
        assert spelt(await sheet_of(database, number), field) == new


async def test_a_brand_that_is_stored_in_two_spellings_becomes_one(database: Database) -> None:
    """As it was before blanks counted as none."""
    await service.import_products(database, [replace(SHIRT, brand="Acme")])
    add = """
        with made as (insert into shop.brands (key, slug, name) values ('ac me', 'ac-me', 'Ac Me')
                      returning id)
        update shop.styles set brand_id = made.id from made
    """
    async with database.writes() as session:
        await session.execute(text(add))
    others = [replace(SHIRT, id=number, brand="Acme") for number in (2, 3)]
    report = await service.import_products(database, others)
    assert (report.added, report.changed, report.rejected) == (2, 0, [])
    for number in (1, 2, 3):
        assert (await sheet_of(database, number)).product["brand"] == "Acme"


@pytest.mark.parametrize("name", ["navy-blue", "navyblue", "NAVY  BLUE", "Navy\u2010Blue", "navy"])
async def test_a_known_colour_has_the_spelling_and_the_swatch_of_the_shop(
    database: Database, name: str
) -> None:
    await service.import_products(database, [replace(SHIRT, base_colour=name)])
    card = (await queries.product_page(database, 1)).card
    assert (card.colour_name, card.colour_family) == ("Navy Blue", "blue")


async def test_staff_may_change_a_spelling(database: Database) -> None:
    await service.import_products(database, [replace(SHIRT, base_colour="zorblue")])
    sheet = await sheet_of(database, 1)
    changed = replace(sheet, product={**sheet.product, "colour": "ZORBLUE"})
    async with database.writes() as session:
        _, edit = await editing.save(session, changed, currency="USD", version=sheet.version)
    assert [(one.column, one.new) for one in edit.differences] == [("colour", "ZORBLUE")]
    assert (await queries.product_page(database, 1)).card.colour_name == "ZORBLUE"


async def test_sizes_that_are_stored_in_two_spellings_stop_no_import(database: Database) -> None:
    """Charts could once bring ``M`` and ``m``."""
    add = """
        with made as (
            insert into shop.sizes (system, label, sort, natural_sort)
            values ('alpha', 'm', 9, 9), ('ALPHA', 'M', 9, 9) returning id)
        insert into shop.size_chart_rows
            (size_chart_id, size_id, measure, low_mm, high_mm)
        select (select id from shop.size_charts where key = 'men-alpha'), id, 'chest', 8, 9 from made
    """
    async with database.writes() as session:
        await session.execute(text(add))
    for label in ("M", "m"):
        shirt = replace(SHIRT, sizes=(SourceSize("alpha", label),))
        report = await service.import_products(database, [shirt, replace(shirt, id=2)])
        assert report.rejected == []
        assert [size.label for size in (await queries.product_page(database, 1)).sizes] == ["M"]
