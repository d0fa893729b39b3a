"""Price bounds in a query: ``under 1500``, ``$20-$50``, ``around thirty dollars``. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from storefront.search.amounts import amount

_ONES = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40,
    "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SCALES = {"hundred": 100, "thousand": 1_000, "grand": 1_000, "k": 1_000}

_SIGN = r"(?:[$€£₹¥￥]|\brs\.?\s*(?=\d)|\b(?:usd|eur|gbp|inr|jpy|kwd|chf)\s)\s*"
_UNIT = (
    r"\s*(?:[$€£₹¥￥円](?!\d)|"  # the second $ of `$20 $50` belongs to the 50
    r"(?:usd|dollars?|bucks?|eur|euros?|gbp|pounds?|quid|inr|rs|rupees?|jpy|yen|kwd|dinars?|chf|francs?)\b)"
)
_WORD = rf"(?:{'|'.join(_ONES)}|hundred|thousand|grand)"
_WORDS = (
    rf"(?:\b(?:a\s+(?=hundred|thousand|grand))?{_WORD}\b"
    rf"(?:(?:[\s-]+|(?<=hundred)\s+and\s+|(?<=thousand)\s+and\s+){_WORD}\b)*)"
)
# As `amount` reads them: 1,000.50, 1.000,50, 49,99 and 49.99.
_DIGITS = (
    r"(?<!\d)(?:\d{1,3}(?:,\d{3})+(?:\.\d{1,4})?|\d{1,3}(?:\.\d{3})+,\d{1,2}|\d{1,7},\d{1,2}(?!\d)|"
    r"\d{1,7}(?:\.\d{1,4})?)(?:\s?k\b|\s(?:hundred|thousand|grand)\b)?(?![\d%])"
)
_AMOUNT = re.compile(rf"(?P<sign>{_SIGN})?(?P<number>{_DIGITS}|{_WORDS})(?P<unit>{_UNIT})?", re.I)

# A text is searched for amounts once. In what the patterns match, each is one of these characters.
_BARE, _ROUND, _SIGNED, _NAMED = "\ue000\ue001\ue002\ue003"  # 21, 25 or 1,000, $20, 20 dollars
# Without a currency only such numbers are a range of prices, as in 25 to 35: 32-34 is a size.
_IS_ROUND = re.compile(r"[1-9]\d{0,3}[05]|\d{1,3}(?:,\d{3})+")
_MEASURED = (
    r"years?|yrs?|y|months?|mths?|cms?|mm|inch(?:es)?|ml|lit(?:re|er)s?|ltrs?|l|grams?|gms?|g|kgs?|"
    r"sizes?|waist|pack|pieces?|pcs|%|percent"
)
_RESERVED = re.compile(f"[{_BARE}-{_NAMED}]")
_NUMBER = f"([{_BARE}{_ROUND}])"
_PRICED = f"([{_SIGNED}{_NAMED}])"
_MONEY = f"([{_BARE}-{_NAMED}])"

_BELOW = (
    r"(?:(?<!not )(?<!no )(?:under(?:neath)?|below|beneath|less th[ae]n|lower th[ae]n|cheaper th[ae]n)|"
    r"no(?:t)? (?:more|higher) than|not over|not above|not exceed(?:ing)?|up ?to|at (?:the )?most|"
    r"within|(?<!air )max(?:imum)?(?: of)?|(?:i )?can (?:spend|pay|afford)|"
    r"(?:my |a )?budget(?: is| of)?:?)"
)
_ABOVE = (
    r"(?:over|above|more th[ae]n|higher th[ae]n|at least|no(?:t)? (?:less|lower|cheaper) th[ae]n|"
    r"not (?:under|below)|min(?:imum)?(?: of)?|starting(?: at| from)?|upwards of)"
)
_ABOUT = r"(?:around|about|roughly|approx(?:imately|\.)?|nearly|close to|near|circa|~)"
_AROUND = (Decimal("0.8"), Decimal("1.2"))  # the bounds of "around" a price, times the price
_TO = r"(?:and|to|till?|until|up ?to|-|–|&)"

# The order matters: a range contains what looks like a bound, `no more than` contains `more than`.
_RANGES = (
    re.compile(rf"\b(?:betwee?n|from|starting(?: at| from)?)\s+{_MONEY}\s*{_TO}\s*{_MONEY}", re.I),
    re.compile(rf"\b(?:price )?range(?: of|:)?\s+{_MONEY}\s*(?:and\b|to\b|-|–)?\s*{_MONEY}", re.I),
    re.compile(rf"\bpriced?:?\s+{_MONEY}\s*{_TO}\s*{_MONEY}", re.I),
    re.compile(rf"\bbetween\s+{_MONEY}\s+{_MONEY}", re.I),  # as other languages are translated
    re.compile(rf"({_SIGNED})\s*{_TO}\s*{_MONEY}", re.I),
    re.compile(rf"({_NAMED})\s*{_TO}\s*{_PRICED}", re.I),
    re.compile(rf"(?<!\w){_NUMBER}\s*{_TO}\s*({_NAMED})", re.I),
)
_ROUND_RANGE = re.compile(
    rf"(?<![\w-])(?<!size )(?<!sizes )(?<!waist )(?<!chest )(?<!bust )(?<!age )(?<!aged )(?<!spf )"
    rf"({_ROUND})\s*(?:to|till?|until|up ?to|-|–)\s*({_ROUND})(?![\w-])(?!\s*(?:{_MEASURED})\b)",
    re.I,
)
_HIGHS = (
    re.compile(rf"(?:\b{_BELOW}\s*|[<≤]\s*=?\s*){_MONEY}", re.I),
    re.compile(rf"(?<!\w){_MONEY}\s+(?:or|and)\s+(?:less|under|below|cheaper|lower)\b", re.I),
    re.compile(rf"{_MONEY}\s*(?:max(?:imum)?|at most|budget)\b", re.I),
    re.compile(rf"{_PRICED}\s*tops\b", re.I),  # Jealous 21 tops have no price
)
_LOWS = (
    re.compile(rf"(?:\b{_ABOVE}\s*|[>≥]\s*=?\s*){_MONEY}", re.I),
    re.compile(rf"(?<!\w){_MONEY}\s+(?:or|and)\s+(?:more|over|above|up|higher|upwards)\b", re.I),
    re.compile(rf"(?<!\w){_NUMBER}\+{_UNIT}", re.I),
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


@dataclass(frozen=True, slots=True)
class _Text:
    """A text in which one character stands for each amount.

    amounts: by the position of that character. starts: where each character, and the end, was before.
    """

    said: str
    amounts: Mapping[int, Decimal]
    starts: Sequence[int]

    def found(
        self, patterns: Iterable[re.Pattern[str]]
    ) -> Iterator[tuple[list[Decimal], int, int]]:
        """What matches, one pattern after the other: its amounts, and where it was: [start, end)."""
        for pattern in patterns:
            for match in pattern.finditer(self.said):
                amounts = [self.amounts[match.start(at + 1)] for at in range(pattern.groups)]
                yield amounts, self.starts[match.start()], self.starts[match.end()]


def bounds(text: str) -> list[Bounds]:
    """The bounds in a text, in order; of two on the same side the later one counts.

    A range from high to low is reversed. A bare number is not a bound; a price alone means around it.
    """
    found: list[Bounds] = []
    read = _with_amounts(text)
    if not read.amounts:  # as in most queries
        return found
    for (one, other), start, end in read.found(_RANGES):
        _add(found, Bounds(min(one, other), max(one, other), start, end))
    for (low, high), start, end in read.found([_ROUND_RANGE]):
        if low < high:  # 1020-205 is the number of a model
            _add(found, Bounds(low, high, start, end))
    for [high], start, end in read.found(_HIGHS):
        _add(found, Bounds(None, high, start, end))
    for [low], start, end in read.found(_LOWS):
        _add(found, Bounds(low, None, start, end))
    for [about], start, end in read.found(_ABOUTS):
        low, high = (_plain(about * times) for times in _AROUND)
        _add(found, Bounds(low, high, start, end))
    return sorted(found, key=lambda one: one.start)


def _with_amounts(text: str) -> _Text:
    text = _RESERVED.sub(" ", text)
    said: list[str] = []
    starts: list[int] = []
    amounts: dict[int, Decimal] = {}
    at = 0
    for match in _AMOUNT.finditer(text):
        said += (text[at : match.start()], _character_for(match))
        starts += range(at, match.start() + 1)
        amounts[len(starts) - 1] = _amount(match["number"])
        at = match.end()
    starts += range(at, len(text) + 1)
    return _Text("".join((*said, text[at:])), amounts, starts)


def _character_for(amount: re.Match[str]) -> str:
    if amount["sign"]:
        return _SIGNED
    if amount["unit"]:
        return _NAMED
    number = amount["number"]
    digits = str(_amount(number)) if number[0].isalpha() else number  # thirty to fifty
    return _ROUND if _IS_ROUND.fullmatch(digits) else _BARE


def _amount(number: str) -> Decimal:
    if number[0].isdigit():
        digits, _, scale = number.casefold().replace("k", " k").partition(" ")
        return amount(digits) * _SCALES.get(scale.strip(), 1)
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
