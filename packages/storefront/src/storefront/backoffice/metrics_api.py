"""Metrics for a monitoring system."""

import hmac

from fastapi import APIRouter, Request, Response

from storefront.errors import NotAllowed
from storefront.settings import Settings, shared_metrics
from storefront.staff.current import Requires
from storefront.staff.rights import Right
from storefront.telemetry import metrics
from storefront.web import problems

router = APIRouter(tags=["health"])


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}, **problems.responses(403)},
)
async def prometheus_metrics(request: Request) -> Response:
    """The metrics of this process in Prometheus's text format, for STORE_METRICS_TOKEN or staff."""
    if not _has_token(request):
        await Requires(Right.READ)(request)
    return Response(metrics.exposition(shared_metrics()), media_type=metrics.CONTENT_TYPE)


def _has_token(request: Request) -> bool:
    settings: Settings = request.state.settings
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if settings.metrics_token is None or scheme.lower() != "bearer":
        return False
    if not hmac.compare_digest(
        given.strip().encode(), settings.metrics_token.get_secret_value().encode()
    ):
        raise NotAllowed("The bearer token is not that of STORE_METRICS_TOKEN.")
    return True
