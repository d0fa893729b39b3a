"""Money as the API writes it."""

from pydantic import BaseModel

from storefront.money import Money


class Amount(BaseModel):
    """An amount of money: ``minor`` in minor units, exact; ``major`` the same in the major unit."""

    minor: int
    major: float
    currency: str


def amount_of(money: Money) -> Amount:
    """Money as the API writes it."""
    return Amount(minor=money.minor, major=float(money.major), currency=money.currency)
