"""Which payment provider the shop uses, from its settings."""

from storefront.db import Database
from storefront.jobs.service import Taken
from storefront.jobs.worker import Handler
from storefront.payments.provider import PaymentProvider
from storefront.payments.test_provider import WEBHOOK_JOB, Deliver, TestProvider
from storefront.web.signing import Signer


def payment_provider(database: Database, signer: Signer, *, deliver: Deliver) -> PaymentProvider:
    """The provider of this shop. deliver: takes the webhooks of the test provider."""
    return TestProvider(database, signer=signer, deliver=deliver)


def provider_jobs(provider: PaymentProvider) -> dict[str, Handler]:
    """The jobs of a provider that runs in this process."""
    if not isinstance(provider, TestProvider):
        return {}

    async def send_webhook(job: Taken) -> None:
        await provider.send_webhook(str(job.payload["ref"]), number=int(job.payload["number"]))

    return {WEBHOOK_JOB: send_webhook}
