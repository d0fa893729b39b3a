"""Returns and exchanges: what may come back, what becomes of it, and that the books always add up."""

import asyncio
from datetime import timedelta

import pytest

from packages.storefront.tests.orders.steps import do_jobs
from storefront.checkout import service as checkout
from storefront.checkout.results import PaymentDeclined, PriceChanged
from storefront.errors import InvalidInput
from storefront.money import Money
from storefront.orders import lifecycle
from storefront.orders import queries as orders
from storefront.orders.lifecycle import NotCancellable, NotRefundable, NotShippable, RefundRequest
from storefront.orders.returning import NotReturnable, ReplacementSent
from storefront.orders.shapes import Filter
from storefront.pricing import queries as pricing
from storefront.returns import queries, service
from storefront.returns.replacements import Wanted
from storefront.returns.requests import DifferenceDue
from storefront.returns.service import Verdict, WrongState
from storefront.returns.shapes import OPEN

from .conftest import CODE, STAFF, Returning


def usd(minor: int) -> Money:
    return Money(minor, "USD")


async def on_hand(returning: Returning, code: str | None = None) -> tuple[int, int]:
    """Pieces of a SKU on hand, and reserved."""
    [row] = await returning.shop.rows(
        "select on_hand, reserved from shop.stock_levels where sku_id ="
        " (select id from shop.skus where code = :code)",
        code=code or returning.shop.sku,
    )
    return row[0], row[1]


async def raise_price(returning: Returning, by: int) -> str:
    """Have another colour of the design that costs more; returns a SKU of it."""
    await returning.shop.execute(
        """
        update shop.colourways set price_minor = :price, list_price_minor = :price,
            style_id = (select style_id from shop.colourways as mine join shop.skus
                on colourway_id = mine.id where skus.id = :sku_id)
        where id = (select max(id) from shop.colourways)
        """,
        price=returning.shop.price + by,
        sku_id=returning.shop.sku_id,
    )
    [(sku,)] = await returning.shop.rows(
        "select code from shop.offered_sizes where pieces >= 3"
        " and colourway_id = (select max(id) from shop.colourways) order by code limit 1"
    )
    return str(sku)


async def test_accepted_pieces_are_refunded_and_restocked_and_the_others_stay(
    returning: Returning,
) -> None:
    paid = (await returning.order()).lines[0].total
    asked = await returning.request(await returning.wanted(3))
    assert (await returning.get(asked.number)).state == "approved"
    assert (await returning.order()).lines[0].state.returning == 3
    assert await on_hand(returning) == (6, 0)
    async with returning.shop.database.writes() as session:
        await service.send(session, asked.number, carrier="DHL", tracking_number="JD01")
    back = await returning.finish(asked.number, [2])
    assert back == paid.allocate([1] * 4)[0] * 2
    found = await returning.get(asked.number)
    assert (found.state, found.lines[0].received, found.lines[0].accepted) == ("completed", 3, 2)
    state = (await returning.order()).lines[0].state
    assert (state.returning, state.returned, state.refunded) == (0, 2, back)
    assert await on_hand(returning) == (8, 0)
    await returning.balances()
    assert await returning.complete(asked.number) == back  # again: nothing happens
    await do_jobs(returning.shop)
    assert [one.state for one in (await returning.order()).refunds] == ["done"]
    await returning.balances()


