"""Caches whole responses: the same request gets the same response while the read model is unchanged."""

from collections import OrderedDict
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from storefront.search.navigation import Navigation
from storefront.search.read_model.store import ReadModel
from storefront.texts import current
from storefront.web import flash
from storefront.web.middleware.cache_policy import PERSONAL

_API = frozenset({"/api/v1/products", "/api/v1/search/suggest"})
_PAGES = frozenset({"/products"})  # in every language
_SAME_FOR_ALL = "storefront.same-for-all"
_MAX_BYTES = 24_000_000  # of all responses together
_MAX_BYTES_EACH = 300_000  # a page of a listing without compression has 150,000
_OVERHEAD_BYTES = 2_000  # of one entry: its key, headers and objects
# Headers that identify the caller: such requests bypass the cache.
_IDENTITY = ("cookie", "authorization")
_FORWARDED = "x-forwarded-"
_NOT_IDENTITY = {"x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto"}


_Key = tuple[str, bytes, str]  # path, query, accepted encodings


@dataclass(frozen=True, slots=True)
class _Stored:
    """route: what created the response, for metrics of the request. menu: the version of the header's
    menu in a page; 0 for the API."""

    version: int
    menu: int
    route: object
    messages: tuple[Message, ...]
    size: int


def same_for_all(request: Request) -> None:
    """Declare that the page which answers this request is the same for every visitor."""
    request.scope[_SAME_FOR_ALL] = True


class ResponseCache:
    """Answers GETs of listings and suggestions from memory while the read model has not changed.

    Outside of most other middleware, so that responses are stored with headers and compressed. A
    response to one visitor never reaches another. Of the API, requests that identify the caller bypass
    it, and responses with a cookie or that may not be shared are not stored. Of pages, only those are
    stored whose route declares them the same for all (`same_for_all`), and whoever has a message to see
    bypasses it. Searches are not stored: each is logged.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._stored: OrderedDict[_Key, _Stored] = OrderedDict()  # the latest requested last
        self._bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stored response; otherwise pass the request on, and store a successful response."""
        if scope["type"] != "http" or not _may_be_shared(scope):
            await self._app(scope, receive, send)
            return
        model: ReadModel = scope["state"]["read_model"]
        encoding = Headers(scope=scope).get("accept-encoding", "")
        key = (scope["path"], scope["query_string"], encoding)
        stored = self._stored.get(key)
        if (
            stored is not None
            and model.is_current(stored.version)
            and stored.menu == _menu_of(scope)
        ):
            self._stored.move_to_end(key)
            scope["route"] = stored.route
            for message in stored.messages:
                await send(dict(message))
            return
        messages: list[Message] = []

        async def send_and_note(message: Message) -> None:
            messages.append(dict(message))
            await send(message)

        version, menu = model.version, _menu_of(scope)
        await self._app(scope, receive, send_and_note)
        if version == model.version and messages and _is_shareable(scope, messages[0]):
            size = _size(key, messages)
            self._store(key, _Stored(version, menu, scope["route"], tuple(messages), size))

    def _store(self, key: _Key, response: _Stored) -> None:
        if response.size > _MAX_BYTES_EACH:
            return
        self._drop(key)
        while self._bytes + response.size > _MAX_BYTES:
            self._drop(next(iter(self._stored)))
        self._stored[key] = response
        self._bytes += response.size

    def _drop(self, key: _Key) -> None:
        if dropped := self._stored.pop(key, None):
            self._bytes -= dropped.size


def _size(key: _Key, messages: list[Message]) -> int:
    bodies = sum(len(message.get("body", b"")) for message in messages)
    return bodies + len(key[1]) + _OVERHEAD_BYTES


def _is_page(scope: Scope) -> bool:
    path: str = scope["path"]
    return path.removeprefix(current().prefix) in _PAGES


def _menu_of(scope: Scope) -> int:
    navigation: Navigation = scope["state"]["navigation"]
    return navigation.version if _is_page(scope) else 0


def _may_be_shared(scope: Scope) -> bool:
    path, is_page = scope["path"], _is_page(scope)
    if scope["method"] != "GET" or not (is_page or path in _API):
        return False
    if b"q=" in scope["query_string"] and not path.endswith("/suggest"):
        return False
    if is_page:
        return f"{flash.COOKIE}=" not in Headers(scope=scope).get("cookie", "")
    return not _identifies_caller(scope)


def _identifies_caller(scope: Scope) -> bool:
    return any(_is_identity_header(name) for name in Headers(scope=scope))


def _is_identity_header(header: str) -> bool:
    return header in _IDENTITY or (header.startswith(_FORWARDED) and header not in _NOT_IDENTITY)


def _is_shareable(scope: Scope, start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    if start["status"] != 200 or "set-cookie" in headers:
        return False
    if _is_page(scope):
        return _SAME_FOR_ALL in scope and headers["cache-control"] == PERSONAL.cache_control
    is_public = headers.get("cache-control", "").startswith("public")
    return is_public and "cookie" not in headers.get("vary", "").lower()
