"""Price bounds in a query: ``under 1500``, ``$20-$50``, ``around thirty dollars``. Pure."""

import re
from dataclasses import dataclass
from decimal import Decimal

from storefront.search.amounts import amount

_ONES = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40,
    "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SCALES = {"hundred": 100, "thousand": 1_000, "grand": 1_000}

_SIGN = r"(?:[$€£₹¥￥]|\brs\.?\s*(?=\d)|\b(?:usd|eur|gbp|inr|jpy|kwd|chf)\s)\s*"
_UNIT = (
    r"(?:\s*(?:[$€£₹¥￥円]|(?:usd|dollars?|bucks?|eur|euros?|gbp|pounds?|quid|inr|rs|rupees?|jpy|yen|kwd|"
    r"dinars?|chf|francs?)\b))"
)
_WORD = rf"(?:{'|'.join(_ONES)}|hundred|thousand|grand)"
_WORDS = (
    rf"(?:\b(?:a\s+(?=hundred|thousand|grand))?{_WORD}\b"
    rf"(?:(?:[\s-]+|(?<=hundred)\s+and\s+|(?<=thousand)\s+and\s+){_WORD}\b)*)"
)
# As `amount` reads them: 1,000.50, 1.000,50, 49,99 and 49.99.
_DIGITS = (
    r"(?:\d{1,3}(?:,\d{3})+(?:\.\d{1,4})?|\d{1,3}(?:\.\d{3})+,\d{1,2}|\d{1,7},\d{1,2}(?!\d)|"
    r"\d{1,7}(?:\.\d{1,4})?)(?:\s?k\b)?(?![\d%])"
)
_NUMBER = rf"({_DIGITS}|{_WORDS})"
_MONEY = rf"(?:{_SIGN})?{_NUMBER}{_UNIT}?"
_PRICED = rf"(?:{_SIGN}{_NUMBER}{_UNIT}?|{_NUMBER}{_UNIT})"

_BELOW = (
    r"(?:(?<!not )(?<!no )(?:under(?:neath)?|below|beneath|less th[ae]n|lower th[ae]n|cheaper th[ae]n)|"
    r"no(?:t)? (?:more|higher) than|not over|not above|not exceed(?:ing)?|up ?to|at (?:the )?most|"
    r"within|(?<!air )max(?:imum)?(?: of)?|(?:i )?can (?:spend|pay|afford)|"
    r"(?:my |a )?budget(?: is| of)?:?)"
)
_ABOVE = (
    r"(?:over|above|more th[ae]n|higher th[ae]n|at least|no(?:t)? (?:less|lower|cheaper) th[ae]n|"
    r"not (?:under|below)|min(?:imum)?(?: of)?|starting (?:at|from)|upwards of)"
)
_ABOUT = r"(?:around|about|roughly|approx(?:imately|\.)?|nearly|close to|near|circa|~)"
_AROUND = (Decimal("0.8"), Decimal("1.2"))  # the bounds of "around" a price, times the price

_HAS_NUMBER = re.compile(rf"\d|\b{_WORD}\b", re.I)  # what most queries lack

