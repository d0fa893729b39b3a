"""What staff see of the shop itself, as JSON: its connection, and what staff did."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from storefront.backoffice import overview, queries
from storefront.customers.current import Staff
from storefront.db import Database
from storefront.settings import Settings
from storefront.web import problems
from storefront.web.amounts import Amount, amount_of
from storefront.web.deps import Reads

router = APIRouter(prefix="/api/v1/admin", tags=["admin"], responses=problems.responses(403))


class AuditEntry(BaseModel):
    """One action of one member of staff. entity: such as ``order``; entity_id: its name."""

    entry_id: str
    actor: str
    action: str
    entity: str
    entity_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    created_at: datetime


class AuditLog(BaseModel):
    """A page of the audit log, newest first. next_before: send it as ``before`` for the page after."""

    entries: list[AuditEntry]
    next_before: str | None


@router.get("/connection", name="api_connection")
async def connection(request: Request, _who: Staff) -> dict[str, Any]:
    """The report of `lakepass doctor --json` on the shop's own connection, made now. Takes seconds.

    Contains no secret. For staff.
    """
    database: Database = request.state.database
    return (await database.examination()).as_dict()


class Day(BaseModel):
    """What happened on a day, of UTC."""

    day: date
    orders: int
    revenue: Amount
    refunded: Amount
    returns: int
    searches: int
    searches_without_results: int


class Low(BaseModel):
    """A size of which few pieces are left. sold: in the days of the overview."""

    sku: str
    name: str
    size: str
    left: int
    sold: int


class Overview(BaseModel):
    """The last thirty days, the oldest first, and what runs low now."""

    days: list[Day]
    low: list[Low]


@router.get("/overview", name="api_overview", responses=problems.responses(503))
async def shop_overview(request: Request, _who: Staff, session: Reads) -> Overview:
    """Orders, revenue, returns and searches by day, and what runs low. For staff."""
    settings: Settings = request.state.settings
    found = await overview.overview(session, currency=settings.currency)
    return Overview(
        days=[
            Day(
                day=one.orders.day,
                orders=one.orders.orders,
                revenue=amount_of(one.orders.revenue),
                refunded=amount_of(one.orders.refunded),
                returns=one.returns,
                searches=one.searches,
                searches_without_results=one.without_results,
            )
            for one in found.days
        ],
        low=[
            Low(sku=one.sku, name=one.name, size=one.size_label, left=one.left, sold=one.sold)
            for one in found.low
        ],
    )


@router.get("/audit", name="api_audit_log", responses=problems.responses(422, 503))
async def audit_log(
    _who: Staff,
    session: Reads,
    limit: Annotated[int, Query(ge=1, le=200, description="How many on a page.")] = 50,
    before: Annotated[
        int | None, Query(ge=1, le=2**63 - 1, description="`next_before` of the page before.")
    ] = None,
) -> AuditLog:
    """What staff did, newest first. For staff."""
    log = await queries.audit_log(session, most=limit, before=before)
    return AuditLog(
        entries=[
            AuditEntry(
                entry_id=str(one.id),
                actor=one.actor,
                action=one.action,
                entity=one.entity,
                entity_id=one.entity_id,
                before=dict(one.before) if one.before is not None else None,
                after=dict(one.after) if one.after is not None else None,
                created_at=one.created_at,
            )
            for one in log
        ],
        next_before=str(log[-1].id) if len(log) == limit else None,
    )