async def test_no_more_comes_back_than_was_delivered_whatever_is_asked_for_at_once(
    returning: Returning,
) -> None:
    with pytest.raises(NotReturnable) as refused:
        await returning.request(await returning.wanted(5))
    assert refused.value.facts == {"reason": "not-delivered"}
    wanted = await returning.wanted(3)
    results = await asyncio.gather(
        *(returning.request(wanted) for _ in range(3)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in results) == [
        "NotReturnable", "NotReturnable", "Requested",
    ]  # fmt: skip
    again = RefundRequest({wanted.line_id: 2}, usd(0), "goodwill")
    with pytest.raises(NotRefundable):
        async with returning.shop.database.writes() as session:
            await lifecycle.refund(session, returning.number, again, actor=STAFF)
    await returning.balances()


async def test_a_repeated_request_is_the_same_return(returning: Returning) -> None:
    wanted = await returning.wanted(2)
    first = await returning.request(wanted, key="k")
    again = await returning.request(wanted, key="k")
    assert (again.number, again.is_replayed) == (first.number, True)
    await returning.cancel(first.number)
    await returning.cancel(first.number)
    assert (await returning.order()).lines[0].state.returning == 0
    with pytest.raises(WrongState):
        await returning.receive(first.number, 1)
    await returning.balances()


async def test_terms_decide_by_category_time_and_seal(returning: Returning) -> None:
    wanted = await returning.wanted()
    [(path,)] = await returning.shop.rows(
        "select category_path from shop.live_products where id = :id",
        id=(await returning.order()).lines[0].product_id,
    )
    returning.on(days_by_category={path.split("/")[0]: 0})
    with pytest.raises(NotReturnable) as refused:
        await returning.request(wanted)
    assert refused.value.facts == {"reason": "excluded"}
    returning.on(days_by_category={}, sealed=[path])
    with pytest.raises(NotReturnable) as refused:
        await returning.request(wanted)
    assert refused.value.facts == {"reason": "sealed"}
    returning.on(sealed=[])
    await returning.shop.execute(
        "update shop.shipments set delivered_at = delivered_at - cast(:ago as interval)",
        ago=timedelta(days=31),
    )
    with pytest.raises(NotReturnable) as refused:
        await returning.request(wanted)
    assert refused.value.facts == {"reason": "too-late"}
    returning.on(days=32, is_approved_at_once=False)
    asked = await returning.request(wanted)
    assert (await returning.get(asked.number)).state == "requested"
    async with returning.shop.database.writes() as session:
        await service.approve(session, asked.number, returning.terms, actor=STAFF)
        assert await queries.to_do(session) == {"approved": 1}
    async with returning.shop.database.writes() as session:
        await service.reject(session, asked.number, note="worn", actor=STAFF)
    assert (await returning.get(asked.number)).staff_note == "worn"
    await returning.balances()


async def test_the_last_pieces_bring_back_the_cost_of_delivery_and_a_gift_card(
    returning: Returning,
) -> None:
    order = await returning.order()
    delivery = order.summary.total - order.lines[0].total
    first = await returning.request(
        await returning.wanted(1, "gift_card"), await returning.wanted(2)
    )
    card = await returning.finish(first.number, [1, 2], disposition="repair")
    second = await returning.request(await returning.wanted(1))
    rest = await returning.finish(second.number, [1], disposition="discard")
    assert card + rest == order.summary.total
    assert (await returning.get(second.number)).delivery == delivery
    async with returning.shop.database.reads() as session:
        left = await pricing.gift_card_of(session, CODE, order.summary.placed_at)
    assert left.balance == (await returning.get(first.number)).lines[0].refunded
    assert await on_hand(returning) == (6, 0)
    await returning.balances()
    repaired = (await returning.get(first.number)).lines[1]
    async with returning.shop.database.writes() as session:
        await service.repaired(session, first.number, repaired.id, "restock", actor=STAFF)
    assert await on_hand(returning) == (8, 0)
    await do_jobs(returning.shop)
    await returning.balances()


async def test_another_size_is_sold_at_once_and_shipped_when_the_first_arrived(
    returning: Returning,
) -> None:
    [size, *_] = await returning.sizes()
    before, _ = await on_hand(returning, size)
    wanted = await returning.wanted(2, "exchange", new_sku=size)
    asked = await returning.request(wanted)
    assert await on_hand(returning, size) == (before - 2, 0)
    found = await returning.get(asked.number)
    assert found.replacement is not None
    new = await returning.order(found.replacement)
    assert (new.is_held, new.replaces, new.credit) == (True, returning.number, new.summary.total)
    assert new.summary.total == found.lines[0].value
    with pytest.raises(NotShippable):
        await returning.deliver(found.replacement)
    with pytest.raises(NotCancellable):
        async with returning.shop.database.writes() as session:
            await lifecycle.cancel(session, found.replacement, actor="customer")
    await returning.receive(asked.number, 2)
    await returning.deliver(found.replacement)
    await returning.inspect(asked.number, 1)
    with pytest.raises(ReplacementSent):
        await returning.complete(asked.number)
    await returning.inspect(asked.number, 2)
    assert await returning.complete(asked.number) == usd(0)
    await returning.balances()
    # The replacement comes back as well: its money goes to the payment of the first order.
    line = new.lines[0].state.id
    back = await returning.request(
        Wanted(line, 2, "changed_mind", "payment"), order=found.replacement
    )
    assert await returning.finish(back.number, [2]) == new.summary.total
    await do_jobs(returning.shop)
    [(refunded,)] = await returning.shop.rows("select refunded_minor from shop.test_payments")
    assert refunded == new.summary.total.minor
    await returning.balances()


async def test_the_replacement_of_the_accepted_pieces_stays_paid_and_is_shipped(
    returning: Returning,
) -> None:
    [size, *_] = await returning.sizes()
    asked = await returning.request(await returning.wanted(2, "exchange", new_sku=size))
    await returning.finish(asked.number, [1])
    found = await returning.get(asked.number)
    assert found.replacement is not None
    new = await returning.order(found.replacement)
    half = found.lines[0].credit
    assert (new.summary.payment, new.is_shippable) == ("paid", True)
    assert (new.credit, new.undone, new.paid_directly) == (half, half, usd(0))
    async with returning.shop.database.reads() as session:
        assert (await orders.to_do(session))["to_ship"] == 1
        shown = await orders.page(session, Filter(is_to_ship=True), most=9)
    assert [one.number for one in shown.rows] == [new.number]
    await returning.deliver(found.replacement)
    delivered = (await returning.order(found.replacement)).summary
    assert (delivered.state, delivered.payment) == ("completed", "paid")
    await returning.balances()


@pytest.mark.parametrize("by", [700, -300])
async def test_a_difference_is_charged_or_refunded(returning: Returning, by: int) -> None:
    colour = await raise_price(returning, by)
    wanted = await returning.wanted(2, "exchange", new_sku=colour)
    if by < 0:
        asked = await returning.request(wanted)
        assert await returning.finish(asked.number, [2]) == usd(-2 * by)
        await returning.balances()
        return
    with pytest.raises(DifferenceDue) as due:
        await returning.request(wanted)
    assert due.value.facts == {"due": 2 * by}
    with pytest.raises(PriceChanged):
        await returning.request(wanted, token="approve", confirmed=1)
    with pytest.raises(PaymentDeclined):
        await returning.request(wanted, token="decline", confirmed=2 * by)
    assert (await returning.order()).lines[0].state.returning == 0
    await returning.balances()
    too_early = await returning.request(wanted, token="approve", confirmed=2 * by)
    await returning.cancel(too_early.number)  # before its payment is captured
    await do_jobs(returning.shop)
    await returning.balances()
    assert await returning.shop.rows(
        "select state from shop.test_payments order by created_at desc limit 1"
    ) == [("cancelled",)]
    asked = await returning.request(wanted, token="approve", confirmed=2 * by)
    await do_jobs(returning.shop)
    found = await returning.get(asked.number)
    assert (found.state, found.charge) == ("approved", usd(2 * by))
    await returning.finish(asked.number, [1])  # one is rejected: its half of everything is undone
    await do_jobs(returning.shop)
    assert found.replacement is not None
    new = await returning.order(found.replacement)
    assert (new.refunded, new.lines[0].state.cancelled) == (usd(by), 1)
    await returning.balances()


async def test_an_exchange_that_waits_for_the_bank_is_approved_once_paid_or_ends(
    returning: Returning,
) -> None:
    colour = await raise_price(returning, 500)
    wanted = await returning.wanted(1, "exchange", new_sku=colour)
    asked = await returning.request(wanted, token="confirm", confirmed=500)
    assert asked.redirect_url is not None
    assert (await returning.get(asked.number)).is_unpaid
    async with returning.shop.database.writes() as session:
        with pytest.raises(WrongState):
            await service.approve(session, asked.number, returning.terms, actor=STAFF)
    await returning.cancel(asked.number)
    await returning.balances()
    asked = await returning.request(wanted, token="confirm", confirmed=500)
    await returning.shop.execute("update shop.test_payments set state = 'authorized'")
    [(key,)] = await returning.shop.rows(
        "select idempotency_key from shop.payments order by id desc limit 1"
    )
    await checkout.settle(returning.shop.database, returning.shop.provider, key)
    async with returning.shop.database.writes() as session:
        await service.settle(session, asked.number, returning.terms)
    found = await returning.get(asked.number)
    assert (found.state, found.is_unpaid) == ("approved", False)
    await do_jobs(returning.shop)
    await returning.cancel(asked.number)
    await do_jobs(returning.shop)
    assert found.replacement is not None
    new = await returning.order(found.replacement)
    assert (new.summary.state, new.refunded) == ("cancelled", usd(500))
    await returning.balances()


async def test_only_sizes_and_colours_of_the_same_design_replace_a_piece(
    returning: Returning,
) -> None:
    same = await returning.wanted(1, "exchange", new_sku=returning.shop.sku)
    with pytest.raises(InvalidInput):
        await returning.request(same)
    [(other,)] = await returning.shop.rows(
        "select code from shop.skus where colourway_id = (select max(id) from shop.colourways)"
        " order by id limit 1"
    )
    foreign = await returning.wanted(1, "exchange", new_sku=str(other))
    with pytest.raises(InvalidInput):
        await returning.request(foreign)


async def test_a_cancelled_return_is_not_among_the_open_ones(returning: Returning) -> None:
    await returning.request(await returning.wanted(2), await returning.wanted(1, reason="colour"))
    cancelled = await returning.request(await returning.wanted(1, reason="quality"))
    await returning.cancel(cancelled.number)
    async with returning.shop.database.reads() as session:
        page = await queries.page(session, state="open", search=None, most=2)
    assert [one.state in OPEN for one in page.rows] == [True]


async def test_an_inspection_leaves_lines_alone_that_it_does_not_name(returning: Returning) -> None:
    asked = await returning.request(
        await returning.wanted(1), await returning.wanted(1, reason="quality")
    )
    await returning.receive(asked.number, 1, 1)
    first, second = (await returning.get(asked.number)).lines
    as_new = Verdict(1, "as_new", "restock")
    for verdicts in ({first.id: as_new}, {second.id: as_new}, {}):
        async with returning.shop.database.writes() as session:
            await service.inspect(session, asked.number, verdicts, staff_note=None, actor=STAFF)
    assert [line.accepted for line in (await returning.get(asked.number)).lines] == [1, 1]
