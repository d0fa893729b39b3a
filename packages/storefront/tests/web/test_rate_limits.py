"""Who tries very often is refused for a while; others are not."""

import asyncio
from collections.abc import Callable

import httpx
import pytest
from fastapi import Request
from sqlalchemy import text

from packages.storefront.tests.conftest import Server
from storefront.db import Database
from storefront.rate_limits.storage import PostgresStorage
from storefront.settings import Settings
from storefront.web.deps import client_address

LOOK_UP = "/api/v1/orders/lookup"
GUESS = {"number": "NONE-0000", "email": "nobody@example.com"}


def test_a_guest_who_guesses_orders_is_refused_and_told_for_how_long(selling_shop: Server) -> None:
    with httpx.Client(base_url=selling_shop.url, verify=False) as guest:
        found = [guest.post(LOOK_UP, json=GUESS) for _ in range(21)]
        assert {answer.status_code for answer in found[:-1]} == {404}
        refused = found[-1]
        assert refused.status_code == 429
        assert refused.json()["type"].endswith("/problems/too-many-requests")
        assert 1 <= int(refused.headers["retry-after"]) <= 61
        forged = {"X-Forwarded-For": "198.51.100.1", "X-Real-IP": "198.51.100.1"}
        assert guest.post(LOOK_UP, json=GUESS, headers=forged).status_code == 429
        page = guest.post("/orders/lookup", data=GUESS)
        assert (page.status_code, page.headers["content-type"][:9]) == (429, "text/html")
        coupon = guest.post("/api/v1/cart/coupon", json={"code": "NONE"})
        assert coupon.status_code != 429


async def test_counts_are_shared_begin_again_and_do_not_pile_up(
    fresh_database: Callable[[], Database],
) -> None:
    first, second = fresh_database(), fresh_database()
    one, other = PostgresStorage(first), PostgresStorage(second)
    counts = await asyncio.gather(*(each.incr("a", 60) for each in (one, other) * 5))
    assert sorted(counts) == list(range(1, 11))
    async with first.writes() as session:
        await session.execute(
            text("update shop.rate_limit_counts set expires_at = now() - interval '2 minutes'")
        )
    assert await other.get("a") == 0
    assert await one.incr("b", 60) == 1
    assert await other.incr("a", 60) == 1
    await one.clear("b")
    assert await one.reset() == 1
    await first.aclose()
    await second.aclose()


@pytest.mark.parametrize(
    ("behind_proxy", "reported", "address"),
    [
        (True, ["203.0.113.7"], "203.0.113.7"),
        (True, ["198.51.100.1", "203.0.113.7"], "192.0.2.1"),
        (True, [], "192.0.2.1"),
        (False, ["203.0.113.7"], "192.0.2.1"),
    ],
)
def test_only_a_proxy_reports_the_address_that_is_counted(
    settings: Settings, behind_proxy: bool, reported: list[str], address: str
) -> None:
    scope = {
        "type": "http",
        "client": ("192.0.2.1", 50_000),
        "headers": [(b"x-real-ip", one.encode()) for one in reported],
        "state": {"settings": settings.model_copy(update={"behind_proxy": behind_proxy})},
    }
    assert client_address(Request(scope)) == address
