"""The checkout as pages, and the webhooks of payment providers."""

from collections.abc import Mapping

from fastapi import APIRouter, Request

from storefront.checkout import service
from storefront.checkout.paying import provider_of
from storefront.db import Database
from storefront.errors import NotFound
from storefront.payments.provider import PaymentProvider

router = APIRouter(include_in_schema=False)


async def deliver(
    database: Database, provider: PaymentProvider, headers: Mapping[str, str], body: bytes
) -> None:
    """Take a webhook: verify it, keep it, act on it. Raises InvalidWebhook (400)."""
    await service.take_webhook(database, provider, provider.webhook(headers, body))


@router.post("/webhooks/{name}", name="webhook", status_code=204)
async def webhook(request: Request, name: str) -> None:
    """What a payment provider reports; it is repeated until it is answered with 2xx."""
    provider = provider_of(request)
    if name != provider.name:
        raise NotFound(f"The shop takes no reports from {name}.")
    headers = {name.lower(): value for name, value in request.headers.items()}
    await deliver(request.state.database, provider, headers, await request.body())
