"""What stands below a product, as a page (over real HTTP)."""

from typing import Any

import httpx
import pytest

from packages.storefront.tests.pages import page, tiles


@pytest.fixture
async def shirt(client: httpx.AsyncClient) -> Any:
    found = await client.get("/api/v1/products", params={"article_type": "Shirts", "page_size": 1})
    return found.json()["products"][0]


async def test_the_shelves_hold_what_the_api_offers_with_its_reasons(
    client: httpx.AsyncClient, shirt: Any
) -> None:
    html = await page(client, f"{shirt['url']}/more")
    look, alike = html.split('<h2 id="similar">')
    for half, path in ((look, "complete-the-look"), (alike, "similar")):
        address = f"/api/v1/products/{shirt['product_id']}/{path}"
        offered = (await client.get(address, params={"limit": 12})).json()["products"]
        assert offered
        assert tiles(half) == [product["url"] for product in offered]
        for product in offered:
            assert product["personalization_reason"] in half


async def test_the_product_page_leads_to_them_without_a_script(
    client: httpx.AsyncClient, shirt: Any
) -> None:
    address = f"{shirt['url']}/more"
    assert f'href="{address}"' in await page(client, shirt["url"])


async def test_they_cost_at_most_five_statements(
    client: httpx.AsyncClient, statements: Any, shirt: Any
) -> None:
    with statements() as sent:
        await page(client, f"{shirt['url']}/more")
    assert 0 < len(sent) <= 5, sent


@pytest.mark.parametrize("slug", ["nothing", "nothing-999999999"])
async def test_of_a_product_that_is_not_there_they_are_not_found(
    client: httpx.AsyncClient, slug: str
) -> None:
    await page(client, f"/p/{slug}/more", status=404)
