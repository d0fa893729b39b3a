"""The stories of the front page: Markdown that tells of collections.

    ## Layers for cold mornings

    Knitwear that keeps its shape, and jackets that close well.

    [See knitwear and jackets](/collections/cold-mornings)

Each heading of the second level begins a story; its last line is a link to a collection, of which the
story shows the first pieces.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from markdown_it.token import Token
from markupsafe import Markup

from storefront.collections.starting import of_season
from storefront.texts import _
from storefront.web.markdown import rendered, tokens_of

HOME = "home/stories"
"""The stories, as content names their page."""

_COLLECTIONS = "/collections/"


class BadStoryError(ValueError):
    """The Markdown does not contain stories; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Story:
    """A story. html: its text, with paragraphs; link: what leads to its collection; slug: of that."""

    title: str
    html: Markup
    link: str
    slug: str


def default_text(season: str) -> str:
    """What the front page shows until staff edit it: Markdown, in the language that is spoken."""
    return "\n".join(
        f"## {_(one.title)}\n\n{_(one.text)}\n\n[{_(one.link)}]({_COLLECTIONS}{one.slug})\n"
        for one in of_season(season)
    )


def stories_of(text: str) -> list[Story]:
    """The stories of a text, in order. Raises BadStoryError."""
    tokens = tokens_of(text)
    starts = [at for at, one in enumerate(tokens) if one.type == "heading_open" and one.tag == "h2"]
    if not starts:
        raise BadStoryError("Begin each story with a line such as: ## Its title.")
    if starts[0] != 0:
        raise BadStoryError("Nothing can stand before the first ## line.")
    return [_story(tokens[begin:end]) for begin, end in pairwise([*starts, len(tokens)])]


def _story(tokens: Sequence[Token]) -> Story:
    """tokens: three of its heading, the text, and three of the paragraph with its link."""
    title = tokens[1].content
    last = tokens[-2] if len(tokens) >= 6 and tokens[-1].type == "paragraph_close" else None
    link = _link(last) if last is not None else None
    if link is None:
        raise BadStoryError(
            f"End “{title}” with a line that is a link to a collection: [See them](/collections/…)."
        )
    return Story(title, rendered(tokens[3:-3]), *link)


def _link(line: Token) -> tuple[str, str] | None:
    """The label and the collection of a line that is nothing but a link to one."""
    children = line.children or []
    if len(children) != 3 or children[0].type != "link_open":
        return None
    address = str(children[0].attrGet("href"))
    slug = address.removeprefix(_COLLECTIONS)
    return (children[1].content, slug) if address.startswith(_COLLECTIONS) and slug else None
