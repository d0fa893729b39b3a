"""The shop's own CSV form: what is read, what is refused and why, and that an export can be imported."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storefront import migrations
from storefront.catalog import own_columns, own_format, service
from storefront.catalog.rows import Rejected
from storefront.catalog.source import SourcePicture, SourcePrice, SourceProduct, SourceSize
from storefront.db import Database
from storefront.demo.products import demo_products
from storefront.errors import InvalidInput

Fresh = Callable[[], Database]

SHIRT = {
    "product_id": "7", "style": "squad", "brand": "Puma", "name": "Puma Squad", "gender": "Men",
    "master_category": "Apparel", "sub_category": "Topwear", "article_type": "Shirts",
    "colour": "Navy Blue", "season": "Fall", "year": "2024", "usage": "Casual",
    "description": "A shirt.", "material": "Cotton", "fit": "Slim", "care": "Wash.",
    "currency": "USD", "price": "19.99", "list_price": "29.5", "published_at": "2024-09-01",
    "age_group": "adult", "size_chart": "men-alpha", "tax_class": "reduced",
    "status": "hidden", "picture": "x.jpg", "picture_width": "60", "picture_height": "80",
    "size_system": "alpha", "size": "M", "size_sort": "2",
    "sku": "P-7-M", "gtin": "4006381333931", "weight_g": "250", "stock": "3",
}  # fmt: skip


def read(tmp_path: Path, *rows: dict[str, str]) -> list[SourceProduct | Rejected]:
    file = tmp_path / "catalogue.csv"
    names = list(own_columns.COLUMNS)
    lines = [",".join(names), *(",".join(row.get(name, "") for name in names) for row in rows)]
    file.write_text("\n".join(lines))
    return list(own_format.read_products(file, {}, currency="USD"))


def test_rows_of_a_product_become_one_product_with_its_sizes(tmp_path: Path) -> None:
    large = {"product_id": "7", "size_system": "alpha", "size": "L", "size_sort": "3"}
    [product] = read(tmp_path, SHIRT, large)
    assert product == SourceProduct(
        id=7,
        name="Puma Squad",
        gender="Men",
        master_category="Apparel",
        sub_category="Topwear",
        article_type="Shirts",
        base_colour="Navy Blue",
        season="Fall",
        year=2024,
        usage="Casual",
        brand="Puma",
        style="squad",
        description="A shirt.",
        material="Cotton",
        picture=SourcePicture("x.jpg", 60, 80),
        age_group="adult",
        size_chart="men-alpha",
        tax_class="reduced",
        fit="Slim",
        care="Wash.",
        price=SourcePrice(now=1999, before=2950, currency="USD"),
        sizes=(
            SourceSize("alpha", "M", 2, "P-7-M", 3, "4006381333931", 250),
            SourceSize("alpha", "L", 3),
        ),
        published_at=datetime(2024, 9, 1, tzinfo=UTC),
        is_live=False,
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"product_id": "x"}, "product_id 'x' is not a whole number"),
        ({"name": ""}, "name is empty"),
        (
            {"price": "1.999"},
            "price 1.999 may be 1999 or 1.999: write it without a separator of thousands and with at "
            "most 2 digits after the point",
        ),
        ({"price": "0"}, "price 0 is not above 0 and at most 100000000.00"),
        (
            {"price": "cheap"},
            "price 'cheap' is not a number such as 19.99; leave out signs, blanks and separators",
        ),
        (
            {"price": "NaN"},
            "price 'NaN' is not a number such as 19.99; leave out signs, blanks and separators",
        ),
        ({"list_price": "5"}, "list_price 5 is below price 19.99"),
        ({"currency": "usd"}, "currency 'usd' is not a code of ISO 4217 such as USD"),
        (
            {"published_at": "soon"},
            "published_at 'soon' is not an ISO 8601 time such as 2026-11-27T18:00Z",
        ),
        (
            {"age_group": "old"},
            "age_group 'old' is not one of newborn, infant, toddler, kids, adult",
        ),
        (
            {"size_chart": "Men Alpha"},
            "size_chart 'Men Alpha' may only have lower-case letters, digits and hyphens",
        ),
        ({"picture_width": ""}, "picture_width '' is not a whole number"),
        ({"status": "sold"}, "status 'sold' is not one of live, hidden"),
        ({"stock": "-1"}, "stock '-1' is not a whole number"),
        ({"size": ""}, "size is empty"),
    ],
)
def test_a_bad_row_is_rejected_with_its_line_and_reason(
    tmp_path: Path, changes: dict[str, str], reason: str
) -> None:
    good = SHIRT | {"product_id": "8"}
    product, rejected = read(tmp_path, good, SHIRT | changes)
    assert isinstance(product, SourceProduct)
    assert rejected == Rejected(3, reason)


def test_rows_that_contradict_each_other_are_rejected(tmp_path: Path) -> None:
    [rejected] = read(tmp_path, SHIRT, SHIRT | {"size": "L", "name": "Other"})
    assert rejected == Rejected(
        3, "name is 'Other' here and 'Puma Squad' in the product's first row"
    )
    [again] = read(tmp_path, SHIRT, SHIRT)
    assert again == Rejected(3, "size 'M' of the product is a duplicate")


def test_values_that_are_only_written_otherwise_agree(tmp_path: Path) -> None:
    other = {
        "product_id": "007", "size": "L", "brand": "PUMA", "gender": "men", "colour": "navy  blue",
        "article_type": "shirts", "season": "fall", "usage": "casual", "price": "19.990",
        "list_price": "29.50", "published_at": "2024-09-01T00:00:00Z", "status": "Hidden",
        "picture_width": "060", "sku": "", "gtin": "",
    }  # fmt: skip
    [product] = read(tmp_path, SHIRT, SHIRT | other)
    assert isinstance(product, SourceProduct)
    assert [size.label for size in product.sizes or ()] == ["M", "L"]
    [again] = read(tmp_path, SHIRT, SHIRT | other | {"price": "20"})
    assert again == Rejected(3, "price is '20' here and '19.99' in the product's first row")
    cased = SHIRT | {"product_id": "8", "brand": "PUMA", "article_type": "SHIRTS"}
    assert [type(one) for one in read(tmp_path, SHIRT, cased)] == [SourceProduct, SourceProduct]


def test_a_product_whose_rows_are_in_two_places_is_rejected_whole(tmp_path: Path) -> None:
    rejected, other = read(tmp_path, SHIRT, SHIRT | {"product_id": "8"}, SHIRT)
    assert rejected == Rejected(
        2, "rows of product 7 must be consecutive; they start on the lines 2 and 4"
    )
    assert isinstance(other, SourceProduct)


def test_a_file_of_another_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / "styles.csv").write_text("id,gender\n")
    with pytest.raises(InvalidInput, match="has no column product_id"):
        list(own_format.read_products(tmp_path / "styles.csv", {}, currency="USD"))


async def test_an_export_can_be_imported_elsewhere_and_exports_the_same(
    fresh_database: Fresh, tmp_path: Path
) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    database = fresh_database()
    await service.import_products(database, demo_products(120))
    await service.export_products(database, first)
    again = await service.import_products(
        database, own_format.read_products(first, {}, currency="USD")
    )
    assert (again.added, again.changed, again.unchanged, again.rejected) == (0, 0, 120, [])
    async with database.connection() as connection:
        await connection.exec_driver_sql("drop schema shop cascade")
    await migrations.migrate(database)
    fresh = await service.import_products(
        database, own_format.read_products(first, {}, currency="USD")
    )
    assert (fresh.added, fresh.rejected) == (120, [])
    await service.export_products(database, second)
    assert first.read_text() == second.read_text()
    assert first.read_text().count("\n") > 500
    await database.aclose()


@pytest.mark.parametrize("label", ["+" * 300, "\ufdfa" * 300, "x" * 300, "-M-" * 50])
async def test_a_size_with_a_long_name_has_a_code_that_is_imported_again(
    fresh_database: Fresh, tmp_path: Path, label: str
) -> None:
    database, file = fresh_database(), tmp_path / "export.csv"
    sizes = tuple(SourceSize("alpha", size, pieces=1) for size in (label, label[:-1]))
    [product] = demo_products(1)
    await service.import_products(database, [replace(product, sizes=sizes)])
    await service.export_products(database, file)
    report = await service.import_products(
        database, own_format.read_products(file, {}, currency="USD")
    )
    await database.aclose()
    assert (report.unchanged, report.rejected) == (1, [])
