"""Values that spreadsheets write in place of what was typed: errors, dates, shortened numbers. Pure."""

import re
from functools import cache

from babel import Locale

_SHORTENED = re.compile(r"[0-9]([.,][0-9]+)?[Ee]\+[0-9]+")
_APART = r"[-./ ]+"
_WORD = r"[^\W\d_]{3,12}"
_YEAR = r"[0-9]{2}(?:[0-9]{2})?"
# 12-Oct, 12. Okt. 26, Mon 12 Oct; Oct-26, Oct 12, 2026.
_DATED = re.compile(
    rf"(?:{_WORD}[., ]+)?[0-9]{{1,2}}{_APART}(?P<month>{_WORD})\.?(?:{_APART}{_YEAR})?"
    rf"|(?P<first>{_WORD})\.?[- ][0-9]{{1,2}}(?:[0-9]{{2}}|,? {_YEAR})?"
)
_TIME = r"(?:[T ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?: ?[AaPp][Mm]|Z|[+-][0-9:]+)?)?"
_DATE = re.compile(
    r"(?:[0-9]{1,2}([./-])[0-9]{1,2}\1[0-9]{4}|[0-9]{4}([./-])[0-9]{1,2}\2[0-9]{1,2})" + _TIME
)
_EAST_ASIAN = re.compile(r"(?:[0-9]{4}[年년] ?)?[0-9]{1,2}[月월] ?[0-9]{1,2}[日일]")
# With a year of two digits: not the sizes 4/6/8 and 36-24-36.
_SHORT = re.compile(r"([0-9]{1,2})([./-])([0-9]{1,2})\2[23][0-9]" + _TIME)
_MONTHS, _DAYS = 12, 31
_LANGUAGES = (
    "en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "da", "nb", "fi", "cs", "hu", "ro", "el", "tr",
    "ru", "uk",
)  # fmt: skip
_DATED_SAID = ": a spreadsheet has converted it to a date. Format the column as text"

# The errors of Excel in its languages, and of LibreOffice and Google Sheets.
_ERRORS = (
    "VALUE|WERT|VALEUR|VALOR|VALORE|WAARDE|ARG|VÄRDEFEL|VÆRDI|VERDI|ARVO|HODNOTA|ÉRTÉK|VALOARE|DEĞER|"
    "ЗНАЧ|REF|BEZUG|RIF|VERW|ADR|REFERENS|REFERENCE|VIITTAUS|ODKAZ|HIV|BAŞV|ССЫЛКА|ССЫЛ|"
    "NAME|NOM|NOMBRE|NOME|NAAM|NAZWA|NAMN|NAVN|NIMI|NÁZEV|NÉV|NUME|AD|ИМЯ|"
    "NUM|ZAHL|NÚM|NÚMERO|NUMERO|GETAL|LICZBA|OGILTIGT|TAL|LUKU|ČÍSLO|SZÁM|SAYI|ЧИСЛО|"
    "NULL|NUL|NULO|NULLO|LEEG|ZERO|SKÄRNING|TYHJÄ|NULLA|BOŞ|ПУСТО|DĚLENÍ_NULOU|ZÉRÓOSZTÓ|"
    "SPILL|ÜBERLAUF|PROPAGATION|DESBORDAMIENTO|CALC|KALK|CALCUL|CÁLCULO|ERROR|SAKNAS|PUUTTUU|"
    "BLOCKED|CONNECT|FIELD|UNKNOWN|BUSY|EXTERNAL|PYTHON"
)
_ERROR = re.compile(
    rf"#[¡¿]?(?:{_ERRORS})[!?]|#[^\W\d_]/[^\W\d_]!?|#[^\W\d_]+/0!|"
    r"#(?:NV|YOK|HIÁNYZIK|GETTING_DATA)|#{3,}|Err:[0-9]{3}"
)


def is_formula_error(value: str) -> bool:
    """Whether this is the error of a formula, or of a column that is too narrow."""
    return value.startswith(("#", "Err:")) and bool(_ERROR.fullmatch(value))


def of_spreadsheet(value: str) -> str:
    """How a spreadsheet has changed the value, for an error; empty if it has not."""
    if value.isalpha():
        return ""
    if _SHORTENED.fullmatch(value):
        return ": a spreadsheet has shortened it. Format the column as text"
    if _EAST_ASIAN.fullmatch(value):
        return _DATED_SAID
    found = _DATED.fullmatch(value)
    if found and (found["month"] or found["first"]).casefold() in _months():
        return _DATED_SAID
    return ""


def of_numeric_date(value: str) -> str:
    """The same for a date of numbers only, which a code may be, but no size."""
    short = _SHORT.fullmatch(value)
    is_short = short is not None and _is_day({int(short[1]), int(short[3])})
    return _DATED_SAID if is_short or _DATE.fullmatch(value) else ""


def _is_day(numbers: set[int]) -> bool:
    """Whether these may be a day and a month, in any order."""
    return 0 < min(numbers) <= _MONTHS and max(numbers) <= _DAYS


@cache
def _months() -> frozenset[str]:
    """Names of months, short and long, as spreadsheets write them."""
    return frozenset(
        name.rstrip(".").casefold()
        for language in _LANGUAGES
        for form in ("format", "stand-alone")
        for width in ("abbreviated", "wide")
        for name in Locale(language).months[form][width].values()
    )
