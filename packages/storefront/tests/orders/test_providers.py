"""Orders whose provider is Stripe, or refuses: cancelled and refunded as with the test provider."""

import pytest

from packages.storefront.tests.checkout.conftest import Buyer, SellingShop
from packages.storefront.tests.payments.conftest import fake, provider, url
from packages.storefront.tests.payments.stripe_fake import FakeStripe
from storefront.checkout import service as checkout
from storefront.checkout.results import ConfirmationNeeded, Placed
from storefront.money import Money
from storefront.orders import lifecycle, queries
from storefront.orders.lifecycle import RefundRequest
from storefront.orders.shapes import Filter
from storefront.payments.stripe_provider import StripeProvider

from .steps import NOTHING, STAFF, cancel, do_jobs, order_of

__all__ = ["fake", "provider", "url"]


@pytest.fixture
def stripe(shop: SellingShop, provider: StripeProvider) -> StripeProvider:
    """The shop takes payments by Stripe."""
    shop.provider = provider  # type: ignore[assignment]
    return provider


async def place(shop: SellingShop, fake: FakeStripe, stripe: StripeProvider, buyer: Buyer) -> str:
    """The shopper pays on Stripe's page, and comes back. Returns the order's number."""
    assert isinstance(await buyer.pay("page"), ConfirmationNeeded)
    [(key,)] = await shop.rows("select idempotency_key from shop.payments")
    fake.pay("cs_test_1")
    placed = await checkout.settle(shop.database, stripe, key)
    assert isinstance(placed, Placed)
    return placed.number


async def test_pieces_and_then_the_rest_are_refunded_by_stripe(
    shop: SellingShop, fake: FakeStripe, stripe: StripeProvider, buyer: Buyer
) -> None:
    number = await place(shop, fake, stripe, buyer)
    await do_jobs(shop)
    assert fake.intents["pi_cs_test_1"]["status"] == "succeeded"
    line = (await order_of(shop, number)).lines[0]
    async with shop.database.writes() as session:
        wanted = RefundRequest({line.state.id: 1}, NOTHING, "too small")
        await lifecycle.refund(session, number, wanted, actor=STAFF)
    await do_jobs(shop)
    await cancel(shop, number)
    await do_jobs(shop)
    amounts = [refund["amount"] for refund in fake.refunds]
    assert (amounts[0], sum(amounts)) == (shop.price, buyer.total)
    order = await order_of(shop, number)
    assert [one.state for one in order.refunds] == ["done", "done"]
    assert (order.summary.state, order.summary.payment) == ("cancelled", "refunded")
    await checkout.take_webhook(shop.database, stripe, stripe.webhook(*fake.fail_refund(0)))
    after = await order_of(shop, number)
    assert [one.state for one in after.refunds] == ["failed", "done"]
    assert after.left_to_refund == Money(shop.price, "USD")
    async with shop.database.reads() as session:
        assert await queries.differences(session) == []


async def test_an_order_that_is_cancelled_before_capture_is_given_up_at_stripe(
    shop: SellingShop, fake: FakeStripe, stripe: StripeProvider, buyer: Buyer
) -> None:
    number = await place(shop, fake, stripe, buyer)
    await cancel(shop, number)
    await do_jobs(shop)
    assert fake.intents["pi_cs_test_1"]["status"] == "canceled"
    assert fake.refunds == []
    assert (await order_of(shop, number)).summary.payment == "cancelled"
    await shop.assert_books_balance()


async def test_a_refund_that_is_refused_for_good_fails_and_can_be_made_in_another_way(
    shop: SellingShop, buyer: Buyer
) -> None:
    placed = await buyer.pay("refund-refused")
    assert isinstance(placed, Placed)
    await do_jobs(shop)
    line = (await order_of(shop, placed.number)).lines[0]
    wanted = RefundRequest({line.state.id: 1}, NOTHING, "too small")
    async with shop.database.writes() as session:
        await lifecycle.refund(session, placed.number, wanted, actor=STAFF)
    await do_jobs(shop)
    order = await order_of(shop, placed.number)
    assert [(one.state, one.reason) for one in order.refunds] == [
        ("failed", "too small; The account that paid was closed.")
    ]
    assert (order.left_to_refund, order.summary.payment) == (order.summary.total, "paid")
    assert order.events[-1].kind == "refund_failed"
    assert await shop.rows("select state from shop.jobs where kind = 'payments.refund'") == [
        ("done",)
    ]
    failed = Filter(is_refund_failed=True)
    async with shop.database.reads() as session:
        assert (await queries.to_do(session))["to_refund"] == 1
        assert [one.number for one in (await queries.page(session, failed, most=5)).rows] == [
            placed.number
        ]
        assert await queries.differences(session) == []
    again = RefundRequest({}, Money(100, "USD"), "another account")
    await shop.execute("update shop.test_payments set token = 'approve'")
    async with shop.database.writes() as session:
        await lifecycle.refund(session, placed.number, again, actor=STAFF)
    await do_jobs(shop)
    async with shop.database.reads() as session:
        assert (await queries.to_do(session))["to_refund"] == 0
        assert await queries.differences(session) == []
    assert (await order_of(shop, placed.number)).refunded == Money(100, "USD")
