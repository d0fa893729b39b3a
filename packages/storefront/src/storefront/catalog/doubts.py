"""Finds implausible values in rows: a boys' shirt under Men, a kind of product as a brand. Pure.

Catalogues are typed by people, and the name of a product is often more reliable than other columns.
packages/storefront/docs/catalogue.md describes the rules, and the handling of doubtful rows.
"""

import re
import unicodedata
from collections.abc import Iterable

from storefront.catalog import naming
from storefront.catalog.genders import CHILDREN

# As programs write it: databases, pandas, Hive, marketplaces.
_NOTHING = frozenset(
    {
        "null", "\\n", "nan", "-nan", "nat", "none", "nil", "undefined", "n/a", "na", "n.a.", "n/d",
        "not applicable", "does not apply", "__hive_default_partition__",
    }
)  # fmt: skip
_BRACKETED = re.compile(r"\((.*)\)|<(.*)>|\[(.*)\]")
_MARKUP = re.compile(
    r"</?[a-z][a-z0-9]*(\s[^<>]*)?/?>|&(?:[a-z]{2,8}|#[0-9]+|#x[0-9a-f]+);", re.IGNORECASE
)
_ESCAPE = re.compile(r"\\(?:[nr'\"]|u[0-9a-fA-F]{4})")
_JSON = re.compile(r"""\{\s*["'].*:.*\}|\[\s*["'{].*\]""", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]+")
_ALIKE = {"Latin", "Cyrillic", "Greek"}
_FLOAT = re.compile(r"([0-9]{1,3})\.0")
_DAY_NUMBER = re.compile(r"[345][0-9]{4}")  # of the years 1982 to 2064
_LEVELS = re.compile(r"[>|»]|::")
_SEVERAL_SIZES = re.compile(r"[|;]|,(?!\d)|,(?=\d+,)")
_LETTERED = r"(?:[2-6]?X{0,4}[SL]|M)"
_SEVERAL_LETTERED = re.compile(rf"{_LETTERED}(?:[-/ ]+{_LETTERED}){{2,}}", re.IGNORECASE)
_MANY_SIZES = 2
# UTF-8 was read as one of these. A no-break space among the letters has become a space since.
_MISTAKEN_FOR = ("cp1252", "cp1251", "cp1250")
# What other encodings have for letters with accents, where Windows-1252 has signs and capitals: a sign
# within a word, a capital behind a small letter.
_SIGN_WITHIN = re.compile(
    r"[^\W\d_][§†‡¹²³¾½¼±¶¿¡„”“‚‰¤¦¬¨¯¸\u2039\u203aˆ˜][^\W\d_]|[a-z][ŽŠŸŒ]|^[„‚¹³¿][a-z]{2}"
)
_LOST_BLANK = re.compile(r"(?<=[ÃÂÐÑРС]) ")
_SURELY = 3
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
    if gender in CHILDREN:
        doubt = f"the name {name!r} speaks of adults, gender is {gender}: kept as {gender}"
        return gender, None, doubt if is_adult and not (boy or girl or child) else None
    if not (boy or girl or child):
        return gender, None, None
    reason = f"the name {name!r} speaks of children, gender is {gender}"
    same = boy if gender == "Men" else girl
    if not child and (is_adult or not same):
        return gender, None, f"{reason}: kept as {gender}"
    likely = "Girls" if girl and not boy else "Boys" if boy or gender == "Men" else "Girls"
    return likely, None, f"{reason}: taken as {likely}"


def words_of(values: Iterable[str]) -> set[str]:
    """The words of these values (kinds and colours, which are not brands) and their singulars."""
    words = {word for value in values for word in naming.segment(value).split("-") if word}
    return words | {word.removesuffix("s") for word in words}


def is_nothing(value: str) -> bool:
    """Whether a text stands for no value: a program's word for that, or punctuation alone."""
    word = _BRACKETED.sub(r"\1\2\3", value.casefold())
    return word in _NOTHING or not naming.has_visible(value)


def about_nothing(column: str, value: str) -> str:
    """The doubt about a cell that has such a text and need not have a value."""
    return f"{column} is {value!r}: read as empty; leave the cell empty if there is none"


def no_value(column: str, value: str) -> str:
    """The error in a cell that has such a text and needs a value."""
    return f"{column} {value!r} stands for no value: write what it is"


def about_text(column: str, value: str | None) -> str | None:
    """The doubt about text with traces of programs: HTML, a wrong encoding."""
    if value is None:
        return None
    if found := _MARKUP.search(value):
        return f"{column} has HTML ({found[0]}): kept as the file says; the shop shows it as text"
    if _JSON.fullmatch(value) and not (column == "size" and value.startswith("[")):
        return (
            f"{column} has JSON ({value[:40]!r}): kept as the file says; the shop shows it as text"
        )
    if found := _ESCAPE.search(value):
        return f"{column} has {found[0]!r}, which programs write for another sign: kept as the file says"
    if value.isascii():
        return None
    if decoded := _decoded(value):
        return f"{column} {value!r} was probably {decoded}: kept as the file says"
    if found := _SIGN_WITHIN.search(value):
        return (
            f"{column} {value!r} has {found[0]!r}, perhaps a letter of another encoding: kept as the "
            "file says. Save the file as CSV UTF-8"
        )
    if mixed := next((word for word in _WORD.findall(value) if len(_scripts(word)) > 1), None):
        scripts = " and ".join(sorted(_scripts(mixed)))
        return f"{column} has the word {mixed!r} of {scripts} letters: kept as the file says"
    return None


def about_size(label: str) -> str | None:
    """The doubt about a size that a spreadsheet or a program may have written for another."""
    likely = ""
    if found := _FLOAT.fullmatch(label):
        likely = repr(found[1])
    elif _DAY_NUMBER.fullmatch(label):
        likely = "a range such as 10-12, which a spreadsheet has made a date and counts as a day"
    elif label.casefold() in ("true", "false"):
        likely = "another text, which a spreadsheet has made a truth value"
    return f"size {label!r} was probably {likely}: kept as the file says" if likely else None


def about_several_sizes(label: str) -> str | None:
    """The doubt about several sizes in one cell: customers could not choose one of them."""
    parts = [part for part in _SEVERAL_SIZES.split(label.strip("[]")) if part.strip(" \"'")]
    is_one = len(parts) < _MANY_SIZES and not _SEVERAL_LETTERED.fullmatch(label)
    if is_one and not label.startswith("["):
        return None
    return f"size {label!r} names several sizes, which have a row each: kept as one"


def about_category(column: str, value: str) -> str | None:
    """The doubt about several levels of the category tree in one column."""
    if not _LEVELS.search(value):
        return None
    return f"{column} {value!r} names several levels, which have columns of their own: kept as one"


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
    with_blanks = _LOST_BLANK.sub("\xa0", value)
    for encoding in _MISTAKEN_FOR:
        for text in (value, with_blanks):
            try:
                decoded = text.encode(encoding).decode("utf-8")
            except UnicodeError:
                continue
            if text is value or sum(not letter.isascii() for letter in decoded) >= _SURELY:
                return repr(decoded)
    return None


def _scripts(word: str) -> set[str]:
    """Of Latin, Cyrillic and Greek, whose letters look alike, those that a word has letters of."""
    names = {unicodedata.name(letter, "").split(" ")[0].capitalize() for letter in word}
    return names & _ALIKE
