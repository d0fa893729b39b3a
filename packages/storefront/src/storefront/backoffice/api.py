"""What staff see of the shop itself, as JSON: its connection, its error budget, what staff did."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from storefront.backoffice import overview, queries
from storefront.backoffice.audit_filter import AuditFilter
from storefront.db import Database
from storefront.request_model import DIGITS
from storefront.service_levels import queries as service_levels
from storefront.settings import Settings
from storefront.staff.current import MayRead
from storefront.web import problems
from storefront.web.amounts import Amount, amount_of
from storefront.web.deps import Reads
from storefront.web.paging import NewestFirst, next_of

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


class AuditLog(NewestFirst):
    """A page of the audit log, newest first. next_before: send it as ``before`` for the page after."""

    entries: list[AuditEntry]


class AuditPage(AuditFilter):
    """A page of the audit log. limit: how many entries."""

    limit: Annotated[int, Field(ge=1, le=200), DIGITS] = 50


@router.get("/connection", name="api_connection")
async def connection(request: Request, _who: MayRead) -> dict[str, Any]:
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


class Computed(BaseModel):
    """A result of the batch jobs, and when it was last computed; null for never."""

    name: str
    computed_at: datetime | None
    is_stale: Annotated[bool, Field(description="Whether the last run is more than 36 hours ago.")]


class Overview(BaseModel):
    """The last thirty days, the oldest first, what runs low now, and how old computed results are."""

    days: list[Day]
    low: list[Low]
    computed: list[Computed]


@router.get("/overview", name="api_overview", responses=problems.responses(503))
async def shop_overview(request: Request, _who: MayRead, session: Reads) -> Overview:
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
        computed=[
            Computed(name=one.name, computed_at=one.at, is_stale=one.is_stale)
            for one in found.computed
        ],
    )


class Objective(BaseModel):
    """One goal. kept: the share of requests that met it; missed: how many did not.

    budget_left: the share of the allowed misses that is left; below 0 where there were more.
    """

    goal: float
    kept: float
    missed: int
    budget_left: float


class ErrorBudget(BaseModel):
    """Requests of shoppers in the last days, of all processes.

    answered: without a server error; fast: within a second.
    """

    days: int
    requests: int
    answered: Objective
    fast: Objective


@router.get("/error-budget", name="api_error_budget", responses=problems.responses(503))
async def error_budget(_who: MayRead, session: Reads) -> ErrorBudget:
    """How well the shop answers shoppers, and how much of its error budget is left. For staff."""
    found = await service_levels.error_budget(session)
    return ErrorBudget(
        days=service_levels.WINDOW_DAYS,
        requests=found.answered.requests,
        answered=_objective(found.answered),
        fast=_objective(found.fast),
    )


def _objective(found: service_levels.Objective) -> Objective:
    return Objective(
        goal=found.goal, kept=found.kept, missed=found.bad, budget_left=found.budget_left
    )


@router.get("/audit", name="api_audit_log", responses=problems.responses(422, 503))
async def audit_log(
    _who: MayRead,
    session: Reads,
    which: Annotated[AuditPage, Query()],
) -> AuditLog:
    """What staff did, newest first; narrowed by who, what and when. For staff."""
    log = await queries.audit_log(session, most=which.limit, **which.parameters())
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
            for one in log.rows
        ],
        next_before=next_of(log),
    )
