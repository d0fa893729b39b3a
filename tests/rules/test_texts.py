"""What pages and e-mails say stands in the catalogues, in every language (docs/decisions/0035)."""

import importlib.util
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from jinja2 import Environment, nodes

from storefront.texts import language_of, languages

ROOT = Path(__file__).parents[2]
SHOP = ROOT / "packages/storefront/src/storefront"
CODES = ("de", "ar")
# For staff and for development: in English.
ENGLISH_ONLY = (
    "backoffice/", "merchandising/", "home/templates/styleguide.html", "mail/templates/mail.html",
    "mail/templates/mails.html", "web/templates/problem_kind.html",
)  # fmt: skip
TEMPLATES = sorted(
    path
    for kind in ("html", "txt")
    for path in SHOP.glob(f"*/templates/*.{kind}")
    if not str(path.relative_to(SHOP)).startswith(ENGLISH_ONLY)
)
VALUES = {
    "Women",
    "Men",
    "Kids",
    "Payment",
}  # of the catalogue and of orders: translated where shown
LOOK_UPS = {"_", "N_", "gettext", "ngettext"}
WORD = re.compile(r"[^\W\d_]{2,}")


@cache
def tool() -> ModuleType:
    """``bin/texts.py``, which is no package."""
    spec = importlib.util.spec_from_file_location("texts_tool", ROOT / "bin/texts.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def wanted_messages() -> list[Any]:
    """The texts of the code."""
    return list(tool().messages())


def placeholders(text: str) -> set[str]:
    """What is filled into a text."""
    return set(re.findall(r"%\(\w+\)\w|</?\w+>", text))


def strings(message: object) -> tuple[str, ...]:
    """A text with all its plural forms."""
    return message if isinstance(message, tuple) else (str(message or ""),)


@pytest.mark.parametrize("code", CODES)
def test_every_text_has_a_translation(code: str) -> None:
    catalogue, wanted = tool().translated(code), wanted_messages()
    assert {(one.context, one.id) for one in catalogue} == {
        (one.context, one.id) for one in wanted
    }, "run `make texts`, then translate what is new"
    assert tool().untranslated(catalogue) == [], f"translate these in texts/{code}.po"
    assert [one.id for one in catalogue if one.fuzzy and one.id] == []


@pytest.mark.parametrize("code", CODES)
def test_translations_fill_in_what_the_text_fills_in(code: str) -> None:
    wrong = [
        (string, message.id)
        for message in tool().translated(code)
        if message.id
        for string in strings(message.string)
        # A plural form of its own may leave out the number: ``قطعتان`` is "two pieces".
        if placeholders(string) | {"%(num)s"} != placeholders(strings(message.id)[-1]) | {"%(num)s"}
        or ('"' in string and '"' not in strings(message.id)[-1])  # it may stand in an attribute
    ]
    assert wrong == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(SHOP)))
def test_what_a_template_says_stands_in_the_catalogue(template: Path) -> None:
    source = template.read_text(encoding="utf-8")
    found = [*written(source, is_html=template.suffix == ".html"), *literals(source)]
    assert found == [], "write it as {{ _(…) }} or {% trans %}, then `make texts`"


def written(source: str, *, is_html: bool) -> Iterator[str]:
    """Texts and attributes that people read, which stand in a template as they are."""
    source = re.sub(r"\{%-? *trans.*?endtrans *-?%\}", "", source, flags=re.DOTALL)
    source = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "\0", source, flags=re.DOTALL)
    if is_html:
        source = re.sub(r"<!.*?>|<(style|script).*?</\1>", "", source, flags=re.DOTALL)
        for attribute in re.findall(r'\b(?:aria-label|placeholder|title|alt)="([^"]*)"', source):
            yield from WORD.findall(attribute)
        source = re.sub(r"<[^>]*>|&\w+;", "\0", source)
        source = re.sub(r'[\w-]+="[^"]*"?|\w+-(?=\0)', "", source)  # of macros for inside of a tag
    yield from WORD.findall(source)


def literals(source: str) -> Iterator[str]:
    """Strings in the expressions of a template that look like something to read."""
    waiting: list[nodes.Node] = [Environment(extensions=["jinja2.ext.i18n"]).parse(source)]
    while waiting:
        node = waiting.pop()
        called = node.node if isinstance(node, nodes.Call) else None
        if isinstance(called, nodes.Name) and called.name in LOOK_UPS:
            continue
        if isinstance(node, nodes.TemplateData | nodes.Compare):
            continue
        if isinstance(node, nodes.Pair):
            waiting.append(node.value)
            continue
        if isinstance(node, nodes.Const) and isinstance(node.value, str):
            is_read = re.match(r"[A-Z][a-z]|.*[a-z] [a-z]", node.value)
            if is_read and node.value not in VALUES and not re.search(r"[=<>(:]", node.value):
                yield node.value
        waiting.extend(node.iter_child_nodes())


def test_the_shops_own_language_has_no_prefix_and_writes_as_its_locale_does() -> None:
    assert [(one.code, one.prefix, one.locale) for one in languages("de_AT")] == [
        ("de", "", "de_AT"), ("en", "/en", "en_US"), ("ar", "/ar", "ar"),
    ]  # fmt: skip
    assert languages("fr")[0].code == "en"  # there are no French texts
    assert language_of("xx", "de").code == "de"
