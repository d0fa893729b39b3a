"""Files without some columns: existing products keep what they have there."""

import csv
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from storefront.catalog import own_columns, own_format, service, sheets
from storefront.catalog.rows import Rejected
from storefront.db import Database

WHOLE = {
    "product_id": "7", "style": "squad", "brand": "Puma", "name": "Puma Squad", "gender": "Men",
    "master_category": "Apparel", "sub_category": "Topwear", "article_type": "Shirts",
    "colour": "Navy Blue", "season": "Fall", "year": "2024", "usage": "Casual",
    "description": "A shirt.\nOf cotton.", "material": "Cotton", "fit": "Slim", "care": "Wash.",
    "currency": "USD", "price": "19.99", "list_price": "29.50",
    "published_at": "2024-09-01T00:00:00.000000Z", "age_group": "adult", "size_chart": "men-alpha",
    "tax_class": "reduced", "status": "hidden", "picture": "shop/x.jpg", "picture_width": "60",
    "picture_height": "80", "size_system": "alpha", "size": "M", "size_sort": "2", "sku": "P-7-M",
    "gtin": "4006381333931", "weight_g": "250", "stock": "3",
}  # fmt: skip
OTHER = WHOLE | {"product_id": "8", "colour": "Red", "sku": "P-8-M", "gtin": ""}
NEEDED = [*own_columns.NEEDED]

Imported = Callable[..., Awaitable[service.ImportReport]]


@pytest.fixture
async def database(fresh_database: Callable[[], Database]) -> AsyncIterator[Database]:
    database = fresh_database()
    yield database
    await database.aclose()


@pytest.fixture
def imported(database: Database, tmp_path: Path) -> Imported:
    async def imported(
        *rows: dict[str, str], columns: list[str] | None = None
    ) -> service.ImportReport:
        file = tmp_path / "file.csv"
        with file.open("w", newline="") as lines:
            writer = csv.DictWriter(lines, columns or own_columns.COLUMNS, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)
        products = own_format.read_products(file, {}, currency="USD")
        return await service.import_products(database, products)

    return imported


async def exported(database: Database, tmp_path: Path) -> dict[str, dict[str, str]]:
    file = tmp_path / "export.csv"
    await service.export_products(database, file)
    with file.open(newline="") as lines:
        return {row["product_id"]: row for row in csv.DictReader(lines)}


async def test_a_file_with_only_the_required_columns_changes_only_these(
    database: Database, imported: Imported, tmp_path: Path
) -> None:
    await imported(WHOLE, OTHER)
    before = await exported(database, tmp_path)
    same = await imported(WHOLE, OTHER, columns=NEEDED)
    assert (same.added, same.changed, same.unchanged, same.rejected) == (0, 0, 2, [])
    report = await imported(WHOLE | {"price": "15.00"}, columns=NEEDED)
    assert (report.added, report.changed, report.rejected) == (0, 1, [])
    after = await exported(database, tmp_path)
    assert after == before | {"7": before["7"] | {"price": "15.00"}}


@pytest.mark.parametrize("column", sorted({*own_columns.COLUMNS} - {*NEEDED}))
async def test_each_column_may_be_absent(
    database: Database, imported: Imported, tmp_path: Path, column: str
) -> None:
    await imported(WHOLE, OTHER)
    columns = [name for name in own_columns.COLUMNS if name != column]
    if column in ("picture_width", "picture_height"):
        columns = [name for name in columns if name not in ("picture_width", "picture_height")]
    report = await imported(WHOLE, OTHER, columns=columns)
    assert (report.unchanged, report.rejected) == (2, [])


async def test_an_empty_cell_of_a_column_still_empties_the_value(
    database: Database, imported: Imported, tmp_path: Path
) -> None:
    await imported(WHOLE)
    emptied = {"brand": "", "colour": "", "description": "", "list_price": ""}
    await imported(WHOLE | emptied)
    after = (await exported(database, tmp_path))["7"]
    assert {name: after[name] for name in emptied} == emptied | {"list_price": "19.99"}


async def test_a_price_above_the_stored_list_price_is_not_reduced(
    database: Database, imported: Imported, tmp_path: Path
) -> None:
    await imported(WHOLE)
    for price, list_price in (("25.00", "29.50"), ("35.00", "35.00")):
        await imported(WHOLE | {"price": price}, columns=NEEDED)
        assert (await exported(database, tmp_path))["7"]["list_price"] == list_price


async def test_what_is_derived_from_the_gender_follows_it(
    database: Database, imported: Imported
) -> None:
    await imported(WHOLE)
    boys = WHOLE | {"gender": "Boys", "size_system": "age", "size": "2-3Y"}
    await imported(boys, columns=NEEDED)
    async with database.reads() as session:
        product = (await sheets.sheet(session, 7)).product
    assert (product["age_group"], product["size_chart"]) == ("kids", "kids-age")


async def test_a_new_colour_gets_what_its_style_has_and_may_not_contradict_it(
    database: Database, imported: Imported, tmp_path: Path
) -> None:
    await imported(WHOLE)
    new, other = OTHER, OTHER | {"product_id": "9", "gender": "Women", "sku": "", "stock": ""}
    report = await imported(WHOLE, new, other, columns=[*NEEDED, "style"])
    assert report.added == 1
    reason = "gender differs from that of the product on line 2 of the same style 'squad'"
    assert report.rejected == [Rejected(4, f"{reason} ('Women' and 'Men')")]
    added = (await exported(database, tmp_path))["8"]
    assert (added["brand"], added["material"], added["colour"]) == ("Puma", "Cotton", "")
    split = WHOLE | {"brand": "Acme"}
    report = await imported(split, OTHER, columns=[*NEEDED, "brand"])
    assert [row.line for row in report.rejected] == [3]