# The order matters: a range contains what looks like a bound, `no more than` contains `more than`.
_RANGES = (
    re.compile(rf"\b(?:betwee?n|from)\s+{_MONEY}\s*(?:and|to|-|–)\s*{_MONEY}", re.I),
    re.compile(rf"\b(?:price )?range(?: of|:)?\s+{_MONEY}\s*(?:and\b|to\b|-|–)?\s*{_MONEY}", re.I),
    re.compile(rf"\bpriced?:?\s+{_MONEY}\s*(?:and|to|-|–)\s*{_MONEY}", re.I),
    re.compile(rf"\bbetween\s+{_MONEY}\s+{_MONEY}", re.I),  # as other languages are translated
    re.compile(rf"{_SIGN}{_NUMBER}{_UNIT}?\s*(?:and|to|-|–)\s*{_MONEY}", re.I),
    re.compile(rf"\b{_NUMBER}\s*(?:and|to|-|–)\s*{_NUMBER}{_UNIT}", re.I),
    # Without a currency only round numbers: 32-34 is a size.
    re.compile(r"(?<![\w-])(\d{1,3}0)\s*(?:to|-|–)\s*(\d{1,3}0)(?![\w-])", re.I),
)
_HIGHS = (
    re.compile(rf"(?:\b{_BELOW}\s*|[<≤]\s*=?\s*){_MONEY}", re.I),
    re.compile(rf"\b{_MONEY}\s+(?:or|and)\s+(?:less|under|below|cheaper|lower)\b", re.I),
    re.compile(rf"{_MONEY}\s*(?:max(?:imum)?|at most|budget)\b", re.I),
    re.compile(rf"{_PRICED}\s*tops\b", re.I),  # Jealous 21 tops have no price
)
_LOWS = (
    re.compile(rf"(?:\b{_ABOVE}\s*|[>≥]\s*=?\s*){_MONEY}", re.I),
    re.compile(rf"\b{_MONEY}\s+(?:or|and)\s+(?:more|over|above|up|higher|upwards)\b", re.I),
    re.compile(rf"\b{_NUMBER}\+{_UNIT}", re.I),
    re.compile(rf"{_PRICED}\s*(?:\+|min(?:imum)?\b|at least\b)", re.I),
    re.compile(rf"(?:\bfrom\s+)?{_MONEY}\s+(?:upwards?|onwards?)\b", re.I),
    re.compile(rf"\bfrom\s+{_PRICED}", re.I),
)
_ABOUTS = (
    re.compile(rf"(?:\b{_ABOUT}\s*|~\s*){_MONEY}", re.I),
    re.compile(rf"{_MONEY}\s*(?:-?ish|or so)\b", re.I),
    re.compile(rf"(?:\bfor\s+|\bcosts?\s+)?{_PRICED}", re.I),
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Prices in the major unit, both inclusive, and the characters that name them: [start, end)."""

    low: Decimal | None
    high: Decimal | None
    start: int
    end: int


def bounds(text: str) -> list[Bounds]:
    """The bounds in a text, in order; of two on the same side the later one counts.

    A range from high to low is reversed. A bare number is not a bound; a price alone means around it.
    """
    found: list[Bounds] = []
    if not _HAS_NUMBER.search(text):
        return found
    for pattern in _RANGES:
        for match in pattern.finditer(text):
            low, high = sorted(_amounts(match))
            _add(found, Bounds(low, high, *match.span()))
    for pattern in _HIGHS:
        for match in pattern.finditer(text):
            _add(found, Bounds(None, _amounts(match)[0], *match.span()))
    for pattern in _LOWS:
        for match in pattern.finditer(text):
            _add(found, Bounds(_amounts(match)[0], None, *match.span()))
    for pattern in _ABOUTS:
        for match in pattern.finditer(text):
            [about] = _amounts(match)
            low, high = (about * times for times in _AROUND)
            _add(found, Bounds(_plain(low), _plain(high), *match.span()))
    return sorted(found, key=lambda one: one.start)


def _amounts(match: "re.Match[str]") -> list[Decimal]:
    return [_amount(number) for number in match.groups() if number is not None]


def _amount(number: str) -> Decimal:
    if number[0].isdigit():
        digits = number.casefold()
        return amount(digits.rstrip("k ")) * (1_000 if digits.endswith("k") else 1)
    total = current = 0
    for word in re.findall(r"[a-z]+", number.casefold()):
        if word in _SCALES:
            total, current = total + max(current, 1) * _SCALES[word], 0
        else:
            current += _ONES.get(word, 0)
    return Decimal(total + current)


def _plain(amount: Decimal) -> Decimal:
    """Without zeros after the point: 80, not 80.0."""
    return amount.quantize(Decimal(1)) if amount == amount.to_integral() else amount.normalize()


def _add(found: list[Bounds], one: Bounds) -> None:
    if all(one.end <= other.start or other.end <= one.start for other in found):
        found.append(one)
