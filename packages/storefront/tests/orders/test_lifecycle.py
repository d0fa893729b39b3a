"""An order is cancelled, shipped, delivered and refunded; money and stock always add up."""

import asyncio
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from packages.storefront.tests.checkout.conftest import Buyer, SellingShop
from packages.storefront.tests.orders.steps import (
    STAFF,
    cancel,
    do_jobs,
    order_of,
    refund,
    ship,
)
from storefront.cart import service as cart
from storefront.checkout.results import Placed
from storefront.errors import InvalidInput, NotFound
from storefront.money import Money
from storefront.orders import lifecycle, queries
from storefront.orders.lifecycle import (
    NotCancellable,
    NotPaidYet,
    NotRefundable,
    NotShippable,
)
from storefront.orders.shapes import Filter
from storefront.payments.service import RefundTooLarge
from storefront.pricing import service as pricing


async def states(shop: SellingShop, number: str) -> tuple[str, str, str]:
    summary = (await order_of(shop, number)).summary
    return summary.state, summary.payment, summary.fulfilment


async def on_hand(shop: SellingShop) -> int:
    [(pieces,)] = await shop.rows(
        "select on_hand from shop.stock_levels where sku_id = :id", id=shop.sku_id
    )
    return int(pieces)


async def assert_balanced(shop: SellingShop) -> None:
    await shop.assert_books_balance()
    async with shop.database.reads() as session:
        assert await queries.differences(session) == []


async def test_states_follow_from_payment_and_shipments(shop: SellingShop, placed: str) -> None:
    assert await states(shop, placed) == ("placed", "authorized", "unshipped")
    await do_jobs(shop)
    assert await states(shop, placed) == ("placed", "paid", "unshipped")
    first = await ship(shop, placed, 1)
    assert await states(shop, placed) == ("placed", "paid", "partially_shipped")
    async with shop.database.reads() as session:
        to_ship = await queries.page(session, Filter(is_to_ship=True), most=9)
    assert [one.number for one in to_ship.rows] == [placed]
    second = await ship(shop, placed, 1)
    assert await states(shop, placed) == ("placed", "paid", "shipped")
    for shipment in (first, second, second):
        async with shop.database.writes() as session:
            await lifecycle.deliver(session, placed, shipment, actor=STAFF)
    assert await states(shop, placed) == ("completed", "paid", "delivered")
    kinds = [event.kind for event in (await order_of(shop, placed)).events]
    assert kinds == ["placed", "paid", "shipped", "shipped", "delivered", "delivered", "completed"]


async def test_a_captured_order_that_is_cancelled_is_refunded_once(
    shop: SellingShop, buyer: Buyer, captured: str
) -> None:
    assert await on_hand(shop) == 8
    await cancel(shop, captured)
    await cancel(shop, captured)
    mails = await do_jobs(shop)
    assert await states(shop, captured) == ("cancelled", "refunded", "cancelled")
    assert await on_hand(shop) == 10
    assert await shop.rows("select state, amount_minor from shop.refunds") == [
        ("done", buyer.total)
    ]
    assert await shop.rows("select refunded_minor from shop.test_payments") == [(buyer.total,)]
    assert [mail.subject.split(" · ")[0] for mail in mails] == [
        f"Your order {captured} was cancelled"
    ]
    assert f"{Money(buyer.total, 'USD').format('en_US')} to your payment method" in mails[0].text
    await assert_balanced(shop)


async def test_an_order_that_is_cancelled_before_capture_is_never_captured(
    shop: SellingShop, placed: str
) -> None:
    await cancel(shop, placed)
    await do_jobs(shop)
    assert await states(shop, placed) == ("cancelled", "cancelled", "cancelled")
    assert await shop.rows("select state from shop.test_payments") == [("cancelled",)]
    assert await shop.rows("select count(*) from shop.refunds") == [(0,)]
    await assert_balanced(shop)


async def test_a_capture_that_was_in_progress_while_the_order_was_cancelled_is_refunded(
    shop: SellingShop, buyer: Buyer, placed: str
) -> None:
    await cancel(shop, placed)
    # As if the provider had captured between our looking and our cancelling.
    await shop.execute("update shop.test_payments set state = 'captured'")
    await do_jobs(shop)
    assert await states(shop, placed) == ("cancelled", "refunded", "cancelled")
    assert await shop.rows("select refunded_minor from shop.test_payments") == [(buyer.total,)]
    await assert_balanced(shop)


