"""The scheme of a request's address, as a trusted proxy reports it."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from storefront.settings import Settings


class ForwardedScheme:
    """Behind a proxy, a request that reached it by TLS counts as one by https.

    Source: ``X-Forwarded-Proto``, only where STORE_BEHIND_PROXY is on and only if sent once. uvicorn
    does not read such headers (web/connection.py): it would also take the client's address from them.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._is_on = settings.behind_proxy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with its scheme corrected."""
        if self._is_on and scope["type"] == "http" and _is_by_tls(scope):
            scope["scheme"] = "https"
        await self._app(scope, receive, send)


def _is_by_tls(scope: Scope) -> bool:
    return Headers(scope=scope).getlist("x-forwarded-proto") == ["https"]
