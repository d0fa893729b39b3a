"""Every page of which staff write the words: what ships with it, and what it must have."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request
from markupsafe import Markup

from storefront.catalog.seasons import current_season
from storefront.collections import queries as collections
from storefront.errors import InvalidInput, NotFound
from storefront.help.markdown import FOLDERS, names_in, read, shipped_text
from storefront.home.stories import HOME, BadStoryError, Story, default_text, stories_of
from storefront.texts import language_of, languages, speaking
from storefront.web.markdown import MOST_CHARACTERS, unsafe_links


@dataclass(frozen=True, slots=True)
class Previewed:
    """How a text would be shown. stories: of the front page, instead of title and html."""

    title: str = ""
    html: Markup | None = None
    stories: Sequence[Story] = ()


def every_page() -> list[str]:
    """All of them, the front page first."""
    return [HOME, *(f"{kind}/{name}" for kind in FOLDERS for name in sorted(names_in(kind)))]


def codes_of(request: Request) -> list[str]:
    """The languages of the shop, its own first."""
    return [one.code for one in languages(request.state.settings.locale)]


def page_of(request: Request, kind: str, name: str, code: str) -> str:
    """The page of an address. Raises NotFound (404) for one that there is not, or no such language."""
    page = f"{kind}/{name}"
    if page not in every_page() or code not in codes_of(request):
        raise NotFound(f"There is no page {page} in the language {code}.")
    return page


def shipped(request: Request, page: str, code: str) -> str:
    """What a page says until staff edit it."""
    if page == HOME:
        with speaking(language_of(code, request.state.settings.locale)):
            return default_text(current_season())
    kind, _slash, name = page.partition("/")
    return shipped_text(kind, name, code)


async def previewed(request: Request, page: str, markdown: str) -> Previewed:
    """A text as it would be shown. One statement for the front page.

    Raises InvalidInput (422) for what cannot be published.
    """
    if len(markdown) > MOST_CHARACTERS:
        raise _invalid(f"Please use at most {MOST_CHARACTERS:,} characters.")
    if unsafe := unsafe_links(markdown):
        raise _invalid(
            f"A link cannot lead to {unsafe[0][:100]}: begin it with /, https://, mailto: or tel:."
        )
    if page == HOME:
        return Previewed(stories=await _stories(request, markdown))
    if not markdown.lstrip().startswith("# "):
        raise _invalid("Begin with the title of the page: # Its title.")
    text = read(markdown)
    return Previewed(text.title, text.html)


async def _stories(request: Request, markdown: str) -> list[Story]:
    try:
        stories = stories_of(markdown)
    except BadStoryError as error:
        raise _invalid(str(error)) from error
    known = {one.slug for one in await collections.collections(request.state.database)}
    for story in stories:
        if story.slug not in known:
            raise _invalid(f"“{story.title}”: there is no collection /collections/{story.slug}.")
    return stories


def _invalid(reason: str) -> InvalidInput:
    return InvalidInput.of("markdown", reason)
