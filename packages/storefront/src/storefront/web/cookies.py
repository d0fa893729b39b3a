"""Cookies of the shop: set anywhere inside a request, sent with its response by one middleware.

A dependency cannot set a header on a response that its route makes; it records the cookie here instead.
"""

from dataclasses import dataclass, field
from http.cookies import SimpleCookie

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from storefront.settings import Settings
from storefront.web.middleware.cache_policy import ONE_VISITOR


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie to send: HttpOnly, SameSite=Lax, for the whole shop, Secure where it is served by TLS.

    max_age_s: None for as long as the browser is open, 0 to delete it.
    """

    name: str
    value: str
    max_age_s: int | None = None

    def header(self, *, is_secure: bool) -> str:
        """The value of its Set-Cookie header."""
        cookie: SimpleCookie = SimpleCookie()
        name = cookie_name(self.name, is_secure=is_secure)
        cookie[name] = self.value
        morsel = cookie[name]
        morsel["path"], morsel["httponly"], morsel["samesite"] = "/", True, "Lax"
        morsel["secure"] = is_secure
        if self.max_age_s is not None:
            morsel["max-age"] = self.max_age_s
        return morsel.OutputString()


def cookie_name(name: str, *, is_secure: bool) -> str:
    """With ``__Host-``, subdomains and plain HTTP cannot set the cookie (RFC 6265bis, 4.1.3)."""
    return f"__Host-{name}" if is_secure else name


def received(request: Request, name: str) -> str | None:
    """The value of a cookie that came with the request."""
    return request.cookies.get(
        cookie_name(name, is_secure=is_served_by_tls(request.state.settings))
    )


def send(request: Request, cookie: Cookie) -> None:
    """Send this cookie with the response, whichever code makes that."""
    additions: _Additions = request.scope[_ADDITIONS]
    additions.cookies[cookie.name] = cookie


def can_send(request: Request) -> bool:
    """Whether the response passes the middleware below; that to an unhandled exception does not."""
    return _ADDITIONS in request.scope


def depends_on_visitor(request: Request) -> None:
    """Mark the response as private to this visitor: no shared cache may store it."""
    additions: _Additions = request.scope[_ADDITIONS]
    additions.is_private = True


def is_served_by_tls(settings: Settings) -> bool:
    """Whether visitors reach the shop by https."""
    return settings.public_url.startswith("https://")


class Cookies:
    """Sends the cookies that were recorded, and marks what is for one visitor alone as private."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the cookies to its response."""

        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        additions = scope[_ADDITIONS] = _Additions()

        async def send_with_cookies(message: Message) -> None:
            if message["type"] == "http.response.start":
                settings: Settings = scope["state"]["settings"]
                additions.add_to(
                    MutableHeaders(scope=message), is_secure=is_served_by_tls(settings)
                )
            await send(message)

        await self._app(scope, receive, send_with_cookies)


@dataclass(slots=True)
class _Additions:
    """What is added to the response to one request."""

    cookies: dict[str, Cookie] = field(default_factory=dict)
    is_private: bool = False

    def add_to(self, headers: MutableHeaders, *, is_secure: bool) -> None:
        for cookie in self.cookies.values():
            headers.append("Set-Cookie", cookie.header(is_secure=is_secure))
        if self.cookies or self.is_private:
            headers["Cache-Control"] = ONE_VISITOR.cache_control


_ADDITIONS = "storefront.additions"
