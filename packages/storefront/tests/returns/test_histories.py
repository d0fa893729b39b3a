"""No sequence of shipments, returns, exchanges and refunds makes the books differ.

Random histories of orders of one database. A step that the shop refuses changes nothing; after each
step every book adds up, and no more is left to refund than was paid.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lakepass.emulator import Emulator
from packages.storefront.tests.checkout.conftest import Buyer, SellingShop
from packages.storefront.tests.conftest import environment
from packages.storefront.tests.orders.steps import do_jobs
from storefront.cart import service as cart
from storefront.checkout.results import Placed
from storefront.db import Database
from storefront.errors import StoreError
from storefront.inventory import service as inventory
from storefront.money import Money
from storefront.orders import changes, lifecycle
from storefront.orders.lifecycle import Parcel, RefundRequest
from storefront.pricing import service as pricing
from storefront.returns import service
from storefront.returns.replacements import Wanted
from storefront.returns.rules import Disposition
from storefront.returns.service import Verdict
from storefront.settings import Settings
from tests.databases import Databases

from .conftest import STAFF, Returning

PIECES = 4
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["request", "request", "request", "decide", "decide", "decide", "decide", "send", "send",
             "cancel", "reject", "refund", "repaired"]
        ),
        st.integers(0, 5),  # which of those there are
        st.integers(0, PIECES),  # how many
        st.integers(0, 4),  # in which way
    ),
    min_size=6,
    max_size=14,
)  # fmt: skip
SHIPS = st.sampled_from(["approved", "received", "completed"])
Step = tuple[str, int, int, int]


class History:
    """An order, those that replace pieces of it, and their returns; steps name them by position."""

    def __init__(self, shop: SellingShop, number: str, skus: list[str], ships: str) -> None:
        self.returning = Returning(shop, number)
        self.shop, self.number, self.skus = shop, number, skus
        self.returning.on(exchanges_ship=ships)
        self.charge_token = "approve"

    async def orders(self) -> list[str]:
        """The numbers of this order and its replacements, the oldest first."""
        rows = await self.shop.rows(
            """
            with recursive chain as (
                select id, number, cart_id from shop.orders where number = :number
                union all
                select orders.id, orders.number, orders.cart_id from chain
                join shop.replacements on replaces_order_id = chain.id
                join shop.orders on orders.cart_id = replacements.cart_id
            ) select number from chain order by id
            """,
            number=self.number,
        )
        return [str(number) for (number,) in rows]

    async def returns(self, *states: str) -> list[str]:
        """The numbers of the returns in these states."""
        rows = await self.shop.rows(
            "select returns.number from shop.returns join shop.orders on orders.id = order_id"
            " where orders.number = any(:orders) and returns.state = any(:states)"
            " order by returns.id",
            orders=await self.orders(),
            states=list(states),
        )
        return [str(number) for (number,) in rows]

    async def write(self, change: Callable[[Any], Awaitable[Any]]) -> None:
        async with self.shop.database.writes() as session:
            await change(session)

    async def send(self, order: str, n: int, _way: int) -> None:
        """Ship pieces in a parcel of their own, which arrives."""
        found = await self.returning.order(order)
        pieces = {line.state.id: min(max(n, 1), line.state.unshipped) for line in found.lines}
        async with self.shop.database.writes() as session:
            shipment_id = await lifecycle.ship(session, order, Parcel(pieces), actor=STAFF)
            await lifecycle.deliver(session, order, shipment_id, actor=STAFF)

    async def request(self, order: str, n: int, way: int) -> None:
        line = (await self.returning.order(order)).lines[0]
        others = [sku for sku in self.skus if sku != line.sku]
        outcomes: list[dict[str, Any]] = [
            {"outcome": "payment"},
            {"outcome": "gift_card"},
            *({"outcome": "exchange", "new_sku": sku} for sku in others),
        ]
        first, second = outcomes[way % len(outcomes)], outcomes[(way + n) % len(outcomes)]
        wanted = [Wanted(line.state.id, max(n, 1), "too_small", **first)]
        if n % 2:
            wanted.append(Wanted(line.state.id, 1, "other", **second))
        try:
            await self.returning.request(*wanted, order=order)
        except StoreError as problem:
            if "due" not in problem.facts:
                raise
            due = int(str(problem.facts["due"]))
            token = "decline" if way == 4 else "approve"
            await self.returning.request(*wanted, order=order, token=token, confirmed=due)

    async def decide(self, number: str, n: int, way: int) -> None:
        """The next step of a return, or every other time all that are left."""
        await self._next(number, n, way)
        while n % 2 and (await self.returning.get(number)).is_open:
            await self._next(number, n, way)

    async def _next(self, number: str, n: int, way: int) -> None:
        found = await self.returning.get(number)
        if found.state in ("approved", "in_transit"):
            arrived = [max(line.quantity - n // 4, 0) for line in found.lines]
            await self.returning.receive(number, *arrived)
        elif found.state == "received":
            dispositions: tuple[Disposition, ...] = ("restock", "repair", "discard")
            disposition = dispositions[way % 3]
            verdicts = {
                line.id: Verdict(max(line.received - way // 3, 0), "as_new", disposition)
                for line in found.lines
            }
            await self.write(
                lambda session: service.inspect(
                    session, number, verdicts, staff_note=None, actor=STAFF
                )
            )
        else:
            code = uuid4().hex[:16].upper()
            await self.write(
                lambda session: service.complete(
                    session,
                    number,
                    self.returning.terms,
                    gift_card_code=lambda _: code,
                    actor=STAFF,
                )
            )

    async def cancel(self, number: str, _n: int, _way: int) -> None:
        await self.write(
            lambda session: service.cancel(session, number, actor=STAFF, is_staff=True)
        )

    async def reject(self, number: str, _n: int, _way: int) -> None:
        await self.write(lambda session: service.reject(session, number, note="no", actor=STAFF))

    async def refund(self, order: str, n: int, way: int) -> None:
        line = (await self.returning.order(order)).lines[0]
        request = RefundRequest(
            {line.state.id: n // 2}, Money(way * 300, "USD"), "goodwill", is_restocked=way > 2
        )
        await self.write(lambda session: lifecycle.refund(session, order, request, actor=STAFF))

    async def repaired(self, number: str, _n: int, way: int) -> None:
        for line in (await self.returning.get(number)).lines:
            async with self.shop.database.writes() as session:
                disposition: Disposition = "restock" if way else "discard"
                await service.repaired(session, number, line.id, disposition, actor=STAFF)

    async def step(self, name: str, which: int, n: int, way: int) -> None:
        """One step, where there is something to do it with; the shop may refuse it."""
        states = {
            "decide": ("approved", "in_transit", "received", "inspected"),
            "cancel": ("requested", "approved", "in_transit"),
            "reject": ("requested", "approved", "received", "inspected"),
            "repaired": ("completed",),
        }
        there = await (self.returns(*states[name]) if name in states else self.orders())
        if not there:
            return
        try:
            await getattr(self, name)(there[which % len(there)], n, way)
        except StoreError:
            return

    async def check(self) -> None:
        """Every book adds up, and nothing was given back twice."""
        await self.returning.balances()
        async with self.shop.database.writes() as session:
            for number in await self.orders():
                order = await changes.lock(session, number)
                assert (await changes.left(session, order)).minor >= 0, number


async def prepared(shop: SellingShop) -> list[str]:
    """Another size, a dearer and a cheaper colour of the design that is sold, in stock."""
    await shop.execute(
        """
        update shop.colourways set price_minor = changed.price, list_price_minor = changed.price,
            style_id = (select style_id from shop.colourways as mine join shop.skus
                on colourway_id = mine.id where skus.id = :sku_id)
        from (select id, cast(:price as bigint) + (row_number() over (order by id) * 2 - 3) * 450
                as price from shop.colourways where id <> (
                select colourway_id from shop.skus where id = :sku_id) order by id limit 2) as changed
        where colourways.id = changed.id
        """,
        price=shop.price,
        sku_id=shop.sku_id,
    )
    rows = await shop.rows(
        """
        select sku_id, code from (
            select skus.id as sku_id, code, row_number() over (
                partition by colourway_id order by skus.id) as position,
                colourway_id = (select colourway_id from shop.skus where id = :sku_id) as is_same
            from shop.skus where is_offered and colourway_id in (
                select id from shop.colourways where style_id = (
                    select style_id from shop.colourways join shop.skus
                    on colourway_id = colourways.id where skus.id = :sku_id))
        ) as one where sku_id = :sku_id or position <= 2 and is_same or position = 1
        order by sku_id
        """,
        sku_id=shop.sku_id,
    )
    async with shop.database.writes() as session:
        await inventory.count(session, {row[0]: 500 for row in rows})
    return [str(row[1]) for row in rows]


async def placed(shop: SellingShop, gift_card: int) -> str:
    """An order of four pieces whose payment is captured, a part of it paid by a gift card."""
    buyer = Buyer(shop)
    await buyer.fill(PIECES)
    if gift_card:
        async with shop.database.writes() as session:
            code = await pricing.issue_gift_card(
                session, Money(gift_card, "USD"), reference="a test"
            )
            await cart.add_gift_card(session, buyer.owner, code=code, now=datetime.now(UTC))
    result = await buyer.pay(to_pay=max(buyer.total - gift_card, 0))
    assert isinstance(result, Placed)
    return result.number


async def live(
    shop: SellingShop, skus: list[str], steps: list[Step], ships: str, gift_card: int
) -> None:
    """A whole history, with every book checked after each step."""
    history = History(shop, await placed(shop, gift_card), skus, ships)
    await do_jobs(shop)
    await history.send(history.number, PIECES - 1, 0)
    for step in steps:
        await history.step(*step)
        await history.check()
    await do_jobs(shop)
    await history.check()
    assert await shop.rows("select id from shop.refunds where state = 'failed'") == []


def test_no_history_of_returns_makes_the_books_differ(
    emulator: Emulator, databases: Databases, template_of: Callable[[int], str]
) -> None:
    name = databases.create(template=template_of(5))
    with environment(emulator, name), asyncio.Runner() as loop:
        shop = SellingShop(Database(Settings(connect_deadline_s=60)))
        loop.run(shop.stock(10))
        skus = loop.run(prepared(shop))
        assert len(skus) >= 4

        # A history takes a second: the first one that fails says enough.
        @settings(
            max_examples=8,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(STEPS, SHIPS, st.sampled_from([0, 1_500, 1_000_000]))
        def run(steps: list[Step], ships: str, gift_card: int) -> None:
            loop.run(live(shop, skus, steps, ships, gift_card))

        try:
            run()
        finally:
            loop.run(shop.database.aclose())
