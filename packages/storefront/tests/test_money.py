from decimal import Decimal

import pytest
from storefront.money import Money


@pytest.mark.parametrize(
    ("money", "shown"),
    [
        (Money(1999, "USD"), "$19.99"),
        (Money(129_900, "USD"), "$1,299.00"),
        (Money(5, "EUR"), "€0.05"),
        (Money(500, "JPY"), "¥500"),
        (Money(1_250, "CHF"), "CHF 12.50"),
        (Money(-250, "GBP"), "-£2.50"),
        (Money(1_234, "KWD"), "KWD 1.234"),
    ],
)
def test_a_price_is_shown_in_the_manner_of_its_currency(money: Money, shown: str) -> None:
    assert str(money) == shown


def test_the_major_unit_is_exact() -> None:
    assert Money(10**17 + 1, "USD").major == Decimal("1000000000000000.01")
