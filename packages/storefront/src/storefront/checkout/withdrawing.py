"""Another way to pay: a payment that was not confirmed at the bank is cancelled first."""

from storefront.checkout import service
from storefront.checkout.results import Result
from storefront.db import Database
from storefront.payments import service as payments
from storefront.payments.provider import PaymentProvider


async def withdraw(database: Database, provider: PaymentProvider, key: str) -> Result | None:
    """Cancel a payment that waits for its confirmation, so that the bag can be paid in another way.

    If it was confirmed meanwhile, its order is placed. None if it is too early to know. Two
    transactions, and the provider. Raises PaymentUnavailable (503).
    """
    async with database.writes() as session:
        payment = await payments.locked(session, key)
    if payment is None or payment.provider_ref is None:
        return await service.settle(database, provider, key)
    outcome = await provider.status(key, payment.provider_ref)
    if outcome is None or outcome.state != "action_required":
        return await service.settle(database, provider, key)
    outcome = await provider.cancel(payment.provider_ref, key=f"{key}.cancel")
    return await service.complete(database, payment.checkout_id, key, outcome)
