"""Exported cells are text to a spreadsheet, and the same again once imported."""

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.catalog import own_format, service
from storefront.catalog.rows import Rejected
from storefront.catalog.source import SourcePrice, SourceProduct
from storefront.catalog.spreadsheets import escaped, unescaped
from storefront.db import Database

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1+1", "'=1", "''@x", '=HYPERLINK("x")']
PLAIN = ["", "shirt", "1-2", "a=b", "'quoted'", "'tis", "100% Cotton"]


@pytest.mark.parametrize("cell", FORMULAS)
def test_what_a_spreadsheet_would_run_is_written_as_text(cell: str) -> None:
    assert escaped(cell) == f"'{cell}"
    assert unescaped(escaped(cell)) == cell


@pytest.mark.parametrize("cell", PLAIN)
def test_everything_else_is_written_as_it_is(cell: str) -> None:
    assert escaped(cell) == unescaped(cell) == cell


@given(st.text(alphabet="='+-@\tab1", max_size=6))
def test_any_cell_comes_back_unchanged(cell: str) -> None:
    assert unescaped(escaped(cell)) == cell


async def test_a_catalogue_of_formulas_is_exported_safely_and_imported_unchanged(
    fresh_database: Callable[[], Database], tmp_path: Path
) -> None:
    price = SourcePrice(8000, 8000, "USD")
    shirt = SourceProduct(
        7, "=cmd|' /C calc'!A0", "Men", "Apparel", "Topwear", "Shirts", price=price
    )
    shirt = replace(shirt, brand="@House", description="+49 is a code", material="-none-")
    database = fresh_database()
    await service.import_products(database, [shirt])
    file = tmp_path / "products.csv"
    await service.export_products(database, file)
    with file.open(encoding="utf-8", newline="") as lines:
        cells = [cell for row in csv.reader(lines) for cell in row]
    assert "'=cmd|' /C calc'!A0" in cells
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []

    [again] = own_format.read_products(file, {}, currency="USD")
    assert not isinstance(again, Rejected)
    assert (again.name, again.brand) == (shirt.name, shirt.brand)
    assert (again.description, again.material) == (shirt.description, shirt.material)
    report = await service.import_products(
        database, own_format.read_products(file, {}, currency="USD")
    )
    await database.aclose()
    assert (report.added, report.changed, report.unchanged) == (0, 0, 1)
