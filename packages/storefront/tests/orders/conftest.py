"""A shop with a placed order whose payment was captured, beside what checkouts are tested with."""

from collections.abc import AsyncIterator, Callable

import pytest

from lakepass.emulator import Emulator
from packages.storefront.tests.checkout.conftest import Buyer, SellingShop, buyer
from packages.storefront.tests.conftest import environment
from storefront.checkout.results import Placed
from storefront.db import Database
from storefront.settings import Settings
from storefront.web import render
from tests.databases import Databases

__all__ = ["buyer"]


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
