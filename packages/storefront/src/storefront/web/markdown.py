"""Markdown that staff write, as HTML that is safe to show.

HTML in it is shown as text; a link leads to this shop, by http(s), ``mailto:`` or ``tel:``; a picture
becomes a link: the pages of the shop load nothing from other sites.
"""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from storefront.texts import ENGLISH, languages, localized

MOST_CHARACTERS = 50_000
"""Of one text, so that any of them is rendered in some tens of milliseconds."""

_LINK = re.compile(r"(?:/(?![/\\])|#|https?://|mailto:|tel:)", re.IGNORECASE)
# As staff write them: [words](address), and [words]: address. For a sentence that helps; what is safe is
# decided by the renderer.
_WRITTEN_LINK = re.compile(r"(?:\]\(\s*<?|^\s{0,3}\[[^\]\n]+\]:\s*<?)([^\s)>]+)", re.MULTILINE)
_PREFIXES = tuple(
    one.prefix for locale in (ENGLISH.code, "de") for one in languages(locale) if one.prefix
)


class _SafeMarkdown(MarkdownIt):
    """Makes links only of safe addresses."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - markdown-it calls it so
        return is_safe_link(url)


def is_safe_link(address: str) -> bool:
    """Whether a link may lead there."""
    return bool(_LINK.match(address)) and address.isprintable() and "\\" not in address


def unsafe_links(text: str) -> list[str]:
    """The addresses of links in a text that would not become links."""
    return [one for one in _WRITTEN_LINK.findall(text) if not is_safe_link(one)]


def html_of(text: str) -> Markup:
    """A text as HTML. Its headings begin at the second level; links within the shop lead to pages in the
    language that is spoken."""
    tokens = tokens_of(text)
    return rendered(tokens)


def tokens_of(text: str) -> list[Token]:
    """A text as the tokens of markdown-it."""
    return _MARKDOWN.parse(text)


def rendered(tokens: Sequence[Token]) -> Markup:
    """Some tokens of a text as HTML."""
    for token in tokens:
        if token.type in ("heading_open", "heading_close") and token.tag == "h1":
            token.tag = "h2"
        token.attrs.pop("style", None)  # of aligned cells: the content security policy refuses it
        for child in token.children or ():
            address = child.attrGet("href") if child.type == "link_open" else None
            if isinstance(address, str):
                child.attrSet("href", in_language(address))
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return Markup(html)  # noqa: S704 - escaped by the renderer


def in_language(address: str) -> str:
    """An address of this shop in the current language; any other unchanged."""
    is_ours = address.startswith("/") and not f"{address}/".startswith(
        tuple(f"{one}/" for one in _PREFIXES)
    )
    return localized(address) if is_ours else address


# "commonmark" passes HTML on; "js-default" does not, and has tables.
_MARKDOWN = _SafeMarkdown("js-default").disable("image")
