"""The texts of help and policies, as JSON."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from storefront.errors import NotFound
from storefront.help.markdown import FOLDERS, names_in, text_of
from storefront.texts import _, language_of, speaking
from storefront.web import problems

router = APIRouter(prefix="/api/v1/pages", tags=["pages"], responses=problems.responses(422, 503))

Code = Annotated[Literal["en", "de", "ar"], Query(description="Of the text.")]


class PageName(BaseModel):
    """A page with a text. url: in the shop's own language."""

    name: Annotated[str, Field(examples=["help/delivery"])]
    title: str
    url: str


class PageText(PageName):
    """A text: what staff wrote, else what ships with the shop."""

    markdown: str
    html: str


@router.get("", name="api_pages")
async def pages(request: Request, language: Code = "en") -> list[PageName]:
    """Every page with a text."""
    with speaking(language_of(language, request.state.settings.locale)):
        return [
            PageName(
                name=f"{kind}/{name}",
                title=(await text_of(request, kind, name)).title,
                url=f"/{kind}/{name}",
            )
            for kind in FOLDERS
            for name in sorted(names_in(kind))
        ]


@router.get("/{kind}/{name}", name="api_page", responses=problems.responses(404))
async def page(request: Request, kind: str, name: str, language: Code = "en") -> PageText:
    """A text, as Markdown and as the HTML that its page shows."""
    if kind not in FOLDERS or name not in names_in(kind):
        raise NotFound(_("There is nothing at %(address)s.", address=request.url.path))
    with speaking(language_of(language, request.state.settings.locale)):
        text = await text_of(request, kind, name)
    return PageText(
        name=f"{kind}/{name}",
        title=text.title,
        url=f"/{kind}/{name}",
        markdown=text.markdown,
        html=text.html,
    )
