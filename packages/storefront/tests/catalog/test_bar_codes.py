"""Bar codes of files: what is none, what a spreadsheet has damaged, and which ones are the same."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from packages.storefront.tests.catalog.own_files import of_row
from storefront.catalog import service
from storefront.catalog.rows import Rejected
from storefront.catalog.source import SourcePrice, SourceProduct, SourceSize
from storefront.db import Database

SHIRT = SourceProduct(
    1, "Shirt", "Men", "Apparel", "Topwear", "Shirts", price=SourcePrice(1999, 1999, "USD"), line=2
)


def shirt(number: int, gtin: str) -> SourceProduct:
    sizes = (SourceSize("alpha", "M", gtin=gtin, line=number + 1),)
    return replace(SHIRT, id=number, line=number + 1, sizes=sizes)


@pytest.fixture
async def database(fresh_database: Callable[[], Database]) -> AsyncIterator[Database]:
    database = fresh_database()
    yield database
    await database.aclose()


@pytest.mark.parametrize(
    ("gtin", "said"),
    [
        ("12345678905", "a spreadsheet has removed zeros at its start"),  # of 012345678905
        ("1234565", "a spreadsheet has removed zeros at its start"),  # of 01234565
        ("12345678906", "is not 8, 12, 13 or 14 digits"),
        ("0000000000000", "is no bar code; leave the cell empty"),
    ],
)
def test_what_is_no_bar_code_is_rejected_with_the_cause(
    tmp_path: Path, gtin: str, said: str
) -> None:
    found = of_row(tmp_path, gtin=gtin)
    assert isinstance(found, Rejected)
    assert said in found.reason


SAME = ["012345678905", "0012345678905", "00012345678905"]


@pytest.mark.parametrize("first", SAME)
@pytest.mark.parametrize("second", SAME)
async def test_zeros_at_the_start_make_no_other_bar_code(
    database: Database, first: str, second: str
) -> None:
    report = await service.import_products(database, [shirt(1, first), shirt(2, second)])
    reason = f"gtin {second} is that of product 1 already"
    assert report.rejected == [Rejected(3, f"{reason}, on line 2")]
    report = await service.import_products(database, [shirt(3, second)])
    assert report.rejected == [Rejected(4, f"gtin {second} is that of product 1 already")]
    assert (await service.import_products(database, [shirt(1, second)])).rejected == []


async def test_digits_in_front_do(database: Database) -> None:
    codes = ["12345670", "112345670", "9912345670", "012345678905", "5012345678900"]
    products = [shirt(n, code.zfill(13)) for n, code in enumerate(codes, 1)]
    report = await service.import_products(database, products)
    assert (report.added, report.rejected) == (len(codes), [])
