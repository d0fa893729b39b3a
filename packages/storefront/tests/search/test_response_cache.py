"""Answers kept whole: the same bytes again, another answer as soon as the read model has changed."""

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from sqlalchemy import text
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from packages.storefront.tests.conftest import Server
from storefront.catalog import service as catalog
from storefront.db import Database
from storefront.demo.products import demo_products
from storefront.search.read_model import refresh as service
from storefront.search.read_model import response_cache
from storefront.search.read_model.response_cache import ResponseCache
from storefront.settings import Settings

API = "/api/v1/products"


@pytest.fixture
async def own_shop(
    fresh_database: Callable[[], Database], settings: Settings
) -> AsyncIterator[tuple[httpx.AsyncClient, Database]]:
    """A shop of thirty products, and its database to change."""
    database = fresh_database()
    await catalog.import_products(database, demo_products(30))
    await service.refresh_all(database)
    with Server(settings) as shop:
        async with httpx.AsyncClient(base_url=shop.url, timeout=60) as client:
            yield client, database
    await database.aclose()


async def test_an_answer_is_sent_again_with_its_headers_and_costs_nothing(
    client: httpx.AsyncClient, statements: Callable[[], object]
) -> None:
    query = {"gender": "Men", "min_price": "11.37"}
    first = await client.get(API, params=query)
    with statements() as sent:  # type: ignore[attr-defined]
        again = await client.get(API, params=query)
    assert not sent
    assert again.content == first.content
    assert again.headers["content-security-policy"] == first.headers["content-security-policy"]


async def test_it_is_kept_apart_for_who_takes_no_compression(client: httpx.AsyncClient) -> None:
    query = {"gender": "Men", "min_price": "12.37"}
    plain = await client.get(API, params=query, headers={"accept-encoding": "identity"})
    packed = await client.get(API, params=query, headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert plain.json() == packed.json()


async def test_a_page_of_a_listing_is_rendered_once_for_every_visitor(
    client: httpx.AsyncClient, statements: Callable[[], object]
) -> None:
    address = "/de/products?gender=Men&min_price=13.37"
    first = await client.get(address)
    somebody = {"cookie": "visitor=somebody", "x-forwarded-email": "ann@example.com"}
    with statements() as sent:  # type: ignore[attr-defined]
        again = await client.get(address, headers=somebody)
    assert not sent
    assert again.content == first.content
    assert again.headers["cache-control"] == "private, no-cache"
    assert "13,37" in again.text


async def test_a_message_is_shown_to_one_visitor_alone(shop: Server) -> None:
    address = "/products?gender=Men&min_price=14.37"
    async with httpx.AsyncClient(base_url=shop.url, timeout=60) as visitor:
        assert "Please choose" not in (await visitor.get(address)).text
        refused = await visitor.post("/cart/lines", headers={"referer": f"{shop.url}{address}"})
        assert refused.headers["location"] == f"{shop.url}{address}"
        shown = await visitor.get(address)
        assert "Please choose a size first." in shown.text
        assert "no-store" in shown.headers["cache-control"]
        assert "Please choose" not in (await visitor.get(address)).text
    async with httpx.AsyncClient(base_url=shop.url, timeout=60) as other:
        assert "Please choose" not in (await other.get(address)).text


async def test_refusals_are_not_kept_as_answers(client: httpx.AsyncClient) -> None:
    for _ in range(2):
        assert (await client.get(API, params={"page": 0})).status_code == 422


async def test_a_change_ends_what_was_kept(
    own_shop: tuple[httpx.AsyncClient, Database],
) -> None:
    client, database = own_shop
    query = {"sort_by": "price", "sort_order": "asc", "page_size": "1"}
    before = (await client.get(API, params=query)).json()["products"][0]
    async with database.writes() as session:
        await session.execute(
            text("update shop.colourways set price_minor = 1 where id = 101000007")
        )
    async with asyncio.timeout(60):
        while (await client.get(API, params=query)).json()["products"][0] == before:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    after = (await client.get(API, params=query)).json()["products"][0]
    assert (after["product_id"], after["price_minor"]) == ("101000007", 1)


class Unchanged:
    """A read model that does not change."""

    version = 1

    def is_current(self, version: int) -> bool:
        return version == self.version


async def test_a_response_that_is_requested_again_stays_and_another_makes_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[str] = []

    async def listing(scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = None
        made.append(scope["query_string"].decode())
        response = Response(b"x" * 1_000, headers={"cache-control": "public, no-cache"})
        await response(scope, receive, send)

    cache = ResponseCache(listing)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = {"read_model": Unchanged(), "navigation": None}
        await cache(scope, receive, send)

    monkeypatch.setattr(response_cache, "_MAX_BYTES", 7_000)  # two of them
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
        for query in ("hot", "one", "hot", "other", "hot", "one"):
            assert (await client.get(f"{API}?{query}")).content == b"x" * 1_000
    assert made == ["hot", "one", "other", "one"]
