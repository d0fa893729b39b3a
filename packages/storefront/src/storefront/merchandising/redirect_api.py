"""Redirects as staff manage them, as JSON."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from storefront.backoffice.acting import act_by_api
from storefront.merchandising.live_addresses import site_of
from storefront.merchandising.redirect_changes import (
    delete_redirect,
    import_redirects,
    put_redirect,
)
from storefront.merchandising.redirect_pages import (
    MAX_FILE,
    PAGE_SIZE,
    Address,
    Page,
    Words,
)
from storefront.orders.api import Key
from storefront.redirects import queries
from storefront.redirects.csv_rows import rows_of
from storefront.redirects.service import ImportReport
from storefront.request_model import RequestModel
from storefront.staff.current import MayEditContent, MayRead
from storefront.web import problems
from storefront.web.deps import Reads

router = APIRouter(
    prefix="/api/v1/admin/redirects", tags=["admin"], responses=problems.responses(403, 422, 503)
)

_CHANGED = problems.responses(400)


class RedirectWanted(RequestModel):
    """Where an old address leads; target null: what was there is gone (410)."""

    source: Annotated[Address, Field(examples=["/old-shop/boots.html"])]
    target: Annotated[Address | None, Field(examples=["/products?category=footwear"])]


class Redirect(BaseModel):
    """A redirect. origin: staff, import, or automatic: something of the shop moved or was removed."""

    source: str
    target: str | None
    origin: str
    updated_at: datetime


class Redirects(BaseModel):
    """One page of redirects, the newest first."""

    redirects: list[Redirect]
    total: int


class Rejected(BaseModel):
    """A row that was not imported."""

    line: int
    source: str
    target: str
    reason: str


class Imported(BaseModel):
    """The result of an imported file. written: redirects that are new or changed."""

    rows: int
    written: int
    rejected: list[Rejected]


@router.get("", name="api_staff_redirects")
async def redirects(
    _who: MayRead,
    session: Reads,
    q: Annotated[Words, Query(description="Part of the old or the new address.")] = "",
    page: Page = 1,
) -> Redirects:
    """Redirects, 100 a page. For staff."""
    found = await queries.redirect_page(
        session, words=q.strip(), most=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE
    )
    return Redirects(
        redirects=[
            Redirect(
                source=row.source, target=row.target, origin=row.origin, updated_at=row.updated_at
            )
            for row in found.rows
        ],
        total=found.total,
    )


@router.put("", name="api_staff_put_redirect", status_code=204, responses=_CHANGED)
async def put(
    request: Request,
    response: Response,
    who: MayEditContent,
    wanted: RedirectWanted,
    key: Key = None,
) -> None:
    """Add or replace a redirect. An address of another site, or one that leads back, is refused."""
    change = put_redirect(wanted.source, wanted.target, site=site_of(request))
    await act_by_api(request, response, change, actor=who, key=key)


@router.delete(
    "", name="api_staff_delete_redirect", status_code=204, responses=problems.responses(400, 404)
)
async def delete(
    request: Request,
    response: Response,
    who: MayEditContent,
    source: Annotated[Address, Query()],
    key: Key = None,
) -> None:
    """Delete a redirect."""
    await act_by_api(request, response, delete_redirect(source), actor=who, key=key)


@router.post(
    "/import",
    name="api_staff_import_redirects",
    max_body_size=MAX_FILE,
    responses=_CHANGED,
    openapi_extra={
        "requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}
    },
)
async def import_file(
    request: Request, response: Response, who: MayEditContent, key: Key = None
) -> Imported:
    """Import a CSV file of old and new addresses; rows that cannot be used are listed.

    A repeated request answers an empty report.
    """
    reports: list[ImportReport] = []
    rows = rows_of(await request.body())
    change = import_redirects(rows, site=site_of(request), show=reports.append)
    await act_by_api(request, response, change, actor=who, key=key)
    report = reports[0] if reports else ImportReport(0, 0, [])
    return Imported(
        rows=report.rows,
        written=report.written,
        rejected=[
            Rejected(line=one.line, source=one.source, target=one.target, reason=one.reason)
            for one in report.rejected
        ],
    )
