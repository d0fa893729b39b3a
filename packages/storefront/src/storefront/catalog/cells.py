"""Cells of a catalogue's CSV file as values: text, numbers, amounts, times. Pure.

Each function gets the column's name for its error, and raises BadRowError for invalid values.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from storefront.catalog import bounds, naming
from storefront.catalog import spreadsheet_traces as traces
from storefront.catalog.seasons import SEASONS
from storefront.money import digits_of

AGE_GROUPS = ("newborn", "infant", "toddler", "kids", "adult")
STATUSES = ("live", "hidden")

_LINE_END = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_NUMBER = re.compile(r"[0-9]{1,300}(?:\.[0-9]{1,10})?")
_GROUP = 3  # digits that a separator of thousands separates
_GTIN = re.compile(r"[0-9]{8}|[0-9]{12,14}")
_SHORTER = (6, 7, 9, 10, 11)  # digits of a bar code without zeros at its start
_GROUPED = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")


class BadRowError(ValueError):
    """An error in a row. key: of the product or chart that it belongs to, if known."""

    def __init__(self, reason: str, *, key: str | None = None) -> None:
        super().__init__(reason)
        self.key = key


def cell(
    column: str, value: str, *, most: int = bounds.MOST_CHARACTERS, has_lines: bool = False
) -> str | None:
    """The text in Unicode's composed form, with single spaces and none at its ends; None when empty.

    has_lines: keep line breaks, with at most one empty line between two paragraphs.
    """
    is_plain = value.isascii() and value.isprintable()  # most cells: nothing to check
    if is_plain:
        tidied = " ".join(value.split())
    elif has_lines:
        tidied = re.sub(r"\n{3,}", "\n\n", "\n".join(map(_tidy, _LINE_END.split(value)))).strip(
            "\n"
        )
    else:
        tidied = _tidy(value)
    if len(tidied) > most:
        raise BadRowError(f"{column} has {len(tidied)} characters; {most} at most")
    if traces.is_formula_error(tidied):
        raise BadRowError(f"{column} {tidied!r} is the error of a spreadsheet formula")
    if is_plain:
        return tidied or None
    if found := _CONTROL.search(tidied):
        raise BadRowError(f"{column} has the control character U+{ord(found[0]):04X}")
    if _SURROGATE.search(tidied):
        raise BadRowError(f"{column} has bytes that are not UTF-8; save the file as CSV UTF-8")
    return tidied or None


def _tidy(value: str) -> str:
    return naming.tidy(unicodedata.normalize("NFC", naming.visible(value)))


def filled(column: str, value: str | None) -> str:
    """The value, which is required."""
    if value is None:
        raise BadRowError(f"{column} is empty")
    return value


def shown(column: str, value: str | None) -> str:
    """The value, which must have a letter, a digit or a symbol: more than punctuation and what is not
    visible."""
    if not naming.has_visible(filled(column, value)):
        raise BadRowError(f"{column} {value!r} has no letter, digit or symbol")
    return filled(column, value)


def named(column: str, value: str | None) -> str:
    """The value, which must have a letter or digit."""
    if not naming.segment(filled(column, value)):
        raise BadRowError(f"{column} {value!r} has no letter or digit")
    return filled(column, value)


def slugged(column: str, value: str | None) -> str:
    """The value, which must be a slug, such as ``women-alpha``."""
    if naming.slug(filled(column, value)) != value:
        raise BadRowError(
            f"{column} {value!r} may only have lower-case letters, digits and hyphens"
        )
    return filled(column, value)


def instant(column: str, value: str) -> datetime:
    """The value as a time between bounds.EARLIEST and LATEST; in UTC if it has no offset."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise BadRowError(
            f"{column} {value!r} is not an ISO 8601 time such as 2026-11-27T18:00Z"
        ) from error
    try:
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        moment = bounds.LATEST
    if not bounds.EARLIEST <= moment < bounds.LATEST:
        first, last = bounds.EARLIEST.year, bounds.LATEST.year - 1
        raise BadRowError(f"{column} {value} is out of range: {first} to {last}")
    return moment


