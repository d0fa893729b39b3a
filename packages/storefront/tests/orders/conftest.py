"""A shop with a placed order whose payment was captured, beside what checkouts are tested with."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from lakepass.emulator import Emulator
from packages.storefront.tests.checkout.conftest import ADDRESS, Buyer, SellingShop, buyer
from packages.storefront.tests.conftest import Server, environment, running_shop
from storefront.checkout.results import Placed
from storefront.db import Database
from storefront.settings import Settings
from storefront.web import render
from tests.databases import Databases

__all__ = ["buyer"]

STAFF = {"X-Forwarded-Email": "tailor@example.com"}
OTHER = {"X-Forwarded-Email": "someone@example.com"}


@pytest.fixture
async def shop(
    emulator: Emulator, databases: Databases, template_of: Callable[[int], str]
) -> AsyncIterator[SellingShop]:
    """A shop of its own, with ten pieces of one size, and e-mails in English."""
    render.offer(locale="en_US")
    with environment(emulator, databases.create(template=template_of(5))):
        shop = SellingShop(Database(Settings(connect_deadline_s=60)))
        await shop.stock(10)
        yield shop
        await shop.database.aclose()


@pytest.fixture
async def placed(buyer: Buyer) -> str:
    """The number of an order of two pieces whose payment is authorized."""
    result = await buyer.pay()
    assert isinstance(result, Placed)
    return result.number


@pytest.fixture
async def captured(shop: SellingShop, placed: str) -> str:
    """The same, captured."""
    async with shop.jobs():
        await shop.wait_for_jobs("payments.capture")
    return placed


@pytest.fixture(scope="module")
def selling(
    emulator: Emulator,
    databases: Databases,
    template_database: str,
    settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Server]:
    """A shop with staff, which tests may write."""
    changes = {
        "behind_proxy": True,
        "staff": frozenset({"tailor@example.com"}),
        "mail_dir": tmp_path_factory.mktemp("mail"),
        "connect_deadline_s": 60,
    }
    database = databases.create(template=template_database)
    with running_shop(settings.model_copy(update=changes), emulator, database) as server:
        yield server


@pytest.fixture
def guest(selling: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=selling.url, timeout=60, verify=False) as client:
        yield client


@pytest.fixture
def order(guest: httpx.Client) -> dict[str, Any]:
    """A guest's order of one piece: number, key and JSON."""
    products = guest.get("/api/v1/products?page_size=50").json()["products"]
    details = (guest.get(f"/api/v1/products/{one['product_id']}").json() for one in products)
    sku = next(size["sku"] for one in details for size in one["sizes"] if size["in_stock"])
    guest.post("/api/v1/cart/lines", json={"sku": sku}).raise_for_status()
    token = guest.post("/api/v1/checkout").json()["token"]
    entered = {
        "email": "Ann@Example.com",
        "phone": "+1 202 555 0123",
        "delivery_address": ADDRESS,
        "delivery_method": "standard",
    }
    checkout = guest.patch(f"/api/v1/checkout/{token}", json=entered).json()
    paid = guest.post(
        f"/api/v1/checkout/{token}/pay",
        json={"payment_token": "approve", "total_minor": checkout["totals"]["total"]["minor"]},
        headers={"Idempotency-Key": str(uuid4())},
    )
    number = paid.json()["order_number"]
    found = guest.post(
        "/api/v1/orders/lookup", json={"number": number.lower(), "email": "ann@example.com"}
    ).json()
    seen = guest.get(f"/api/v1/orders/{number}", params={"key": found["key"]})
    assert seen.status_code == 200, seen.text
    shown: dict[str, Any] = seen.json()
    return {"sku": sku, "key": found["key"]} | shown
