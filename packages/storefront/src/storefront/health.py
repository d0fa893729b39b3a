"""Whether the shop lives, and whether it is ready to serve."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from storefront import schema
from storefront.catalog import queries as catalog_queries
from storefront.db import Database, schema_revision
from storefront.errors import Unavailable
from storefront.search.criteria import Criteria
from storefront.search.read_model.store import ReadModel
from storefront.web import problems

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """How the shop is: alive; or ready, with the schema that its database has."""

    status: str
    schema_revision: str | None = None


@router.get("/health", response_model_exclude_none=True)
async def health() -> Health:
    """200 as long as the process lives; touches nothing else."""
    return Health(status="alive")


def _check_revision(found: str | None) -> None:
    """Raises Unavailable where migrations are missing. A newer schema serves this code, too."""
    known = schema.revisions()
    if found == known[0] or schema.is_newer(found):
        return
    reason = (
        f"The schema is at {found or 'nothing'}, this code needs {known[0]}: "
        "run `storefront migrate`."
    )
    raise Unavailable("The database has another schema.", reason=reason)


async def _check_listings(read_model: ReadModel) -> None:
    """Raises Unavailable where a listing cannot be answered, whatever the cause."""
    try:
        await read_model.listing(Criteria())
    except Unavailable:
        raise
    except Exception as error:
        reason = f"Listings cannot be answered: {error!r}. The log says where."
        raise Unavailable("Listings cannot be answered.", reason=reason) from error


@router.get("/ready", response_model=Health, responses=problems.responses(503))
async def ready(request: Request) -> Response:
    """200 when the database answers, has the newest schema, and listings can be answered; else 503."""
    database: Database = request.state.database
    try:
        async with database.reads() as session:
            found = await schema_revision(session)
            _check_revision(found)
        await catalog_queries.readable(database)
        await _check_listings(request.state.read_model)
    except Unavailable as error:
        return problems.answer(
            request,
            status=error.status,
            title=error.title,
            detail=error.reason,
            headers={"Retry-After": str(error.retry_after_s)},
        )
    return Response(
        Health(status="ready", schema_revision=found).model_dump_json(),
        media_type="application/json",
    )
