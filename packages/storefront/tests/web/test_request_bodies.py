"""What the body of a request to the API may contain: nothing that the shop would ignore."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest


async def test_no_body_of_the_api_may_have_fields_that_are_not_described(
    client: httpx.AsyncClient,
) -> None:
    described = (await client.get("/openapi.json")).json()
    bodies = [
        (f"{verb.upper()} {path}", content["schema"])
        for path, verbs in described["paths"].items()
        for verb, route in verbs.items()
        for kind, content in route.get("requestBody", {}).get("content", {}).items()
        if kind == "application/json"
    ]
    assert len(bodies) > 40
    open_to_all = {
        f"{route}: {model.get('title')}"
        for route, schema in bodies
        for model in _objects(schema, described, set())
        if model.get("additionalProperties") is not False
    }
    assert open_to_all == set(), "make it a storefront.request_model.RequestModel"


def _objects(schema: Any, described: Any, seen: set[str]) -> Iterator[dict[str, Any]]:
    """The objects with named fields in a schema."""
    if isinstance(schema, list):
        for one in schema:
            yield from _objects(one, described, seen)
    if not isinstance(schema, dict):
        return
    if (name := schema.get("$ref")) and name not in seen:
        seen.add(name)
        model = described["components"]["schemas"][name.rpartition("/")[2]]
        yield from _objects(model, described, seen)
    if "properties" in schema:
        yield schema
    for part in schema.values():
        yield from _objects(part, described, seen)


@pytest.mark.parametrize(
    ("sent", "pointer", "detail"),
    [
        (
            {"sku": "x", "qty": 3},
            "#/qty",
            "There is no field 'qty'. There are: sku, quantity.",
        ),
        (
            {"sku": "x", "quantty": 3},
            "#/quantty",
            "There is no field 'quantty'. Did you mean 'quantity'?",
        ),
        (
            {"sku": "x", "quantity": True},
            "#/quantity",
            "quantity is true; it must be a whole number, such as 12.",
        ),
        (
            {"sku": "x", "quantity": "1"},
            "#/quantity",
            "quantity is '1'; it must be a whole number, such as 12.",
        ),
        (
            {"sku": "x", "quantity": 1.0},
            "#/quantity",
            "quantity is 1.0; it must be a whole number, such as 12.",
        ),
    ],
)
async def test_what_a_field_cannot_be_is_refused(
    client: httpx.AsyncClient, sent: dict[str, Any], pointer: str, detail: str
) -> None:
    answer = await client.post("/api/v1/cart/lines", json=sent)
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": pointer, "detail": detail}]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("text/plain", "says text/plain"),
        ("application/x-www-form-urlencoded", "says application/x-www-form-urlencoded"),
        ("application/xml; charset=utf-8", "says application/xml"),
        ("nonsense", "says nonsense"),
        (None, "is missing"),
    ],
)
async def test_a_body_of_another_kind_is_refused(
    client: httpx.AsyncClient, kind: str | None, said: str
) -> None:
    headers = {} if kind is None else {"Content-Type": kind}
    answer = await client.post("/api/v1/search/text", content='{"query": "x"}', headers=headers)
    assert answer.status_code == 415
    problem = answer.json()
    assert problem["type"].endswith("/problems/unsupported-media-type")
    expected = f"The body must be JSON (application/json); the header Content-Type {said}."
    assert problem["detail"] == expected


@pytest.mark.parametrize(
    "kind", ["application/json", "APPLICATION/JSON; charset=UTF-8", "application/merge-patch+json"]
)
async def test_json_of_any_name_is_read(client: httpx.AsyncClient, kind: str) -> None:
    headers = {"Content-Type": kind}
    answer = await client.post("/api/v1/search/text", content='{"query": "x"}', headers=headers)
    assert answer.status_code == 200


async def test_every_route_with_a_body_says_that_it_refuses_other_kinds(
    client: httpx.AsyncClient,
) -> None:
    described = (await client.get("/openapi.json")).json()["paths"].values()
    routes = [route for path in described for route in path.values()]
    bodies = [
        route for route in routes if "text/csv" not in str(route.get("requestBody", "text/csv"))
    ]
    assert len(bodies) > 50
    assert all("415" in route["responses"] for route in bodies)
