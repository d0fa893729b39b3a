"""A shop that sells one size of one product, with the built-in payment provider and no web server."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from packages.storefront.tests.account.conftest import account_shop, someone
from storefront.cart import service as cart
from storefront.cart.service import Owner
from storefront.checkout import queries, service, work
from storefront.checkout.pages import deliver
from storefront.checkout.placing import Confirmed
from storefront.checkout.results import Result
from storefront.db import Database
from storefront.inventory import queries as stock_queries
from storefront.inventory import service as inventory
from storefront.jobs.service import Taken
from storefront.jobs.worker import working
from storefront.payments.test_provider import WEBHOOK_JOB, TestProvider
from storefront.web.signing import Signer

__all__ = ["account_shop", "someone"]  # fixtures

ADDRESS = {
    "name": "Ann Example",
    "street_address": "1 Main Street",
    "city": "Springfield",
    "country_area": "IL",
    "postal_code": "62701",
    "country_code": "US",
}


class Buyer:
    """Somebody with a bag."""

    def __init__(self, shop: "SellingShop", name: str | None = None) -> None:
        self.shop = shop
        self.owner = Owner(visitor_id=name or uuid4().hex)
        self.token = uuid4()
        self.total = 0

    async def fill(self, quantity: int = 1) -> None:
        """Put pieces into the bag and enter everything that a checkout needs."""
        async with self.shop.database.writes() as session:
            await cart.add_line(
                session, self.owner, sku=self.shop.sku, quantity=quantity, currency="USD"
            )
            self.token = await service.start(session, self.owner)
            found = await queries.locked(session, self.token, self.owner)
            await service.enter(
                session,
                found.id,
                {
                    "email": f"{self.owner.visitor_id}@example.com",
                    "delivery_address": ADDRESS,
                    "delivery_method": "standard",
                },
            )
            self.total = self.shop.price * quantity + (
                500 if self.shop.price * quantity < 10_000 else 0
            )

    async def pay(
        self, payment_token: str = "approve", *, total: int | None = None, to_pay: int | None = None
    ) -> Result:
        """Pay what was shown, or what is said to have been shown. to_pay: beside gift cards."""
        total = self.total if total is None else total
        return await service.pay(
            self.shop.database,
            self.shop.provider,
            self.token,
            self.owner,
            payment_token=payment_token,
            confirmed=Confirmed(total, total if to_pay is None else to_pay),
            currency="USD",
            return_url="/checkout/confirm",
        )


class SellingShop:
    """The database, the payment provider, and what tests ask of them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.provider = TestProvider(database, signer=Signer(["x" * 32]), deliver=self._deliver)
        self.sku = ""
        self.sku_id = 0
        self.price = 0

    async def _deliver(
        self, provider: TestProvider, headers: Mapping[str, str], body: bytes
    ) -> None:
        await deliver(self.database, provider, headers, body)

    async def stock(self, pieces: int) -> None:
        """Have so many pieces of the one size."""
        async with self.database.writes() as session:
            row = (
                await session.execute(
                    text(
                        "select skus.id, code, price_minor from shop.skus "
                        "join shop.colourways on colourways.id = colourway_id order by 1 limit 1"
                    )
                )
            ).one()
            self.sku_id, self.sku, self.price = row.id, row.code, row.price_minor
            await inventory.count(session, {self.sku_id: pieces})

    async def execute(self, statement: str, **values: object) -> None:
        async with self.database.writes() as session:
            await session.execute(text(statement), values)

    async def rows(self, statement: str, **values: object) -> list[tuple[Any, ...]]:
        async with self.database.reads() as session:
            return [tuple(row) for row in await session.execute(text(statement), values)]

    async def assert_books_balance(self) -> None:
        """The stock adds up, and each order is paid for once."""
        async with self.database.reads() as session:
            assert await stock_queries.differences(session) == []
        assert (
            await self.rows(
                "select number from shop.orders where total_minor <> gift_card_minor + coalesce(("
                "select sum(amount_minor) from shop.payments where order_id = orders.id), 0)"
            )
            == []
        )

    @asynccontextmanager
    async def jobs(self) -> AsyncIterator[None]:
        """While the block runs, jobs are done as they become due."""

        async def send_webhook(job: Taken) -> None:
            number = int(job.payload["number"])
            await self.provider.send_webhook(str(job.payload["ref"]), number=number)

        async def nothing(_job: Taken) -> None:
            return None

        handlers = work.handlers(self.database, self.provider) | {
            WEBHOOK_JOB: send_webhook,
            "orders.confirmation": nothing,
        }
        async with working(self.database, handlers):
            yield

    async def wait_for_jobs(self, *kinds: str) -> None:
        """Until no job of these kinds is waiting."""
        while await self.rows(  # noqa: ASYNC110 - the database tells, not an event
            "select id from shop.jobs where state = 'waiting' and kind = any(:kinds)",
            kinds=list(kinds),
        ):
            await asyncio.sleep(0.05)


@pytest.fixture
async def shop(stocked_database: Callable[[int], Database]) -> AsyncIterator[SellingShop]:
    database = stocked_database(5)
    shop = SellingShop(database)
    await shop.stock(10)
    yield shop
    await database.aclose()


@pytest.fixture
async def buyer(shop: SellingShop) -> Buyer:
    """Somebody with two pieces in the bag, who has only to pay."""
    buyer = Buyer(shop)
    await buyer.fill(2)
    return buyer
