"""Addresses of listings as people, plain forms and other sites send them, over real HTTP."""

import re

import httpx
import pytest

from packages.storefront.tests.pages import page, tiles
from storefront.search.index.facets import FacetValues, Value


def canonical(html: str) -> str | None:
    found = re.search(r'<link rel="canonical" href="http://localhost:8000([^"]*)">', html)
    return found[1].replace("&amp;", "&") if found else None


def is_hidden(html: str) -> bool:
    return '<meta name="robots" content="noindex, follow">' in html


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("gender=Women&min_price=&max_price=50", "gender=Women&max_price=50"),
        ("gender=Women&min_price=&max_price=", "gender=Women"),
        ("gender=&category=&brand=&size=&season=&usage=", ""),
        ("q=&sort_by=&sort_order=&page=&min_rating=&page_size=&cursor=&as_typed=", ""),
        ("max_price=%2450", "max_price=50"),
        ("max_price=49%2C99", "max_price=49.99"),
        ("min_price=1%2C000", "min_price=1000"),
        ("max_price=99999999999", ""),
    ],
)
async def test_whatever_a_plain_form_sends_is_taken(
    client: httpx.AsyncClient, sent: str, meant: str
) -> None:
    html, expected = (
        await page(client, f"/products?{sent}"),
        await page(client, f"/products?{meant}"),
    )
    assert tiles(html) == tiles(expected)
    assert 'class="error"' not in html


@pytest.mark.parametrize(
    ("prices", "field", "sentence"),
    [
        ("max_price=cheap", "max_price", "Type an amount, such as 49.99."),
        ("min_price=-5", "min_price", "Type an amount, such as 49.99."),
        ("min_price=1e999", "min_price", "Type an amount, such as 49.99."),
        (
            "min_price=100&max_price=50",
            "max_price",
            "This is less than the lowest price beside it.",
        ),
        ("min_price=99999999999", "min_price", "There is no product at that price."),
    ],
)
async def test_an_amount_that_cannot_be_is_said_beside_its_field_and_the_listing_stays(
    client: httpx.AsyncClient, prices: str, field: str, sentence: str
) -> None:
    html = await page(client, f"/products?gender=Women&{prices}")
    assert re.search(rf'<p class="error" id="{field}-error">{re.escape(sentence)}', html)
    assert re.search(rf'name="{field}"[^>]*aria-describedby="{field}-error"', html)
    for typed in httpx.QueryParams(prices).values():
        assert f'value="{typed}"' in html
    assert tiles(html) == tiles(await page(client, "/products?gender=Women"))
    assert "<h1>Women</h1>" in html
    assert is_hidden(html)


@pytest.mark.parametrize(
    ("sent", "address"),
    [
        ("/products?gender=women", "/products?gender=Women"),
        ("/products?size=xl&gender=MEN", "/products?size=alpha%3AXL&gender=Men"),
        ("/products?size=eu:42", "/products?size=EU%3A42"),
        ("/products?color_family=Blue", "/products?color_family=blue"),
        ("/products?category=Apparel/Topwear/", "/products?category=apparel%2Ftopwear"),
        (
            "/products?article_type=shirts&utm_source=x",
            "/products?article_type=Shirts&utm_source=x",
        ),
        ("/products/", "/products"),
        ("/products/?gender=Men", "/products?gender=Men"),
        ("/search/?q=shirt", "/search?q=shirt"),
        ("/api/v1/products/", "/api/v1/products"),
    ],
)
async def test_other_spellings_lead_to_the_one_address(
    client: httpx.AsyncClient, sent: str, address: str
) -> None:
    answer = await client.get(sent)
    assert (answer.status_code, answer.headers["location"]) == (301, address)


async def test_a_product_with_a_slash_leads_to_itself(client: httpx.AsyncClient) -> None:
    [first, *_] = tiles(await page(client, "/products"))
    answer = await client.get(f"{first}/")
    assert (answer.status_code, answer.headers["location"]) == (301, first)


@pytest.mark.parametrize("path", ["//example.com/", "//example.com/products/", "/nowhere/"])
async def test_a_slash_never_leads_out_of_the_shop(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(f"{str(client.base_url).rstrip('/')}{path}")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "brand=Nope",
        "category=nope",
        "category=apparel/nope",
        "article_type=Nope",
        "size=nope",
        "size=EU:nope",
        "base_color=Nope",
        "color_family=nope",
        "usage=Nope",
        "gender=Men&size=nope",
    ],
)
async def test_a_value_that_no_product_ever_had_is_not_found(
    client: httpx.AsyncClient, address: str
) -> None:
    html = await page(client, f"/products?{address}", 404)
    assert "There is no " in html


