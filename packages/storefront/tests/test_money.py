from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

import pytest

from storefront.money import CurrencyMismatchError, Money, digits_of, minor_of


@pytest.mark.parametrize(
    ("money", "locale", "shown"),
    [
        (Money(1999, "USD"), "en_US", "$19.99"),
        (Money(129_900, "USD"), "en_US", "$1,299.00"),
        (Money(5, "EUR"), "en_US", "€0.05"),
        (Money(500, "JPY"), "en_US", "¥500"),
        (Money(1_250, "CHF"), "en_US", "CHF\u00a012.50"),
        (Money(-250, "GBP"), "en_US", "-£2.50"),
        (Money(1_234, "KWD"), "en_US", "KWD\u00a01.234"),
        (Money(1_234, "IQD"), "en_US", "IQD\u00a01.234"),  # three digits by ISO, none by CLDR
        (Money(129_900, "EUR"), "de", "1.299,00\u00a0€"),
        (Money(129_900, "INR"), "en_IN", "₹1,299.00"),
        (Money(12_990_000, "INR"), "en_IN", "₹1,29,900.00"),
        (Money(1_299, "JPY"), "ja", "￥1,299"),
    ],
)
def test_a_price_is_written_as_its_currency_and_the_locale_ask(
    money: Money, locale: str, shown: str
) -> None:
    assert money.format(locale) == shown


def test_the_major_unit_is_exact() -> None:
    assert Money(10**17 + 1, "USD").major == Decimal("1000000000000000.01")


@pytest.mark.parametrize(
    ("major", "currency", "minor"),
    [("19.99", "USD", 1999), (20, "USD", 2000), (Decimal("1.234"), "KWD", 1234), ("500", "JPY", 500),
     ("-0.5", "EUR", -50), ("1.50000", "EUR", 150)],
)  # fmt: skip
def test_an_amount_of_the_major_unit_comes_in_exactly(
    major: Any, currency: str, minor: int
) -> None:
    assert Money.of_major(major, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("major", "currency"),
    [("19.999", "USD"), ("0.5", "JPY"), ("1.2345", "KWD"), ("nan", "USD"), ("Infinity", "USD"),
     ("", "USD"), ("1,5", "EUR")],
)  # fmt: skip
def test_an_amount_that_would_have_to_be_rounded_is_refused(major: str, currency: str) -> None:
    with pytest.raises(ValueError, match=r"not a number|more than . digits"):
        Money.of_major(major, currency)


def test_a_float_is_refused() -> None:
    with pytest.raises(TypeError, match="float"):
        Money.of_major(19.99, "USD")  # type: ignore[arg-type]


def test_minor_units_are_whole_numbers_by_type() -> None:
    with pytest.raises(TypeError, match="Decimal"):
        Money(Decimal(2000), "USD")  # type: ignore[arg-type]


def test_a_bound_is_rounded_to_the_side_that_is_asked_for() -> None:
    assert minor_of(Decimal("19.991"), "USD", ROUND_CEILING) == 2000
    assert minor_of(Decimal("19.999"), "USD", ROUND_FLOOR) == 1999
    assert minor_of(Decimal("19.5"), "JPY", ROUND_FLOOR) == 19
    assert minor_of(Decimal("1.2345"), "KWD", ROUND_CEILING) == 1235


def test_amounts_of_one_currency_add_up() -> None:
    ten, five = Money(10, "EUR"), Money(5, "EUR")
    assert (ten + five, ten - five, -ten, five * 3) == (
        Money(15, "EUR"), Money(5, "EUR"), Money(-10, "EUR"), Money(15, "EUR"),
    )  # fmt: skip
    assert Money.total([ten, five, five], "EUR") == Money(20, "EUR")
    assert Money.total([], "JPY") == Money.zero("JPY")
    assert five < ten <= Money(10, "EUR")
    assert max(five, ten) == ten
    assert not Money.zero("EUR")


@pytest.mark.parametrize(
    "mix",
    [
        lambda one, other: one + other,
        lambda one, other: one - other,
        lambda one, other: one < other,
        lambda one, other: one >= other,
        lambda one, other: Money.total([one, other], "EUR"),
    ],
)
def test_amounts_of_two_currencies_do_not_mix(mix: Callable[[Money, Money], object]) -> None:
    with pytest.raises(CurrencyMismatchError, match=r"EUR 0.10 and USD 0.10|USD 0.10 and EUR"):
        mix(Money(10, "EUR"), Money(10, "USD"))
    assert Money(10, "EUR") != Money(10, "USD")


def test_an_amount_is_not_multiplied_by_a_fraction_by_mistake() -> None:
    with pytest.raises(TypeError, match="times"):
        Money(10, "EUR") * 1.5  # type: ignore[operator]


@pytest.mark.parametrize(
    ("minor", "factor", "rounded"),
    [
        (5, "0.5", 3),
        (-5, "0.5", -3),
        (15, "0.1", 2),
        (25, "0.1", 3),
        (14, "0.1", 1),
        (100, "0.19", 19),
    ],
)
def test_a_half_is_rounded_away_from_zero(minor: int, factor: str, rounded: int) -> None:
    assert Money(minor, "EUR").times(Decimal(factor)) == Money(rounded, "EUR")


@pytest.mark.parametrize(
    ("minor", "weights", "shares"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (5, [3, 7], [2, 3]),  # 1.5 and 3.5: of equal remainders the first gets the cent
        (0, [1, 2], [0, 0]),
        (7, [0, 1, 0], [0, 7, 0]),
        (2, [1, 1, 1], [1, 1, 0]),
        (100, [1, 2, 4], [14, 29, 57]),  # 14.29, 28.57 and 57.14: the largest remainder
        (-100, [1, 2, 4], [-14, -29, -57]),
        (100, [4, 2, 1], [57, 29, 14]),
    ],
)
def test_an_amount_is_divided_without_losing_a_cent(
    minor: int, weights: list[int], shares: list[int]
) -> None:
    assert [share.minor for share in Money(minor, "EUR").allocate(weights)] == shares


@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD", "CLF"])
def test_shares_always_add_up(currency: str) -> None:
    for minor in (1, 99, 1_001, 10**9 + 7, -333):
        for weights in ([1], [1, 2, 4], [333, 333, 334], [5, 0, 5], list(range(1, 40))):
            amount = Money(minor, currency)
            assert Money.total(amount.allocate(weights), currency) == amount


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [-1], [3, -1]])
def test_an_amount_is_not_divided_by_weights_that_make_no_sense(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="cannot divide"):
        Money(10, "EUR").allocate(weights)


DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: "AUD BRL CHF EUR GBP HUF INR MGA MRU TWD USD",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}


@pytest.mark.parametrize("digits", DIGITS)
def test_the_digits_are_those_of_iso_4217(digits: int) -> None:
    assert {digits_of(code) for code in DIGITS[digits].split()} == {digits}


def test_only_nothing_is_false() -> None:
    assert [bool(Money(minor, "USD")) for minor in (-1, 0, 1)] == [True, False, True]


def test_amounts_of_one_currency_are_ordered() -> None:
    less, more = Money(4, "USD"), Money(5, "".join(["U", "S", "D"]))
    assert (less < more, more < less, more < Money(5, "USD")) == (True, False, False)


@pytest.mark.parametrize("currencies", [("EUR", "USD"), ("USD", "EUR")])
def test_amounts_of_two_currencies_are_not_compared(currencies: tuple[str, str]) -> None:
    one, other = (Money(1, currency) for currency in currencies)
    with pytest.raises(CurrencyMismatchError, match="different currencies"):
        assert one < other
