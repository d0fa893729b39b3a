"""Who waits for what: alerts by size, price and search, their e-mails and what failed."""

from fastapi import APIRouter, Request, Response

from storefront.alerts import queries as alerts
from storefront.alerts.service import JOBS
from storefront.jobs import queries as jobs
from storefront.staff.current import MayRead
from storefront.web import render
from storefront.web.deps import Reads

router = APIRouter(prefix="/admin/alerts", include_in_schema=False)

_MOST = 50


@router.get("", name="staff_alerts")
async def alerts_page(request: Request, _who: MayRead, session: Reads) -> Response:
    """What people wait for, what was sent, and what failed. Five statements."""
    return render.page(
        request,
        "backoffice/alerts.html",
        totals=await alerts.totals(session),
        sizes=await alerts.waiting_sizes(session, most=_MOST),
        prices=await alerts.waiting_prices(session, most=_MOST),
        jobs=await jobs.counts(session, JOBS),
        failed=await jobs.failed(session, JOBS, most=_MOST),
        most=_MOST,
    )