async def test_the_api_reads_filters_in_any_case(client: httpx.AsyncClient) -> None:
    exact = (await client.get("/api/v1/products", params={"gender": "Women", "size": "XL"})).json()
    other = (await client.get("/api/v1/products", params={"gender": "women", "size": "xl"})).json()
    assert exact["total"] == other["total"] > 0


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/products", "/products"),
        ("/search", "/products"),
        ("/products?page=1", "/products"),
        ("/products?utm_source=x&gclid=1", "/products"),
        ("/products?sort_by=price&sort_order=desc", "/products"),
        ("/products?category=apparel&gender=Women", "/products?gender=Women&category=apparel"),
        ("/products?gender=Women&gender=Women", "/products?gender=Women"),
        ("/products?gender=Girls&gender=Boys", "/products?gender=Boys&gender=Girls"),
        ("/products?gender=Men&page=2", "/products?gender=Men&page=2"),
        ("/products?base_color=Black", None),
        ("/products?size=alpha:M", None),
        ("/products?min_price=20", None),
        ("/search?q=shirt", None),
        ("/products?page=2&page_size=5", None),
    ],
)
async def test_a_page_has_one_address_or_is_hidden_from_search_engines_never_both(
    client: httpx.AsyncClient, address: str, expected: str | None
) -> None:
    html = await page(client, address)
    assert canonical(html) == expected
    assert is_hidden(html) is (expected is None)


async def test_a_brand_page_is_named_after_the_brand(client: httpx.AsyncClient) -> None:
    facets = (await client.get("/api/v1/products")).json()["facets"]
    brand = facets["brand"][0]["value"]
    html = (await client.get("/products", params={"brand": brand})).text
    assert f"<h1>{brand}</h1>" in html
    assert f"<title>{brand} · " in html


async def test_an_older_version_of_a_static_file_leads_to_the_present_one(
    client: httpx.AsyncClient,
) -> None:
    html = await page(client, "/")
    styles = re.findall(r'<link rel="stylesheet" href="([^"]+)">', html)[0]
    answer = await client.get(styles)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    version = styles.split("/")[2]
    older = await client.get(styles.replace(version, "0123456789abcdef"))
    assert (older.status_code, older.headers["location"]) == (307, styles)
    assert older.headers["cache-control"] == "no-store"
    assert (await client.get("/static/0123456789abcdef/nothing.css")).status_code == 404


async def test_a_category_chosen_beside_a_query_narrows_it(client: httpx.AsyncClient) -> None:
    alone = (await client.get("/api/v1/products", params={"q": "black shirts"})).json()
    counts = {one["value"]: one["count"] for one in alone["facets"]["category"]}
    assert set(counts.values()) == {alone["total"]}
    for category in counts:
        query = {"q": "black shirts", "category": category}
        narrowed = (await client.get("/api/v1/products", params=query)).json()
        assert narrowed["total"] == alone["total"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (("base_color", "gray"), ("Grey",)),
        (("base_color", "Navy-Blue"), ("Navy Blue",)),
        (("base_color", "navy"), ("Navy Blue",)),
        (("base_color", "light gray"), ("Light Grey",)),
        (("base_color", "green"), ()),
        (("brand", "Acme®"), ("Acme",)),
        (("brand", "H&M"), ("H & M",)),
        (("brand", "HM"), ()),
    ],
)
def test_a_spelling_that_imports_unite_is_that_value(
    filters: tuple[str, str], found: tuple[str, ...]
) -> None:
    names = {"base_color": ("Grey", "Navy Blue", "Light Grey"), "brand": ("Acme", "H & M")}
    values = [Value(0, facet, name, name) for facet, each in names.items() for name in each]
    assert FacetValues(values).spellings(*filters) == found


@pytest.mark.parametrize(
    ("facet", "old", "new"),
    [
        ("brand", "puma", "PUMA"),
        ("base_color", "gray", "Grey"),
        ("size", "EU:42,5", "EU:42.5"),
        ("usage", "Beach wear", "Beachwear"),
    ],
)
def test_a_spelling_that_became_another_one_finds_its_products(
    facet: str, old: str, new: str
) -> None:
    values = FacetValues([Value(1, facet, old, old), Value(2, facet, new, new)])
    assert set(values.ids(facet, [old])) == set(values.ids(facet, [new])) == {1, 2}
