"""Values that a spreadsheet or a program has damaged: rejected where that is certain."""

from pathlib import Path

import pytest

from packages.storefront.tests.catalog.own_files import ROW, of_row, source
from storefront import filling
from storefront.catalog import dataset, scheduled_prices
from storefront.catalog.rows import Rejected
from storefront.catalog.source import SourceProduct
from storefront.pictures.store import PictureStore

DATA_SET = ",".join(dataset.COLUMNS)


def rejection(tmp_path: Path, **changes: str) -> str:
    found = of_row(tmp_path, **changes)
    assert isinstance(found, Rejected), found
    return found.reason


@pytest.mark.parametrize(
    ("price", "currency"),
    [("1.250", "USD"), ("12.500", "USD"), ("999.000", "USD"), ("1.000", "JPY"), ("15.000", "JPY")],
)
def test_three_digits_after_the_only_sign_are_no_price(
    tmp_path: Path, price: str, currency: str
) -> None:
    file = tmp_path / "products.csv"
    row = ROW | {"price": price, "currency": currency}
    file.write_text(f"{','.join(row)}\n{','.join(row.values())}\n", encoding="utf-8")
    store = PictureStore(tmp_path)
    [found] = filling.file_source(file, None, store, currency=currency).read()[0]
    assert isinstance(found, Rejected)
    assert f"price {price} may be {price.replace('.', '')} or" in found.reason


def test_nor_are_they_after_a_comma(tmp_path: Path) -> None:
    row = ROW | {"price": "2,500"}
    [found] = source(tmp_path, f"{';'.join(row)}\n{';'.join(row.values())}\n").read()[0]
    assert isinstance(found, Rejected)
    assert "may be 2500 or 2.5" in found.reason


@pytest.mark.parametrize(
    ("prices", "minors"),
    [
        (["49,90", "1.250", "2,500"], [4990, 125000, 250]),
        (["49.90", "1.250", "2,500"], [4990, 125, 250000]),
        (["49.90", "5,90", "1.250"], [4990, 590, None]),
        (["50", "1.250"], [5000, None]),
    ],
)
def test_other_prices_of_the_file_decide_what_a_sign_is(
    tmp_path: Path, prices: list[str], minors: list[int | None]
) -> None:
    rows = [ROW | {"product_id": str(n), "price": price} for n, price in enumerate(prices, 1)]
    content = "\n".join(";".join(row) for row in [list(ROW), *(row.values() for row in rows)])
    found = source(tmp_path, content + "\n").read()[0]
    assert [
        one.price.now if isinstance(one, SourceProduct) and one.price else None for one in found
    ] == minors


def test_so_they_do_for_scheduled_prices(tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    lines = ["product_id;currency;price;valid_from"]
    lines += [f"{n};USD;{price};2026-11-27" for n, price in enumerate(["49,90", "1.250"], 1)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    prices = scheduled_prices.read_prices(file, currency="USD")
    assert [one.now for one in prices if not isinstance(one, Rejected)] == [4990, 125000]


@pytest.mark.parametrize(("price", "minor"), [("1250.000", 125000), ("0.500", 50), ("1.2", 120)])
def test_what_is_surely_a_decimal_point_is_read(tmp_path: Path, price: str, minor: int) -> None:
    found = of_row(tmp_path, price=price)
    assert isinstance(found, SourceProduct)
    assert found.price is not None
    assert found.price.now == minor


@pytest.mark.parametrize(
    "value",
    [
        "#NV", "#N/D", "#WERT!", "#BEZUG!", "#VALEUR!", "#¡VALOR!", "#¿NOMBRE?", "#Н/Д", "#GETTING_DATA",
        "#ERROR!", "########", "Err:502", "#ДЕЛ/0!", "#DIVISION/0!", "#ЗНАЧ!", "#NAVN?", "#SPILL!",
    ],
)  # fmt: skip
def test_the_error_of_a_formula_is_no_value(tmp_path: Path, value: str) -> None:
    assert "is the error of a spreadsheet formula" in rejection(tmp_path, brand=value)


@pytest.mark.parametrize("value", ["#1", "#FF0000", "#hello!", "#LOVE", "Err", "##"])
def test_other_values_may_begin_so(tmp_path: Path, value: str) -> None:
    assert isinstance(of_row(tmp_path, colour=value), SourceProduct)


@pytest.mark.parametrize(
    "size",
    [
        "12-Oct-26", "12/10/26", "12.10.26", "10-12-26", "2026-10-12 00:00:00", "2026-10-12T00:00:00",
        "10/12/2026 0:00", "10月12日", "2026年10月12日", "10월 12일", "12-окт", "12. Okt.", "Mon 12 Oct",
        "12 ekim", "Okt 26", "12 října 2026", "October 12, 2026",
    ],
)  # fmt: skip
def test_a_date_is_no_size(tmp_path: Path, size: str) -> None:
    if "," in size:
        size = f'"{size}"'
    assert "has converted it to a date" in rejection(tmp_path, size=size)


@pytest.mark.parametrize(
    "size",
    [
        "10-12", "4-6", "32/34", "4/6/8", "10/12/14", "36-24-36", "34/36/38", "6-8Y", "12 Months",
        "10 ans", "36 1/2", "30 Long", "8.5", "5'11", "12M-24M", "100/110/120",
    ],
)  # fmt: skip
def test_a_range_of_sizes_is_no_date(tmp_path: Path, size: str) -> None:
    found = of_row(tmp_path, size=size)
    assert isinstance(found, SourceProduct), found
    assert found.doubts == ()


@pytest.mark.parametrize(
    "name",
    [
        "\u200d",
        "\ufe0f",
        "\u3164",
        "\u2800",
        "\u180e",
        "\u034f",
        "\U000e0020",
        "---",
        ".",
        "\u1160",
    ],
)
def test_a_name_has_something_to_read(tmp_path: Path, name: str) -> None:
    assert rejection(tmp_path, name=name).startswith("name")


@pytest.mark.parametrize("name", ["💙", "+1", "日本", "می\u200cخواهم", "👩\u200d🦰"])
def test_signs_and_joined_letters_are_kept(tmp_path: Path, name: str) -> None:
    found = of_row(tmp_path, name=name)
    assert isinstance(found, SourceProduct)
    assert found.name == name


def test_rows_of_the_data_set_are_doubted_alike(tmp_path: Path) -> None:
    rows = [
        "1,Men,Apparel,Topwear,Shirts,N/A,Fall,2011,nan,NULL",
        "2,Men,Apparel > Men,Topwear,Shirts,Blue,Fall,2011,Casual,<p>Acme Shirt</p>",
        "3,Men,Apparel,Topwear,Shirts,Blue,Fall,2011,Casual,CrÃ¨me Shirt",
        "4,Men,Apparel,Topwear,Shirts,NA,Fall,2011,Casual,Acme Shirt",
    ]
    products = source(tmp_path, "\n".join([DATA_SET, *rows]) + "\n").read()[0]
    doubts = [one.doubts for one in products if isinstance(one, SourceProduct)]
    said = [[doubt.partition(" ")[0] for doubt in of_one] for of_one in doubts]
    assert said == [
        ["productDisplayName", "baseColour", "usage"],
        ["productDisplayName", "masterCategory"],
        ["productDisplayName"],
        [],
    ]
