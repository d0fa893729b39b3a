"""Money: an integer number of minor units and a currency. Pure; never a float inside."""

from dataclasses import dataclass
from decimal import Decimal

# ISO 4217: digits after the point. Two unless listed.
_DIGITS = {"JPY": 0, "KRW": 0, "KWD": 3, "BHD": 3}
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹"}


def digits_of(currency: str) -> int:
    """How many digits after the point an amount of this currency has."""
    return _DIGITS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (cents) of an ISO 4217 currency."""

    minor: int
    currency: str

    @property
    def major(self) -> Decimal:
        """The amount in the major unit, exact: 1999 USD cents are Decimal('19.99')."""
        return Decimal(self.minor).scaleb(-digits_of(self.currency))

    def __str__(self) -> str:
        """As a price tag: ``$1,299.00``; ``CHF 12.50`` where the currency has no sign of its own."""
        digits = digits_of(self.currency)
        amount = f"{abs(self.major):,.{digits}f}"
        sign = "-" if self.minor < 0 else ""
        mark = _SIGNS.get(self.currency)
        return f"{sign}{mark}{amount}" if mark else f"{sign}{self.currency} {amount}"
