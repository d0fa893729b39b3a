"""Which methods an address has: named where another one was used, and for OPTIONS."""

import httpx
import pytest

from storefront.web.static_files import VERSION

ADDRESSES = [
    ("/products", "GET, HEAD, OPTIONS"),
    ("/de/products", "GET, HEAD, OPTIONS"),
    ("/api/v1/products", "GET, HEAD, OPTIONS"),
    ("/api/v1/search/text", "POST, OPTIONS"),
    ("/api/v1/saved-searches", "GET, HEAD, POST, OPTIONS"),
    ("/saved-searches/new", "GET, HEAD, POST, OPTIONS"),
    ("/openapi.json", "GET, HEAD, OPTIONS"),
    (f"/static/{VERSION}/shop.css", "GET, HEAD, OPTIONS"),
]


@pytest.mark.parametrize(("path", "allowed"), ADDRESSES)
async def test_options_names_every_method(
    client: httpx.AsyncClient, path: str, allowed: str
) -> None:
    answer = await client.options(path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["allow"] == allowed


@pytest.mark.parametrize(("path", "allowed"), ADDRESSES)
async def test_another_method_is_refused_with_those_that_there_are(
    client: httpx.AsyncClient, path: str, allowed: str
) -> None:
    answer = await client.delete(path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == allowed


async def test_the_problem_has_a_type_that_explains_it(client: httpx.AsyncClient) -> None:
    problem = (await client.delete("/api/v1/products")).json()
    assert problem["type"].endswith("/problems/method-not-allowed")
    assert problem["detail"] == (
        "/api/v1/products does not have the method DELETE, but GET, HEAD, OPTIONS."
    )
    assert (await client.get("/problems/method-not-allowed")).status_code == 200


async def test_what_is_not_there_has_no_methods(client: httpx.AsyncClient) -> None:
    assert (await client.options("/nowhere")).status_code == 404


async def test_head_is_refused_where_there_is_no_get(client: httpx.AsyncClient) -> None:
    answer = await client.head("/api/v1/search/text")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST, OPTIONS")
