"""Rows that leave the product's number to the row above, as spreadsheets with merged cells do."""

from collections.abc import Callable
from pathlib import Path

import pytest

from packages.storefront.tests.catalog.own_files import ROW, source
from storefront.catalog import service
from storefront.catalog.rows import Rejected
from storefront.catalog.source import SourceProduct
from storefront.db import Database

BLANK = dict.fromkeys(ROW, "") | {"size_system": "alpha"}


def content(*rows: dict[str, str]) -> str:
    return "\n".join([",".join(ROW), *(",".join(row.values()) for row in rows)]) + "\n"


def read(tmp_path: Path, *rows: dict[str, str]) -> list[SourceProduct | Rejected]:
    found, count = source(tmp_path, content(*rows)).read()
    products = list(found)
    assert len(products) == count
    return products


@pytest.mark.parametrize("blank", ["", " ", "\u00a0"])
def test_a_row_of_a_size_alone_belongs_to_the_product_above(tmp_path: Path, blank: str) -> None:
    rows = [BLANK | {"product_id": blank, "size": size} for size in ("L", "XL")]
    first, second = read(tmp_path, ROW, *rows, ROW | {"product_id": "2"})
    assert isinstance(first, SourceProduct)
    assert [size.label for size in first.sizes or ()] == ["M", "L", "XL"]
    assert isinstance(second, SourceProduct)


def test_what_is_wrong_there_rejects_the_product(tmp_path: Path) -> None:
    assert read(tmp_path, ROW, BLANK | {"size": "M"}) == [
        Rejected(3, "size 'M' of the product is a duplicate")
    ]


@pytest.mark.parametrize(
    "row",
    [
        ROW | {"product_id": "", "name": "Another shirt"},
        ROW | {"product_id": "", "size": "L"},
        BLANK | {"size": "", "price": "39.98"},
        BLANK | {"size_system": "", "size": "", "name": "Total"},
    ],
)
def test_other_rows_without_a_number_are_rejected_alone(
    tmp_path: Path, row: dict[str, str]
) -> None:
    first, rejected = read(tmp_path, ROW, row)
    assert isinstance(first, SourceProduct)
    assert rejected == Rejected(3, "product_id '' is not a whole number")


def test_the_first_row_belongs_to_none(tmp_path: Path) -> None:
    [rejected] = read(tmp_path, BLANK | {"size": "M"})
    assert rejected == Rejected(2, "product_id '' is not a whole number")


async def test_no_size_is_taken_off_the_shop_by_them(
    tmp_path: Path, fresh_database: Callable[[], Database]
) -> None:
    database = fresh_database()
    rows = [ROW, ROW | {"size": "L"}, ROW | {"size": "XL"}]
    await service.import_products(database, source(tmp_path, content(*rows)).read()[0])
    rows[1:] = [BLANK | {"size": "L"}, BLANK | {"size": "XL"}]
    report = await service.import_products(database, source(tmp_path, content(*rows)).read()[0])
    await database.aclose()
    assert (report.unchanged, report.rejected) == (1, [])
