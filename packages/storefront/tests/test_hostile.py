"""Requests that nobody makes in good faith: they are refused, and nothing of them gets through."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest

from packages.storefront.tests.conftest import Server, sent
from storefront.catalog import service
from storefront.catalog.source import SourcePrice, SourceProduct
from storefront.db import Database
from storefront.search.read_model import refresh
from storefront.settings import Settings

SCRIPT = '"><script>alert(1)</script>'
VALUES = [
    "%00", "%FF", "%C3%28", "%0D%0ASet-Cookie:%20x=1", "'", "%27%20or%201=1--", SCRIPT, "{{7*7}}",
    "${7*7}", "../../etc/passwd", "%2E%2E%2F%2E%2E%2Fetc%2Fpasswd", "9" * 40, "-1", "1e9", "NaN", "٣",
    "a" * 4_000,
]  # fmt: skip


async def raw(shop: Server, target: str, method: str = "GET") -> tuple[int, bytes, bytes]:
    """Status, head and body of an answer to a target as it is written, which no client would send."""
    head = f"{method} {target} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
    async with sent(shop, head.encode()) as reader:
        answer = await asyncio.wait_for(reader.read(), 20)
    head_, _, body = answer.partition(b"\r\n\r\n")
    return int(answer.split(b" ", 2)[1]), head_, body


@pytest.fixture
async def selling_client(selling_shop: Server) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=selling_shop.url, timeout=60, verify=False) as client:
        yield client


@pytest.fixture
async def api(client: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    """The paths of the API that answer GET."""
    described = (await client.get("/openapi.json")).json()
    return {path: verbs["get"] for path, verbs in described["paths"].items() if "get" in verbs}


def targets(api: dict[str, dict[str, Any]], value: str) -> list[str]:
    """Every path and every parameter of it with this value."""
    found = [f"/p/{value}", f"/problems/{value}", f"/nowhere/{value}", f"/products?{value}"]
    for path, verb in api.items():
        found.append(re.sub(r"\{[^}]+\}", value, path))
        found += [
            f"{re.sub(r'{[^}]+}', '1', path)}?{parameter['name']}={value}"
            for parameter in verb.get("parameters", [])
            if parameter["in"] == "query"
        ]
    return found


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
async def test_no_value_breaks_anything(
    shop: Server, api: dict[str, dict[str, Any]], value: str
) -> None:
    for target in targets(api, value):
        status, head, body = await raw(shop, target)
        assert status < 500, (target, body)
        assert b"set-cookie" not in head.lower(), target
        assert b"evil.example" not in head + body, target
        assert b"root:" not in body, target
        if b"text/html" in head:
            assert SCRIPT.encode() not in body, target


# --- characters that Postgres cannot store ---------------------------------------------------------

UNSTORABLE = ["a\0b", "\0", "\ud800", "a\udfff"]
FORMS = {
    "/cart/lines": ["sku", "quantity"], "/cart/lines/x": ["change"],
    "/cart/update": ["quantity.x", "size.x"],
    "/cart/coupon": ["code"], "/cart/gift-cards": ["code"], "/checkout": ["x"],
    "/account/sign-in": ["email"], "/account/code": ["code"], "/orders/lookup": ["number", "email"],
    "/search/opened": ["query"], "/payments/test/x": ["decision"], "/webhooks/test": ["x"],
    "/orders/x/cancel": ["key"],
}  # fmt: skip


def filled(schema: dict[str, Any], schemas: dict[str, Any], text: str, number: int = 1) -> Any:
    """JSON of this schema, with this text and this number wherever one fits."""
    if "$ref" in schema:
        return filled(schemas[schema["$ref"].rpartition("/")[2]], schemas, text, number)
    if "anyOf" in schema:
        return filled(schema["anyOf"][0], schemas, text, number)
    if "properties" in schema:
        fields = schema["properties"].items()
        return {name: filled(one, schemas, text, number) for name, one in fields}
    if schema.get("type") == "array":
        return [filled(schema["items"], schemas, text, number)]
    kinds = {"integer": number, "number": number, "boolean": True}
    return kinds.get(schema.get("type", ""), text)


async def test_a_nul_in_an_address_is_refused_on_every_route(
    shop: Server, api: dict[str, dict[str, Any]]
) -> None:
    for target in [one for one in targets(api, "a%00b") if "%00" in one]:
        status, _, body = await raw(shop, target)
        assert (status, b"NUL" in body) == (422, True), (target, status, body)


@pytest.mark.parametrize(
    ("text", "number"),
    [*((text, 1) for text in UNSTORABLE), ("x", 2**63), ("x", -(10**40))],
    ids=ascii,
)
async def test_what_cannot_be_stored_breaks_nothing_in_any_body(
    selling_client: httpx.AsyncClient, text: str, number: int
) -> None:
    described = (await selling_client.get("/openapi.json")).json()
    for path, verbs in described["paths"].items():
        for method in set(verbs) & {"post", "put", "patch", "delete"}:
            described_body = verbs[method].get("requestBody", {}).get("content", {})
            if "application/json" not in described_body:
                continue
            schema = described_body["application/json"]["schema"]
            body = json.dumps(filled(schema, described["components"]["schemas"], text, number))
            target = re.sub(r"\{[^}]+\}", str(uuid4()), path)
            headers = {"Content-Type": "application/json", "Idempotency-Key": uuid4().hex}
            answer = await selling_client.request(
                method.upper(), target, content=body, headers=headers
            )
            assert answer.status_code < 500, (method, target, answer.text)


@pytest.mark.parametrize("charset", ["utf-8", "unicode_escape", "undefined", "utf-7"])
@pytest.mark.parametrize("path", FORMS)
async def test_a_form_that_cannot_be_stored_breaks_nothing(
    selling_client: httpx.AsyncClient, path: str, charset: str
) -> None:
    typed = "a%00b" if charset == "utf-8" else r"\ud800"
    fields = dict.fromkeys(FORMS[path], typed)
    plain = "&".join(f"{name}={value}" for name, value in fields.items())
    parts = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    for body, kind in (
        (plain, f"application/x-www-form-urlencoded; charset={charset}"),
        (f"{parts}--x--\r\n", f"multipart/form-data; boundary=x; charset={charset}"),
    ):
        answer = await selling_client.post(path, content=body, headers={"Content-Type": kind})
        assert answer.status_code < 500, (path, kind, answer.text)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "X"])
@pytest.mark.parametrize("path", ["/", "/api/v1/products", "/admin/connection"])
async def test_no_method_does_what_it_should_not(shop: Server, method: str, path: str) -> None:
    status, _, _ = await raw(shop, path, method)
    assert status in (400, 405)


@pytest.mark.parametrize("path", ["/", "/products", "/api/v1/products", "/nowhere", "/health"])
async def test_every_answer_keeps_browsers_from_what_is_not_ours(
    client: httpx.AsyncClient, path: str
) -> None:
    headers = (await client.get(path)).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "set-cookie" not in headers


# --- pages: what is typed, and what was imported ---------------------------------------------------

PAGES = [
    "/search?q={}", "/products?q={}", "/products?brand={}", "/products?category={}",
    "/products?base_color={}", "/products?size={}", "/products?gender=Women&usage={}",
    "/search?q={}&as_typed=true", "/search?q=shirt&brand={}&{}={}", "/p/{}-101000001", "/{}",
]  # fmt: skip
MARKS = ["<script>alert(1)</script>", SCRIPT, "'><img src=x onerror=alert(1)>", "</title><script>"]


@pytest.mark.parametrize("mark", MARKS, ids=range(len(MARKS)))
@pytest.mark.parametrize("page", PAGES)
async def test_what_is_typed_is_text_on_a_page(
    client: httpx.AsyncClient, page: str, mark: str
) -> None:
    answer = await client.get(page.replace("{}", quote(mark)), follow_redirects=True)
    assert answer.headers["content-type"].startswith("text/html")
    assert mark not in answer.text
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text


async def test_a_heading_shows_what_was_typed_as_text(client: httpx.AsyncClient) -> None:
    page = (await client.get("/search", params={"q": "<b>shirt</b>"})).text
    assert "<h1>“&lt;b&gt;shirt&lt;/b&gt;”</h1>" in page


@pytest.fixture
async def marked_shop(
    fresh_database: Callable[[], Database], settings: Settings
) -> AsyncIterator[httpx.AsyncClient]:
    """A shop whose catalogue came from somebody who tries to get a script into its pages."""
    mark = "<script>alert(1)</script>"
    product = SourceProduct(
        7,
        f"Shirt {mark}",
        "Men",
        f"Apparel {mark}",
        f"Topwear {mark}",
        f"Shirts {mark}",
        base_colour=f"Blue {mark}",
        season="Summer",
        usage=f"Casual {mark}",
        brand=f"House {mark}",
        description=f"Fine {mark}",
        material=f"Cotton {mark}",
        price=SourcePrice(8000, 9000, "USD"),
    )
    database = fresh_database()
    await service.import_products(database, [product, replace(product, id=8, style="other")])
    await refresh.refresh_all(database)
    with Server(settings) as shop:
        async with httpx.AsyncClient(base_url=shop.url, timeout=60, verify=False) as client:
            yield client
    await database.aclose()


async def test_imported_text_is_text_on_every_page(marked_shop: httpx.AsyncClient) -> None:
    product = (await marked_shop.get("/api/v1/products")).json()["products"][0]
    assert "<script>" in product["product_display_name"]
    paths = ["/", "/products", "/search?q=shirt", "/search?q=nothing-of-the-sort", product["url"]]
    for path in paths:
        page = await marked_shop.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text, path
        assert "&lt;script&gt;" in page.text, path
    shelves = await marked_shop.get(f"{product['url']}/more")
    assert shelves.status_code == 200
    assert "<script>alert" not in shelves.text
