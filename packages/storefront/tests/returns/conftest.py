"""A shop with a delivered order of four pieces, and what tests do with its returns."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

import pytest

from packages.storefront.tests.checkout.conftest import Buyer, SellingShop
from packages.storefront.tests.orders.conftest import shop
from packages.storefront.tests.orders.steps import do_jobs
from storefront.audit import audit
from storefront.checkout.results import Placed
from storefront.idempotency.service import KeyedRequest
from storefront.money import Money
from storefront.orders import lifecycle
from storefront.orders import queries as orders
from storefront.orders.lifecycle import Parcel
from storefront.orders.shapes import Order
from storefront.returns import queries, requests, service
from storefront.returns.replacements import Wanted
from storefront.returns.requests import Requested
from storefront.returns.rules import Terms
from storefront.returns.service import Verdict
from storefront.returns.shapes import Return
from storefront.settings import Settings

__all__ = ["shop"]

STAFF = "tailor@example.com"
CODE = "AAAA-BBBB-CCCC-DDDD"


class Returning:
    """What customers and staff do with the returns of one order."""

    def __init__(self, shop: SellingShop, number: str) -> None:
        self.shop = shop
        self.number = number
        self.terms = Terms.of(Settings())

    def on(self, **changes: object) -> None:
        """Change the terms."""
        self.terms = replace(self.terms, **changes)  # type: ignore[arg-type]

    async def order(self, number: str | None = None) -> Order:
        async with self.shop.database.reads() as session:
            return await orders.order(session, number or self.number)

    async def get(self, number: str) -> Return:
        async with self.shop.database.reads() as session:
            return await queries.one(session, number)

    async def line(self) -> int:
        return (await self.order()).lines[0].state.id

    async def sizes(self) -> list[str]:
        """Other SKUs of the same design."""
        return [
            str(code)
            for (code,) in await self.shop.rows(
                "select code from shop.skus where colourway_id = (select colourway_id from shop.skus"
                " where id = :id) and is_offered and id <> :id order by id",
                id=self.shop.sku_id,
            )
        ]

    async def request(
        self,
        *wanted: Wanted,
        key: str = "",
        order: str | None = None,
        token: str | None = None,
        confirmed: int | None = None,
    ) -> Requested:
        return await requests.request(
            self.shop.database,
            self.shop.provider,
            order or self.number,
            wanted,
            terms=self.terms,
            keyed=KeyedRequest("return", key or uuid4().hex, repr(wanted).encode()),
            actor="customer",
            payment_token=token,
            confirmed_minor=confirmed,
            return_url=lambda number: f"/orders/{self.number}/returns/{number}/paid",
        )

    async def wanted(self, quantity: int = 1, outcome: str = "payment", **more: object) -> Wanted:
        facts = {"reason": "too_small"} | more
        return Wanted(await self.line(), quantity, outcome=outcome, **facts)  # type: ignore[arg-type]

    async def receive(self, number: str, *counts: int) -> None:
        found = await self.get(number)
        pieces = {line.id: n for line, n in zip(found.lines, counts, strict=True)}
        async with self.shop.database.writes() as session:
            await service.receive(session, number, pieces, self.terms, actor=STAFF)

    async def inspect(self, number: str, *accepted: int, disposition: str = "restock") -> None:
        found = await self.get(number)
        verdicts = {
            line.id: Verdict(n, "as_new", disposition)  # type: ignore[arg-type]
            for line, n in zip(found.lines, accepted, strict=True)
        }
        async with self.shop.database.writes() as session:
            await service.inspect(session, number, verdicts, staff_note=None, actor=STAFF)

    async def complete(self, number: str) -> Money:
        async with self.shop.database.writes() as session:
            return await service.complete(
                session, number, self.terms, gift_card_code=lambda _: CODE, actor=STAFF
            )

    async def finish(self, number: str, accepted: Sequence[int], **more: str) -> Money:
        """Receive all, accept some, and decide."""
        found = await self.get(number)
        await self.receive(number, *(line.quantity for line in found.lines))
        await self.inspect(number, *accepted, **more)
        return await self.complete(number)

    async def cancel(self, number: str) -> None:
        async with self.shop.database.writes() as session:
            await service.cancel(session, number, actor="customer")

    async def deliver(self, number: str) -> None:
        """Ship all that is left of an order, and deliver it."""
        found = await self.order(number)
        pieces = {line.state.id: line.state.unshipped for line in found.lines}
        async with self.shop.database.writes() as session:
            shipment_id = await lifecycle.ship(session, number, Parcel(pieces), actor=STAFF)
            await lifecycle.deliver(session, number, shipment_id, actor=STAFF)

    async def balances(self) -> None:
        assert await audit(self.shop.database) == []


@pytest.fixture
async def returning(shop: SellingShop) -> Returning:
    """A captured and delivered order of four pieces."""
    buyer = Buyer(shop)
    await buyer.fill(4)
    result = await buyer.pay()
    assert isinstance(result, Placed)
    await do_jobs(shop)
    found = Returning(shop, result.number)
    await found.deliver(result.number)
    return found
