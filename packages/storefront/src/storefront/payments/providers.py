"""Chooses the payment provider from the settings."""

from importlib import import_module

from storefront.db import Database
from storefront.jobs.service import Taken
from storefront.jobs.worker import Handler
from storefront.payments.provider import PaymentProvider
from storefront.payments.test_provider import WEBHOOK_JOB, Deliver, TestProvider
from storefront.settings import Settings
from storefront.web.signing import Signer


def payment_provider(
    settings: Settings, database: Database, signer: Signer, *, deliver: Deliver
) -> PaymentProvider:
    """Stripe if its keys are set, otherwise the test provider. deliver: receives the latter's webhooks.

    Stripe's library is loaded only if used, because that takes a second. Raises ModuleNotFoundError if
    it is not installed (``storefront[stripe]``).
    """
    if settings.stripe_secret_key is None or settings.stripe_webhook_secret is None:
        return TestProvider(database, signer=signer, deliver=deliver)
    provider: PaymentProvider = import_module("storefront.payments.stripe_provider").StripeProvider(
        secret_key=settings.stripe_secret_key.get_secret_value(),
        webhook_secret=settings.stripe_webhook_secret.get_secret_value(),
        api_url=settings.stripe_api_url,
    )
    return provider


def provider_jobs(provider: PaymentProvider) -> dict[str, Handler]:
    """The jobs of a provider that runs in this process."""
    if not isinstance(provider, TestProvider):
        return {}

    async def send_webhook(job: Taken) -> None:
        await provider.send_webhook(str(job.payload["ref"]), number=int(job.payload["number"]))

    return {WEBHOOK_JOB: send_webhook}
