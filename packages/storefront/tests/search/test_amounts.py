"""Amounts as people type them."""

from decimal import Decimal

import pytest

from storefront.search.amounts import amount


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("50", "50"),
        (" 50 ", "50"),
        ("$50", "50"),
        ("$ 49.90", "49.90"),
        ("50 €", "50"),
        ("USD 50", "50"),
        ("Rs. 999", "999"),
        ("49,99", "49.99"),
        ("49,9", "49.9"),
        ("1,000", "1000"),
        ("1,000.50", "1000.50"),
        ("1.234,56", "1234.56"),
        ("1.234.567", "1234567"),
        ("1 000", "1000"),
        ("1\u202f000,00", "1000.00"),
        ("1'000", "1000"),
        (".5", "0.5"),
        ("50.", "50"),
        ("0", "0"),
    ],
)
def test_an_amount_is_read_as_it_is_written(typed: str, meant: str) -> None:
    assert amount(typed) == Decimal(meant)


@pytest.mark.parametrize(
    "typed", ["", "-5", "cheap", "1e5", "5-10", "NaN", "1,00,0", "1.2.3", "$", ",", "5 0 x 0"]
)
def test_what_is_not_an_amount_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="Type an amount"):
        amount(typed)
