"""Sizes with codes of every kind can be bought: merchants' SKUs have signs that addresses use."""

import asyncio
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from html import unescape
from urllib.parse import quote

import httpx
import pytest

from lakepass.emulator import Emulator
from packages.storefront.tests.conftest import Server, environment, running_shop
from storefront.catalog import bounds, service
from storefront.catalog.source import SourceSize
from storefront.db import Database
from storefront.demo.products import demo_products
from storefront.settings import Settings
from tests.databases import Databases

CODES = [
    "AB/12 3.X", "a?b#c%2F&d=e", "Größe–42/½", "L" * bounds.MOST_CHARACTERS, "%41", "A/", "x/review",
    "q\"<b>'", "a;b,c", "C++ x",
]  # fmt: skip


@pytest.fixture(scope="module")
def shop_with_codes(
    emulator: Emulator, databases: Databases, template_of: Callable[[int], str], settings: Settings
) -> Iterator[Server]:
    name = databases.create(template=template_of(0))

    async def fill() -> None:
        database = Database(Settings(connect_deadline_s=60))
        [product] = demo_products(1)
        sizes = (SourceSize("code", str(n), sku=code, pieces=5) for n, code in enumerate(CODES))
        report = await service.import_products(database, [replace(product, sizes=tuple(sizes))])
        assert report.added == 1
        await database.aclose()

    with environment(emulator, name), ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, fill()).result()
    with running_shop(settings, emulator, name) as server:
        yield server


@pytest.fixture
def guest(shop_with_codes: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=shop_with_codes.url, timeout=60, verify=False) as client:
        yield client


@pytest.mark.parametrize("code", CODES)
def test_a_program_changes_and_removes_its_line(guest: httpx.Client, code: str) -> None:
    assert guest.post("/api/v1/cart/lines", json={"sku": code}).status_code == 201
    address = f"/api/v1/cart/lines/{quote(code, safe='')}"
    [line] = guest.patch(address, json={"quantity": 2}).json()["lines"]
    assert (line["sku"], line["quantity"]) == (code, 2)
    assert guest.delete(address).json()["lines"] == []


@pytest.mark.parametrize("code", CODES)
def test_its_line_is_removed_on_the_page(guest: httpx.Client, code: str) -> None:
    guest.post("/api/v1/cart/lines", json={"sku": code})
    page = guest.get("/cart")
    assert page.status_code == 200
    [address] = set(re.findall(r'formaction="([^"]*/cart/lines/[^"]*)"', page.text))
    removed = guest.post(unescape(address), data={"change": "remove"})
    assert removed.status_code == 303
    assert guest.get("/api/v1/cart").json()["lines"] == []
