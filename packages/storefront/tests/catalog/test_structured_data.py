"""What a product page says to search engines and to those who share its link."""

import json
import re
from typing import Any

import httpx
import pytest

from packages.storefront.tests.pages import page

SHOP = "http://localhost:8000"


async def nodes_of(client: httpx.AsyncClient, path: str) -> list[dict[str, Any]]:
    text = await page(client, path)
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    return [json.loads(node) for node in found]


@pytest.fixture
async def product(client: httpx.AsyncClient) -> dict[str, Any]:
    listed = (await client.get("/api/v1/products")).json()["products"][0]
    detail: dict[str, Any] = (await client.get(f"/api/v1/products/{listed['product_id']}")).json()
    return detail


async def test_a_product_has_a_variant_of_each_size_with_its_price_and_stock(
    client: httpx.AsyncClient, product: dict[str, Any]
) -> None:
    group, _ = await nodes_of(client, product["url"])
    assert group["@type"] == "ProductGroup"
    assert group["name"] == product["product_display_name"]
    assert group["url"] == SHOP + product["url"]
    assert group["brand"]["name"] == product["brand"]
    variants = [node for node in group["hasVariant"] if "sku" in node]
    assert {node["sku"] for node in variants} == {size["sku"] for size in product["sizes"]}
    for node, size in zip(variants, product["sizes"], strict=True):
        offer = node["offers"]
        assert (float(offer["price"]), offer["priceCurrency"]) == (
            product["price"],
            product["currency"],
        )
        in_stock = size["in_stock"]
        assert offer["availability"].endswith("/InStock" if in_stock else "/OutOfStock")
        assert all(image.startswith(f"{SHOP}/images/") for image in node.get("image", []))


async def test_the_way_to_a_product_leads_through_its_categories(
    client: httpx.AsyncClient, product: dict[str, Any]
) -> None:
    _, crumbs = await nodes_of(client, product["url"])
    steps = crumbs["itemListElement"]
    assert [step["position"] for step in steps] == list(range(1, len(steps) + 1))
    assert steps[0]["item"] == f"{SHOP}/"
    for step in steps[1:]:
        assert (await client.get(step["item"].removeprefix(SHOP))).status_code == 200


async def test_a_shared_link_has_a_title_and_a_picture(
    client: httpx.AsyncClient, product: dict[str, Any]
) -> None:
    text = await page(client, product["url"])
    [title] = re.findall(r'<meta property="og:title" content="([^"]+)">', text)
    assert product["product_display_name"] in title
    [picture] = re.findall(r'<meta property="og:image" content="([^"]+)">', text)
    answer = await client.get(picture.removeprefix(SHOP).replace("&amp;", "&"))
    assert answer.headers["content-type"] == "image/jpeg"
