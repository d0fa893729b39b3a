"""The natural order of sizes, by their labels: XS before S, 8.5 before 10, 6-9M before 2-3Y. Pure.

For sizes whose source does not specify their order (``size_sort``).
"""

import re
from functools import lru_cache

from storefront.catalog import naming

_ONE_SIZE = frozenset(
    {"one size", "onesize", "os", "free", "free size", "freesize", "uni", "unica", "tu"}
)
_WORDS = {"extra small": "xs", "small": "s", "medium": "m", "large": "l", "extra large": "xl"}
_LETTERS = re.compile(r"(\d*)(x*)([sml]?)")
_AGE = re.compile(r"(\d+)(?:\s*[-/]\s*(\d+))?\s*(m|mo|mos|mths?|months?|y|yr|yrs|years?|t)\b\.?")
_MONTHS = ("m", "mo", "mos", "mth", "mths", "month", "months")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_SUFFIX = re.compile(r"\d\s*([a-z]+|\+)$")
_PLAIN_NUMBER = re.compile(r"[\d\s.,/\u2044+-]+")
_SUIT_LENGTHS = {"s": 1, "r": 2, "l": 3}

# The start of each kind of label: kinds do not mix within a system.
_LETTERED, _AGED, _NUMBERED, _OTHER = 1_000, 10_000, 100_000, 2_140_000_000


@lru_cache(10_000)
def natural_order(label: str) -> int:
    """Its position among the sizes of its system: a number below 2**31, only for comparison."""
    folded = naming.fold(label)
    if folded in _ONE_SIZE:
        return 0
    if folded in ("newborn", "nb", "preemie"):
        return _AGED
    steps = [_step(part) for part in re.split(r"\s*[-/]\s*", folded.replace("x-", "x"))]
    if None not in steps:
        return _LETTERED + 500 + round(20 * sum(step or 0 for step in steps) / len(steps))
    if age := _AGE.fullmatch(folded):
        months = 1 if age[3] in _MONTHS else 12
        low, high = (min(int(number) * months, 800) for number in (age[1], age[2] or age[1]))
        return _AGED + 1 + low * 100 + min(max(high - low, 0), 99)
    return _numbered(folded)


def size_name(system: str, label: str) -> str:
    """A size among those of other systems: a number with its system, ``EU 42``, but ``M`` alone."""
    return f"{system} {label}" if system and _PLAIN_NUMBER.fullmatch(naming.fold(label)) else label


def _step(label: str) -> float | None:
    """Steps from M: -1 for S, 2 for XL, 4 for 3XL; None if the label is not a letter size."""
    found = _LETTERS.fullmatch(_WORDS.get(label, label.replace(" ", "")))
    if found is None:
        return None
    count, extra, letter = found.groups()
    steps = min(int(count or len(extra)), 20) if extra else 0
    if not letter:  # 2X of plus sizes comes after XXL
        return 1.5 + steps if count and extra else None
    if (count and not extra) or (letter == "m" and extra):
        return None
    return {"s": -1 - steps, "m": 0, "l": 1 + steps}[letter]


def _numbered(label: str) -> int:
    """Sorts by its first number, its second, and the letters at its end (cups, widths, lengths)."""
    # 8½ is folded to 8 with 1 and 2 as a fraction.
    halves = re.sub(r"(?:(\d+)\s*)?1[\u2044/]2\b", lambda half: f"{half[1] or 0}.5", label)
    numbers = [float(number.replace(",", ".")) for number in _NUMBER.findall(halves)]
    if not numbers:
        return _OTHER
    first = min(numbers[0], 1_000)
    second = min(numbers[1] if len(numbers) > 1 else 0, 99)
    place = round(first * 100) * 20_000 + round(second * 2) * 100
    return _NUMBERED + place + _letters_at_end(_SUFFIX.search(halves))


def _letters_at_end(suffix: re.Match[str] | None) -> int:
    if suffix is None:
        return 0
    letters = suffix[1]
    if letters in _SUIT_LENGTHS:
        return _SUIT_LENGTHS[letters]
    if letters == "aa":
        return 1
    return min(2 * max(ord(letters[0]) - 96, 1) + (len(letters) > 1), 99)
