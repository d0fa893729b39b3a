"""Price bounds in a query: ``under 1500``, ``between 20 and 50``, ``$20-$50``. Pure."""

import re
from dataclasses import dataclass
from decimal import Decimal

_SIGN = r"(?:[$€£₹¥￥]|rs\.?\s|(?:usd|eur|gbp|inr|jpy|kwd|chf)\s)\s*"
_UNIT = (
    r"(?:\s*(?:[$€£₹¥￥円]|(?:usd|dollars?|bucks?|eur|euros?|gbp|pounds?|inr|rs|rupees?|jpy|yen|kwd|dinars?|"
    r"chf|francs?)\b))"
)
_NUMBER = r"(\d{1,3}(?:,\d{3})+(?:\.\d{1,4})?|\d{1,7}(?:\.\d{1,4})?)(?![\d%])"
_MONEY = rf"(?:{_SIGN})?{_NUMBER}{_UNIT}?"

_BELOW = (
    r"(?:under|below|less than|lower than|cheaper than|not more than|no more than|not over|up ?to|"
    r"at most|within|max(?:imum)?|priced under)"
)
_ABOVE = (
    r"(?:over|above|more than|higher than|at least|not less than|min(?:imum)?|starting (?:at|from))"
)

# The order matters: a range contains what looks like a bound, `no more than` contains `more than`.
_RANGES = (
    re.compile(rf"\b(?:between|from)\s+{_MONEY}\s*(?:and|to|-|–)\s*{_MONEY}", re.I),
    re.compile(rf"{_SIGN}{_NUMBER}{_UNIT}?\s*(?:and|to|-|–)\s*{_MONEY}", re.I),
    re.compile(rf"\b{_NUMBER}\s*(?:to|-|–)\s*{_NUMBER}{_UNIT}", re.I),
)
_HIGHS = (
    re.compile(rf"(?:\b{_BELOW}\s*|[<≤]\s*=?\s*){_MONEY}", re.I),
    re.compile(rf"\b{_MONEY}\s+(?:or|and)\s+(?:less|under|below|cheaper)\b", re.I),
)
_LOWS = (
    re.compile(rf"(?:\b{_ABOVE}\s*|[>≥]\s*=?\s*){_MONEY}", re.I),
    re.compile(rf"\b{_MONEY}\s+(?:or|and)\s+(?:more|over|above|up)\b", re.I),
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Prices in the major unit, both inclusive, and the characters that name them: [start, end)."""

    low: Decimal | None
    high: Decimal | None
    start: int
    end: int


def bounds(text: str) -> list[Bounds]:
    """The bounds in a text, in its order; of two on the same side the later one counts.

    A range written from high to low is reversed. A bare number is no bound.
    """
    found: list[Bounds] = []
    for pattern in _RANGES:
        for match in pattern.finditer(text):
            low, high = sorted((_amount(match.group(1)), _amount(match.group(2))))
            _add(found, Bounds(low, high, *match.span()))
    for pattern in _HIGHS:
        for match in pattern.finditer(text):
            _add(found, Bounds(None, _amount(match.group(1)), *match.span()))
    for pattern in _LOWS:
        for match in pattern.finditer(text):
            _add(found, Bounds(_amount(match.group(1)), None, *match.span()))
    return sorted(found, key=lambda one: one.start)


def _amount(digits: str) -> Decimal:
    return Decimal(digits.replace(",", ""))


def _add(found: list[Bounds], one: Bounds) -> None:
    if all(one.end <= other.start or other.end <= one.start for other in found):
        found.append(one)
