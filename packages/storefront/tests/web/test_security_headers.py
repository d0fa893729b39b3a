"""Headers that keep browsers from what is not ours."""

from collections.abc import Iterator

import httpx
import pytest
from pydantic import SecretStr

from lakepass.emulator import Emulator
from packages.storefront.tests.conftest import Server, running_shop
from storefront.settings import Settings

PATHS = ["/", "/products", "/api/v1/products", "/nowhere", "/health"]


@pytest.mark.parametrize("path", PATHS)
async def test_every_response_has_the_whole_policy(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    directives = headers["content-security-policy"].split("; ")
    assert directives == [
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
    assert "camera=()" in headers["permissions-policy"]
    assert "geolocation=()" in headers["permissions-policy"]
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == "same-origin"


@pytest.fixture(scope="module")
def tls_shop(emulator: Emulator, filled_database: str, settings: Settings) -> Iterator[Server]:
    at_https = settings.model_copy(update={"public_url": "https://shop.example"})
    with running_shop(at_https, emulator, filled_database) as server:
        yield server


@pytest.mark.parametrize("path", PATHS)
def test_a_shop_with_an_https_address_is_to_be_visited_by_tls_alone(
    tls_shop: Server, path: str
) -> None:
    headers = httpx.get(tls_shop.url + path).headers
    assert headers["strict-transport-security"] == "max-age=31536000"


@pytest.fixture(scope="module")
def proxied(emulator: Emulator, filled_database: str, settings: Settings) -> Iterator[Server]:
    keys = (SecretStr("k" * 32),)
    behind_proxy = settings.model_copy(update={"behind_proxy": True, "secret_keys": keys})
    with running_shop(behind_proxy, emulator, filled_database) as server:
        yield server


@pytest.mark.parametrize(
    ("reported", "is_secure"),
    [([], False), (["http"], False), (["https"], True), (["https"] * 2, False)],
)
def test_a_request_by_tls_at_the_proxy_says_so_too(
    proxied: Server, reported: list[str], is_secure: bool
) -> None:
    headers = [("X-Forwarded-Proto", one) for one in reported]
    found = httpx.get(proxied.url, headers=headers).headers
    assert ("strict-transport-security" in found) == is_secure


async def test_without_a_proxy_nobody_reports_tls(client: httpx.AsyncClient) -> None:
    forged = await client.get("/", headers={"X-Forwarded-Proto": "https"})
    assert "strict-transport-security" not in forged.headers
