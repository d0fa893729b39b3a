"""Refuses what another site makes a visitor's browser send (cross-site request forgery).

Browsers say where a request comes from: first ``Sec-Fetch-Site`` (Fetch Metadata), which no script can
set, then ``Origin``. A request with neither was not sent by a browser that a page could misuse: every
browser of today sends one of them with an unsafe request (so does Go's net/http judge,
``CrossOriginProtection``); and our cookies are SameSite=Lax besides.
"""

from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from storefront.errors import NotAllowed
from storefront.web import problems

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})  # RFC 9110, 9.2.1: they change nothing


class CrossSiteRequest(NotAllowed):
    """The request was sent by a page of another site, or its origin is unknown. Nothing was changed.

    Send it from the shop's own pages. A program that calls the API sends no ``Origin`` header, or ours.
    """

    slug, title = "cross-site", "This request came from another site"


class SameOrigin:
    """Accepts unsafe requests only from the shop's own pages."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 403."""
        if scope["type"] == "http" and scope["method"] not in _SAFE:
            public_url = scope["state"]["settings"].public_url
            if trouble := why_cross_site(Headers(scope=scope), public_url):
                response = problems.problem_of(Request(scope), CrossSiteRequest(trouble))
                await response(scope, receive, send)
                return
        await self._app(scope, receive, send)


def why_cross_site(headers: Headers, public_url: str) -> str | None:
    """Why a request with these headers is refused; None where it comes from our pages or a program."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        is_ours = site in ("same-origin", "none")  # none: the person did it, not a page
        return None if is_ours else f"The browser reports that it was sent {site} (Sec-Fetch-Site)."
    if origin is not None:
        ours = {urlsplit(public_url).netloc.lower(), headers.get("host", "").lower()}
        is_ours = urlsplit(origin).netloc.lower() in ours - {""}
        return None if is_ours else f"Its origin is {origin[:100]}, which is not this shop."
    return None
