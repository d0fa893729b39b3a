"""What staff see, as pages. Never kept by a browser or a proxy: the next reader may be someone else."""

from fastapi import APIRouter, Request, Response

from storefront.db import Database
from storefront.web import render
from storefront.web.deps import Staff

router = APIRouter(include_in_schema=False)


@router.get("/admin/connection", name="connection")
async def connection_page(request: Request, _who: Staff) -> Response:
    """Every step on the way to the database, tried now, and what is wrong. Takes seconds."""
    database: Database = request.state.database
    report = await database.examination()
    page = render.page(request, "backoffice/connection.html", report=report)
    page.headers["Cache-Control"] = "no-store"
    return page
