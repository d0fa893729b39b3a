"""Reports each request: its id, metrics, span, and a line in the log where that is switched on."""

import logging
import re
import time
from uuid import uuid4

from opentelemetry.trace import Span, Status, StatusCode
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from storefront.settings import Settings
from storefront.telemetry import metrics, tracing
from storefront.telemetry.logs import REQUEST_ID
from storefront.telemetry.tally import Tally

log = logging.getLogger(__name__)

_UUID = re.compile(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
# Others are counted together: a client could make up as many as it likes.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class RequestTelemetry:
    """The outermost middleware: what it reports is what the client got.

    Addresses are reported as routes have them (``/orders/{number}``): the real ones name people's orders
    and checkouts.
    """

    def __init__(self, app: ASGIApp, settings: Settings, tally: Tally) -> None:
        self._app = app
        self._settings = settings
        self._tally = tally

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with an id; report it when it has been answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id = self._request_id(headers)
        scope["state"]["request_id"] = request_id
        REQUEST_ID.set(request_id)  # this task is the request's own
        status = 500  # of a bug, whose response is made outside of all middleware

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        began = time.perf_counter()
        metrics.REQUESTS_IN_PROGRESS.inc()
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        with tracing.server_span(headers, method) as span:
            try:
                await self._app(scope, receive, send_with_id)
            finally:
                metrics.REQUESTS_IN_PROGRESS.dec()
                seconds = time.perf_counter() - began
                route = route_of(scope)
                self._tally.count(scope["path"], status, seconds)
                self._report(method, route, status, seconds)
                _complete(span, method, route, status)

    def _request_id(self, headers: Headers) -> str:
        """The proxy's id of the request where there is a proxy, so that its log and ours agree."""
        given = headers.get("x-request-id", "") if self._settings.behind_proxy else ""
        return given if _UUID.fullmatch(given) else str(uuid4())

    def _report(self, method: str, route: str, status: int, seconds: float) -> None:
        metrics.REQUESTS.labels(method, route, str(status)).inc()
        metrics.REQUEST_DURATION.labels(route).observe(seconds)
        if self._settings.access_log:
            log.info(
                "%s %s %d in %.1f ms", method, route, status, seconds * 1_000,
                extra={
                    "method": method,
                    "route": route,
                    "status": status,
                    "duration_ms": round(seconds * 1_000, 1),
                },
            )  # fmt: skip


def route_of(scope: Scope) -> str:
    """The path of the route that answered, with its parameters' names in place of their values."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else "(none)"


def _complete(span: Span, method: str, route: str, status: int) -> None:
    span.update_name(f"{method} {route}")
    span.set_attribute("http.route", route)
    span.set_attribute("http.response.status_code", status)
    if status >= 500:
        span.set_status(Status(StatusCode.ERROR))
