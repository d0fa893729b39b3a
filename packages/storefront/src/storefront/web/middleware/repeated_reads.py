"""Reads whose connection to the database was cut or refused are answered again, on another one."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

PASSING = "storefront.passing"
"""Set in the scope of a request that failed for want of a connection, where another may well be had."""
_PAUSES_S = (0.05, 0.1, 0.2, 0.4, 0.8)


class RepeatedReads:
    """Answers a GET again where a lost or refused connection prevented the response.

    A restart or failover cuts the connections of a pool in the middle of a statement; a network rule
    that refuses new connections leaves those that are open. What only reads may be repeated, whatever
    had been read; writes are left to their sender, who has an Idempotency-Key. The request's own
    deadline still holds (RequestLimits, outside).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, up to six times within about two seconds."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        as_received = dict(scope)
        for pause_s in _PAUSES_S:
            response = _Response(scope, send)
            await self._app(scope, receive, response.send)
            if not response.is_held_back:
                return
            scope.clear()
            scope.update(as_received)
            await asyncio.sleep(pause_s)
        await self._app(scope, receive, send)


class _Response:
    """Passes on what the app sends, unless that says that there was no connection."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self.is_held_back = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.is_held_back = message["status"] == 503 and PASSING in self._scope
        if not self.is_held_back:
            await self._send(message)
