"""The words of pages as staff write them, as JSON."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field

from storefront.backoffice.acting import act_by_api
from storefront.content import queries
from storefront.content.queries import State
from storefront.db import Database
from storefront.errors import NotFound
from storefront.merchandising.content_changes import bring_back, withdraw, write_page
from storefront.merchandising.content_pages import (
    MAX_BODY,
    MOST_VERSIONS,
    Language,
    new_version,
)
from storefront.merchandising.written_pages import page_of, previewed, shipped
from storefront.moments import Moment
from storefront.orders.api import Key
from storefront.request_model import Id, RequestModel
from storefront.staff.current import MayEditContent, MayRead
from storefront.web import problems
from storefront.web.deps import Reads
from storefront.web.markdown import MOST_CHARACTERS

router = APIRouter(
    prefix="/api/v1/admin/content",
    tags=["admin"],
    responses=problems.responses(403, 404, 422, 503),
)

_CHANGED = problems.responses(400, 409)

Kind = Annotated[str, Path(description="home, help or policies.")]
Name = Annotated[str, Path(description="stories, delivery, terms …")]


class PageVersion(BaseModel):
    """A version of a page. state: draft, scheduled, shown, replaced, withdrawn."""

    version_id: str
    markdown: str
    actor: str
    state: State
    created_at: datetime
    published_at: datetime | None
    withdrawn_at: datetime | None


class Versions(BaseModel):
    """What ships with the shop, and what staff wrote, the newest first; 100 versions at most."""

    shipped: str
    versions: list[PageVersion]


class CreatedVersion(BaseModel):
    """The id of the new version, with which it is withdrawn or brought back."""

    version_id: str


class Written(RequestModel):
    """A text: a draft, or shown now, or from published_at on; until withdrawn_at, if that is set."""

    markdown: Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS, pattern=r"^[^\x00]*$")]
    when: Literal["draft", "now", "later"] = "now"
    published_at: Moment | None = None
    withdrawn_at: Moment | None = None


@router.get("/{kind}/{name}", name="api_staff_content")
async def versions(
    request: Request,
    _who: MayRead,
    session: Reads,
    kind: Kind,
    name: Name,
    language: Language = "en",
) -> Versions:
    """The versions of a page in one language. For staff."""
    page = page_of(request, kind, name, language)
    return Versions(
        shipped=shipped(request, page, language),
        versions=[
            PageVersion(
                version_id=str(one.id),
                markdown=one.markdown,
                actor=one.actor,
                state=state,
                created_at=one.created_at,
                published_at=one.published_at,
                withdrawn_at=one.withdrawn_at,
            )
            for one, state in await queries.history(session, page, language, most=MOST_VERSIONS)
        ],
    )


@router.post(
    "/{kind}/{name}",
    name="api_staff_write_content",
    status_code=201,
    max_body_size=MAX_BODY,
    responses=_CHANGED,
)
async def write(
    request: Request,
    response: Response,
    who: MayEditContent,
    kind: Kind,
    name: Name,
    wanted: Written,
    language: Language = "en",
    key: Key = None,
) -> CreatedVersion:
    """Store a version of a page. What cannot be published is refused, as a draft too."""
    page = page_of(request, kind, name, language)
    await previewed(request, page, wanted.markdown)
    new = new_version(
        page,
        language,
        wanted.markdown,
        when=wanted.when,
        published_at=wanted.published_at,
        withdrawn_at=wanted.withdrawn_at,
    )
    change = write_page(new, actor=who)
    version_id = await act_by_api(request, response, change, actor=who, key=key)
    request.state.written.invalidate()
    return CreatedVersion(version_id=version_id)


@router.post(
    "/versions/{id}/bring-back",
    name="api_staff_bring_back_content",
    status_code=204,
    responses=_CHANGED,
)
async def bring_back_version(
    request: Request, response: Response, who: MayEditContent, id: Id, key: Key = None
) -> None:
    """Show a former version again, as a new one."""
    change = bring_back(await _page(request, id), id, actor=who)
    await act_by_api(request, response, change, actor=who, key=key)
    request.state.written.invalidate()


@router.post(
    "/versions/{id}/withdraw",
    name="api_staff_withdraw_content",
    status_code=204,
    responses=_CHANGED,
)
async def withdraw_version(
    request: Request, response: Response, who: MayEditContent, id: Id, key: Key = None
) -> None:
    """Stop showing a version, or never begin to: what was shown before it is shown again."""
    change = withdraw(await _page(request, id), id)
    await act_by_api(request, response, change, actor=who, key=key)
    request.state.written.invalidate()


async def _page(request: Request, version_id: int) -> str:
    database: Database = request.state.database
    async with database.reads() as session:
        one = await queries.version(session, version_id)
    if one is None:
        raise NotFound(f"There is no version {version_id}.")
    return one.page
