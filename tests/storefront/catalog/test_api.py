"""The catalogue's JSON, over real HTTP."""

from typing import Any

import httpx
import pytest

from tests.storefront.conftest import PRODUCTS

FIELDS = {
    "product_id", "style_id", "product_display_name", "brand", "gender", "master_category",
    "sub_category", "article_type", "base_color", "color_family", "season", "year", "usage", "price",
    "price_minor", "list_price", "list_price_minor", "currency", "image_path", "image_url",
    "url", "ingested_at",
}  # fmt: skip


async def get(client: httpx.AsyncClient, path: str, **query: Any) -> Any:
    answer = await client.get(path, params=query or None)  # {} would drop the path's own query
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_page_of_products(client: httpx.AsyncClient) -> None:
    found = await get(client, "/api/v1/products", page=1, page_size=5)
    assert set(found) == {"products", "total", "page", "page_size", "has_more", "next"}
    assert (found["total"], found["page"], found["page_size"]) == (PRODUCTS, 1, 5)
    assert found["has_more"] is True
    assert found["next"] == "/api/v1/products?page_size=5&page=2"
    assert [set(product) for product in found["products"]] == [FIELDS] * 5
    product = found["products"][0]
    assert isinstance(product["product_id"], str)
    assert product["price"] == product["price_minor"] / 100
    assert product["currency"] == "USD"


async def test_following_next_shows_every_product_once(client: httpx.AsyncClient) -> None:
    seen: list[str] = []
    address = "/api/v1/products?page_size=100"
    while address:
        found = await get(client, address)
        seen += [product["product_id"] for product in found["products"]]
        address = found["next"]
    assert len(seen) == len(set(seen)) == PRODUCTS


async def test_a_design_in_several_colours_names_the_others(client: httpx.AsyncClient) -> None:
    page = await get(client, "/api/v1/products", page_size=100)
    details = [
        await get(client, f"/api/v1/products/{product['product_id']}")
        for product in page["products"][:10]
    ]
    assert any(product["colors"] for product in details)
    for product in details:
        others = {other["product_id"] for other in product["colors"]}
        assert product["product_id"] not in others


async def test_one_product_has_its_sizes_pictures_and_other_colours(
    client: httpx.AsyncClient,
) -> None:
    product = await get(client, "/api/v1/products/101000001")
    assert set(product) == FIELDS | {"description", "material", "images", "sizes", "colors"}
    assert product["product_id"] == "101000001"
    assert len(product["images"]) == 1
    assert set(product["sizes"][0]) == {"sku", "system", "label", "in_stock"}
    assert all(other["style_id"] == product["style_id"] for other in product["colors"])
    picture = await client.get(product["image_url"])
    assert picture.status_code == 200
    assert picture.headers["content-type"] == "image/webp"


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ({"gender": "Women"}, lambda p: p["gender"] == "Women"),
        ({"gender": ["Women", "Men"]}, lambda p: p["gender"] in ("Women", "Men")),
        ({"master_category": "Footwear"}, lambda p: p["master_category"] == "Footwear"),
        ({"category": "apparel/topwear"}, lambda p: p["sub_category"] == "Topwear"),
        ({"article_type": "Tshirts"}, lambda p: p["article_type"] == "Tshirts"),
        ({"base_color": "Black"}, lambda p: p["base_color"] == "Black"),
        ({"min_price": 50, "max_price": 80.5}, lambda p: 50 <= p["price"] <= 80.5),
        ({"season": "Summer", "gender": "Men"},
         lambda p: (p["season"], p["gender"]) == ("Summer", "Men")),
    ],
)  # fmt: skip
async def test_filters_narrow(client: httpx.AsyncClient, query: dict[str, Any], holds: Any) -> None:
    everything = (await get(client, "/api/v1/products", page_size=100))["products"]
    for page in (2, 3):
        more = await get(client, "/api/v1/products", page_size=100, page=page)
        everything += more["products"]
    expected = {product["product_id"] for product in everything if holds(product)}
    found = await get(client, "/api/v1/products", page_size=100, **query)
    assert found["total"] == len(expected) > 0
    assert {product["product_id"] for product in found["products"]} <= expected


