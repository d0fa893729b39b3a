"""Limits of a request: bytes of its body, seconds until its response, and how many run at once."""

import asyncio
from typing import Any

from fastapi import Request
from starlette.datastructures import Headers
from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from storefront.errors import BodyTooLarge, RequestTooSlow, StoreError, Unavailable
from storefront.settings import Settings
from storefront.texts import _
from storefront.web import problems

MAX_BODY_BYTES = 64_000
"""Of every route. One that needs more says so: ``@router.post(…, max_body_size=5_000_000)``."""
_ALWAYS_ADMITTED = ("/health", "/ready")
_BUSY_RETRY_AFTER_S = 1
_GRACE_S = 0.5  # after the deadline, by which the database's own error says more than ours


class RequestLimits:
    """Refuses bodies that are too large, requests that take too long, and too many at once.

    413 before anything is read of a body whose declared length is too large, or as soon as more bytes
    have come than the route accepts (FastAPI's own limit would answer in plain text); 408 where the body
    has not arrived by the deadline; 503 with Retry-After where the response has not begun by then, or
    where so many requests are in progress that another would only slow them down.

    A request that runs into its deadline is answered at once, even if what it waits for ignores being
    cancelled, as a driver does on a connection that has gone silent.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._in_progress = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send)
        if (
            self._in_progress >= self._settings.max_requests
            and scope["path"] not in _ALWAYS_ADMITTED
        ):
            await exchange.refuse(_busy())
            return
        self._in_progress += 1
        try:
            await exchange.run(self._app, self._settings.connect_deadline_s + _GRACE_S)
        finally:
            self._in_progress -= 1


class _Exchange:
    """One request and its response. Once it is refused, what the app still sends is dropped."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        headers = Headers(scope=scope)
        declared = headers.get("content-length", "0")
        self._has_body_left = declared != "0" or "transfer-encoding" in headers
        # As much as is declared, or has come if that is more. int() refuses 5,000 digits.
        self._body_bytes = int(declared[:20]) if declared.isdecimal() else 0
        self._received = 0
        self._has_started = False
        self._refusing: asyncio.Task[None] | None = None
        self._task: asyncio.Task[Any] | None = None

    async def run(self, app: ASGIApp, deadline_s: float) -> None:
        """Have the app respond by the deadline, else refuse."""
        self._task = asyncio.current_task()
        timer = asyncio.get_running_loop().call_later(deadline_s, self._expire)
        try:
            await app(self._scope, self._read, self._write)
        except asyncio.CancelledError:
            if self._refusing is None or self._task is None or self._task.uncancel():
                raise
        except Exception:
            if self._refusing is None:  # else it concerns a response that was dropped
                raise
        finally:
            timer.cancel()
        if self._refusing is not None:
            await self._refusing

    async def refuse(self, error: StoreError) -> None:
        """Respond with this error instead of what the app would send."""
        self._has_started = True
        response = problems.problem_of(Request(self._scope), error)
        await response(self._scope, self._receive, self._send)

    async def _read(self) -> Message:
        if self._is_too_large():
            return {"type": "http.disconnect"}
        message = await self._receive()
        if message["type"] == "http.request":
            self._received += len(message.get("body", b""))
            self._has_body_left = message.get("more_body", False)
            self._body_bytes = max(self._body_bytes, self._received)
            if self._is_too_large():
                return {"type": "http.disconnect"}
        return message

    async def _write(self, message: Message) -> None:
        if self._is_too_large() or self._refusing is not None:
            return
        self._has_started = True
        await self._send(message)

    def _is_too_large(self) -> bool:
        """Whether the body is larger than the route accepts; if so, begin to say so."""
        # The route that was found has put its own limit there.
        limit = self._scope.get(MAX_BODY_SIZE_SCOPE_KEY, MAX_BODY_BYTES)
        is_too_large: bool = self._body_bytes > limit
        if is_too_large and not self._has_started and self._refusing is None:
            self._begin_refusing(_too_large(limit))
        return is_too_large and self._refusing is not None

    def _expire(self) -> None:
        if self._has_started or self._refusing is not None or self._task is None:
            return
        self._begin_refusing(_too_slow() if self._has_body_left else _not_in_time())
        self._task.cancel()

    def _begin_refusing(self, error: StoreError) -> None:
        # A task of its own: that of the app may be stuck until long after it was cancelled.
        self._refusing = asyncio.create_task(self.refuse(error))


def _busy() -> Unavailable:
    return Unavailable(
        _("The shop is serving as many requests as it can. Please try again in a moment."),
        retry_after_s=_BUSY_RETRY_AFTER_S,
        reason="STORE_MAX_REQUESTS requests are in progress.",
    )


def _not_in_time() -> Unavailable:
    return Unavailable(
        _("The answer took too long. Nothing is lost; please try again shortly."),
        reason="The request ran into its deadline (STORE_CONNECT_DEADLINE_S).",
    )


def _too_large(limit: int) -> BodyTooLarge:
    most = f"{limit // 1_000_000} MB" if limit >= 1_000_000 else f"{limit // 1_000} kB"
    return BodyTooLarge(_("At most %(most)s can be sent here.", most=most), max_bytes=limit)


def _too_slow() -> RequestTooSlow:
    return RequestTooSlow(_("The body of the request did not arrive in time."))