def number(column: str, value: str | None, low: int, high: int) -> int:
    """The value as an integer from low to high."""
    digits = digits_of_number(value or "")
    if not (digits.isascii() and digits.isdigit()):
        raise BadRowError(f"{column} {value or ''!r} is not a whole number")
    if len(digits) > len(str(high)) or not low <= int(digits) <= high:
        raise BadRowError(f"{column} {digits} is not between {low} and {high}")
    return int(digits)


def digits_of_number(value: str) -> str:
    """A whole number without what pandas adds to it where a column has gaps: of ``5.0`` the 5."""
    return value.removesuffix(".0")


def may_be_thousands(amount: str) -> bool:
    """Whether the only sign of an amount may separate thousands: ``1.250`` or ``1,250``."""
    return _GROUPED.fullmatch(amount) is not None


def minor(column: str, value: str, currency: str) -> int:
    """An amount such as ``19.99`` in minor units of the currency."""
    if not _NUMBER.fullmatch(value):
        raise BadRowError(
            f"{column} {value!r} is not a number such as 19.99; leave out signs, blanks and separators"
        )
    digits = digits_of(currency)
    if digits < _GROUP and may_be_thousands(value):
        whole, decimal = value.replace(".", ""), Decimal(value).normalize()
        raise BadRowError(
            f"{column} {value} may be {whole} or {decimal:f}: write it "
            f"without a separator of thousands and with at most {digits} digits after the point"
        )
    amount = Decimal(value).scaleb(digits)
    if amount != amount.to_integral_value():
        raise BadRowError(f"{column} {value} has more than {digits} digits after the point")
    if not 0 < amount <= bounds.MOST_MINOR:
        most = Decimal(bounds.MOST_MINOR).scaleb(-digits)
        raise BadRowError(f"{column} {value} is not above 0 and at most {most:f}")
    return int(amount)


def gtin(value: str) -> str:
    """A bar code's number: 8, 12, 13 or 14 digits (GS1 General Specifications, 1.4)."""
    if not _GTIN.fullmatch(value):
        why = traces.of_spreadsheet(value) or _without_zeros(value)
        raise BadRowError(f"gtin {value!r} is not 8, 12, 13 or 14 digits{why}")
    if not value.strip("0"):
        raise BadRowError(f"gtin {value!r} is no bar code; leave the cell empty if there is none")
    return value


def _without_zeros(gtin: str) -> str:
    """How a spreadsheet has damaged the bar code, if zeros at its start complete it."""
    is_shorter = gtin.isascii() and gtin.isdigit() and len(gtin) in _SHORTER
    if not (is_shorter and has_check_digit(gtin)):
        return ""
    return ": a spreadsheet has removed zeros at its start. Format the column as text"


def has_check_digit(gtin: str) -> bool:
    """Whether the check digit is correct (GS1 General Specifications, 7.9)."""
    digits = [int(digit) for digit in reversed(gtin)]
    return sum(digit * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10 == 0


def unspoilt(column: str, value: str) -> str:
    """The value, unless a spreadsheet has converted it to a shortened number or a date."""
    return _unspoilt(column, value, traces.of_spreadsheet(value))


def _unspoilt(column: str, value: str, change: str) -> str:
    if change:
        raise BadRowError(f"{column} {value!r} is not what was meant{change}")
    return value


def size_label(value: str) -> str:
    """A size, unless a spreadsheet has converted it to a number or a date."""
    return _unspoilt("size", value, traces.of_spreadsheet(value) or traces.of_numeric_date(value))


def one_of(column: str, value: str | None, choices: Sequence[str]) -> str:
    """The value in the spelling of the choices, ignoring case; it must be one of them."""
    folded = (value or "").casefold()
    for choice in choices:
        if choice.casefold() == folded:
            return choice
    raise BadRowError(f"{column} {value or ''!r} is not one of {', '.join(choices)}")


def year(value: str | None) -> int | None:
    """A year in which a product may have been introduced."""
    if value is None:
        return None
    return number("year", value, bounds.YEARS[0], bounds.YEARS[-1])


def season(value: str | None) -> str | None:
    """A season, or None for none."""
    return None if value is None else one_of("season", value, SEASONS)
