"""What staff see, as JSON."""

from typing import Any

from fastapi import APIRouter, Request, Response

from storefront.db import Database
from storefront.web import problems
from storefront.web.deps import Staff

router = APIRouter(prefix="/api/v1/admin", tags=["admin"], responses=problems.responses(403))


@router.get("/connection", name="api_connection")
async def connection(request: Request, response: Response, _who: Staff) -> dict[str, Any]:
    """What `lakepass doctor --json` tells of the shop's own connection, tried now. Takes seconds.

    Holds no secret. For staff.
    """
    database: Database = request.state.database
    response.headers["Cache-Control"] = "no-store"
    return (await database.examination()).as_dict()
