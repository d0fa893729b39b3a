"""Pages for edits of many products by a file: export, upload, look at what would change, apply it."""

import codecs
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field
from starlette.datastructures import UploadFile

from storefront.backoffice import catalog_changes
from storefront.backoffice.acting import Click, make, new_key
from storefront.backoffice.product_pages import filter_of
from storefront.catalog import bulk
from storefront.catalog import range as whole_range
from storefront.catalog.bulk import MAX_BYTES, Preview, Upload
from storefront.catalog.range import Filter
from storefront.db import Database, ReadSession
from storefront.errors import InvalidInput
from storefront.staff.current import MayEditProducts, MayRead
from storefront.web import forms, render
from storefront.web.deps import Reads
from storefront.web.forms import Form

router = APIRouter(prefix="/admin/products", include_in_schema=False)

MAX_BODY = MAX_BYTES + 10_000
_MOST_SHOWN = 1_000


class Apply(Click):
    """The preview that was looked at."""

    digest: Annotated[str, Field(min_length=64, max_length=64)]


@router.get("/export.csv", name="staff_export_products")
async def export(
    _who: MayRead, session: Reads, which: Annotated[Filter, Depends(filter_of)]
) -> Response:
    """The products that a filter finds, as a file to change in a spreadsheet and upload."""
    return await exported(session, which, has_bom=True)


async def exported(session: ReadSession, which: Filter, *, has_bom: bool) -> Response:
    """The products that a filter finds as CSV. has_bom: without it, Excel misreads UTF-8.

    Three statements. Raises InvalidInput (422) where there are too many.
    """
    ids = await whole_range.ids(session, which, most=bulk.MOST_PRODUCTS + 1)
    if len(ids) > bulk.MOST_PRODUCTS:
        raise InvalidInput(
            f"The filter finds more than {bulk.MOST_PRODUCTS:,} products. Narrow it; "
            "`storefront export` writes all of them.",
            errors=[],
        )
    return Response(
        (codecs.BOM_UTF8 if has_bom else b"") + (await bulk.export(session, ids)).encode(),
        media_type="text/csv",
        headers={"Content-Disposition": 'attachment; filename="products.csv"'},
    )


@router.get("/bulk", name="staff_bulk")
async def bulk_page(request: Request, _who: MayEditProducts) -> Response:
    """Where a file is uploaded."""
    return _upload_form(request, Form[Click].showing())


@router.post("/bulk", name="staff_upload_products", max_body_size=MAX_BODY)
async def upload(request: Request, who: MayEditProducts) -> Response:
    """Store a file, and show what it would change."""
    database: Database = request.state.database
    form = Form[Click].showing()
    async with request.form(max_files=1, max_fields=20) as sent:
        file = sent.get("file")
        content = await file.read() if isinstance(file, UploadFile) else b""
        name = (isinstance(file, UploadFile) and file.filename) or "file.csv"
    if not content:
        form.refuse("file", "Choose the file that you changed.")
        return _upload_form(request, form, status=422)
    try:
        upload_id = await bulk.store(
            database,
            content,
            name=name[:200],
            actor=who,
            currency=request.state.settings.currency,
        )
    except InvalidInput as problem:
        form.refuse("file", problem.detail)
        return _upload_form(request, form, status=422)
    to = request.url_for("staff_preview_products", upload_id=upload_id).path
    return forms.done(request, to=to)


@router.get("/bulk/{upload_id}", name="staff_preview_products")
async def preview(request: Request, _who: MayEditProducts, upload_id: UUID) -> Response:
    """What a file would change now. Some fifty statements, rolled back."""
    return await _preview(request, upload_id, Form[Apply].showing())


@router.post("/bulk/{upload_id}", name="staff_apply_products")
async def apply(request: Request, who: MayEditProducts, upload_id: UUID) -> Response:
    """Make exactly the changes that the preview showed."""
    form = await Form.read(request, Apply)
    if form.data is None:
        return await _preview(request, upload_id, form, status=422)
    applied: list[Preview] = []
    change = catalog_changes.apply_file(
        upload_id,
        form.data.digest,
        currency=request.state.settings.currency,
        applied=applied.append,
    )
    try:
        await make(request, change, actor=who, key=form.data.key)
    except (bulk.PreviewOutdated, bulk.AppliedAlready) as problem:
        form.refuse("", f"{problem.title}. {problem.detail}")
        return await _preview(request, upload_id, form, status=problem.status)
    message = "The file is applied."
    if applied:
        made = applied[0]
        message = (
            f"The file is applied: {len(made.added):,} products added, {len(made.changed):,} changed, "
            f"{len(made.rejected):,} rows rejected."
        )
    return forms.done(request, to=request.url_for("staff_products").path, message=message)


async def previewed(request: Request, upload_id: UUID) -> tuple[Upload, Preview | None]:
    """An uploaded file, and what it would change now; None where it was applied.

    Raises NotFound (404).
    """
    database: Database = request.state.database
    async with database.reads() as session:
        file = await bulk.upload(session, upload_id)
    if file.applied_at is not None:
        return file, None
    return file, await bulk.preview(database, file, currency=request.state.settings.currency)


def _upload_form(request: Request, form: Form[Click], *, status: int = 200) -> Response:
    return render.page(
        request, "backoffice/bulk.html", status=status, form=form, most=bulk.MOST_PRODUCTS
    )


async def _preview(
    request: Request, upload_id: UUID, form: Form[Apply], *, status: int = 200
) -> Response:
    file, found = await previewed(request, upload_id)
    return render.page(
        request,
        "backoffice/bulk_preview.html",
        status=status,
        file=file,
        found=found,
        form=form,
        most=_MOST_SHOWN,
        new_key=new_key,
    )
