"""How much of a thing: ``30 litre``, ``50gm``. Pure."""

from storefront.search.language.tokenizer import split_digits

UNITS = frozenset(
    """
    mg g gm gms gram grams kg kgs kilo ml l lt ltr litre litres liter liters mm cm oz
    """.split()  # noqa: SIM905
)


def is_measure(word: str) -> bool:
    """Whether a folded word is a number and a unit. It describes many things, and names none."""
    number, *units = split_digits(word) or [""]
    return number.isdecimal() and len(units) == 1 and units[0] in UNITS
