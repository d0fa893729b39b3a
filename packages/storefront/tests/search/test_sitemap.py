"""robots.txt and the sitemap, over real HTTP."""

import re

import httpx
import pytest

from packages.storefront.tests.conftest import PRODUCTS
from packages.storefront.tests.pages import page

SHOP = "http://localhost:8000"


async def addresses(client: httpx.AsyncClient, path: str) -> list[str]:
    answer = await client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/xml")
    found = re.findall(r"<loc>([^<]+)</loc>", answer.text)
    assert all(address.startswith(SHOP) for address in found)
    return [address.removeprefix(SHOP).replace("&amp;", "&") for address in found]


async def test_robots_are_told_where_the_sitemap_is_and_what_to_leave_alone(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/robots.txt")
    assert answer.headers["content-type"].startswith("text/plain")
    assert f"Sitemap: {SHOP}/sitemap.xml" in answer.text
    for path in ("/api/", "/admin/", "/cart", "/checkout", "/account"):
        assert f"Disallow: {path}\n" in answer.text


async def test_the_sitemap_leads_to_every_product_and_to_pages_that_may_be_found(
    client: httpx.AsyncClient,
) -> None:
    parts = await addresses(client, "/sitemap.xml")
    names = ["/sitemaps/listings.xml", "/sitemaps/collections.xml", "/sitemaps/1.xml"]
    assert parts == [prefix + name for prefix in ("", "/de", "/ar") for name in names]
    products = await addresses(client, parts[2])
    assert len(set(products)) == PRODUCTS
    assert (await client.get(products[0])).status_code == 200
    listings = await addresses(client, parts[0])
    assert listings[:2] == ["/", "/products"]
    for listing in listings[1::10]:
        assert f'<link rel="canonical" href="{SHOP}{listing}">' in await page(client, listing)
    collections = await addresses(client, parts[1])
    assert collections[:2] == ["/collections", "/collections/cold-mornings"]
    for address in collections[:3]:
        assert f'<link rel="canonical" href="{SHOP}{address}">' in await page(client, address)


@pytest.mark.parametrize("part", ["0", "2", "-1", "x", "9" * 30])
async def test_a_part_that_there_is_not_is_not_found(client: httpx.AsyncClient, part: str) -> None:
    assert (await client.get(f"/sitemaps/{part}.xml")).status_code == 404
