"""The proxy in front of an app: it signs people in and says who they are.

Source of the headers: Databricks docs, "HTTP headers passed to Databricks apps". Assumed, since no page
says it: that the proxy removes such headers from what a client sends, and waits a moment for an app that
does not listen yet.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http.cookies import SimpleCookie
from typing import Any
from uuid import uuid4

import httpx
import uvicorn
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

SESSION = "rehearsal_session"
"""The cookie of somebody whom the workspace has signed in: their e-mail address, here."""
_HOP_BY_HOP = ("connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer")
_WAITS_FOR_APP_S = 20.0


class AppsProxy:
    """An ASGI application that passes requests on to the app.

    user_token: of whoever is signed in. holder: whose bearer token this is; None for one that does not
    pass, as every personal access token.
    """

    def __init__(
        self,
        user_token: Callable[[str], str],
        holder: Callable[[str], str | None] = lambda _token: None,
    ) -> None:
        self.target = ""
        self.host = "storefront-900800700600.aws.databricksapps.com"
        self._user_token = user_token
        self._holder = holder
        self._client = httpx.AsyncClient(timeout=120, limits=httpx.Limits(max_connections=200))

    async def aclose(self) -> None:
        """Close the connections to the app."""
        await self._client.aclose()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401 to strangers; pass on what signed-in people ask."""
        if scope["type"] != "http":
            return
        who = await self._signed_in(Headers(scope=scope))
        if who is None:
            await send({"type": "http.response.start", "status": 401, "headers": []})
            await send({"type": "http.response.body", "body": b"Sign in to the workspace first."})
            return
        answer = await self._forwarded(scope, await _body(receive), who)
        headers = [
            (name, value)
            for name, value in answer.headers.raw
            if name.lower() not in _RAW_HOP_BY_HOP
        ]
        await send(
            {"type": "http.response.start", "status": answer.status_code, "headers": headers}
        )
        await send({"type": "http.response.body", "body": answer.extensions["raw_body"]})

    async def _forwarded(self, scope: Scope, body: bytes, who: str) -> httpx.Response:
        query = f"?{scope['query_string'].decode()}" if scope["query_string"] else ""
        headers = self._headers(scope, who)
        path = scope.get("raw_path", scope["path"].encode()).decode()
        deadline = asyncio.get_running_loop().time() + _WAITS_FOR_APP_S
        while True:
            request = self._client.build_request(
                scope["method"], f"{self.target}{path}{query}", headers=headers, content=body
            )
            try:
                answer = await self._client.send(request, stream=True)
            except httpx.ConnectError:  # nothing was sent: the app is not there yet
                if asyncio.get_running_loop().time() > deadline:
                    raise
                await asyncio.sleep(0.05)
                continue
            answer.extensions["raw_body"] = b"".join([part async for part in answer.aiter_raw()])
            return answer

    async def _signed_in(self, headers: Headers) -> str | None:
        cookie: SimpleCookie = SimpleCookie(headers.get("cookie", ""))
        if SESSION in cookie:
            return cookie[SESSION].value.strip('"')
        kind, _, token = headers.get("authorization", "").partition(" ")
        return await asyncio.to_thread(self._holder, token) if kind == "Bearer" else None

    def _headers(self, scope: Scope, who: str) -> list[tuple[str, str]]:
        sent = [
            (name, value)
            for name, value in Headers(scope=scope).items()
            if not name.startswith(("x-forwarded-", "x-real-ip", "x-request-id"))
            and name not in (*_HOP_BY_HOP, "host", "content-length", "accept-encoding")
        ]
        encodings = Headers(scope=scope).get("accept-encoding", "identity")
        return [
            *sent,
            ("accept-encoding", encodings),
            ("x-forwarded-host", self.host),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-email", who),
            ("x-forwarded-user", f"{abs(hash(who)) % 10**16}@900800700600"),
            ("x-forwarded-preferred-username", who),
            ("x-forwarded-access-token", self._user_token(who)),
            ("x-real-ip", "203.0.113.7"),
            ("x-request-id", str(uuid4())),
        ]


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[str]:
    """Serve an application on a free port of this machine; its address."""
    config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task


_RAW_HOP_BY_HOP = tuple(name.encode() for name in _HOP_BY_HOP)


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message: dict[str, Any] = dict(await receive())
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)
