"""What the cache policy does to single responses, without a shop around it."""

from collections.abc import Sequence

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from storefront.web.middleware.cache_policy import (
    CacheHeaders,
    ConditionalRequests,
    ContentTags,
    policy_of,
)

PUBLIC = "/api/v1/products"
Pairs = Sequence[tuple[str, str]]


async def respond(
    path: str = PUBLIC,
    *,
    status: int = 200,
    sends: Pairs = (),
    chunks: Sequence[bytes] = (b"body",),
    method: str = "GET",
    **asks: str,
) -> httpx.Response:
    """The response of a route that sends these headers and chunks, to a request with these headers."""

    async def route(_scope: Scope, _receive: Receive, send: Send) -> None:
        start: Message = {"type": "http.response.start", "status": status}
        start["headers"] = [(name.lower().encode(), value.encode()) for name, value in sends]
        await send(start)
        for number, chunk in enumerate(chunks, start=1):
            more = number < len(chunks)
            await send({"type": "http.response.body", "body": chunk, "more_body": more})

    app = ConditionalRequests(CacheHeaders(ContentTags(route)))
    headers = {name.replace("_", "-"): value for name, value in asks.items()}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://shop", verify=False
    ) as client:
        return await client.request(method, path, headers=headers)


@pytest.mark.parametrize("status", [200, 206, 304])
def test_a_successful_response_may_be_stored(status: int) -> None:
    assert policy_of("GET", PUBLIC, status).cache_control == "public, no-cache"


@pytest.mark.parametrize("status", [201, 205, 207, 303, 305, 404, 500])
def test_other_responses_are_not_stored(status: int) -> None:
    assert policy_of("GET", PUBLIC, status).cache_control == "no-store"


def test_changes_are_not_stored() -> None:
    assert policy_of("HEAD", PUBLIC).cache_control == "public, no-cache"
    assert policy_of("POST", PUBLIC).cache_control == "no-store"


async def test_an_etag_names_the_body() -> None:
    one, again, other = await respond(), await respond(), await respond(chunks=[b"other"])
    assert one.headers["etag"] == again.headers["etag"] == 'W/"1015b49d8b5ffd7a42652e3a"'
    assert other.headers["etag"] != one.headers["etag"]
    assert one.content == b"body"


@pytest.mark.parametrize(
    ("path", "has_etag"),
    [
        ("/images/a.jpg", True),
        ("/static/shop.css", True),
        ("/sitemap.xml", True),
        ("/api/v1/search/suggest", True),
        ("/", False),
        ("/api/v1/cart", False),
    ],
)
async def test_what_is_the_same_for_everybody_has_an_etag(path: str, has_etag: bool) -> None:
    assert ("etag" in (await respond(path)).headers) is has_etag


async def test_a_response_in_parts_is_passed_on_without_an_etag() -> None:
    response = await respond(chunks=[b"a", b"b", b"c"])
    assert (response.content, "etag" in response.headers) == (b"abc", False)


async def test_only_complete_responses_get_an_etag() -> None:
    assert "etag" not in (await respond(status=206)).headers
    assert "etag" not in (await respond(status=404)).headers


async def test_an_etag_of_the_route_becomes_weak() -> None:
    for tag in ('"7"', 'W/"7"'):
        assert (await respond(sends=[("ETag", tag)])).headers["etag"] == 'W/"7"'
    assert "etag" not in (await respond("/", sends=[("ETag", '"7"')])).headers


async def test_vary_names_every_header_once() -> None:
    response = await respond("/", sends=[("Vary", "Cookie, HX-Request")])
    assert response.headers["vary"] == "Accept-Encoding, Cookie, HX-Request"


@pytest.mark.parametrize(
    "sends", [[("Set-Cookie", "bag=7")], [("Cache-Control", "private, no-store")]]
)
async def test_a_response_for_one_visitor_is_stored_nowhere(sends: Pairs) -> None:
    response = await respond(sends=sends)
    assert response.headers["cache-control"] == "private, no-store"
    assert "etag" not in response.headers


async def test_any_other_cache_control_of_a_route_gives_way_to_the_policy() -> None:
    response = await respond(sends=[("Cache-Control", "public, max-age=1")])
    assert response.headers["cache-control"] == "public, no-cache"


@pytest.mark.parametrize("asked", ['W/"7"', '"7"', '"1", W/"7"', "*"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_client_that_has_the_response_gets_304(asked: str, method: str) -> None:
    sends = [("ETag", '"7"'), ("Content-Type", "text/plain"), ("Content-Length", "2")]
    response = await respond(sends=sends, chunks=[b"a", b"b"], method=method, If_None_Match=asked)
    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["etag"] == 'W/"7"'
    assert not {"content-type", "content-length"} & response.headers.keys()


@pytest.mark.parametrize(
    ("path", "status", "method", "asked"),
    [
        (PUBLIC, 200, "GET", '"8"'),
        (PUBLIC, 404, "GET", "*"),
        (PUBLIC, 206, "GET", "*"),
        (PUBLIC, 200, "POST", "*"),
        ("/", 200, "GET", "*"),  # a page has no ETag
    ],
)
async def test_others_get_the_whole_response(
    path: str, status: int, method: str, asked: str
) -> None:
    response = await respond(
        path, status=status, sends=[("ETag", '"7"')], method=method, If_None_Match=asked
    )
    assert (response.status_code, response.content) == (status, b"body")
