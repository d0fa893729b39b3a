"""Texts in the language that is spoken, from the catalogues beside this file (GNU gettext, ``.po``).

The catalogues are read as they are, each when it is first needed: there is nothing to compile.
"""

from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from storefront.texts.languages import ENGLISH, current

VALUES = "catalogue"
"""The context of names of colours, categories and so on."""


def gettext(message: str, /) -> str:
    """A text as it stands in the catalogue: templates fill it in themselves."""
    return _translations(current().code).gettext(message)


def ngettext(singular: str, plural: str, number: int, /) -> str:
    """A text about a number of things, in the plural form of the language, as it stands."""
    return _translations(current().code).ngettext(singular, plural, number)


def _(message: str, /, **values: object) -> str:
    """A text, with its ``%(name)s`` filled in."""
    text = gettext(message)
    return text % values if values else text


def _n(singular: str, plural: str, number: int, /, **values: object) -> str:
    """A text about a number of things, with its ``%(num)s`` and other values filled in."""
    return ngettext(singular, plural, number) % {"num": number, **values}


def N_(message: str) -> str:  # noqa: N802 - the name that gettext's tools expect
    """Mark a constant to be translated where it is shown."""
    return message


def name_of(value: str | None) -> str:
    """A value of the product catalogue, such as a colour; itself where it has no translation.

    Products come from anywhere, so not every value is known. Upper and lower case are the same.
    """
    return _names(current().code).get(value.casefold(), value) if value else ""


@cache
def _catalogue(code: str) -> Catalog:
    with resources.files(__package__).joinpath(f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)


@cache
def _translations(code: str) -> NullTranslations:
    if code == ENGLISH.code:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, _catalogue(code))
    compiled.seek(0)
    return GNUTranslations(compiled)


@cache
def _names(code: str) -> Mapping[str, str]:
    """Translations of values of the product catalogue, by the value in lower case."""
    if code == ENGLISH.code:
        return {}
    return {
        str(message.id).casefold(): str(message.string)
        for message in _catalogue(code)
        if message.context == VALUES and message.string
    }
