"""Whole answers kept: what was asked a moment ago, of the same read model, is sent again as it was."""

from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from storefront.search.read_model.store import ReadModel

_PATHS = frozenset({"/api/v1/products", "/api/v1/search/suggest"})
_MOST = 1_000
_MOST_BYTES = 100_000  # of one answer


@dataclass(frozen=True, slots=True)
class _Kept:
    version: int
    messages: tuple[Message, ...]


class ResponseCache:
    """Answers GETs of listings and suggestions from memory while the read model has not changed.

    Outside of all other middleware, so that an answer is kept with its headers and compressed. What is
    searched for is never kept: each search is noted. No answer depends on who asks but by its address.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept: dict[tuple[str, bytes, bool], _Kept] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer that is kept, or have it made, and keep it if it was good."""
        if scope["type"] != "http" or not _may_be_kept(scope):
            await self._app(scope, receive, send)
            return
        model: ReadModel = scope["state"]["read_model"]
        key = (scope["path"], scope["query_string"], _takes_gzip(scope))
        kept = self._kept.get(key)
        if kept is not None and model.is_at(kept.version):
            for message in kept.messages:
                await send(message)
            return
        messages: list[Message] = []

        async def send_and_keep(message: Message) -> None:
            messages.append(dict(message))
            await send(message)

        version = model.version
        await self._app(scope, receive, send_and_keep)
        if messages and messages[0]["status"] == 200 and version == model.version:
            self._keep(key, _Kept(version, tuple(messages)))

    def _keep(self, key: tuple[str, bytes, bool], kept: _Kept) -> None:
        if sum(len(message.get("body", b"")) for message in kept.messages) > _MOST_BYTES:
            return
        self._kept.pop(key, None)
        if len(self._kept) >= _MOST:
            del self._kept[next(iter(self._kept))]  # the one kept longest
        self._kept[key] = kept


def _may_be_kept(scope: Scope) -> bool:
    if scope["method"] != "GET" or scope["path"] not in _PATHS:
        return False
    return scope["path"].endswith("/suggest") or b"q=" not in scope["query_string"]


def _takes_gzip(scope: Scope) -> bool:
    return any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])
