"""The catalogue's JSON, over real HTTP."""

from typing import Any

import httpx
import pytest

from packages.storefront.tests.conftest import FIELDS


async def get(client: httpx.AsyncClient, path: str, **query: Any) -> Any:
    answer = await client.get(path, params=query or None)  # {} would drop the path's own query
    assert answer.status_code == 200, answer.text
    return answer.json()


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
    assert set(product) == FIELDS | {
        "description",
        "material",
        "age_group",
        "size_chart",
        "images",
        "sizes",
        "colors",
    }
    assert product["product_id"] == "101000001"
    assert len(product["images"]) == 1
    assert set(product["sizes"][0]) == {"sku", "system", "label", "in_stock"}
    assert all(other["style_id"] == product["style_id"] for other in product["colors"])
    picture = await client.get(product["image_url"])
    assert picture.status_code == 200
    assert picture.headers["content-type"] == "image/webp"


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
    assert answer.json()["type"].endswith("/problems/method-not-allowed")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert answer.headers["content-security-policy"]


async def test_a_product_is_read_in_one_statement_and_so_in_one_snapshot(
    client: httpx.AsyncClient, statements: Any
) -> None:
    with statements() as sent:
        await get(client, "/api/v1/products/101000001")
    assert len(sent) == 1


async def test_openapi_describes_the_api(client: httpx.AsyncClient) -> None:
    document = await get(client, "/openapi.json")
    assert "/api/v1/products" in document["paths"]
    parameters = document["paths"]["/api/v1/products"]["get"]["parameters"]
    assert {"page", "gender", "sort_by"} <= {parameter["name"] for parameter in parameters}
    for path, statuses in (
        ("/api/v1/products", {"200", "422", "503"}),
        ("/api/v1/products/{product_id}", {"200", "404", "410", "422", "503"}),
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