async def test_what_was_shipped_cannot_be_cancelled(shop: SellingShop, captured: str) -> None:
    await ship(shop, captured, 1)
    with pytest.raises(NotCancellable):
        await cancel(shop, captured)
    assert await on_hand(shop) == 8


async def test_twenty_cancellations_at_once_put_the_pieces_back_once(
    shop: SellingShop, captured: str
) -> None:
    await asyncio.gather(*(cancel(shop, captured) for _ in range(20)))
    assert await on_hand(shop) == 10
    assert await shop.rows("select count(*) from shop.refunds") == [(1,)]
    assert await shop.rows("select count(*) from shop.order_events where kind = 'cancelled'") == [
        (1,)
    ]
    await assert_balanced(shop)


async def test_of_cancelling_and_shipping_at_once_one_happens(
    shop: SellingShop, captured: str
) -> None:
    results = await asyncio.gather(
        *(cancel(shop, captured) for _ in range(5)),
        *(ship(shop, captured, 2) for _ in range(5)),
        return_exceptions=True,
    )
    refused = {type(one) for one in results if isinstance(one, BaseException)}
    assert refused <= {NotCancellable, NotShippable}
    assert await states(shop, captured) in (
        ("cancelled", "refunded", "cancelled"),
        ("placed", "paid", "shipped"),
    )
    await assert_balanced(shop)


async def test_no_more_is_shipped_than_was_bought(shop: SellingShop, captured: str) -> None:
    results = await asyncio.gather(
        *(ship(shop, captured, 1) for _ in range(6)), return_exceptions=True
    )
    assert sum(isinstance(one, int) for one in results) == 2
    assert {type(one) for one in results if not isinstance(one, int)} == {NotShippable}


async def test_nothing_is_shipped_before_it_is_paid(shop: SellingShop, placed: str) -> None:
    with pytest.raises(NotPaidYet):
        await ship(shop, placed, 1)
    with pytest.raises(NotPaidYet):
        await refund(shop, placed, 1)


async def test_staff_capture_by_hand_what_waits(shop: SellingShop, placed: str) -> None:
    await shop.execute(
        "update shop.jobs set state = 'dead', finished_at = now() where kind = 'payments.capture'"
    )
    for _ in range(2):
        async with shop.database.writes() as session:
            await lifecycle.capture(session, placed, key="one click")
    await do_jobs(shop)
    assert await states(shop, placed) == ("placed", "paid", "unshipped")


async def test_pieces_are_refunded_one_by_one_to_the_cent(
    shop: SellingShop, buyer: Buyer, captured: str
) -> None:
    await ship(shop, captured, 1)
    unshipped = await refund(shop, captured, 1)
    assert await on_hand(shop) == 9  # it never left
    returned = await refund(shop, captured, 1, is_restocked=True)
    assert await on_hand(shop) == 10
    assert unshipped + returned == Money(2 * shop.price, "USD")
    with pytest.raises(NotRefundable):
        await refund(shop, captured, 1)
    await do_jobs(shop)
    delivery = buyer.total - 2 * shop.price
    if delivery:
        await refund(shop, captured, extra=delivery)
    with pytest.raises(RefundTooLarge) as refused:
        await refund(shop, captured, extra=1)
    assert json.dumps(refused.value.facts) == '{"left": 0}'
    await assert_balanced(shop)


async def test_refunds_at_once_never_exceed_what_was_paid(
    shop: SellingShop, buyer: Buyer, captured: str
) -> None:
    amount = buyer.total // 3 + 1
    results = await asyncio.gather(
        *(refund(shop, captured, extra=amount) for _ in range(10)), return_exceptions=True
    )
    assert sum(isinstance(one, Money) for one in results) == 2
    assert {type(one) for one in results if not isinstance(one, Money)} == {RefundTooLarge}
    await do_jobs(shop)
    assert await shop.rows("select refunded_minor from shop.test_payments") == [(2 * amount,)]
    await assert_balanced(shop)


