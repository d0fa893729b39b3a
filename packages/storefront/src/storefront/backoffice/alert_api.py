"""Who waits for what, as JSON: alerts by size, price and search, their e-mails and what failed."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from storefront.alerts import queries as alerts
from storefront.alerts.service import JOBS
from storefront.jobs import queries as jobs
from storefront.request_model import DIGITS
from storefront.staff.current import MayRead
from storefront.web import problems
from storefront.web.deps import Reads

router = APIRouter(
    prefix="/api/v1/admin/alerts", tags=["admin"], responses=problems.responses(403, 422, 503)
)


class AlertTotals(BaseModel):
    """Alerts of a kind. waiting: confirmed, and not sent; sent, stopped: in the last month."""

    kind: alerts.Kind
    waiting: int
    unconfirmed: int
    sent: int
    stopped: int


class WaitingSize(BaseModel):
    """People who wait for a size, the first of them since when."""

    sku: str
    product_id: str
    product: str
    size: str
    waiting: int
    unconfirmed: int
    since: datetime


class WaitingPrice(BaseModel):
    """People who wait for a lower price; highest: of the prices that they wait for."""

    product_id: str
    product: str
    price_minor: int
    highest_minor: int
    currency: str
    waiting: int
    unconfirmed: int


class JobCounts(BaseModel):
    """The jobs that send e-mails, by kind. done: in the last month; dead: given up."""

    kind: str
    waiting: int
    done: int
    dead: int


class FailedJob(BaseModel):
    """A job that failed: waiting to be retried, or dead. Staff retry dead ones at /admin/jobs."""

    job_id: str
    kind: str
    state: str
    attempts: int
    due_at: datetime
    last_error: str | None


class AlertOverview(BaseModel):
    """All alerts. No address of anybody is in it."""

    totals: list[AlertTotals]
    sizes: list[WaitingSize]
    prices: list[WaitingPrice]
    jobs: list[JobCounts]
    failed: list[FailedJob]


@router.get("", name="api_staff_alerts")
async def overview(
    _who: MayRead, session: Reads, limit: Annotated[int, Query(ge=1, le=200), DIGITS] = 50
) -> AlertOverview:
    """What people wait for, what was sent, and what failed. Five statements."""
    return AlertOverview(
        totals=[
            AlertTotals(
                kind=one.kind,
                waiting=one.waiting,
                unconfirmed=one.unconfirmed,
                sent=one.sent,
                stopped=one.stopped,
            )
            for one in await alerts.totals(session)
        ],
        sizes=[
            WaitingSize(
                sku=one.sku,
                product_id=str(one.product_id),
                product=one.name,
                size=one.size_label,
                waiting=one.waiting,
                unconfirmed=one.unconfirmed,
                since=one.since,
            )
            for one in await alerts.waiting_sizes(session, most=limit)
        ],
        prices=[
            WaitingPrice(
                product_id=str(one.product_id),
                product=one.name,
                price_minor=one.price.minor,
                highest_minor=one.highest.minor,
                currency=one.price.currency,
                waiting=one.waiting,
                unconfirmed=one.unconfirmed,
            )
            for one in await alerts.waiting_prices(session, most=limit)
        ],
        jobs=[
            JobCounts(kind=one.kind, waiting=one.waiting, done=one.done, dead=one.dead)
            for one in await jobs.counts(session, JOBS)
        ],
        failed=[
            FailedJob(
                job_id=str(one.id),
                kind=one.kind,
                state=one.state,
                attempts=one.attempts,
                due_at=one.due_at,
                last_error=one.last_error,
            )
            for one in await jobs.failed(session, JOBS, most=limit)
        ],
    )
