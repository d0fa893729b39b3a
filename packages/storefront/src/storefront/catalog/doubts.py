"""Finds implausible values in rows: a boys' shirt under Men, a kind of product as a brand. Pure.

Catalogues are typed by people, and the name of a product is often more reliable than other columns.
docs/catalogue.md describes the rules, and the handling of doubtful rows.
"""

import re
from collections.abc import Iterable

from storefront.catalog import naming

_NOTHING = frozenset({"null", "\\n", "nan", "none", "n/a", "nil", "undefined", "(null)", "-", "--"})
_MARKUP = re.compile(
    r"</?[a-z][a-z0-9]*(\s[^<>]*)?/?>|&(?:[a-z]{2,8}|#[0-9]+|#x[0-9a-f]+);", re.IGNORECASE
)
_ROW = re.compile(r"[0-9]{1,19}(?:(?:,[^,\n]*){9}|(?:;[^;\n]*){9}|(?:\|[^|\n]*){9})")

_CHILD = re.compile(r"\b(?:kids?|kidswear|infants?|toddlers?|newborns?)\b", re.IGNORECASE)
_BOY = re.compile(r"\bboys?\b", re.IGNORECASE)
_GIRL = re.compile(r"\bgirls?\b", re.IGNORECASE)
_ADULT = re.compile(r"\b(?:men|man|mens|women|woman|womens|ladies|gents)\b", re.IGNORECASE)


def wearer_of(name: str, gender: str) -> tuple[str, str | None, str | None]:
    """Gender, age group and doubt of a product, from its name if that mentions children.

    The age group is None if the gender determines it, the doubt if name and column agree. Words such as
    *Kids* count alone; *Boy* and *Girl*, which adults wear too (boy shorts, a print), only if
    the column has the same sex and the name does not mention men or women.
    """
    is_adult = bool(_ADULT.search(name))
    boy, girl, child = (bool(word.search(name)) for word in (_BOY, _GIRL, _CHILD))
    if gender == "Unisex":
        is_child = child or ((boy or girl) and not is_adult)
        doubt = f"the name {name!r} is that of a child's thing: taken as for children"
        return (gender, "kids", doubt) if is_child else (gender, None, None)
    if gender in ("Boys", "Girls"):
        doubt = f"the name {name!r} speaks of adults, gender is {gender}: kept as {gender}"
        return gender, None, doubt if is_adult and not (boy or girl or child) else None
    if not (boy or girl or child):
        return gender, None, None
    said = f"the name {name!r} speaks of children, gender is {gender}"
    same = boy if gender == "Men" else girl
    if not child and (is_adult or not same):
        return gender, None, f"{said}: kept as {gender}"
    meant = "Girls" if girl and not boy else "Boys" if boy or gender == "Men" else "Girls"
    return meant, None, f"{said}: taken as {meant}"


def words_of(values: Iterable[str]) -> set[str]:
    """The words of these values (kinds and colours, which are not brands) and their singulars."""
    words = {word for value in values for word in naming.segment(value).split("-") if word}
    return words | {word.removesuffix("s") for word in words}


def about_text(column: str, value: str | None) -> str | None:
    """The doubt about text with traces of programs: a word for "none", HTML, a wrong encoding."""
    if value is None:
        return None
    if value.casefold() in _NOTHING:
        return (
            f"{column} is {value!r}: kept as the file says; leave the cell empty if there is none"
        )
    if found := _MARKUP.search(value):
        return f"{column} has HTML ({found[0]}): kept as the file says; the shop shows it as text"
    if not value.isascii() and (meant := _decoded(value)):
        return f"{column} {value!r} was probably {meant}: kept as the file says"
    return None


def about_row_within(column: str, value: str | None) -> str | None:
    """The doubt about a text with a line that looks like a row of a catalogue."""
    for line in (value or "").split("\n")[1:]:
        if _ROW.match(line):
            return (
                f"{column} has the line {line[:40]!r}, which looks like a row: kept as text. Is a "
                "quotation mark left open before it?"
            )
    return None


def _decoded(value: str) -> str | None:
    """What the text was before its encoding was mistaken for another; None if it was not."""
    if "\ufffd" in value:
        return "written with a letter that was lost"
    try:
        meant = value.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return None
    return repr(meant)
