"""What staff see, as pages. Never kept by a browser or a proxy: the next reader may be someone else."""

from fastapi import APIRouter, Request, Response

from storefront.db import Database
from storefront.search import log
from storefront.web import render
from storefront.web.deps import Staff

router = APIRouter(include_in_schema=False)

_MOST_QUERIES = 50


@router.get("/admin/connection", name="connection")
async def connection_page(request: Request, _who: Staff) -> Response:
    """Every step on the way to the database, tried now, and what is wrong. Takes seconds."""
    database: Database = request.state.database
    report = await database.examination()
    return _private(render.page(request, "backoffice/connection.html", report=report))


@router.get("/admin/searches", name="searches")
async def searches_page(request: Request, _who: Staff) -> Response:
    """What is searched for most, what is not found, and what is opened of it. One statement."""
    report = await log.report(request.state.database, most=_MOST_QUERIES)
    return _private(
        render.page(request, "backoffice/searches.html", report=report, days=log.REPORT_DAYS)
    )


def _private(page: Response) -> Response:
    page.headers["Cache-Control"] = "no-store"
    return page
