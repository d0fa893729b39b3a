"""Cells that say in a word that there is nothing: they become no value of a filter."""

from collections.abc import Callable
from pathlib import Path

import pytest

from packages.storefront.tests.catalog.own_files import ROW, for_empty_shop, of_row, source
from storefront import filling
from storefront.catalog import dataset, own_columns, own_format, service
from storefront.catalog.rows import Rejected
from storefront.catalog.source import SourceProduct
from storefront.db import Database
from storefront.pictures.store import PictureStore

WORDS = [
    "NULL", "NaN", "n/a", "N.A.", "None", "<NA>", "\\N", "-", "--", "–", "?", "...", "***", "[NULL]",
    "<null>", "(none)", "NaT", "-nan", "N/D", "Does not apply", "Not applicable",
    "__HIVE_DEFAULT_PARTITION__",
]  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("column", own_columns.MAY_SAY_NOTHING)
def test_a_word_for_nothing_is_an_empty_cell_where_that_may_be(
    tmp_path: Path, column: str, word: str
) -> None:
    found = of_row(tmp_path, **{column: word})
    assert isinstance(found, SourceProduct), found
    assert found == of_row(tmp_path, **{column: ""})
    assert found.doubts == (
        f"{column} is {word!r}: read as empty; leave the cell empty if there is none",
    )


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("column", own_columns.MUST_SAY_SOMETHING)
def test_it_rejects_the_product_where_customers_would_see_it(
    tmp_path: Path, column: str, word: str
) -> None:
    found = of_row(tmp_path, **{column: word})
    assert isinstance(found, Rejected)
    assert found.reason == f"{column} {word!r} stands for no value: write what it is"


@pytest.mark.parametrize("column", ["stock", "price", "list_price", "weight_g", "published_at"])
def test_no_amount_follows_from_it(tmp_path: Path, column: str) -> None:
    assert isinstance(of_row(tmp_path, **{column: "N/A"}), Rejected)


@pytest.mark.parametrize(
    "value", ["Nonesuch", "Null & Void", "A", "½", "★", "7", "没有", "(A)", "(Nile)"]
)
def test_what_only_begins_so_is_a_value(tmp_path: Path, value: str) -> None:
    found = of_row(tmp_path, brand="Acme", colour=value, size=value)
    assert isinstance(found, SourceProduct)
    assert (found.base_colour, found.doubts) == (value, ())


def test_a_trusted_file_is_read_as_it_is(tmp_path: Path) -> None:
    row = ROW | {"colour": "n/a", "size": "n/a"}
    file = tmp_path / "products.csv"
    file.write_text(f"{','.join(row)}\n{','.join(row.values())}\n")
    store = PictureStore(tmp_path / "pictures")
    [found] = filling.file_source(file, None, store, currency="USD", is_trusted=True).read()[0]
    assert isinstance(found, SourceProduct)
    assert found.base_colour == "n/a"


def test_the_rows_of_a_product_may_repeat_it(tmp_path: Path) -> None:
    head = ",".join([*ROW, "brand"])
    rows = [",".join([*(ROW | {"size": size}).values(), "N/A"]) for size in "SML"]
    [found] = map(for_empty_shop, source(tmp_path, "\n".join([head, *rows])).read()[0])
    assert isinstance(found, SourceProduct)
    assert len(found.sizes or ()) == 3
    assert len(found.doubts) == 1


def test_rows_of_the_data_set_are_read_alike(tmp_path: Path) -> None:
    head = ",".join(dataset.COLUMNS)
    rows = (
        "1,Men,Apparel,Topwear,Shirts,NaN,n/a,None,-,null",
        "2,Men,Apparel,NaN,Shirts,Blue,Fall,2011,Casual,Shirt",
    )
    found, rejected = source(tmp_path, "\n".join([head, *rows])).read()[0]
    assert isinstance(found, SourceProduct)
    assert (found.name, found.base_colour, found.season, found.year, found.usage) == (
        "Men Shirts", None, None, None, None,
    )  # fmt: skip
    assert len(found.doubts) == 5
    assert rejected == Rejected(3, "subCategory 'NaN' stands for no value: write what it is")


async def test_what_the_shop_has_already_is_a_value(
    fresh_database: Callable[[], Database], tmp_path: Path
) -> None:
    head = ",".join([*ROW, "brand", "material", "style", "sku", "stock"])
    rows = [
        ",".join([*(ROW | changes).values(), "none", "-", "N/A", sku, "3"])
        for changes, sku in (
            ({"size": "N/A", "article_type": "None", "name": "NaN"}, "nil"),
            ({"size": "?", "article_type": "None", "name": "NaN"}, ""),
        )
    ]
    file = tmp_path / "old.csv"
    file.write_text("\n".join([head, *rows]))
    database = fresh_database()

    async def imported(*, is_trusted: bool) -> service.ImportReport:
        read = own_format.read_products(file, {}, currency="USD", is_trusted=is_trusted)
        return await service.import_products(database, read)

    try:
        assert (await imported(is_trusted=True)).added == 1
        await service.export_products(database, file)
        again = await imported(is_trusted=False)
        written = file.read_text()
        file.write_text(written.replace("NaN", "null"))
        other = await imported(is_trusted=False)
    finally:
        await database.aclose()
    assert (again.unchanged, again.rejected) == (1, [])
    assert [row.reason for row in other.rejected] == [
        "name 'null' stands for no value: write what it is"
    ]
