"""Stores whole responses: the answer to the same question, of the same read model, is sent again."""

from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from storefront.search.read_model.store import ReadModel

_PATHS = frozenset({"/api/v1/products", "/api/v1/search/suggest"})
_MAX_BYTES = 8_000_000  # of all responses together
_MAX_BYTES_EACH = 100_000
_OVERHEAD_BYTES = 2_000  # of one entry: its key, headers and objects
# What says who asks: to such a request nothing is sent from the cache, nor is its response stored.
_IDENTITY = ("cookie", "authorization")
_FORWARDED = "x-forwarded-"
_NOT_IDENTITY = {"x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto"}


_Key = tuple[str, bytes, str]  # path, query, accepted encodings


@dataclass(frozen=True, slots=True)
class _Stored:
    """route: what made the response, for whoever reports the request."""

    version: int
    route: object
    messages: tuple[Message, ...]
    size: int


class ResponseCache:
    """Answers GETs of listings and suggestions from memory while the read model has not changed.

    Outside of most other middleware, so that a response is stored with its headers and compressed. A
    response to one visitor never reaches another: requests that say who asks pass by, and what sets a
    cookie or may not be shared is not stored. Searches are not stored either: each of them is logged.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._stored: dict[_Key, _Stored] = {}
        self._bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stored response; without one pass the request on, and store a good response."""
        if scope["type"] != "http" or not _may_be_shared(scope):
            await self._app(scope, receive, send)
            return
        model: ReadModel = scope["state"]["read_model"]
        encoding = Headers(scope=scope).get("accept-encoding", "")
        key = (scope["path"], scope["query_string"], encoding)
        stored = self._stored.get(key)
        if stored is not None and model.is_current(stored.version):
            scope["route"] = stored.route
            for message in stored.messages:
                await send(dict(message))
            return
        messages: list[Message] = []

        async def send_and_note(message: Message) -> None:
            messages.append(dict(message))
            await send(message)

        version = model.version
        await self._app(scope, receive, send_and_note)
        if version == model.version and messages and _is_shareable(messages[0]):
            self._store(
                key, _Stored(version, scope["route"], tuple(messages), _size(key, messages))
            )

    def _store(self, key: _Key, response: _Stored) -> None:
        if response.size > _MAX_BYTES_EACH:
            return
        self._drop(key)
        while self._bytes + response.size > _MAX_BYTES:
            self._drop(next(iter(self._stored)))  # the oldest
        self._stored[key] = response
        self._bytes += response.size

    def _drop(self, key: _Key) -> None:
        if dropped := self._stored.pop(key, None):
            self._bytes -= dropped.size


def _size(key: _Key, messages: list[Message]) -> int:
    bodies = sum(len(message.get("body", b"")) for message in messages)
    return bodies + len(key[1]) + _OVERHEAD_BYTES


def _may_be_shared(scope: Scope) -> bool:
    if scope["method"] != "GET" or scope["path"] not in _PATHS:
        return False
    names = Headers(scope=scope).keys()
    if any(_says_who(name) for name in names):
        return False
    return scope["path"].endswith("/suggest") or b"q=" not in scope["query_string"]


def _says_who(header: str) -> bool:
    return header in _IDENTITY or (header.startswith(_FORWARDED) and header not in _NOT_IDENTITY)


def _is_shareable(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    return (
        start["status"] == 200
        and "set-cookie" not in headers
        and headers.get("cache-control", "").startswith("public")
        and "cookie" not in headers.get("vary", "").lower()
    )
