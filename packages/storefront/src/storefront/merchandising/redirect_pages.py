"""Pages on which staff manage redirects, one by one or by a file."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from starlette.datastructures import UploadFile

from storefront.backoffice.acting import Click, act, new_key
from storefront.db import Database
from storefront.errors import InvalidInput
from storefront.merchandising.live_addresses import site_of
from storefront.merchandising.redirect_changes import (
    delete_redirect,
    import_redirects,
    put_redirect,
)
from storefront.redirects import queries
from storefront.redirects.addresses import MOST_CHARACTERS
from storefront.redirects.csv_rows import rows_of
from storefront.redirects.service import ImportReport
from storefront.request_model import DIGITS
from storefront.staff.current import MayEditContent, MayRead
from storefront.web import forms, render
from storefront.web.forms import Form

router = APIRouter(prefix="/admin/redirects", include_in_schema=False)

MAX_FILE = 20_000_000
PAGE_SIZE = 100

Address = Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS)]
Page = Annotated[int, Query(ge=1, le=100_000), DIGITS]
Words = Annotated[str, Query(max_length=MOST_CHARACTERS, pattern=r"^[^\x00]*$")]


class Put(Click):
    """A redirect. target: none where what was there is gone."""

    source: Address
    target: Address | None = None
    is_gone: bool = False


class Delete(Click):
    """The redirect to delete."""

    source: Address


@router.get("", name="staff_redirects")
async def redirects_page(
    request: Request, _who: MayRead, q: Words = "", page: Page = 1
) -> Response:
    """Redirects, the newest first, and the forms for new ones. One statement."""
    return await _show(request, Form[Put].showing(), words=q.strip(), page=page)


@router.post("", name="staff_put_redirect")
async def put(request: Request, who: MayEditContent) -> Response:
    """Add or replace a redirect."""
    form = await Form.read(request, Put)
    typed = form.data
    if typed is not None and (typed.target is None) is not typed.is_gone:
        form.refuse("target", "Enter a new address, or mark the old one as gone.")
    if typed is None or form.data is None:
        return await _show(request, form, status=422)
    change = put_redirect(typed.source, typed.target, site=site_of(request))
    if not await act(request, form, change, actor=who):
        return await _show(request, form, status=422)
    return _done(request, "The redirect was saved.")


@router.post("/delete", name="staff_delete_redirect")
async def delete(request: Request, who: MayEditContent) -> Response:
    """Delete a redirect."""
    form = await Form.read(request, Delete)
    message = "The redirect was deleted."
    if form.data is None or not await act(
        request, form, delete_redirect(form.data.source), actor=who
    ):
        message = form.errors.get("", "Please try again from this page.")
    return _done(request, message)


@router.post("/import", name="staff_import_redirects", max_body_size=MAX_FILE)
async def import_file(request: Request, who: MayEditContent) -> Response:
    """Import a CSV file, and report why rows were not used."""
    async with request.form(max_files=1, max_fields=10) as sent:
        form = await Form.read(request, Click)
        file = sent.get("file")
        content = await file.read() if isinstance(file, UploadFile) else b""
    if not content:
        form.refuse("file", "Choose a CSV file first.")
    if form.data is None:
        return await _show(request, Form[Put].showing(), upload=form, status=422)
    reports: list[ImportReport] = []
    try:
        change = import_redirects(rows_of(content), site=site_of(request), show=reports.append)
    except InvalidInput as problem:
        form.refuse_all(problem)
    else:
        if await act(request, form, change, actor=who) and not reports:
            form.refuse("file", "This file was imported already.")
    return await _show(
        request,
        Form[Put].showing(),
        upload=form,
        report=reports[0] if reports else None,
        status=200 if reports else 422,
    )


async def _show(
    request: Request,
    form: Form[Any],
    *,
    words: str = "",
    page: int = 1,
    upload: Form[Any] | None = None,
    report: ImportReport | None = None,
    status: int = 200,
) -> Response:
    database: Database = request.state.database
    async with database.reads() as session:
        found = await queries.redirect_page(
            session, words=words, most=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE
        )
    return render.page(
        request,
        "merchandising/redirects.html",
        status=status,
        found=found,
        pages=-(-found.total // PAGE_SIZE),
        page=page,
        search=Form[Click]({"q": words}),
        form=form,
        upload=upload or Form[Click].showing(),
        report=report,
        new_key=new_key,
    )


def _done(request: Request, message: str) -> Response:
    return forms.done(request, to=request.url_for("staff_redirects").path, message=message)