async def test_a_refund_of_nothing_is_refused(shop: SellingShop, captured: str) -> None:
    with pytest.raises(InvalidInput):
        await refund(shop, captured)
    with pytest.raises(NotFound):
        await refund(shop, "NO-SUCH", 1)


async def test_gift_cards_get_back_what_they_paid(shop: SellingShop) -> None:
    buyer = Buyer(shop)
    await buyer.fill(2)
    async with shop.database.writes() as session:
        code = await pricing.issue_gift_card(session, Money(100, "USD"), reference="test")
        await cart.add_gift_card(session, buyer.owner, code=code, now=datetime.now(UTC))
    result = await buyer.pay(to_pay=buyer.total - 100)
    assert isinstance(result, Placed)
    assert await shop.rows("select balance_minor from shop.gift_cards") == [(0,)]
    await do_jobs(shop)
    await refund(shop, result.number, 1)  # the payment paid more, so it gets its money first
    assert await shop.rows("select balance_minor from shop.gift_cards") == [(0,)]
    await cancel(shop, result.number)
    assert await shop.rows("select balance_minor from shop.gift_cards") == [(100,)]
    await do_jobs(shop)
    assert await shop.rows("select refunded_minor from shop.test_payments") == [
        (buyer.total - 100,)
    ]
    assert await states(shop, result.number) == ("cancelled", "refunded", "cancelled")
    await assert_balanced(shop)


async def test_a_cancelled_order_gives_its_coupon_back(shop: SellingShop) -> None:
    await shop.execute(
        "with one as (insert into shop.promotions (label, kind, percent) "
        "values ('Ten', 'percentage', 10) returning id) "
        "insert into shop.coupons (promotion_id, code, budget, is_once_per_customer) "
        "select id, 'TEN', 1, true from one"
    )
    numbers = []
    for _ in range(2):
        buyer = Buyer(shop, "the same person")
        await buyer.fill(1)
        async with shop.database.writes() as session:
            await cart.apply_coupon(session, buyer.owner, code="TEN", now=datetime.now(UTC))
        price = Money(shop.price, "USD") - Money(shop.price, "USD").times(Decimal("0.1"))
        total = price.minor + (0 if price.minor >= 10_000 else 500)
        result = await buyer.pay(total=total)
        assert isinstance(result, Placed)
        numbers.append(result.number)
        assert await shop.rows("select used_count from shop.coupons") == [(1,)]
        await cancel(shop, result.number)
        assert await shop.rows("select used_count from shop.coupons") == [(0,)]
    assert len(set(numbers)) == 2


async def test_the_confirmation_names_what_was_bought_and_opens_the_order(
    shop: SellingShop, placed: str
) -> None:
    [mail] = await do_jobs(shop)
    found = await order_of(shop, placed)
    assert mail.to == found.summary.email
    assert mail.key == f"orders.confirmation {placed}"
    assert found.lines[0].name in mail.text
    assert f"/orders/{placed}?key={placed}." in mail.text
    assert "<h1" in mail.html


async def test_lists_are_filtered_and_paged(shop: SellingShop) -> None:
    numbers = []
    for _ in range(3):
        buyer = Buyer(shop)
        await buyer.fill(1)
        result = await buyer.pay()
        assert isinstance(result, Placed)
        numbers.append(result.number)
    await cancel(shop, numbers[0])
    async with shop.database.reads() as session:
        first = await queries.page(session, Filter(), most=2)
        assert [one.number for one in first.rows] == [numbers[2], numbers[1]]
        second = await queries.page(session, Filter(), most=2, before=first.next)
        assert ([one.number for one in second.rows], second.next) == ([numbers[0]], None)
        assert (await queries.page(session, Filter(), most=3)).next is None
        found = await queries.page(session, Filter(state="cancelled"), most=9)
        assert [one.number for one in found.rows] == [numbers[0]]
        found = await queries.page(session, Filter(search=numbers[1].lower()), most=9)
        assert [one.number for one in found.rows] == [numbers[1]]
        found = await queries.page(session, Filter(payment="authorized"), most=9)
        assert [one.number for one in found.rows] == [numbers[2], numbers[1]]
        to_do = await queries.to_do(session)
    assert to_do == {"to_ship": 0, "to_capture": 2, "to_deliver": 0, "to_refund": 0}
