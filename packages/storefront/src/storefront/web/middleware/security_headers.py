"""Response headers that make browsers block foreign content."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECURITY_HEADERS = {
    # Everything comes from this shop: no script, style, font or frame from another origin.
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'self'",
            "img-src 'self' data:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    # What the shop never asks a browser for, so that no injected script can either.
    "Permissions-Policy": (
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
        "magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
# One year (RFC 6797, 6.1.1). Without includeSubDomains: other hosts of the domain are not ours.
_HSTS = "max-age=31536000"


def security_headers(scope: Scope) -> dict[str, str]:
    """SECURITY_HEADERS, and Strict-Transport-Security where the shop is served by TLS.

    That is where this request came by TLS, here or at a trusted proxy, or shoppers use an https address.
    """
    public_url: str = scope["state"]["settings"].public_url
    if scope.get("scheme") == "https" or public_url.startswith("https://"):
        return {**SECURITY_HEADERS, "Strict-Transport-Security": _HSTS}
    return SECURITY_HEADERS


class SecurityHeaders:
    """Adds `security_headers` to every response of the routes.

    The response to a bug is made outside of all middleware; ``problems`` adds them to that one.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; add the headers to the response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(security_headers(scope))
            await send(message)

        await self._app(scope, receive, send_with_headers)
