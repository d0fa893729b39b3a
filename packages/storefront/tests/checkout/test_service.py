"""A bag becomes one order, at the confirmed price, whatever is clicked, lost or late."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from packages.storefront.tests.checkout.conftest import Buyer, SellingShop
from storefront.cart import service as cart
from storefront.checkout import service
from storefront.checkout.paying import to_its_end
from storefront.checkout.results import (
    CheckoutNotReady,
    ConfirmationNeeded,
    Failed,
    PaymentDeclined,
    PaymentInProgress,
    Placed,
    PriceChanged,
)
from storefront.checkout.withdrawing import withdraw
from storefront.db import WriteSession
from storefront.errors import Unavailable
from storefront.inventory.service import OutOfStock
from storefront.money import Money
from storefront.payments.provider import Outcome, PaymentRequest, PaymentUnavailable
from storefront.payments.test_provider import TestProvider
from storefront.pricing import queries as pricing_queries
from storefront.pricing import service as pricing
from storefront.web.signing import Signer


class Unreachable(TestProvider):
    """A provider whose network is away."""

    async def authorize(self, request: PaymentRequest) -> Outcome:
        raise PaymentUnavailable(f"The network is away: {request.key} was not asked for.")

    async def status(self, key: str, provider_ref: str | None) -> Outcome | None:
        raise PaymentUnavailable(f"The network is away: {key or provider_ref}")


async def _nothing(_provider: TestProvider, _headers: Mapping[str, str], _body: bytes) -> None:
    return None


ORDERS = "select number, total_minor from shop.orders"
PAYMENTS = "select state, order_id is not null from shop.payments order by id"


async def test_an_approved_payment_becomes_an_order_with_everything_in_it(
    shop: SellingShop, buyer: Buyer
) -> None:
    result = await buyer.pay()
    assert isinstance(result, Placed)
    assert await shop.rows(ORDERS) == [(result.number, buyer.total)]
    assert await shop.rows(
        "select position, sku, quantity, price_minor, total_minor from shop.order_lines"
    ) == [(1, shop.sku, 2, shop.price, 2 * shop.price)]
    assert await shop.rows("select kind, actor from shop.order_events") == [("placed", "shop")]
    assert await shop.rows("select on_hand, reserved from shop.stock_levels where sku_id = :id",
                           id=shop.sku_id) == [(8, 0)]  # fmt: skip
    assert await shop.rows("select state from shop.carts") == [("ordered",)]
    assert sorted(await shop.rows("select kind from shop.jobs where kind <> 'checkout.settle'")) == [
        ("orders.confirmation",), ("payments.capture",), ("payments.test-webhook",),
    ]  # fmt: skip
    await shop.assert_books_balance()


async def test_a_payment_goes_on_when_its_request_was_given_up(
    shop: SellingShop, buyer: Buyer
) -> None:
    request = asyncio.create_task(to_its_end(buyer.pay("slow")))
    while not await shop.rows(PAYMENTS):  # noqa: ASYNC110 - the database tells, not an event
        await asyncio.sleep(0.05)
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    while not await shop.rows(ORDERS):  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    again = await buyer.pay()
    assert isinstance(again, Placed)
    assert await shop.rows(ORDERS) == [(again.number, buyer.total)]


async def test_the_money_is_taken_once_after_the_order_is_there(
    shop: SellingShop, buyer: Buyer
) -> None:
    await buyer.pay("webhook-twice")
    async with shop.jobs():
        await shop.wait_for_jobs("payments.capture", "payments.test-webhook")
    assert await shop.rows(PAYMENTS) == [("captured", True)]
    assert await shop.rows("select kind from shop.order_events order by id") == [
        ("placed",),
        ("paid",),
    ]
    assert await shop.rows("select count(*) from shop.orders") == [(1,)]


async def test_a_declined_payment_leaves_the_bag_and_gives_the_stock_back(
    shop: SellingShop, buyer: Buyer
) -> None:
    result = await buyer.pay("decline")
    assert isinstance(result, Failed)
    assert isinstance(result.problem, PaymentDeclined)
    assert await shop.rows("select reserved from shop.stock_levels where reserved > 0") == []
    assert isinstance(await buyer.pay("approve"), Placed)
    assert await shop.rows(PAYMENTS) == [("declined", False), ("authorized", True)]
    await shop.assert_books_balance()


async def test_a_confirmed_payment_becomes_an_order_by_browser_and_webhook_alike(
    shop: SellingShop, buyer: Buyer
) -> None:
    result = await buyer.pay("confirm")
    assert isinstance(result, ConfirmationNeeded)
    ref = result.redirect_url.rsplit("/", 1)[1]
    assert await shop.provider.confirm(ref, is_approved=True) == "/checkout/confirm"
    [(key,)] = await shop.rows("select idempotency_key from shop.payments")
    results = await asyncio.gather(
        *(service.settle(shop.database, shop.provider, str(key)) for _ in range(3)),
        *(shop.provider.send_webhook(ref, number=1) for _ in range(3)),
    )
    placed = {result.number for result in results if isinstance(result, Placed)}
    assert await shop.rows("select number from shop.orders") == [(number,) for number in placed]
    await shop.assert_books_balance()


async def test_a_second_click_gets_the_same_order(shop: SellingShop, buyer: Buyer) -> None:
    first = await buyer.pay()
    assert await buyer.pay() == first
    assert await shop.rows("select count(*) from shop.payments") == [(1,)]


async def test_two_clicks_at_once_make_one_order(shop: SellingShop, buyer: Buyer) -> None:
    results = await asyncio.gather(*(buyer.pay() for _ in range(6)), return_exceptions=True)
    assert {type(result) for result in results} <= {Placed, PaymentInProgress}
    assert await shop.rows("select count(*) from shop.orders") == [(1,)]
    assert await shop.rows("select count(*) from shop.test_payments") == [(1,)]


async def test_a_lost_answer_is_found_out_at_once(shop: SellingShop, buyer: Buyer) -> None:
    assert isinstance(await buyer.pay("answer-lost"), Placed)
    await shop.assert_books_balance()


async def test_a_payment_whose_process_died_is_settled_later(
    shop: SellingShop, buyer: Buyer
) -> None:
    await buyer.pay("approve")
    # As if the process had died between the provider's answer and the order.
    await shop.execute("delete from shop.jobs")
    lost = Buyer(shop)
    await lost.fill()

    reachable = shop.provider
    shop.provider = Unreachable(shop.database, signer=Signer(["x" * 32]), deliver=_nothing)
    with pytest.raises(PaymentUnavailable):
        await lost.pay()
    shop.provider = reachable
    with pytest.raises(PaymentInProgress):
        await lost.pay()
    await shop.execute("update shop.payments set created_at = now() - interval '2 minutes'")
    [(key,)] = await shop.rows("select idempotency_key from shop.payments where state = 'created'")
    assert isinstance(await service.settle(shop.database, shop.provider, str(key)), Failed)
    assert isinstance(await lost.pay(), Placed)
    await shop.assert_books_balance()


async def test_an_order_whose_connection_is_cut_is_placed_on_another(
    shop: SellingShop, buyer: Buyer
) -> None:
    # The payment was taken: nobody may have to wait until it is settled, a minute later.
    await shop.execute("create sequence shop.cuts")
    await shop.execute(
        """
        create function shop.cut() returns trigger language plpgsql as $$
        begin
            if nextval('shop.cuts') <= 2 then perform pg_terminate_backend(pg_backend_pid()); end if;
            return new;
        end $$
        """
    )
    await shop.execute(
        "create trigger cut before insert on shop.orders for each row execute function shop.cut()"
    )
    result = await buyer.pay()
    assert isinstance(result, Placed)
    assert await shop.rows("select last_value from shop.cuts") == [(3,)]
    assert await shop.rows(ORDERS) == [(result.number, buyer.total)]
    assert await shop.rows(PAYMENTS) == [("authorized", True)]
    await shop.assert_books_balance()


async def test_a_payment_whose_beginning_was_committed_without_an_answer_can_begin_again_at_once(
    shop: SellingShop, buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes = shop.database.writes

    @asynccontextmanager
    async def writes_unanswered() -> AsyncIterator[WriteSession]:
        monkeypatch.undo()
        async with writes() as session:
            yield session
        raise Unavailable("The connection was cut after the commit.", is_passing=True)

    monkeypatch.setattr(shop.database, "writes", writes_unanswered)
    with pytest.raises(Unavailable):
        await buyer.pay()
    assert await shop.rows(PAYMENTS) == [("cancelled", False)]
    assert await shop.rows("select sum(reserved)::int from shop.stock_levels") == [(0,)]
    assert isinstance(await buyer.pay(), Placed)
    assert await shop.rows(PAYMENTS) == [("cancelled", False), ("authorized", True)]
    await shop.assert_books_balance()


async def test_another_price_than_the_confirmed_one_is_refused(
    shop: SellingShop, buyer: Buyer
) -> None:
    with pytest.raises(PriceChanged) as refused:
        await buyer.pay(total=buyer.total - 1)
    assert refused.value.facts == {
        "total": buyer.total, "to_pay": buyer.total, "confirmed": buyer.total - 1,
    }  # fmt: skip
    assert await shop.rows("select count(*) from shop.payments") == [(0,)]


async def test_what_is_missing_is_named(shop: SellingShop) -> None:
    buyer = Buyer(shop)
    await buyer.fill()
    await shop.execute("update shop.checkouts set email = null, delivery_method = null")
    with pytest.raises(CheckoutNotReady) as refused:
        await buyer.pay()
    assert refused.value.facts == {"missing": ["email", "delivery-method"]}


async def test_the_last_piece_goes_to_one_buyer_and_the_others_learn_it(shop: SellingShop) -> None:
    await shop.stock(1)
    buyers = [Buyer(shop) for _ in range(8)]
    for buyer in buyers:
        await buyer.fill()
    results = await asyncio.gather(*(buyer.pay() for buyer in buyers), return_exceptions=True)
    assert [type(result) for result in results].count(Placed) == 1
    assert [type(result) for result in results].count(OutOfStock) == 7
    await shop.assert_books_balance()


async def test_an_order_that_cannot_be_had_any_more_gives_the_payment_up(
    shop: SellingShop, buyer: Buyer
) -> None:
    result = await buyer.pay("confirm")
    assert isinstance(result, ConfirmationNeeded)
    # The reservation ends, and somebody else buys everything.
    await shop.execute("update shop.stock_reservations set expires_at = now() - interval '1 s'")
    await service.sweep(shop.database)
    await shop.stock(1)
    [(key,)] = await shop.rows("select idempotency_key from shop.payments")
    await shop.provider.confirm(result.redirect_url.rsplit("/", 1)[1], is_approved=True)
    settled = await service.settle(shop.database, shop.provider, str(key))
    assert isinstance(settled, Failed)
    assert isinstance(settled.problem, OutOfStock)
    async with shop.jobs():
        await shop.wait_for_jobs("payments.cancel", "payments.test-webhook")
    assert await shop.rows("select state from shop.test_payments") == [("cancelled",)]
    assert await shop.rows("select count(*) from shop.orders") == [(0,)]
    await shop.assert_books_balance()


async def test_a_gift_card_that_covers_all_needs_no_payment(
    shop: SellingShop, buyer: Buyer
) -> None:
    async with shop.database.writes() as session:
        code = await pricing.issue_gift_card(
            session, Money(buyer.total + 100, "USD"), reference="test"
        )
        await cart.add_gift_card(session, buyer.owner, code=code, now=_now())
    assert isinstance(await buyer.pay(to_pay=0), Placed)
    assert await shop.rows("select count(*) from shop.payments") == [(0,)]
    assert await shop.rows("select balance_minor from shop.gift_cards") == [(100,)]
    await shop.assert_books_balance()


async def test_another_amount_than_the_confirmed_one_is_not_charged(
    shop: SellingShop, buyer: Buyer
) -> None:
    async with shop.database.writes() as session:
        code = await pricing.issue_gift_card(session, Money(100, "USD"), reference="test")
        await cart.add_gift_card(session, buyer.owner, code=code, now=_now())
    rest = buyer.total - 100
    with pytest.raises(
        PriceChanged
    ) as refused:  # the card was removed in another tab, then put back
        await buyer.pay()
    assert refused.value.facts["to_pay"] == rest
    await shop.execute("update shop.gift_cards set balance_minor = 40")  # another order used it
    with pytest.raises(PriceChanged):
        await buyer.pay(to_pay=rest)
    assert await shop.rows("select count(*) from shop.payments") == [(0,)]
    assert isinstance(await buyer.pay(to_pay=buyer.total - 40), Placed)
    assert await shop.rows("select amount_minor from shop.payments") == [(buyer.total - 40,)]


async def test_a_gift_card_that_has_expired_in_the_bag_pays_nothing_and_the_order_can_be_paid(
    shop: SellingShop, buyer: Buyer
) -> None:
    async with shop.database.writes() as session:
        code = await pricing.issue_gift_card(session, Money(100, "USD"), reference="test")
        await cart.add_gift_card(session, buyer.owner, code=code, now=_now())
    await shop.execute("update shop.gift_cards set expires_at = now() - interval '1 minute'")
    with pytest.raises(PriceChanged) as refused:
        await buyer.pay(to_pay=buyer.total - 100)
    assert refused.value.facts["to_pay"] == buyer.total
    assert isinstance(await buyer.pay(), Placed)
    assert await shop.rows("select balance_minor from shop.gift_cards") == [(100,)]


async def test_a_payment_that_is_not_confirmed_ends_however_often_its_page_is_reloaded(
    shop: SellingShop, buyer: Buyer
) -> None:
    await buyer.pay("confirm")
    [(key,)] = await shop.rows("select idempotency_key from shop.payments")
    for _ in range(3):
        settled = await service.settle(shop.database, shop.provider, str(key))
        assert isinstance(settled, ConfirmationNeeded)
    await shop.execute("update shop.payments set created_at = now() - interval '16 minutes'")
    assert isinstance(await service.settle(shop.database, shop.provider, str(key)), Failed)
    assert await shop.rows("select state from shop.checkouts") == [("open",)]
    assert await shop.rows("select sum(reserved)::int from shop.stock_levels") == [(0,)]


async def test_a_payment_that_is_not_confirmed_is_withdrawn_to_pay_in_another_way(
    shop: SellingShop, buyer: Buyer
) -> None:
    await buyer.pay("confirm")
    [(key,)] = await shop.rows("select idempotency_key from shop.payments")
    assert isinstance(await withdraw(shop.database, shop.provider, str(key)), Failed)
    assert await shop.rows(PAYMENTS) == [("cancelled", False)]
    assert isinstance(await buyer.pay(), Placed)
    await shop.assert_books_balance()


async def test_a_payment_that_was_confirmed_meanwhile_is_not_withdrawn(
    shop: SellingShop, buyer: Buyer
) -> None:
    result = await buyer.pay("confirm")
    assert isinstance(result, ConfirmationNeeded)
    [(key,)] = await shop.rows("select idempotency_key from shop.payments")
    await shop.provider.confirm(result.redirect_url.rsplit("/", 1)[1], is_approved=True)
    assert isinstance(await withdraw(shop.database, shop.provider, str(key)), Placed)
    await shop.assert_books_balance()


async def test_a_coupon_is_used_with_the_order_and_given_back_without(
    shop: SellingShop, buyer: Buyer
) -> None:
    await shop.execute(
        "with promotion as (insert into shop.promotions (label, kind, amount_minor) "
        "values ('One off', 'amount', 100) returning id) "
        "insert into shop.coupons (promotion_id, code, budget) select id, 'ONE', 1 from promotion"
    )
    async with shop.database.writes() as session:
        await cart.apply_coupon(session, buyer.owner, code="ONE", now=_now())
    await buyer.pay("decline", total=await _total(shop, buyer))
    assert await shop.rows("select used_count from shop.coupons") == [(0,)]
    assert isinstance(await buyer.pay(total=await _total(shop, buyer)), Placed)
    assert await shop.rows("select used_count from shop.coupons") == [(1,)]
    assert await shop.rows("select label, code, amount_minor from shop.order_discounts") == [
        ("One off", "ONE", 100)
    ]
    async with shop.database.reads() as session:
        with pytest.raises(pricing_queries.CouponNotValid):
            await pricing_queries.coupon_of(session, "ONE", _now())


async def test_what_is_put_in_while_paying_stays_in_a_new_bag(
    shop: SellingShop, buyer: Buyer
) -> None:
    result = await buyer.pay("confirm")
    assert isinstance(result, ConfirmationNeeded)
    async with shop.database.writes() as session:
        await cart.add_line(session, buyer.owner, sku=shop.sku, quantity=3, currency="USD")
    [(key,)] = await shop.rows("select idempotency_key from shop.payments")
    await shop.provider.confirm(result.redirect_url.rsplit("/", 1)[1], is_approved=True)
    assert isinstance(await service.settle(shop.database, shop.provider, str(key)), Placed)
    assert await shop.rows("select total_minor from shop.orders") == [(buyer.total,)]
    assert await shop.rows(
        "select quantity from shop.cart_lines join shop.carts on carts.id = cart_id "
        "where state = 'open'"
    ) == [(3,)]


def _now() -> datetime:
    return datetime.now(UTC)


async def _total(shop: SellingShop, buyer: Buyer) -> int:
    return buyer.total - 100
