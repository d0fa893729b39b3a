"""Texts of pages: what staff wrote, else what ships with the shop. Markdown, as HTML."""

from dataclasses import dataclass
from functools import cache
from importlib import resources

from fastapi import Request
from markupsafe import Markup

from storefront.content import queries as content
from storefront.errors import NotFound
from storefront.texts import ENGLISH, _, current
from storefront.web.markdown import html_of

FOLDERS = {"help": "texts", "policies": "policies"}
"""Where the texts that ship are, by the first part of their address."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text. title: its first heading; markdown, html: all below it."""

    title: str
    markdown: str
    html: Markup


async def text_of(request: Request, kind: str, name: str) -> Text:
    """The text of ``/<kind>/<name>`` in the language that is spoken.

    One statement every ten seconds. Raises NotFound (404).
    """
    shipped = shipped_text(kind, name, current().code)
    written = await content.shown(request.state.written, f"{kind}/{name}", current().code)
    return read(shipped if written is None else written)


def read(markdown: str) -> Text:
    """A text of which the first line is its title: ``# Delivery``."""
    title, _newline, rest = markdown.strip().removeprefix("# ").partition("\n")
    return Text(title.strip(), rest.strip(), html_of(rest))


def shipped_text(kind: str, name: str, code: str) -> str:
    """The Markdown that ships with the shop, in the language of this code, or in English.

    Raises NotFound (404).
    """
    if kind not in FOLDERS or name not in names_in(kind):
        address = f"/{kind}/{name}"
        raise NotFound(_("There is nothing at %(address)s.", address=address))
    return _file(kind, name, code)


@cache
def names_in(kind: str) -> frozenset[str]:
    """The names of the texts of a kind."""
    files = resources.files(__package__).joinpath(FOLDERS[kind]).iterdir()
    return frozenset(one.name.removesuffix(".md") for one in files if one.name.endswith(".md"))


@cache
def _file(kind: str, name: str, code: str) -> str:
    folder = resources.files(__package__).joinpath(FOLDERS[kind])
    own = folder if code == ENGLISH.code else folder.joinpath(code)
    file = own.joinpath(f"{name}.md")
    return (file if file.is_file() else folder.joinpath(f"{name}.md")).read_text("utf-8")
