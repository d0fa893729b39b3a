"""Texts of this package in Markdown, as HTML."""

from dataclasses import dataclass
from functools import cache
from importlib import resources

from markdown_it import MarkdownIt
from markupsafe import Markup

from storefront.errors import NotFound
from storefront.texts import ENGLISH, _, current

# "commonmark" passes HTML on; "js-default" does not, and has tables.
_MARKDOWN = MarkdownIt("js-default")


@dataclass(frozen=True, slots=True)
class Text:
    """A text. title: its first heading; html: all below it."""

    title: str
    html: Markup


def text_of(folder: str, name: str) -> Text:
    """The text ``<folder>/<name>.md`` of this package, in the language that is spoken.

    Its translations are in a folder of their own, such as ``<folder>/de``. Raises NotFound (404).
    """
    if name not in names_in(folder):
        raise NotFound(_("There is nothing at %(address)s.", address=name))
    code = current().code
    return _text(folder if code == ENGLISH.code else f"{folder}/{code}", name)


@cache
def _text(folder: str, name: str) -> Text:
    file = resources.files(__package__).joinpath(folder, f"{name}.md")
    title, _newline, rest = file.read_text("utf-8").removeprefix("# ").partition("\n")
    return Text(title.strip(), Markup(_MARKDOWN.render(rest)))  # noqa: S704 - escaped by the renderer


@cache
def names_in(folder: str) -> frozenset[str]:
    """The names of the texts in a folder."""
    files = resources.files(__package__).joinpath(folder).iterdir()
    return frozenset(one.name.removesuffix(".md") for one in files if one.name.endswith(".md"))
