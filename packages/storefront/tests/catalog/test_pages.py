"""The catalogue's pages, over real HTTP."""

import re

import httpx
import pytest

from packages.storefront.tests.conftest import PRODUCTS
from packages.storefront.tests.pages import page, tiles


async def test_home_shows_what_is_new_and_the_departments(client: httpx.AsyncClient) -> None:
    html = await page(client, "/")
    for name in ("New in", "Trending now"):
        assert name in html
    assert len(tiles(html)) >= 24
    assert 'href="/products?category=apparel/topwear"' in html


async def test_listing_shows_a_page_and_leads_to_the_next(client: httpx.AsyncClient) -> None:
    html = await page(client, "/products")
    assert len(tiles(html)) == 24
    assert f"{PRODUCTS} pieces" in html
    [following] = re.findall(r'rel="next" [^>]*href="([^"]+)"', html)
    second = await page(client, following.replace("&amp;", "&"))
    assert not set(tiles(html)) & set(tiles(second))
    assert "Page 2 of 13" in second


async def test_filters_are_the_address_and_can_be_removed(client: httpx.AsyncClient) -> None:
    html = await page(client, "/products?gender=Women&category=apparel%2Ftopwear&page=1")
    chips = html[html.index('class="chips"') :].split("</ul>")[0]
    removals = re.findall(r'href="([^"]+)"', chips)
    assert removals == ["/products?category=apparel%2Ftopwear", "/products?gender=Women"]
    everything = await page(client, "/products?gender=Women")
    assert 'aria-current="true"><span>Women</span>' in everything


async def test_every_filter_in_use_can_be_seen_and_removed(client: httpx.AsyncClient) -> None:
    address = "/products?base_color=Black&size=alpha:M&min_price=20&category=apparel"
    html = await page(client, address)
    assert "<h1>Apparel</h1>" in html
    chips = html[html.index('class="chips"') :].split("</ul>")[0]
    names = re.findall(r'href="[^"]+">([^<]+) <', chips)
    assert names == ["Apparel", "Black", "Size M", "From 20"]


async def test_marks_of_newsletters_break_nothing(client: httpx.AsyncClient) -> None:
    html = await page(client, "/products?utm_source=letter&gender=Men")
    assert "<h1>Men</h1>" in html


async def test_every_category_offered_holds_what_it_says(client: httpx.AsyncClient) -> None:
    html = await page(client, "/products?gender=Men")
    sidebar = html[html.index('aria-label="Filter by category"') :].split("</nav>")[0]
    offered = re.findall(
        r'href="([^"]+)"[^>]*><span>[^<]+</span> <span class="small">(\d+)<', sidebar
    )
    assert len(offered) >= 3
    for address, count in offered:
        found = await client.get(
            "/api" + address.replace("&amp;", "&").replace("/products", "/v1/products")
        )
        assert found.json()["total"] == int(count)


async def test_product_page_shows_price_sizes_and_colours(client: httpx.AsyncClient) -> None:
    product = (await client.get("/api/v1/products/101000001")).json()
    html = await page(client, product["url"])
    assert f"<h1><bdi>{product['product_display_name']}</bdi></h1>" in html
    assert f"${product['price']:,.2f}" in html
    sizes = re.search(r'<fieldset class="sizes">(.*?)</fieldset>', html, re.DOTALL)
    assert sizes is not None
    labels = re.findall(r'<(?:input|a class="sold-out")[^>]*>\s*<span>([^<\n]+)', sizes[1])
    assert [label.strip() for label in labels] == [size["label"] for size in product["sizes"]]
    assert sizes[1].count('class="sold-out"') == sum(
        not size["in_stock"] for size in product["sizes"]
    )
    assert f'<link rel="canonical" href="http://localhost:8000{product["url"]}">' in html


async def test_an_old_address_leads_to_the_product(client: httpx.AsyncClient) -> None:
    product = (await client.get("/api/v1/products/101000001")).json()
    answer = await client.get("/p/its-former-name-101000001")
    assert answer.status_code == 301
    assert answer.headers["location"] == product["url"]  # a path: no Host of the client's in it


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/p/nothing-here", 404),
        ("/p/nothing-999999999", 404),
        ("/p/x-" + "9" * 30, 404),
        ("/nowhere", 404),
        ("/products?page=999", 404),
        ("/problems/nothing", 404),
    ],
)
async def test_what_is_not_there_is_a_page(
    client: httpx.AsyncClient, path: str, status: int
) -> None:
    html = await page(client, path, status)
    assert "<script>" not in html
    assert "Go to the front page" in html


@pytest.mark.parametrize("query", ["page=0", "gender=%3Cscript%3E"])
async def test_a_listing_leaves_out_what_means_nothing(
    client: httpx.AsyncClient, query: str
) -> None:
    html = await page(client, f"/products?{query}")
    assert "<script>" not in html
    assert 'class="tile' in html


async def test_a_problem_type_explains_itself(client: httpx.AsyncClient) -> None:
    assert "Nothing was changed" in await page(client, "/problems/invalid-input")


async def test_pages_carry_a_policy_that_allows_nothing_foreign(client: httpx.AsyncClient) -> None:
    answer = await client.get("/")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    loaded = r"""(?:src=|<link[^>]*href=)["']https?://(?!localhost:8000)"""
    assert not re.findall(loaded, answer.text)
    assert "style=" not in answer.text


@pytest.mark.parametrize(
    ("address", "is_indexed"),
    [
        ("/products", True),
        ("/products?gender=Women&category=apparel", True),
        ("/products?gender=Men&page=2", True),
        ("/products?base_color=Black", False),
        ("/products?size=alpha:M", False),
        ("/products?min_price=20", False),
        ("/search?q=shirt", False),
    ],
)
async def test_only_departments_categories_and_brands_are_for_search_engines(
    client: httpx.AsyncClient, address: str, is_indexed: bool
) -> None:
    assert ('content="noindex' not in await page(client, address)) is is_indexed
