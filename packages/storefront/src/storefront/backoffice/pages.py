"""Pages for staff. Their address alone keeps them out of caches (web/middleware/cache_policy.py)."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from storefront import background
from storefront.backoffice import overview, plots, queries, service
from storefront.backoffice.audit_filter import AuditFilter
from storefront.db import Database
from storefront.insight.queries import STALE_AFTER
from storefront.jobs import queries as job_queries
from storefront.jobs import service as job_service
from storefront.orders import queries as orders
from storefront.request_model import Id
from storefront.returns import queries as returns
from storefront.reviews import queries as reviews
from storefront.search import log
from storefront.service_levels import queries as service_levels
from storefront.settings import Settings
from storefront.staff.current import MayRead, MayRetryJobs
from storefront.web import forms, render
from storefront.web.deps import Reads, Writes
from storefront.web.forms import Form

router = APIRouter(include_in_schema=False)

_MOST_QUERIES = 50
_MOST_JOBS = 200
_MOST_ENTRIES = 100


@router.get("/admin", name="staff_home")
async def home(request: Request, _who: MayRead, session: Reads) -> Response:
    """Open tasks, and how well the shop answers. Five statements."""
    jobs = await job_queries.unfinished(request.state.database, most=_MOST_JOBS)
    return render.page(
        request,
        "backoffice/home.html",
        to_do=await orders.to_do(session),
        returns=await returns.to_do(session),
        reviews=await reviews.count_waiting(session),
        dead_jobs=sum(job.state == "dead" for job in jobs),
        budget=await service_levels.error_budget(session),
        window_days=service_levels.WINDOW_DAYS,
    )


@router.get("/admin/overview", name="staff_overview")
async def overview_page(request: Request, _who: MayRead, session: Reads) -> Response:
    """The day, and the thirty before it, as plots and numbers. Six statements."""
    settings: Settings = request.state.settings
    found = await overview.overview(session, currency=settings.currency)
    return render.page(
        request,
        "backoffice/overview.html",
        found=found,
        plots=plots,
        at_most=overview.LOW,
        stale_after=STALE_AFTER,
    )


@router.get("/admin/audit", name="staff_audit_log")
async def audit_log(
    request: Request,
    _who: MayRead,
    session: Reads,
    which: Annotated[AuditFilter, Query()],
) -> Response:
    """What staff did, newest first. Two statements."""
    log = await queries.audit_log(session, most=_MOST_ENTRIES, **which.parameters())
    return render.page(
        request,
        "backoffice/audit_log.html",
        log=log,
        form=Form[AuditFilter](dict(request.query_params)),
    )


@router.get("/admin/connection", name="connection")
async def connection_page(request: Request, _who: MayRead) -> Response:
    """Every step of connecting to the database, checked now. Takes seconds."""
    database: Database = request.state.database
    report = await database.examination()
    return render.page(request, "backoffice/connection.html", report=report)


@router.get("/admin/searches", name="searches")
async def searches_page(request: Request, _who: MayRead) -> Response:
    """The most frequent searches, those without results, and what is clicked. One statement."""
    report = await log.report(request.state.database, most=_MOST_QUERIES)
    return render.page(request, "backoffice/searches.html", report=report, days=log.REPORT_DAYS)


@router.get("/admin/jobs", name="jobs")
async def jobs_page(request: Request, _who: MayRead) -> Response:
    """Waiting and dead jobs, and how often background work failed. One statement."""
    jobs = await job_queries.unfinished(request.state.database, most=_MOST_JOBS)
    return render.page(request, "backoffice/jobs.html", jobs=jobs, failures=background.FAILURES)


@router.post("/admin/jobs/{job_id}/retry", name="retry_job")
async def retry_job(
    request: Request,
    who: MayRetryJobs,
    session: Writes,
    job_id: Id,
) -> Response:
    """Let a job that was given up be tried again. Two statements."""
    await job_service.retry(session, job_id)
    await service.record(
        session, actor=who, action="retry job", entity="job", entity_id=str(job_id)
    )
    to = request.url_for("jobs").path
    return forms.done(request, to=to, message=f"Job {job_id} will be retried now.")
