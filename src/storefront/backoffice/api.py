"""What staff see, as JSON."""

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from storefront.db import Database
from storefront.web import problems
from storefront.web.deps import Staff

router = APIRouter(prefix="/api/v1/admin", tags=["admin"], responses=problems.responses(403))


class Connection(BaseModel):
    """How the shop reaches its database. No secret is in it.

    problem: why it cannot, with the code of the diagnosis. configuration: what was decided, and why.
    """

    problem: str | None
    configuration: dict[str, Any] | None


@router.get("/connection", name="api_connection")
async def connection(request: Request, response: Response, _who: Staff) -> Connection:
    """How the database is reached, and what is wrong with it. For staff."""
    database: Database = request.state.database
    response.headers["Cache-Control"] = "no-store"
    explanation = database.explanation()
    return Connection(
        problem=None if database.problem is None else str(database.problem),
        configuration=None if explanation is None else explanation.as_dict(),
    )
