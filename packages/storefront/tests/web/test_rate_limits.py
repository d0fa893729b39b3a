"""Who tries very often is refused for a while; others are not."""

import asyncio
from collections.abc import Callable

import httpx
from sqlalchemy import text

from packages.storefront.tests.conftest import Server
from storefront.db import Database
from storefront.rate_limits.storage import PostgresStorage

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
