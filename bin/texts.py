"""The catalogues of texts, brought up to date with the code: ``make texts``.

Collects what templates and modules show, and writes it into ``de.po`` and ``ar.po``: new texts without a
translation, and without those that nothing shows any more. A test fails until each has a translation.
"""

import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from storefront.errors import every_error
from storefront.texts.lookup import VALUES

ROOT = Path(__file__).parents[1]
SHOP = ROOT / "packages/storefront/src/storefront"
TEXTS = SHOP / "texts"
CODES = ("de", "ar")

_KEYWORDS = {"_": None, "N_": None, "_n": (1, 2), "gettext": None, "ngettext": (1, 2)}
_METHODS = [
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
    ("**.py", "python"),
]
_OPTIONS = {"**/templates/**": {"trimmed": "true", "silent": "false"}}
_COLLECTION = {"title", "text", "link"}


def messages() -> Catalog:
    """Every text of the shop in English, and where it is shown."""
    found = Catalog()
    extracted = extract_from_dir(SHOP, _METHODS, _OPTIONS, _KEYWORDS)
    for name, _line, message, _comments, context in extracted:
        found.add(message, locations=[(name, 0)], context=context)
    starting = tomllib.loads((SHOP / "collections/starting.toml").read_text("utf-8"))
    for collection in starting["collection"]:
        for part in _COLLECTION & collection.keys():
            found.add(collection[part], locations=[("collections/starting.toml", 0)])
    for title in _titles():
        found.add(title, locations=[("errors.py", 0)])
    for value in (TEXTS / "values.txt").read_text("utf-8").splitlines():
        found.add(value, context=VALUES, locations=[("texts/values.txt", 0)])
    return found


def translated(code: str) -> Catalog:
    """The catalogue of a language as it is."""
    with (TEXTS / f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)


def _titles() -> Iterator[str]:
    """The titles of all errors: pages show them."""
    import_module("storefront.app")  # which imports all that defines some
    yield from dict.fromkeys(error.title for error in every_error())


def main() -> None:
    """Write the catalogues."""
    every = messages()
    for code in CODES:
        catalogue = translated(code)
        every.creation_date = catalogue.creation_date  # else each run would change it
        catalogue.update(every, no_fuzzy_matching=True)
        with (TEXTS / f"{code}.po").open("wb") as file:
            write_po(
                file,
                catalogue,
                width=100,
                sort_output=True,
                ignore_obsolete=True,
                include_lineno=False,
            )
        print(f"{code}.po: {len(catalogue)} texts, {len(untranslated(catalogue))} to translate")


def untranslated(catalogue: Catalog) -> list[str]:
    """The texts of a catalogue that lack a translation, or a plural form of it."""
    return [
        str(message.id)
        for message in catalogue
        if message.id
        and not all(message.string if isinstance(message.string, tuple) else (message.string,))
    ]


if __name__ == "__main__":
    main()
