"""Pages on which staff write the words of pages: preview, publish, schedule, bring back."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from storefront.backoffice.acting import Click, act, click, new_key
from storefront.backoffice.changes import Change
from storefront.content import queries
from storefront.content.queries import shown_of
from storefront.content.service import NewVersion
from storefront.db import Database
from storefront.errors import InvalidInput, NotFound
from storefront.merchandising.content_changes import bring_back, withdraw, write_page
from storefront.merchandising.written_pages import (
    Previewed,
    codes_of,
    every_page,
    page_of,
    previewed,
    shipped,
)
from storefront.moments import Moment
from storefront.request_model import Id
from storefront.staff.current import MayEditContent, MayRead
from storefront.web import forms, render
from storefront.web.forms import Form
from storefront.web.markdown import MOST_CHARACTERS

router = APIRouter(prefix="/admin/content", include_in_schema=False)

MOST_VERSIONS = 100
MAX_BODY = 4 * MOST_CHARACTERS + 10_000
"""UTF-8 takes up to four bytes a character, and a form more for some."""

Language = Annotated[str, Query(max_length=2)]


class Write(Click):
    """A text. when: whether it is stored as a draft, or shown at once or from published_at on."""

    action: Literal["preview", "save"] = "save"
    markdown: Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS)]
    when: Literal["draft", "now", "later"] = "draft"
    published_at: Moment | None = None
    withdrawn_at: Moment | None = None


@router.get("", name="staff_content")
async def content_page(request: Request, _who: MayRead) -> Response:
    """Every page, and who wrote what it says in each language. One statement."""
    found = await queries.to_show(request.state.database)
    codes = codes_of(request)
    return render.page(
        request,
        "merchandising/contents.html",
        codes=codes,
        pages=[
            (page, {code: shown_of(found, page, code) for code in codes}) for page in every_page()
        ],
    )


@router.get("/{kind}/{name}", name="staff_edit_content")
async def edit_page(
    request: Request,
    _who: MayRead,
    kind: str,
    name: str,
    language: Language = "en",
    version: Id | None = None,
) -> Response:
    """The form for a page in one language: its newest version, or the one named. Two statements."""
    page = page_of(request, kind, name, language)
    database: Database = request.state.database
    async with database.reads() as session:
        if version is None:
            found = await queries.history(session, page, language, most=1)
            one = found[0][0] if found else None
        else:
            one = await _version(request, page, version)
    text = shipped(request, page, language) if one is None else one.markdown
    return await _show(request, page, language, Form[Write]({"markdown": text, "when": "now"}))


@router.post("/{kind}/{name}", name="staff_write_content", max_body_size=MAX_BODY)
async def write(
    request: Request, who: MayEditContent, kind: str, name: str, language: Language = "en"
) -> Response:
    """Store a version, or show what it would look like."""
    page = page_of(request, kind, name, language)
    form = await Form.read(request, Write)
    shown: Previewed | None = None
    if form.data is not None:
        form.values["markdown"] = form.data.markdown.replace("\r\n", "\n")
        try:
            shown = await previewed(request, page, form.value("markdown"))
        except InvalidInput as problem:
            form.refuse_all(problem)
    new = _new_version(form, page, language)
    if new is None:
        return await _show(request, page, language, form, status=422)
    if form.has("action", "preview"):
        return await _show(request, page, language, form, shown=shown)
    if not await act(request, form, write_page(new, actor=who), actor=who):
        return await _show(request, page, language, form, status=422)
    request.state.written.invalidate()
    messages = {"draft": "The draft was saved.", "now": "The page was published."}
    message = messages.get(form.value("when"), "The page will be published then.")
    return forms.done(request, to=_address(request, page, language), message=message)


@router.post("/{kind}/{name}/{id}/bring-back", name="staff_bring_back_content")
async def bring_back_version(
    request: Request, who: MayEditContent, kind: str, name: str, id: Id
) -> Response:
    """Show a former version again."""
    page = f"{kind}/{name}"
    return await _act(request, who, page, id, bring_back(page, id, actor=who), "It is shown again.")


@router.post("/{kind}/{name}/{id}/withdraw", name="staff_withdraw_content")
async def withdraw_version(
    request: Request, who: MayEditContent, kind: str, name: str, id: Id
) -> Response:
    """Stop showing a version: what was shown before it is shown again."""
    page = f"{kind}/{name}"
    return await _act(request, who, page, id, withdraw(page, id), "It is no longer shown.")


def new_version(
    page: str,
    language: str,
    markdown: str,
    *,
    when: str,
    published_at: datetime | None,
    withdrawn_at: datetime | None,
) -> NewVersion:
    """A version with its times. Raises InvalidInput (422) where these do not fit."""
    now = datetime.now(UTC)
    start = {"draft": None, "now": now, "later": published_at}[when]
    errors = {}
    if when == "later" and (published_at is None or published_at <= now):
        errors["published_at"] = "Please enter a time that is to come."
    elif when != "later" and published_at is not None:
        errors["published_at"] = "A draft and what is shown now have no such time: choose later."
    if withdrawn_at is not None and when == "draft":
        errors["withdrawn_at"] = "A draft is not shown: leave this empty, or publish it."
    elif withdrawn_at is not None and withdrawn_at <= (start or now):
        errors["withdrawn_at"] = "Please enter a time after the start."
    if errors:
        raise InvalidInput(
            " ".join(errors.values()),
            errors=[{"pointer": f"#/{name}", "detail": why} for name, why in errors.items()],
        )
    return NewVersion(page, language, markdown, start, withdrawn_at)


def _new_version(form: Form[Write], page: str, language: str) -> NewVersion | None:
    typed = form.data
    if typed is None:
        return None
    try:
        return new_version(
            page,
            language,
            form.value("markdown"),
            when=typed.when,
            published_at=typed.published_at,
            withdrawn_at=typed.withdrawn_at,
        )
    except InvalidInput as problem:
        form.refuse_all(problem)
        return None


async def _act(
    request: Request, who: str, page: str, version_id: int, change: Change, message: str
) -> Response:
    one = await _version(request, page, version_id)
    message = await click(request, change, actor=who, message=message)
    request.state.written.invalidate()
    return forms.done(request, to=_address(request, page, one.language), message=message)


async def _version(request: Request, page: str, version_id: int) -> queries.Version:
    database: Database = request.state.database
    async with database.reads() as session:
        one = await queries.version(session, version_id)
    if one is None or one.page != page:
        raise NotFound(f"There is no version {version_id} of {page}.")
    return one


async def _show(
    request: Request,
    page: str,
    language: str,
    form: Form[Any],
    *,
    shown: Previewed | None = None,
    status: int = 200,
) -> Response:
    database: Database = request.state.database
    async with database.reads() as session:
        versions = await queries.history(session, page, language, most=MOST_VERSIONS)
    return render.page(
        request,
        "merchandising/content.html",
        status=status,
        page=page,
        here=_address(request, page, language),
        code=language,
        codes=codes_of(request),
        form=form,
        shown=shown,
        versions=versions,
        new_key=new_key,
        address_of=lambda code: _address(request, page, code),
    )


def _address(request: Request, page: str, language: str) -> str:
    kind, _slash, name = page.partition("/")
    path = request.url_for("staff_edit_content", kind=kind, name=name).path
    return path + render.query_string([("language", language)])
