"""Requests that nobody makes in good faith: they are refused, and nothing of them gets through."""

import asyncio
import re
from typing import Any

import httpx
import pytest

from packages.storefront.tests.conftest import Server

SCRIPT = '"><script>alert(1)</script>'
VALUES = [
    "%00", "%FF", "%C3%28", "%0D%0ASet-Cookie:%20x=1", "'", "%27%20or%201=1--", SCRIPT, "{{7*7}}",
    "${7*7}", "../../etc/passwd", "%2E%2E%2F%2E%2E%2Fetc%2Fpasswd", "9" * 40, "-1", "1e9", "NaN", "٣",
    "a" * 4_000,
]  # fmt: skip


async def raw(shop: Server, target: str, method: str = "GET") -> tuple[int, bytes, bytes]:
    """Status, head and body of an answer to a target as it is written, which no client would send."""
    host, port = shop.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"{method} {target} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
    writer.write(head.encode())
    answer = await asyncio.wait_for(reader.read(), 20)
    writer.close()
    head_, _, body = answer.partition(b"\r\n\r\n")
    return int(answer.split(b" ", 2)[1]), head_, body


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
