"""The API rejects parameters that a route does not have, and several values of one (decision 0005)."""

import httpx
import pytest


@pytest.mark.parametrize(
    "path",
    [
        "/products/new-arrivals?days=9999999",
        "/products/trending?x=1",
        "/products/seasonal?x=1",
        "/products/101000001?x=1",
        "/products/101000001/similar?x=1",
        "/products/101000001/reviews?page=0",
        "/products/filters/options?x=1",
        "/collections?x=1",
        "/users?x=1",
        "/users/luxury?x=1",
        "/search/suggest?q=shirt&x=1",
        "/search/recommendations/luxury?x=1",
        "/pages?x=1",
        "/products?x=1",
        "/products?x=",
    ],
)
async def test_an_unknown_parameter_is_rejected_by_name(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(f"/api/v1{path}")
    assert answer.status_code == 422
    name = path.rpartition("&")[2].rpartition("?")[2].partition("=")[0]
    [error] = answer.json()["errors"]
    assert error["pointer"] == f"#/{name}"
    assert error["detail"].startswith(f"There is no parameter '{name}'.")


async def test_a_route_that_changes_something_rejects_it_too(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/search/text?limit=3", json={"query": "shirt"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/limit"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/products?min_price=10&min_price=20", "min_price"),
        ("/products?page=1&page=1", "page"),
        ("/products/new-arrivals?limit=1&limit=2", "limit"),
        ("/search/suggest?q=shirt&q=sock", "q"),
    ],
)
async def test_one_value_that_is_sent_twice_is_rejected(
    client: httpx.AsyncClient, path: str, name: str
) -> None:
    answer = await client.get(f"/api/v1{path}")
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"pointer": f"#/{name}", "detail": f"{name} was sent 2 times. Send it once."}
    ]


async def test_lists_may_have_several_values(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/products?gender=Men&gender=Women")
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/", "/products", "/search", "/pages/help/delivery", "/health"])
async def test_pages_ignore_what_newsletters_add(client: httpx.AsyncClient, path: str) -> None:
    plain = await client.get(path)
    assert (await client.get(f"{path}?utm_source=letter")).status_code == plain.status_code


async def test_every_described_parameter_is_known(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]
    asked = 0
    for path, verbs in paths.items():
        for verb, described in verbs.items():
            names = [one["name"] for one in described.get("parameters", []) if one["in"] == "query"]
            if verb != "get" or not names:
                continue
            answer = await client.get(path.format_map(Ones()), params=dict.fromkeys(names, "1"))
            asked += 1
            assert "There is no parameter" not in answer.text, path
    assert asked > 15


class Ones(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "1"
