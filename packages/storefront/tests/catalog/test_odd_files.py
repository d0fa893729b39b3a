"""Files as people send them: what the shop takes of each, and what a line says of the rest."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from storefront.catalog import dataset, own_columns, own_format, queries, scheduled_prices, service
from storefront.catalog.rows import Rejected, Table
from storefront.catalog.source import SourceProduct
from storefront.db import Database
from storefront.errors import InvalidInput

Fresh = Callable[[], Database]
Found = list[SourceProduct | Rejected]

COLUMNS = ",".join(own_columns.NEEDED)
DATASET = ",".join(dataset.COLUMNS)


def row(product_id: int, **changes: str) -> str:
    cells = {
        "name": f"Shirt {product_id}",
        "gender": "Men",
        "master_category": "Apparel",
        "sub_category": "Topwear",
        "article_type": "Shirts",
        "currency": "USD",
        "price": "19.99",
        "size_system": "alpha",
        "size": "M",
    } | changes
    return ",".join([str(product_id), *cells.values()])


def written(tmp_path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    file = tmp_path / "file.csv"
    file.write_bytes("\n".join(lines).encode(encoding))
    return file


def read(file: Path) -> Found:
    return list(own_format.read_products(file, {}, currency="USD"))


def ids(found: Sequence[SourceProduct | Rejected]) -> list[int]:
    return [one.id for one in found if isinstance(one, SourceProduct)]


def reasons(found: Sequence[SourceProduct | Rejected]) -> list[tuple[int, str]]:
    return [(one.line, one.reason) for one in found if isinstance(one, Rejected)]


def test_a_quotation_mark_that_a_later_one_closes_costs_no_other_row(tmp_path: Path) -> None:
    lines = [row(n) for n in range(1, 6)]
    lines[0] = lines[0].replace("Shirt 1", '"5"" Shirt')
    lines[3] = lines[3].replace("Shirt 4", '"Fine, too"')
    found = read(written(tmp_path, COLUMNS, *lines))
    assert reasons(found) == [(2, "a quotation mark is not closed")]
    assert ids(found) == [2, 3, 4, 5]


def test_text_of_several_lines_is_no_open_quotation_mark(tmp_path: Path) -> None:
    text = "One, two\r\nthree, four, five  \n\n\n\nsix"
    file = tmp_path / "file.csv"
    with file.open("w", newline="") as lines:
        csv.writer(lines).writerows(
            [[*COLUMNS.split(","), "description"], [*row(1).split(","), text]]
        )
    [product] = read(file)
    assert isinstance(product, SourceProduct)
    assert product.description == "One, two\nthree, four, five\n\nsix"


def with_description(tmp_path: Path, *descriptions: str) -> Path:
    """Products from 1, each with one of these descriptions, written as RFC 4180 says."""
    file = tmp_path / "file.csv"
    with file.open("w", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow([*COLUMNS.split(","), "description"])
        writer.writerows(
            [*row(number).split(","), text] for number, text in enumerate(descriptions, 1)
        )
    return file


def test_a_line_of_a_text_that_looks_like_a_row_is_none(tmp_path: Path) -> None:
    table = "Sizes:\n36,S,chest,waist,hip,arm,leg,neck,foot,head,12\nFine cotton"
    first, second, third = read(with_description(tmp_path, table, f"see\n{row(9)},x\nend", "x"))
    assert isinstance(first, SourceProduct)
    assert isinstance(second, SourceProduct)
    assert isinstance(third, SourceProduct)
    assert (first.description, second.description) == (table, f"see\n{row(9)},x\nend")
    assert [[said[:40] for said in one.doubts] for one in (first, second, third)] == [
        ["description has the line '36,S,chest,wai"],
        ["description has the line '9,Shirt 9,Men,"],
        [],
    ]


def test_a_mark_left_open_in_a_name_takes_no_other_row_where_one_closes_it(tmp_path: Path) -> None:
    lines = [row(n) for n in range(1, 6)]
    lines[0] = lines[0].replace("Shirt 1", '"5 inch')
    lines[3] = lines[3].replace("Shirt 4", '6"')
    found = read(written(tmp_path, COLUMNS, *lines))
    assert reasons(found) == [(2, "a quotation mark is not closed")]
    assert ids(found) == [2, 3, 4, 5]


def test_long_cells_are_rejected_by_their_length_and_no_other_row_is(tmp_path: Path) -> None:
    long = ["d" * 200_000, "d d d\n" * 200_000, "x"]
    found = read(with_description(tmp_path, *long))
    assert reasons(found) == [
        (2, "description has 200000 characters; 5000 at most"),
        (3, "a cell has more than 1,000,000 characters. Is a quotation mark left open?; lines 4 to "
         "200003 belong to it"),
    ]  # fmt: skip
    assert ids(found) == [3]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_encoding_and_delimiter_are_recognised(
    tmp_path: Path, delimiter: str, encoding: str
) -> None:
    lines = [line.replace(",", delimiter) for line in (COLUMNS, row(1, name="Hé"))]
    file = written(tmp_path, *lines, encoding=encoding)
    [product] = read(file)
    assert isinstance(product, SourceProduct)
    assert product.name == "Hé"
    assert any("separated by" in notice for notice in Table(file, own_format.FORMAT).notices)


@pytest.mark.parametrize("place", [999_998, 999_999, 1_000_000])
def test_a_letter_of_several_bytes_is_one_wherever_it_is(tmp_path: Path, place: int) -> None:
    blank = (("\n" + " " * 999) * 1_001)[: place - len(f"{COLUMNS}2,\n")] + "\n"
    file = written(tmp_path, f"{COLUMNS}{blank}{row(2, name='€uro')}")
    assert Table(file, own_format.FORMAT).notices == []
    assert [one.name for one in read(file) if isinstance(one, SourceProduct)] == ["€uro"]


def test_a_decimal_comma_is_one_where_semicolons_separate_cells(tmp_path: Path) -> None:
    file = written(tmp_path, COLUMNS.replace(",", ";"), row(1, price="P").replace(",", ";"))
    file.write_text(file.read_text().replace("P", "19,99").replace("A19,99arel", "Apparel"))
    found = read(file)
    assert [one.price and one.price.now for one in found if isinstance(one, SourceProduct)] == [
        1999
    ]


def test_blank_cells_beyond_the_last_column_are_none(tmp_path: Path) -> None:
    found = read(written(tmp_path, COLUMNS, f"{row(1)}, ,", f"{row(2)},,x"))
    assert (ids(found), reasons(found)) == ([1], [(3, "it has more cells than columns")])


def test_columns_are_found_whatever_their_case_and_unknown_ones_are_named(tmp_path: Path) -> None:
    header = COLUMNS.replace("product_id", "Product ID").replace("name", " NAME ", 1)
    file = written(tmp_path, f"{header}, Stok,stock", f"{row(1)},0,0", ",,", "  ")
    [product] = read(file)
    assert isinstance(product, SourceProduct)
    assert product.sizes is not None
    assert product.sizes[0].pieces == 0
    assert Table(file, own_format.FORMAT).notices == [
        "The column 'Stok' is not known and not read."
    ]
    near = written(tmp_path, f"{COLUMNS},list_pric", f"{row(1)},")
    assert Table(near, own_format.FORMAT).notices == [
        "The column 'list_pric' is not known and not read. Is it list_price? Then rename it."
    ]


def test_of_many_unknown_columns_those_that_matter_are_named(tmp_path: Path) -> None:
    others = [f"x{number}" for number in range(50)]
    file = written(tmp_path, ",".join([COLUMNS, *others, "list_pric"]))
    notices = Table(file, own_format.FORMAT).notices
    assert len(notices) == 22
    assert notices[0] == "The column 'x0' is not known and not read."
    assert notices[-2:] == [
        "The column 'list_pric' is not known and not read. Is it list_price? Then rename it.",
        "30 more columns are not known and not read.",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (f"{COLUMNS}{',x' * 1_000}\n", "has 1,010 columns, more than 1,000"),
        (f"{COLUMNS},Price\n", "has the column price twice"),
        (f'"{COLUMNS}\n{row(1)}\n', "which must name the columns"),
        ("", "is empty"),
        ("PK\x03\x04", "is an Excel workbook"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(
    tmp_path: Path, content: str, said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        read(written(tmp_path, content))


@pytest.mark.parametrize(
    "price", ["1e999999", "NaN", "Infinity", "1_000", "１９.９９", "19,99", "-1", "+1"]
)
def test_only_plain_numbers_are_prices(tmp_path: Path, price: str) -> None:
    [(line, reason)] = reasons(read(written(tmp_path, COLUMNS, row(1, price=f'"{price}"'))))
    assert line == 2
    assert reason.startswith(f"price {price!r} is not a number such as 19.99")
    file = written(tmp_path, "product_id,currency,price,valid_from", f'1,USD,"{price}",2026-11-01')
    assert isinstance(next(scheduled_prices.read_prices(file, currency="USD")), Rejected)


@pytest.mark.parametrize(
    "time",
    [
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "1969-12-31",
        "2200-01-01",
    ],
)
def test_times_beyond_the_bounds_are_rejected(tmp_path: Path, time: str) -> None:
    found = read(written(tmp_path, f"{COLUMNS},published_at", f"{row(1)},{time}"))
    assert reasons(found) == [(2, f"published_at {time} is out of range: 1970 to 2199")]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("gtin", "4.00638E+12", "gtin '4.00638E+12' is not 8, 12, 13 or 14 digits: a spreadsheet has "
         "shortened it. Format the column as text"),
        ("gtin", "12345", "gtin '12345' is not 8, 12, 13 or 14 digits"),
        ("sku", "1.2E+05", "sku '1.2E+05' is not what was meant: a spreadsheet has shortened it. "
         "Format the column as text"),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_spoilt_is_rejected(
    tmp_path: Path, column: str, value: str, reason: str
) -> None:
    assert reasons(read(written(tmp_path, f"{COLUMNS},{column}", f"{row(1)},{value}"))) == [
        (2, reason)
    ]


@pytest.mark.parametrize("currency", ["ABC", "XXX", "EUR", "usd"])
def test_only_the_shops_currency_is_taken(tmp_path: Path, currency: str) -> None:
    [(_, reason)] = reasons(read(written(tmp_path, COLUMNS, row(1, currency=currency))))
    assert reason.startswith(f"currency {currency!r} is not a code") or (
        reason == f"currency {currency} is not that of the shop, USD"
    )


def test_products_of_a_style_that_disagree_name_both_lines(tmp_path: Path) -> None:
    lines = [f"{row(1)},s", f"{row(2, gender='Women')},s", f"{row(3)},s"]
    found = read(written(tmp_path, f"{COLUMNS},style", *lines))
    assert ids(found) == [1, 3]
    assert reasons(found) == [
        (
            3,
            "gender differs from that of the product on line 2 of the same style 's' "
            "('Women' and 'Men')",
        )
    ]


def test_names_of_children_under_men_and_women_are_doubted(tmp_path: Path) -> None:
    names = {
        "Doodle Kids Boy Green Shirt": ("Men", "Boys"),
        "Palm Tree Girls Skirt": ("Women", "Girls"),
        "Fastrack Women FT Girl Sunglasses": ("Women", "Women"),
        "Jockey Pink Boy Leg Brief": ("Women", "Women"),
        "Puma Men Shirt": ("Men", "Men"),
    }
    lines = [
        f"{n},{column},Apparel,Topwear,Shirts,Red,Fall,2011,Casual,{name}"
        for n, (name, (column, _)) in enumerate(names.items(), 1)
    ]
    file = written(tmp_path, DATASET, *lines)
    found = list(dataset.read_products(file, dataset.learn_brands(file), {}))
    products = [one for one in found if isinstance(one, SourceProduct)]
    assert [one.gender for one in products] == [meant for _, meant in names.values()]
    assert [bool(one.doubts) for one in products] == [True, True, True, True, False]
    trusted = dataset.read_products(file, dataset.learn_brands(file), {}, is_trusted=True)
    assert [one.gender for one in trusted if isinstance(one, SourceProduct)] == [
        column for column, _ in names.values()
    ]


def test_kinds_are_not_brands_and_spellings_of_one_brand_are_joined(tmp_path: Path) -> None:
    names = ["Saree Women Red"] * 3 + ["Red Tape Men Shirt"] * 3 + ["Redtape Men Shirt"]
    lines = [
        f"{n},Men,Apparel,Saree,Sarees,Red,Fall,2011,Casual,{name}"
        for n, name in enumerate(names, 1)
    ]
    file = written(tmp_path, DATASET, *lines)
    found = list(dataset.read_products(file, dataset.learn_brands(file), {}))
    products = [one for one in found if isinstance(one, SourceProduct)]
    assert [one.brand for one in products] == [None] * 3 + ["Red Tape"] * 4
    assert [len(one.doubts) for one in products] == [1, 1, 1, 0, 0, 0, 1]


async def imported(database: Database, file: Path) -> service.ImportReport:
    return await service.import_products(
        database, own_format.read_products(file, {}, currency="USD")
    )


async def test_names_that_differ_in_little_are_one_and_corrections_arrive(
    fresh_database: Fresh, tmp_path: Path
) -> None:
    database = fresh_database()
    brands = ["Levi's", "Levi’s", "A", "A+", "A.", "Ørsted", "rsted", "puma"]
    lines = [f"{row(n)},{brand},navy  blue" for n, brand in enumerate(brands, 1)]
    await imported(database, written(tmp_path, f"{COLUMNS},brand,colour", *lines))
    pages = [await queries.product_page(database, n) for n in range(1, 9)]
    assert [page.card.brand for page in pages] == ["Levi's", "Levi's", *brands[2:]]
    assert {page.card.colour_name for page in pages} == {"Navy Blue"}
    file = written(tmp_path, f"{COLUMNS},brand", f"{row(8, article_type='SHIRTS', size='m')},PUMA")
    report = await imported(database, file)
    page = await queries.product_page(database, 8)
    assert (report.changed, page.card.brand, page.sizes[0].label) == (1, "PUMA", "M")
    await database.aclose()


async def test_sizes_follow_each_other_naturally_or_as_the_file_says(
    fresh_database: Fresh, tmp_path: Path
) -> None:
    database = fresh_database()

    async def order(system: str, sizes: list[str], sorts: list[str]) -> list[str]:
        lines = [
            f"{row(1, size_system=system, size=size)},{sort}"
            for size, sort in zip(sizes, sorts, strict=True)
        ]
        report = await imported(database, written(tmp_path, f"{COLUMNS},size_sort", *lines))
        assert report.added + report.changed == 1
        return [size.label for size in (await queries.product_page(database, 1)).sizes]

    assert await order("us", ["10", "9", "8.5", "11"], [""] * 4) == ["8.5", "9", "10", "11"]
    assert await order("zz", ["L", "M", "S"], ["1", "2", "3"]) == ["L", "M", "S"]
    assert await order("zz", ["L", "M", "S"], ["3", "2", "1"]) == ["S", "M", "L"]
    assert await order("plus", ["38", "38+", "38*"], [""] * 3) == ["38", "38*", "38+"]
    await database.aclose()


async def test_scattered_rows_leave_the_product_as_it_is(
    fresh_database: Fresh, tmp_path: Path
) -> None:
    database = fresh_database()
    whole = [row(1, size=size) for size in "SML"]
    await imported(database, written(tmp_path, COLUMNS, *whole))
    file = written(tmp_path, COLUMNS, row(1, size="S"), row(2), row(1, size="M"))
    report = await imported(database, file)
    reason = "rows of product 1 must be consecutive; they start on the lines 2 and 4"
    assert (report.added, report.rejected) == (1, [Rejected(2, reason)])
    assert len((await queries.product_page(database, 1)).sizes) == 3
    await database.aclose()