@pytest.mark.parametrize("order", ["asc", "desc", "ASC", "DESC"])
async def test_sorting_by_price(client: httpx.AsyncClient, order: str) -> None:
    found = await get(client, "/api/v1/products", sort_by="price", sort_order=order, page_size=100)
    prices = [product["price_minor"] for product in found["products"]]
    assert prices == sorted(prices, reverse=order.lower() == "desc")


async def test_a_page_beyond_the_last_is_empty(client: httpx.AsyncClient) -> None:
    found = await get(client, "/api/v1/products", page=1_000_000, page_size=100)
    assert (found["products"], found["has_more"], found["next"]) == ([], False, None)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("page=0", "#/page"),
        ("page=x", "#/page"),
        ("page=101000001", "#/page"),
        ("page_size=101", "#/page_size"),
        ("gender=Dogs", "#/gender/0"),
        ("sort_by=price;drop table x", "#/sort_by"),
        ("sort_order=sideways", "#/sort_order"),
        ("min_price=-1", "#/min_price"),
        ("min_price=1e400", "#/min_price"),
        ("min_price=nan", "#/min_price"),
        ("brand=%00", "#/brand/0"),
        ("brand=", "#/brand/0"),
        ("colour=red", "#/colour"),
        ("utm_source=letter", "#/utm_source"),
        ("&".join(["brand=x"] * 51), "#/brand"),
        ("min_price=9&max_price=8", "#/"),
    ],
)
async def test_a_bad_parameter_is_refused_by_name(
    client: httpx.AsyncClient, query: str, pointer: str
) -> None:
    answer = await client.get(f"/api/v1/products?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"].endswith("/problems/invalid-input")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/products/999999999", 404),
        ("/api/v1/products/0", 422),
        ("/api/v1/products/99999999999999999999", 422),
        ("/api/v1/products/1e400", 422),
        ("/api/v1/nothing", 404),
    ],
)
async def test_a_product_that_is_not_there_is_a_problem_document(
    client: httpx.AsyncClient, path: str, status: int
) -> None:
    answer = await client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) >= {"type", "title", "status", "detail", "instance"}
    assert problem["status"] == status


async def test_a_wrong_method_is_a_problem_document(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/products")
    assert answer.status_code == 405
    assert answer.json()["type"] == "about:blank"
    assert answer.headers["allow"] == "GET"
    assert answer.headers["content-security-policy"]


async def test_an_answer_costs_few_statements(client: httpx.AsyncClient, statements: Any) -> None:
    with statements() as listing:
        await get(client, "/api/v1/products", gender="Women", page=2)
    with statements() as product:
        await get(client, "/api/v1/products/101000001")
    assert len(listing) == 2
    assert len(product) == 5


async def test_openapi_describes_the_api(client: httpx.AsyncClient) -> None:
    document = await get(client, "/openapi.json")
    assert "/api/v1/products" in document["paths"]
    parameters = document["paths"]["/api/v1/products"]["get"]["parameters"]
    assert {"page", "gender", "sort_by"} <= {parameter["name"] for parameter in parameters}
    for path, statuses in (
        ("/api/v1/products", {"200", "422", "503"}),
        ("/api/v1/products/{product_id}", {"200", "404", "422", "503"}),
    ):
        answers = document["paths"][path]["get"]["responses"]
        assert set(answers) == statuses
        for status in statuses - {"200"}:
            assert list(answers[status]["content"]) == ["application/problem+json"]


@pytest.mark.parametrize("path", ["/", "/products", "/health", "/ready", "/api/v1/products"])
async def test_head_is_get_without_the_body(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.head(path)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == (await client.get(path)).headers["content-type"]
