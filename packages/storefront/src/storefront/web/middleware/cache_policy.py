"""How long a response may be stored, and by whom: one policy for every route.

packages/storefront/docs/http-caching.md lists them.
"""

from dataclasses import dataclass
from hashlib import blake2b

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from storefront.texts import current


@dataclass(frozen=True, slots=True)
class CachePolicy:
    """How a response may be stored. has_etag: whether clients can revalidate it."""

    cache_control: str
    vary: str
    has_etag: bool


IMMUTABLE = CachePolicy("public, max-age=31536000, immutable", "Accept-Encoding", has_etag=True)
"""The content never changes under its address."""
REVALIDATED = CachePolicy("public, no-cache", "Accept-Encoding", has_etag=True)
"""The same for everybody; may be stored, and is asked for again each time (304 where it is the same)."""
BRIEF = CachePolicy("public, max-age=30", "Accept-Encoding", has_etag=True)
"""The same for everybody; half a minute old is good enough."""
PERSONAL = CachePolicy("private, no-cache", "Accept-Encoding, Cookie", has_etag=False)
"""May differ from visitor to visitor: only the visitor's own browser may store it."""
ONE_VISITOR = CachePolicy("private, no-store", "Accept-Encoding, Cookie", has_etag=False)
"""Sets a cookie, or was made for one visitor (``web/cookies.py``)."""
NOT_STORED = CachePolicy("no-store", "Accept-Encoding", has_etag=False)
"""Secret, short-lived or the outcome of a change."""

# The first prefix that fits decides. What is not listed falls to one of the last two lines, so that no
# shared cache stores a new route until somebody says that it may.
POLICIES: tuple[tuple[str, CachePolicy], ...] = (
    ("/images/", IMMUTABLE),
    ("/static/", IMMUTABLE),
    ("/openapi.json", REVALIDATED),
    ("/manifest.webmanifest", REVALIDATED),
    ("/service-worker.js", REVALIDATED),
    ("/llms.txt", REVALIDATED),
    ("/robots.txt", REVALIDATED),
    ("/sitemap", REVALIDATED),
    ("/api/v1/products", REVALIDATED),
    ("/api/v1/users", REVALIDATED),
    ("/api/v1/search/recommendations/", REVALIDATED),
    ("/api/v1/search/suggest", BRIEF),
    ("/health", NOT_STORED),
    ("/ready", NOT_STORED),
    ("/metrics", NOT_STORED),
    ("/reviews/photographs/", BRIEF),
    ("/admin", NOT_STORED),
    ("/api/", NOT_STORED),
    ("/", PERSONAL),
)

_STORABLE = (200, 206, 304)


def policy_of(method: str, path: str, status: int = 200) -> CachePolicy:
    """The policy of a response: only successful responses to GET may be stored at all."""
    if method not in ("GET", "HEAD") or status not in _STORABLE:
        return NOT_STORED
    return next(policy for prefix, policy in POLICIES if path.startswith(prefix))


class CacheHeaders:
    """Sets Cache-Control and Vary of every response as its policy has it; its ETag becomes weak.

    A response that sets a cookie is private to one visitor, on any route.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; complete the headers of the response."""

        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                _complete(scope, message)
            await send(message)

        await self._app(scope, receive, send_with_policy if scope["type"] == "http" else send)


def _complete(scope: Scope, start: Message) -> None:
    headers = MutableHeaders(scope=start)
    policy = _policy_for(scope, start["status"])
    if "set-cookie" in headers or headers.get("Cache-Control") == ONE_VISITOR.cache_control:
        policy = ONE_VISITOR
    headers["Cache-Control"] = policy.cache_control
    headers["Vary"] = _united(policy.vary, headers.get("Vary", ""))
    if not policy.has_etag:
        del headers["ETag"]
    elif tag := headers.get("ETag"):
        # Weak: it names the content, in whatever encoding it is sent (RFC 9110, 8.8.3.3).
        headers["ETag"] = f"W/{tag.removeprefix('W/')}"


def _policy_for(scope: Scope, status: int) -> CachePolicy:
    return policy_of(scope["method"], scope["path"].removeprefix(current().prefix), status)


class ContentTags:
    """Adds an ETag that names the body, where the policy has one and the route gives none.

    Inside of compression, so that the content has one ETag however it is sent.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; hold the headers of the response until its body is known."""
        held: Message | None = None

        async def send_with_tag(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start":
                if _needs_tag(scope, message):
                    held = message
                    return
            elif held is not None:
                if not message.get("more_body", False):
                    MutableHeaders(scope=held)["ETag"] = _etag(message.get("body", b""))
                await send(held)
                held = None
            await send(message)

        await self._app(scope, receive, send_with_tag if scope["type"] == "http" else send)


def _needs_tag(scope: Scope, start: Message) -> bool:
    has_etag = start["status"] == 200 and _policy_for(scope, 200).has_etag
    return has_etag and "ETag" not in Headers(raw=start["headers"])


def _united(*vary: str) -> str:
    """Every header that these name, once."""
    names = (name.strip() for one in vary for name in one.split(","))
    return ", ".join(dict.fromkeys(name for name in names if name))


def _etag(body: bytes) -> str:
    return f'W/"{blake2b(body, digest_size=12).hexdigest()}"'


class ConditionalRequests:
    """Answers 304 without a body where the client has the response already (RFC 9110, 13.1.2).

    Outside of the response cache, which therefore always stores whole responses.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; leave out the body of a response whose ETag the client named."""
        wanted = None
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            wanted = Headers(scope=scope).get("if-none-match")
        if wanted is None:
            await self._app(scope, receive, send)
            return
        is_same = False

        async def send_if_changed(message: Message) -> None:
            nonlocal is_same
            if message["type"] == "http.response.start" and message["status"] == 200:
                headers = Headers(raw=message["headers"])
                is_same = _names(wanted, headers.get("etag"))
                if is_same:
                    left_out = (b"content-length", b"content-encoding", b"content-type")
                    kept = [header for header in headers.raw if header[0] not in left_out]
                    message = {**message, "status": 304, "headers": kept}
            elif is_same and message["type"] == "http.response.body":
                if message.get("more_body", False):
                    return
                message = {"type": "http.response.body", "body": b""}
            await send(message)

        await self._app(scope, receive, send_if_changed)


def _names(if_none_match: str, etag: str | None) -> bool:
    if etag is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in tags or etag.removeprefix("W/") in tags
