"""Stripe's HTTP API on loopback, and the provider that calls it."""

import socket
import threading
from collections.abc import Iterator

import httpx
import pytest
import uvicorn

from packages.storefront.tests.payments.stripe_fake import SECRET_KEY, WEBHOOK_SECRET, FakeStripe
from storefront.payments.stripe_provider import StripeProvider


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
    httpx.get(address, timeout=60)
    yield address
    server.should_exit = True
    thread.join(20)
    listening.close()


@pytest.fixture
def provider(url: str) -> StripeProvider:
    return StripeProvider(secret_key=SECRET_KEY, webhook_secret=WEBHOOK_SECRET, api_url=url)
