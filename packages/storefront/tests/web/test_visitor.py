"""A guest has a signed random id, from the first thing that has to be remembered on."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from storefront.settings import Settings
from storefront.web.signing import Signer

from .conftest import KEY, app

OURS = {"Sec-Fetch-Site": "same-origin"}


def client(settings: Settings, signer: Signer, **options: Any) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app(settings, signer))
    base_url = settings.public_url
    return httpx.AsyncClient(transport=transport, base_url=base_url, verify=False, **options)


async def test_who_only_looks_gets_no_cookie(web: httpx.AsyncClient) -> None:
    answer = await web.get("/look")
    assert answer.json() == {"visitor": None}
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["vary"] == "Accept-Encoding, Cookie"


async def test_who_is_remembered_is_the_same_visitor_from_then_on(web: httpx.AsyncClient) -> None:
    first = await web.post("/remember")
    visitor = first.json()["visitor"]
    assert len(visitor) == 22
    again = await web.post("/remember", headers=OURS)
    assert again.json() == {"visitor": visitor}
    assert "set-cookie" not in again.headers
    assert (await web.get("/look")).json() == {"visitor": visitor}


async def test_the_cookie_is_out_of_reach_of_scripts_other_sites_and_plain_http(
    web: httpx.AsyncClient,
) -> None:
    cookie = (await web.post("/remember")).headers["set-cookie"]
    name, *attributes = cookie.split("; ")
    assert name.startswith("__Host-visitor=")
    assert set(attributes) == {"HttpOnly", "Max-Age=34560000", "Path=/", "SameSite=Lax", "Secure"}


async def test_without_tls_the_cookie_is_not_secure(signer: Signer) -> None:
    async with client(Settings(public_url="http://localhost:8000"), signer) as web:
        cookie = (await web.post("/remember")).headers["set-cookie"]
    assert cookie.startswith("visitor=")
    assert "Secure" not in cookie


@pytest.mark.parametrize(
    "carried",
    [
        "",
        "x",
        "aaaaaaaaaaaaaaaaaaaaaa",
        "aaaaaaaaaaaaaaaaaaaaaa.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbb",
        "é" * 10,
    ],
)
async def test_a_cookie_that_was_made_up_is_nobody(
    web_settings: Settings, signer: Signer, carried: str
) -> None:
    headers = {"Cookie": f"__Host-visitor={carried}".encode()}
    async with client(web_settings, signer, headers=headers) as web:
        assert (await web.get("/look")).json() == {"visitor": None}


async def test_a_value_that_was_signed_for_something_else_is_nobody(
    web_settings: Settings, signer: Signer
) -> None:
    headers = {"Cookie": f"__Host-visitor={signer.sign('flash', 'a' * 22)}"}
    async with client(web_settings, signer, headers=headers) as web:
        assert (await web.get("/look")).json() == {"visitor": None}


async def test_a_replaced_key_is_accepted_and_the_cookie_signed_anew(
    web_settings: Settings,
) -> None:
    old, both, new = Signer([KEY]), Signer(["n" * 32, KEY]), Signer(["n" * 32])
    async with client(web_settings, old) as web:
        visitor = (await web.post("/remember")).json()["visitor"]
        before = {"Cookie": f"__Host-visitor={web.cookies['__Host-visitor']}"}
    async with client(web_settings, both) as web:
        answer = await web.get("/look", headers=before)
        assert answer.json() == {"visitor": visitor}
        after = {"Cookie": f"__Host-visitor={answer.cookies['__Host-visitor']}"}
    async with client(web_settings, new) as web:
        assert (await web.get("/look", headers=before)).json() == {"visitor": None}
        answer = await web.get("/look", headers=after)
        assert answer.json() == {"visitor": visitor}
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("days", "is_known", "is_renewed"),
    [(29, True, False), (30, True, True), (399, True, True), (401, False, False)],
)
async def test_a_cookie_is_renewed_after_a_month_and_ends_with_its_life(
    web_settings: Settings, signer: Signer, signed_ago: Callable[[int, str, str], str],
    days: int, is_known: bool, is_renewed: bool,
) -> None:  # fmt: skip
    headers = {"Cookie": f"__Host-visitor={signed_ago(days, 'visitor', 'a' * 22)}"}
    async with client(web_settings, signer, headers=headers) as web:
        answer = await web.get("/look")
    assert answer.json() == {"visitor": "a" * 22 if is_known else None}
    assert ("set-cookie" in answer.headers) is is_renewed


async def test_what_is_the_same_for_everybody_stays_public(web: httpx.AsyncClient) -> None:
    await web.post("/remember")
    answer = await web.get("/openapi.json")
    assert answer.headers["cache-control"] == "public, no-cache"


async def test_a_visitor_can_be_forgotten(web: httpx.AsyncClient) -> None:
    await web.post("/remember")
    forgotten = await web.post("/forget", headers=OURS)
    assert "Max-Age=0;" in forgotten.headers["set-cookie"]
    assert (await web.get("/look")).json() == {"visitor": None}
