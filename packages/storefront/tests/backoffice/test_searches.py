"""What staff see of searches, from the shopper's click to the table."""

from collections.abc import Callable

import httpx
import pytest

from packages.storefront.tests.conftest import Server
from storefront.db import Database
from storefront.settings import Settings

STAFF = "tailor@example.com"
OURS = {"Sec-Fetch-Site": "same-origin"}


async def test_searches_and_what_was_opened_of_them_reach_the_table(
    stocked_database: Callable[[int], Database], settings: Settings
) -> None:
    known = settings.model_copy(update={"behind_proxy": True, "staff": frozenset({STAFF})})
    database = stocked_database(100)
    await database.aclose()
    with Server(known) as server:
        async with httpx.AsyncClient(base_url=server.url, timeout=60, verify=False) as client:
            for _ in range(2):
                await client.get("/search", params={"q": "Black <shirt>"})
            counted = await client.post(
                "/search/opened", params={"q": "black <shirt>"}, headers=OURS
            )
            assert (counted.status_code, counted.content) == (204, b"")
    with Server(known) as server:  # the log was written when the shop ended
        async with httpx.AsyncClient(base_url=server.url, timeout=60, verify=False) as client:
            page = await client.get("/admin/searches", headers={"X-Forwarded-Email": STAFF})
    assert page.status_code == 200
    assert page.headers["cache-control"] == "private, no-store"
    assert ">black &lt;shirt&gt;</a></th><td>2</td><td>0</td><td>1</td><td>0.50</td>" in page.text
    assert "Every search found something." in page.text


async def test_only_staff_sees_it(client: httpx.AsyncClient) -> None:
    assert (await client.get("/admin/searches")).status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
async def test_other_sites_cannot_count(client: httpx.AsyncClient, site: str) -> None:
    answer = await client.post(
        "/search/opened", params={"q": "x"}, headers={"Sec-Fetch-Site": site}
    )
    assert answer.status_code == 403
