"""Payments by Stripe's official library, against its HTTP API as the reference describes it."""

import socket
import threading
from collections.abc import Iterator

import httpx
import pytest
import uvicorn
from storefront.money import Money
from storefront.payments.provider import InvalidWebhook, PaymentRequest, PaymentUnavailable
from storefront.payments.stripe_provider import StripeProvider

from packages.storefront.tests.payments.stripe_fake import (
    SECRET_KEY,
    WEBHOOK_SECRET,
    FakeStripe,
)

AMOUNT = Money(2595, "USD")
REQUEST = PaymentRequest(
    key="pay_1",
    amount=AMOUNT,
    token="page",
    return_url="https://shop.example/checkout/1/confirm",
    reference="1",
    email="ann@example.com",
)


@pytest.fixture
def fake() -> FakeStripe:
    return FakeStripe()


@pytest.fixture
def url(fake: FakeStripe) -> Iterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(fake.app, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    httpx.get(address, timeout=20)
    yield address
    server.should_exit = True
    thread.join(20)
    listening.close()


@pytest.fixture
def provider(url: str) -> StripeProvider:
    return StripeProvider(secret_key=SECRET_KEY, webhook_secret=WEBHOOK_SECRET, api_url=url)


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


async def test_a_provider_that_is_away_is_told_as_that(closed_port: int) -> None:
    away = StripeProvider(
        secret_key=SECRET_KEY,
        webhook_secret=WEBHOOK_SECRET,
        api_url=f"http://127.0.0.1:{closed_port}",
    )
    with pytest.raises(PaymentUnavailable):
        await away.authorize(REQUEST)
