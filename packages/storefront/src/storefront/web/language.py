"""The language of a page follows from its address: ``/de/products`` is ``/products`` in German.

One address has one language, so caches need no ``Vary`` and search engines find each of them
(docs/decisions/0035). The prefix becomes the root path of the request, which routing leaves out and
``request.url_for`` puts back.
"""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from storefront.texts import ENGLISH, Language, current, languages, speaking

# Programs, staff and browsers' caches have one address each, without a language.
_WITHOUT_LANGUAGE = (
    "/admin", "/api/", "/health", "/images/", "/llms.txt", "/manifest.webmanifest", "/metrics",
    "/openapi.json",
    "/problems/", "/ready", "/robots.txt", "/service-worker.js", "/sitemap.xml", "/static/",
    "/styleguide", "/webhooks/",
)  # fmt: skip
_STATE = "storefront.language"


class SpeakLanguage:
    """Serves each page in the language of its address. Everything without a language is in English."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on in its language; send ``/de`` to ``/de/``.

        The shop's own language has no prefix: with one, an address leads to the page without it.
        """
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        language = _language_of(scope["path"], scope["state"]["settings"].locale)
        if (target := _moved(scope, language)) is not None:
            await RedirectResponse(target, status_code=301)(scope, receive, send)
            return
        scope[_STATE] = language
        if language.prefix:
            scope["root_path"] = language.prefix
        with speaking(language):
            await self._app(scope, receive, send)


def _moved(scope: Scope, language: Language) -> str | None:
    """Where an address leads that only looks like one of a language."""
    path, query = scope["path"], scope["query_string"].decode("latin-1")
    own = languages(scope["state"]["settings"].locale)[0]
    if language.prefix and path == language.prefix:
        path = f"{language.prefix}/"
    elif path == f"/{own.code}" or path.startswith(f"/{own.code}/"):
        path = "/" + path.removeprefix(f"/{own.code}").lstrip("/")  # //x is another site
    else:
        return None
    return f"{quote(path)}{'?' if query else ''}{query}"


def of(request: Request) -> Language:
    """The language of a request, also outside of the middleware, where an unhandled exception is
    reported."""
    language: Language = request.scope.get(_STATE, current())
    return language


@dataclass(frozen=True, slots=True)
class Address:
    """Where a route is, from the root of the shop."""

    path: str


def address(request: Request, name: str, /, **values: object) -> Address:
    """The address of a route: in the language of this request, if it has a language at all.

    Of what ``request.url_for`` says only the path, from a cache: a page has some sixty addresses, and
    the framework looks through all routes for each.
    """
    path = _path(request.app, name, tuple(values.items()))
    return Address(path if _has_no_language(path) else current().prefix + path)


@lru_cache(maxsize=4_096)
def _path(app: Starlette, name: str, values: tuple[tuple[str, object], ...]) -> str:
    return str(app.url_path_for(name, **dict(values)))


def alternates(request: Request, page: str) -> list[tuple[Language, str]]:
    """A page in every language, the shop's own first. page: its address in this one, from the root."""
    path = page.removeprefix(current().prefix)
    every = languages(request.state.settings.locale)
    return [(language, language.prefix + path) for language in every]


def spoken(request: Request, page: str) -> str:
    """A page in the language of this request; unchanged if it has no language, or names its own."""
    every = languages(request.state.settings.locale)
    prefixes = [one.prefix for one in every if one.prefix]
    has_own = any(page == one or page.startswith((f"{one}/", f"{one}?")) for one in prefixes)
    return page if has_own or _has_no_language(page) else current().prefix + page


def switchable(request: Request) -> str:
    """Where a change of language leads: to this page, or to the front page if it cannot be opened."""
    path: str = request.scope["path"]
    if request.method != "GET" or _has_no_language(path) or "//" in path:  # //x is another site
        return str(address(request, "home").path)
    return quote(path) + (f"?{request.url.query}" if request.url.query else "")


def _language_of(path: str, locale: str) -> Language:
    own, *others = languages(locale)
    for language in others:
        if path == language.prefix or path.startswith(f"{language.prefix}/"):
            # A prefix before a path without a language is no address: 404.
            return ENGLISH if _has_no_language(path.removeprefix(language.prefix)) else language
    return ENGLISH if _has_no_language(path) else own


def _has_no_language(path: str) -> bool:
    return path.startswith(_WITHOUT_LANGUAGE)
