"""Edits of many products by a file, as JSON: upload, preview, apply exactly the preview."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, File, Request, Response, UploadFile
from pydantic import BaseModel, Field

from storefront.backoffice import bulk_pages, catalog_changes
from storefront.backoffice.acting import act_by_api
from storefront.backoffice.product_pages import filter_of
from storefront.catalog import bulk
from storefront.catalog.bulk import Preview
from storefront.catalog.range import Filter
from storefront.db import Database
from storefront.orders.api import Key
from storefront.request_model import RequestModel
from storefront.staff.current import MayEditProducts, MayRead
from storefront.web import problems
from storefront.web.deps import Reads

router = APIRouter(
    prefix="/api/v1/admin", tags=["admin"], responses=problems.responses(403, 422, 503)
)

_NOTHING = Preview(read=0, added=frozenset(), differences=(), rejected=(), notices=())


class Change(BaseModel):
    """A value that differs. size: empty for a value of the whole product."""

    product_id: str
    size: str
    column: str
    old: str
    new: str


class RejectedRow(BaseModel):
    """A row that cannot be used, with its line in the file."""

    line: int
    reason: str


class DoubtfulRow(BaseModel):
    """A row of which something stays otherwise than the file says, or is probably wrong."""

    line: int
    reason: str


class BulkEdit(BaseModel):
    """An uploaded file, and what it would change now. Nothing where it was applied.

    digest: names exactly these changes; send it to apply them.
    """

    bulk_edit_id: str
    name: str
    applied_at: datetime | None
    read: int
    added: list[str]
    changed: list[str]
    changes: list[Change]
    rejected: list[RejectedRow]
    doubtful: list[DoubtfulRow]
    notices: list[str]
    digest: str | None


class Apply(RequestModel):
    """The preview that is to be applied."""

    digest: Annotated[str, Field(min_length=64, max_length=64)]


@router.get(
    "/products.csv",
    name="api_staff_export_products",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}}},
)
async def export(
    _who: MayRead, session: Reads, which: Annotated[Filter, Depends(filter_of)]
) -> Response:
    """The products that a filter finds, 1,000 at most, as CSV to change and upload."""
    return await bulk_pages.exported(session, which, has_bom=False)


@router.post(
    "/bulk-edits",
    name="api_staff_upload_products",
    status_code=201,
    max_body_size=bulk_pages.MAX_BODY,
    responses=problems.responses(413),
)
async def upload(
    request: Request,
    who: MayEditProducts,
    file: Annotated[UploadFile, File(description="CSV in the shop's own format; 5 MB at most.")],
) -> BulkEdit:
    """Upload a file, and see what it would change. Nothing is changed."""
    database: Database = request.state.database
    upload_id = await bulk.store(
        database,
        await file.read(),
        name=(file.filename or "file.csv")[:200],
        actor=who,
        currency=request.state.settings.currency,
    )
    return await _bulk_edit(request, upload_id)


@router.get(
    "/bulk-edits/{upload_id}", name="api_staff_preview_products", responses=problems.responses(404)
)
async def preview(request: Request, _who: MayEditProducts, upload_id: UUID) -> BulkEdit:
    """What an uploaded file would change now."""
    return await _bulk_edit(request, upload_id)


@router.post(
    "/bulk-edits/{upload_id}/apply",
    name="api_staff_apply_products",
    responses=problems.responses(400, 404, 409),
)
async def apply(
    request: Request,
    response: Response,
    who: MayEditProducts,
    upload_id: UUID,
    wanted: Apply,
    key: Key = None,
) -> BulkEdit:
    """Make exactly the changes of the preview with this digest; refused where they would be others."""
    change = catalog_changes.apply_file(
        upload_id,
        wanted.digest,
        currency=request.state.settings.currency,
        applied=lambda _: None,
    )
    await act_by_api(request, response, change, actor=who, key=key)
    return await _bulk_edit(request, upload_id)


async def _bulk_edit(request: Request, upload_id: UUID) -> BulkEdit:
    file, found = await bulk_pages.previewed(request, upload_id)
    shown = found or _NOTHING
    return BulkEdit(
        bulk_edit_id=str(file.id),
        name=file.name,
        applied_at=file.applied_at,
        read=shown.read,
        added=[str(one) for one in sorted(shown.added)],
        changed=[str(one) for one in sorted(shown.changed)],
        changes=[
            Change(
                product_id=str(one.product_id),
                size=one.size,
                column=one.column,
                old=one.old,
                new=one.new,
            )
            for one in shown.differences
        ],
        rejected=[RejectedRow(line=row.line, reason=row.reason) for row in shown.rejected],
        doubtful=[DoubtfulRow(line=row.line, reason=row.reason) for row in shown.doubts],
        notices=list(shown.notices),
        digest=found.digest if found else None,
    )
