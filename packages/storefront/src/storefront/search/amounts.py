"""Amounts of money as people type them into a form. Pure."""

import re
from decimal import Decimal

from storefront.texts import _

_SIGN = r"(?:[a-z]{1,3}\.?|[^\w\s.,'’+-])?"  # of a currency, before or after: USD, Rs., $, €
_AMOUNT = re.compile(rf"{_SIGN}\s*([0-9.,'’\s]*[0-9][.,]?)\s*{_SIGN}", re.IGNORECASE)
_GROUPED = re.compile(r"[0-9]{1,3}(?P<mark>[.,])[0-9]{3}(?:(?P=mark)[0-9]{3})*")


def amount(text: str) -> Decimal:
    """``$50``, ``1,000``, ``49,99``, ``1.234,56`` or ``50 EUR`` as a number.

    Of two different marks the last is decimal, as is a lone comma that does not separate thousands; a
    lone point always is. Raises ValueError for anything else, such as a negative number.
    """
    found = _AMOUNT.fullmatch(text.strip())
    digits = re.sub(r"['’\s]", "", found[1]).rstrip(".,") if found else ""
    whole, mark, rest = _parted(digits)
    if _GROUPED.fullmatch(whole):
        whole = re.sub("[.,]", "", whole)
    if (
        not digits
        or not re.fullmatch("[0-9]*", whole, re.ASCII)
        or not re.fullmatch("[0-9]*", rest)
    ):
        raise ValueError(_("Type an amount, such as 49.99."))
    return Decimal(f"{whole or 0}{mark and '.'}{rest}")


def _parted(digits: str) -> tuple[str, str, str]:
    """The digits before the decimal mark, the mark, and those after it."""
    points, commas = digits.count("."), digits.count(",")
    last = max(digits.rfind("."), digits.rfind(","))
    is_thousands = (points + commas > 1 and not (points and commas)) or (
        not points and _GROUPED.fullmatch(digits) is not None
    )
    if last < 0 or is_thousands:
        return digits, "", ""
    return digits[:last], digits[last], digits[last + 1 :]
