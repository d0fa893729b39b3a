"""Payments by Stripe's official library, against its HTTP API as the reference describes it."""

import pytest

from packages.storefront.tests.payments.stripe_fake import (
    SECRET_KEY,
    WEBHOOK_SECRET,
    FakeStripe,
)
from storefront.money import Money
from storefront.payments.provider import (
    InvalidWebhook,
    PaymentRequest,
    PaymentUnavailable,
    RefundRefused,
)
from storefront.payments.stripe_provider import StripeProvider

AMOUNT = Money(2595, "USD")
REQUEST = PaymentRequest(
    key="pay_1",
    amount=AMOUNT,
    token="page",
    return_url="https://shop.example/checkout/1/confirm",
    reference="1",
    email="ann@example.com",
)


async def test_the_shopper_pays_on_stripes_page_and_the_money_is_taken_later(
    fake: FakeStripe, provider: StripeProvider
) -> None:
    opened = await provider.authorize(REQUEST)
    assert (opened.state, opened.amount) == ("action_required", AMOUNT)
    assert opened.redirect_url == "https://checkout.stripe.com/c/pay/cs_test_1"
    assert await provider.authorize(REQUEST) == opened  # the same key: the same session
    assert fake.sessions["cs_test_1"]["capture_method"] == "manual"
    fake.pay(opened.provider_ref)
    paid = await provider.status("pay_1", opened.provider_ref)
    assert paid is not None
    assert paid.state == "authorized"
    for _ in range(2):
        taken = await provider.capture(opened.provider_ref, AMOUNT, key="pay_1.capture")
        assert taken.state == "captured"
    for _ in range(2):
        assert await provider.refund(opened.provider_ref, Money(500, "USD"), key="ref_1") == "re_1"
    assert [refund["amount"] for refund in fake.refunds] == [500]


async def test_a_refund_that_stripe_refuses_is_told_as_that(
    fake: FakeStripe, provider: StripeProvider
) -> None:
    opened = await provider.authorize(REQUEST)
    fake.pay(opened.provider_ref)
    await provider.capture(opened.provider_ref, AMOUNT, key="pay_1.capture")
    with pytest.raises(RefundRefused, match="greater than unrefunded amount"):
        await provider.refund(opened.provider_ref, Money(2596, "USD"), key="ref_1")
    await provider.refund(opened.provider_ref, AMOUNT, key="ref_2")
    event = provider.webhook(*fake.fail_refund(0))
    assert (event.key, event.failed_refund, event.outcome) == (
        "ref_2",
        "Stripe: expired_or_canceled_card",
        None,
    )


async def test_a_key_that_stripe_does_not_know_makes_payments_unavailable(url: str) -> None:
    wrong = StripeProvider(secret_key="sk_other", webhook_secret=WEBHOOK_SECRET, api_url=url)
    with pytest.raises(PaymentUnavailable) as problem:
        await wrong.authorize(REQUEST)
    assert "STORE_STRIPE_SECRET_KEY" in problem.value.reason


@pytest.mark.parametrize(
    ("currency", "minor", "counted"),
    [("ISK", 1500, 150_000), ("JPY", 1500, 1500), ("KWD", 1500, 1500)],
)
async def test_amounts_are_counted_as_stripe_counts_them(
    fake: FakeStripe, provider: StripeProvider, currency: str, minor: int, counted: int
) -> None:
    amount = Money(minor, currency)
    request = PaymentRequest("pay_1", amount, "page", "https://shop.example/", "1")
    assert (await provider.authorize(request)).amount == amount
    assert fake.sessions["cs_test_1"]["amount_total"] == counted


async def test_what_nobody_finished_is_given_up(fake: FakeStripe, provider: StripeProvider) -> None:
    opened = await provider.authorize(REQUEST)
    assert (await provider.cancel(opened.provider_ref, key="a")).state == "cancelled"
    second = await provider.authorize(
        PaymentRequest("pay_2", AMOUNT, "page", "https://shop.example/", "2")
    )
    fake.pay(second.provider_ref)
    assert (await provider.cancel(second.provider_ref, key="b")).state == "cancelled"
    assert fake.intents["pi_cs_test_2"]["status"] == "canceled"


async def test_a_payment_whose_answer_was_lost_was_never_shown(
    provider: StripeProvider,
) -> None:
    assert await provider.status("pay_9", None) is None


async def test_a_signed_report_is_read_and_a_forged_one_refused(
    fake: FakeStripe, provider: StripeProvider
) -> None:
    opened = await provider.authorize(REQUEST)
    fake.pay(opened.provider_ref)
    headers, body = fake.webhook(opened.provider_ref)
    event = provider.webhook(headers, body)
    assert (event.event_id, event.key) == ("evt_cs_test_1", "pay_1")
    assert event.outcome is not None
    assert (event.outcome.state, event.outcome.amount) == ("authorized", AMOUNT)
    forged, _ = fake.webhook(opened.provider_ref, secret="whsec_other")
    for wrong in (forged, {}, {"stripe-signature": "t=1,v1=00"}):
        with pytest.raises(InvalidWebhook):
            provider.webhook(wrong, body)
    with pytest.raises(InvalidWebhook):
        provider.webhook(headers, body + b" ")
    fake.sessions[opened.provider_ref] |= {"metadata": {}, "amount_total": None, "currency": None}
    other = provider.webhook(*fake.webhook(opened.provider_ref))  # of another program
    assert (other.key, other.outcome) == (None, None)


async def test_a_provider_that_is_away_is_told_as_that(closed_port: int) -> None:
    away = StripeProvider(
        secret_key=SECRET_KEY,
        webhook_secret=WEBHOOK_SECRET,
        api_url=f"http://127.0.0.1:{closed_port}",
    )
    with pytest.raises(PaymentUnavailable):
        await away.authorize(REQUEST)
