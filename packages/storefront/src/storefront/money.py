"""Money: an integer number of minor units and a currency. Pure; a float is never involved.

Amounts of different currencies do not mix: adding or comparing them raises CurrencyMismatchError.
There is one rounding rule, half away from zero, applied once, at the end (docs/decisions/0021).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache, total_ordering

from babel import Locale
from babel.numbers import NumberPattern, is_currency, parse_pattern

# CLDR, "currency spacing": a code is parted from the number, a sign is not. Babel leaves it out.
_LETTER_BEFORE_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)")

# ISO 4217, list one, of 2024: minor units where they are not two. CLDR, and so Babel, differs: it gives
# what is customary in shops (none for the Iraqi dinar), but banks and payment providers count by ISO.
_DIGITS = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0,
    "RWF": 0, "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3, "CLF": 4, "UYW": 4,
}  # fmt: skip


class CurrencyMismatchError(ValueError):
    """Two amounts of different currencies were added or compared: a bug of the caller."""


def digits_of(currency: str) -> int:
    """How many digits after the point an amount of this ISO 4217 currency has."""
    return _DIGITS.get(currency, 2)


def is_known(currency: str) -> bool:
    """Whether this is the code of a currency, such as ``USD``."""
    return is_currency(currency)


def minor_of(major: Decimal, currency: str, rounding: str = ROUND_HALF_UP) -> int:
    """An amount of the major unit in minor units, rounded where the currency has fewer digits."""
    return int(major.scaleb(digits_of(currency)).to_integral_value(rounding))


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (cents) of an ISO 4217 currency.

    Raises TypeError where minor is not an int, such as the Decimal that ``sum`` of a bigint is in SQL.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.minor, int):
            raise TypeError(
                f"{self.minor!r} is a {type(self.minor).__name__}: minor units are an int"
            )

    @classmethod
    def of_major(cls, major: Decimal | int | str, currency: str) -> "Money":
        """``Money.of_major("19.99", "USD")``: the one way in for amounts of the major unit.

        Raises ValueError for what is not a number or has more digits than the currency: nothing is
        rounded on the way in. A float is refused by its type, since it is not what was written.
        """
        if isinstance(major, float):
            raise TypeError(f"{major!r} is a float: give the amount as a Decimal or as text")
        try:
            scaled = Decimal(major).scaleb(digits_of(currency))
        except InvalidOperation:
            raise ValueError(f"{major!r} is not a number") from None
        if not scaled.is_finite() or scaled != scaled.to_integral_value():
            raise ValueError(
                f"{major} has more than {digits_of(currency)} digits after the point, "
                f"which {currency} does not have"
            )
        return cls(int(scaled), currency)

    @classmethod
    def zero(cls, currency: str) -> "Money":
        """Nothing, of this currency."""
        return cls(0, currency)

    @classmethod
    def total(cls, amounts: Iterable["Money"], currency: str) -> "Money":
        """The sum; zero of ``currency`` without any. Raises CurrencyMismatchError."""
        return sum(amounts, start=cls.zero(currency))

    @property
    def major(self) -> Decimal:
        """The amount in the major unit, exact: 1999 USD cents are Decimal('19.99')."""
        return Decimal(self.minor).scaleb(-digits_of(self.currency))

    def times(self, factor: Decimal) -> "Money":
        """A share of the amount, such as a tax or a percentage, rounded half away from zero."""
        minor = (self.minor * factor).to_integral_value(ROUND_HALF_UP)
        return Money(int(minor), self.currency)

    def allocate(self, weights: Sequence[int]) -> list["Money"]:
        """Divide the amount in proportion to weights, without losing or making a minor unit.

        weights: [n], none negative, not all 0. Returns [n], which add up to the amount. What is left
        after rounding down goes, one minor unit each, to the largest remainders, the first ones first.
        """
        whole = sum(weights)
        if whole <= 0 or min(weights) < 0:
            raise ValueError(f"cannot divide by weights {list(weights)}")
        sign = -1 if self.minor < 0 else 1
        shares = [divmod(abs(self.minor) * weight, whole) for weight in weights]
        left = abs(self.minor) - sum(share for share, _ in shares)
        largest = sorted(range(len(shares)), key=lambda n: (-shares[n][1], n))[:left]
        return [
            Money(sign * (share + (n in largest)), self.currency)
            for n, (share, _) in enumerate(shares)
        ]

    def format(self, locale: str) -> str:
        """As a price tag in a language: ``$1,299.00`` in ``en_US``, ``1.299,00 $`` in ``de``."""
        return _formatted(self.minor, self.currency, locale)

    def __str__(self) -> str:
        """For logs and errors: ``USD 1299.00``. People see `format`."""
        return f"{self.currency} {self.major:f}"

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __mul__(self, pieces: int) -> "Money":
        if not isinstance(pieces, int):
            raise TypeError(f"multiply by a whole number, or use times(): {pieces!r}")
        return Money(self.minor * pieces, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def _same(self, other: "Money") -> int:
        if self.currency != other.currency:
            raise CurrencyMismatchError(f"{self} and {other} are of different currencies")
        return other.minor


@lru_cache(maxsize=8_192)
def _formatted(minor: int, currency: str, locale: str) -> str:
    pattern = _pattern(locale, digits_of(currency))
    amount = Money(minor, currency).major
    written = pattern.apply(amount, locale, currency=currency, currency_digits=False)
    return _LETTER_BEFORE_DIGIT.sub("\u00a0", written)


@lru_cache(maxsize=64)
def _pattern(locale: str, digits: int) -> NumberPattern:
    """How a locale writes prices, with these digits after the point instead of CLDR's."""
    pattern = parse_pattern(Locale.parse(locale).currency_formats["standard"].pattern)
    pattern.frac_prec = (digits, digits)
    return pattern
