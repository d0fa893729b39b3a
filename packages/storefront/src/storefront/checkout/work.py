"""The jobs of checkouts: capture a payment, cancel one, determine the outcome of one."""

from functools import partial

from storefront.checkout import placing, service
from storefront.db import Database
from storefront.jobs.service import Taken
from storefront.jobs.worker import Handler
from storefront.orders import service as orders
from storefront.payments import service as payments
from storefront.payments.provider import PaymentProvider


def handlers(database: Database, provider: PaymentProvider) -> dict[str, Handler]:
    """The handlers of this feature's kinds of job."""
    return {
        payments.CAPTURE_JOB: partial(_capture, database, provider),
        placing.CANCEL_JOB: partial(_cancel, database, provider),
        service.SETTLE_JOB: partial(_settle, database, provider),
    }


async def _capture(database: Database, provider: PaymentProvider, job: Taken) -> None:
    """Capture the authorized payment of an order."""
    key = str(job.payload["key"])
    async with database.writes() as session:
        payment = await payments.locked(session, key)
    if payment is None or payment.provider_ref is None or payment.state != "authorized":
        return
    outcome = await provider.capture(payment.provider_ref, payment.amount, key=f"{key}.capture")
    async with database.writes() as session:
        if await payments.locked(session, key) is None:
            return
        await payments.record(session, payment, outcome)
        if payment.order_id is not None and outcome.state == "captured":
            data = {"amount_minor": payment.amount.minor}
            await orders.note_once(session, payment.order_id, "paid", actor="shop", data=data)


async def _cancel(database: Database, provider: PaymentProvider, job: Taken) -> None:
    """Cancel a payment without an order."""
    key = str(job.payload["key"])
    async with database.writes() as session:
        payment = await payments.locked(session, key)
    if payment is None or payment.order_id is not None:
        return
    outcome = await provider.status(key, payment.provider_ref)
    if outcome is None or outcome.state in ("declined", "cancelled"):
        return
    if outcome.state == "captured":
        await provider.refund(outcome.provider_ref, payment.amount, key=f"{key}.refund")
    else:
        await provider.cancel(outcome.provider_ref, key=f"{key}.cancel")


async def _settle(database: Database, provider: PaymentProvider, job: Taken) -> None:
    """Determine the outcome of a payment, and release expired reservations."""
    await service.settle(database, provider, str(job.payload["key"]))
    await service.sweep(database)
