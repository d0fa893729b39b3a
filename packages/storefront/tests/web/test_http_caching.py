"""Who may store a response, and for how long: one policy for all routes; nobody gets another's."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lakepass.emulator import Emulator
from packages.storefront.tests.conftest import Server, running_shop
from storefront.app import create_app
from storefront.settings import Settings
from storefront.web.middleware import cache_policy
from storefront.web.middleware.accepted_encoding import accepts_gzip
from storefront.web.static_files import VERSION

STYLES = f"/static/{VERSION}/shop.css"
LISTING = "/api/v1/products?gender=Men"
DOCUMENT = Path(__file__).parents[2] / "docs" / "http-caching.md"


class VisitorCookies:
    """Inside of all middleware: sets a cookie for each request, as a route that knows visitors does."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._visitors = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._visitors += 1
        cookie = f"visitor={self._visitors}; HttpOnly"

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Set-Cookie"] = cookie
            await send(message)

        await self._app(scope, receive, send_with_cookie)


class Greeting(VisitorCookies):
    """Says who asks in a header of the response, and sets no cookie."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        who = b"; ".join(value for name, value in scope["headers"] if name in IDENTITY)

        async def send_greeting(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Greeting"] = who.decode()
            await send(message)

        await self._app(scope, receive, send_greeting)


IDENTITY = (b"cookie", b"authorization", b"x-forwarded-email", b"x-forwarded-access-token")


def app_with(settings: Settings, inner: type[VisitorCookies]) -> FastAPI:
    app = create_app(settings)
    app.user_middleware.append(Middleware(inner))  # the last of the list is the innermost
    return app


@pytest.fixture
def cookie_shop(emulator: Emulator, filled_database: str, settings: Settings) -> Iterator[Server]:
    app = app_with(settings, VisitorCookies)
    with running_shop(settings, emulator, filled_database, app) as server:
        yield server


@pytest.fixture
def greeting_shop(emulator: Emulator, filled_database: str, settings: Settings) -> Iterator[Server]:
    app = app_with(settings, Greeting)
    with running_shop(settings, emulator, filled_database, app) as server:
        yield server


def test_one_visitors_cookie_is_never_sent_to_another(cookie_shop: Server) -> None:
    answers = [httpx.get(cookie_shop.url + LISTING) for _ in range(3)]
    cookies = [answer.cookies["visitor"] for answer in answers]
    assert len(set(cookies)) == 3
    assert {answer.headers["cache-control"] for answer in answers} == {"private, no-store"}


@pytest.mark.parametrize(
    "header", ["Cookie", "Authorization", "X-Forwarded-Email", "X-Forwarded-Access-Token"]
)
def test_who_says_who_they_are_gets_an_answer_of_their_own(
    greeting_shop: Server, header: str
) -> None:
    def greeting(**who: str) -> str:
        return httpx.get(greeting_shop.url + LISTING, headers=who).headers["x-greeting"]

    assert greeting() == ""  # now in the cache
    assert greeting(**{header: "anna=1"}) == "anna=1"
    assert greeting(**{header: "ben=2"}) == "ben=2"
    assert greeting() == ""


# --- one policy -------------------------------------------------------------------------------


def test_the_document_says_what_the_code_does() -> None:
    names = {
        cache_policy.IMMUTABLE: "immutable",
        cache_policy.REVALIDATED: "revalidated",
        cache_policy.BRIEF: "brief",
        cache_policy.PERSONAL: "personal",
        cache_policy.ONE_VISITOR: "one visitor",
        cache_policy.NOT_STORED: "not stored",
    }
    text = DOCUMENT.read_text(encoding="utf-8")
    routes = re.findall(r"^\| `(/[^`]*)` \| ([a-z ]+) \|", text, re.MULTILINE)
    assert routes == [(prefix, names[policy]) for prefix, policy in cache_policy.POLICIES]
    rows = re.findall(
        r"^\| ([a-z ]+) \| `([^`]+)` \| `([^`]+)` \| (yes|no) \|$", text, re.MULTILINE
    )
    assert rows == [
        (name, policy.cache_control, policy.vary, "yes" if policy.has_etag else "no")
        for policy, name in names.items()
    ]


def routes_of(routes: Iterable[BaseRoute]) -> Iterator[tuple[str, str]]:
    """Method and an address of every route, with values that exist where that matters."""
    values = {"product_id": "101000001", "user_id": "nobody", "slug": "not-found", "key": "a/b.jpg"}
    for route in routes:
        if isinstance(route, APIRoute):
            path = re.sub(r"\{(\w+)(:\w+)?\}", lambda m: values.get(m[1], "1"), route.path)
            yield from ((method, path) for method in sorted(route.methods or ()))
        elif isinstance(router := getattr(route, "original_router", None), APIRouter):
            yield from routes_of(router.routes)


async def test_every_route_follows_the_policy(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    routes = [
        *routes_of(create_app(settings).routes),
        ("GET", STYLES),
        ("GET", "/nowhere"),
    ]
    assert len(routes) > 25
    for method, path in routes:
        answer = await client.request(method, path)
        policy = cache_policy.policy_of(method, path, answer.status_code)
        is_for_one = answer.headers["cache-control"] == cache_policy.ONE_VISITOR.cache_control
        if (
            is_for_one or "set-cookie" in answer.headers
        ):  # a route may narrow its policy to this one
            policy = cache_policy.ONE_VISITOR
        assert answer.headers["cache-control"] == policy.cache_control, path
        # A page that htmx asks for a part of varies by that too.
        vary = set(answer.headers["vary"].split(", ")) - {"HX-Request"}
        assert vary == set(policy.vary.split(", ")), path
        assert ("etag" in answer.headers) == policy.has_etag, path


@pytest.mark.parametrize(
    ("method", "path", "status", "stored_by_others"),
    [
        ("GET", "/api/v1/products", 200, True),
        ("HEAD", "/api/v1/products", 200, True),
        ("GET", "/api/v1/products", 503, False),
        ("POST", "/api/v1/products", 200, False),
        ("GET", "/images/a/b.jpg", 404, False),
        ("GET", "/products", 200, False),
        ("GET", "/api/v1/carts/1", 200, False),
        ("GET", "/account", 200, False),
        ("GET", "/admin/searches", 200, False),
    ],
)
def test_only_what_is_the_same_for_everybody_is_public(
    method: str, path: str, status: int, stored_by_others: bool
) -> None:
    policy = cache_policy.policy_of(method, path, status)
    assert policy.cache_control.startswith("public") == stored_by_others


@pytest.mark.parametrize(
    "path",
    [
        LISTING,
        "/api/v1/products/101000001",
        "/api/v1/search/suggest?q=shirt",
        "/openapi.json",
        "/sitemap.xml",
        STYLES,
    ],
)
async def test_what_a_client_has_already_is_not_sent_again(
    client: httpx.AsyncClient, path: str
) -> None:
    """However it is compressed: the ETag names the content."""
    first = await client.get(path)
    tag = first.headers["etag"]
    assert tag.startswith('W/"')
    for encoding in ("gzip", "identity"):
        named = {"If-None-Match": f'"other", {tag}', "Accept-Encoding": encoding}
        again = await client.get(path, headers=named)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers["cache-control"] == first.headers["cache-control"]
        whole = await client.get(path, headers={"Accept-Encoding": encoding})
        assert (whole.headers["etag"], whole.content) == (tag, first.content)
    other = await client.get(path, headers={"If-None-Match": '"other"'})
    assert (other.status_code, other.content) == (200, first.content)


# --- compression ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("gzip", True),
        ("gzip, deflate, br", True),
        ("br;q=1.0, gzip;q=0.8", True),
        ("*", True),
        ("x-gzip", True),
        ("GZIP", True),
        ("", False),
        ("identity", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("gzip;q=0, *", False),
        ("*;q=0", False),
        ("notgzip", False),
        ("gzip;q=x", False),
    ],
)
def test_quality_values_decide_whether_gzip_is_accepted(header: str, accepted: bool) -> None:
    assert accepts_gzip(header) == accepted


async def test_gzip_that_is_refused_is_not_used(client: httpx.AsyncClient) -> None:
    refused = await client.get("/products", headers={"Accept-Encoding": "gzip;q=0"})
    assert "content-encoding" not in refused.headers
    packed = await client.get("/products", headers={"Accept-Encoding": "gzip;q=0.1"})
    assert packed.headers["content-encoding"] == "gzip"
