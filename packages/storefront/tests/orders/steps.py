"""Steps in the life of an order, as tests take them: cancelled, shipped, refunded, its jobs done."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from packages.storefront.tests.checkout.conftest import SellingShop
from storefront.checkout import work as checkout_work
from storefront.jobs.worker import working
from storefront.mail.outbox import Mail
from storefront.money import Money
from storefront.orders import lifecycle, queries
from storefront.orders.lifecycle import (
    Parcel,
    RefundRequest,
)
from storefront.orders.shapes import Order
from storefront.orders.work import Work
from storefront.settings import Settings
from storefront.web.signing import Signer

STAFF = "tailor@example.com"
NOTHING = Money(0, "USD")
_PAYMENT_JOBS = ("capture", "refund", "void")


class RecordingOutbox:
    """An outbox that records e-mails instead of sending them."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []

    async def send(self, mail: Mail) -> None:
        self.mails.append(mail)


@asynccontextmanager
async def jobs_done(shop: SellingShop, outbox: RecordingOutbox) -> AsyncIterator[None]:
    """While the block runs, the jobs of orders and of checkouts are done."""
    work = Work(shop.database, outbox, Settings(), Signer(["x" * 32]), shop.provider)
    handlers = checkout_work.handlers(shop.database, shop.provider) | work.handlers()
    async with working(shop.database, handlers):
        yield


async def do_jobs(shop: SellingShop) -> list[Mail]:
    """Every job of the order; returns the e-mails."""
    outbox = RecordingOutbox()
    waiting = "select last_error from shop.jobs where state = 'waiting' and kind = any(:kinds)"
    kinds = ["orders.confirmation", "orders.mail", *(f"payments.{name}" for name in _PAYMENT_JOBS)]
    async with jobs_done(shop, outbox):
        while left := await shop.rows(waiting, kinds=kinds):
            assert {error for (error,) in left} == {None}
            await asyncio.sleep(0.05)
    return outbox.mails


async def order_of(shop: SellingShop, number: str) -> Order:
    async with shop.database.reads() as session:
        return await queries.order(session, number)


async def cancel(shop: SellingShop, number: str) -> None:
    async with shop.database.writes() as session:
        await lifecycle.cancel(session, number, actor="customer")


async def ship(shop: SellingShop, number: str, pieces: int) -> int:
    found = await order_of(shop, number)
    async with shop.database.writes() as session:
        parcel = Parcel({found.lines[0].state.id: pieces}, "DHL", "JD01")
        return await lifecycle.ship(session, number, parcel, actor=STAFF)


async def refund(
    shop: SellingShop, number: str, pieces: int = 0, extra: int = 0, *, is_restocked: bool = False
) -> Money:
    found = await order_of(shop, number)
    request = RefundRequest(
        {found.lines[0].state.id: pieces}, Money(extra, "USD"), "too small", is_restocked
    )
    async with shop.database.writes() as session:
        return await lifecycle.refund(session, number, request, actor=STAFF)
