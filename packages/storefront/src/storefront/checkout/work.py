"""The jobs of checkouts: take the money, give up a payment, find out what became of one."""

from functools import partial

from storefront.checkout import placing, service
from storefront.db import Database
from storefront.jobs.service import Taken
from storefront.jobs.worker import Handler
from storefront.orders import service as orders
from storefront.payments import service as payments
from storefront.payments.provider import PaymentProvider


def handlers(database: Database, provider: PaymentProvider) -> dict[str, Handler]:
    """What each kind of job of this feature does."""
    return {
        payments.CAPTURE_JOB: partial(_capture, database, provider),
        placing.CANCEL_JOB: partial(_cancel, database, provider),
        service.SETTLE_JOB: partial(_settle, database, provider),
    }


async def _capture(database: Database, provider: PaymentProvider, job: Taken) -> None:
    """Take what was authorized for an order."""
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
    """Give up a payment that no order came of."""
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
    """Find out what became of a payment, and give back what checkouts held too long."""
    await service.settle(database, provider, str(job.payload["key"]))
    await service.sweep(database)
