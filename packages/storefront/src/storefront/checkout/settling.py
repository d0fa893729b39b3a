"""Determines the outcome of all unfinished payments: ``storefront settle-pending``."""

from dataclasses import dataclass, field

from storefront.checkout import service
from storefront.checkout.results import Failed, Placed
from storefront.db import Database
from storefront.payments import queries as payments
from storefront.payments.provider import PaymentProvider, PaymentUnavailable

_OLDER_THAN_S = 60.0  # newer ones may be in progress


@dataclass(slots=True)
class Settled:
    """The result. placed: numbers of orders; failed: payments without an order; waiting: for
    the shopper, or too early; unanswered: the provider did not respond; released: reservations ended."""

    placed: list[str] = field(default_factory=list)
    failed: int = 0
    waiting: int = 0
    unanswered: int = 0
    released: int = 0


async def settle_pending(database: Database, provider: PaymentProvider) -> Settled:
    """Settle up to 1,000 payments, oldest first, then release expired reservations.

    Safe while the shop is open, and in any number of processes. Run it again if ``waiting`` or
    ``unanswered`` is not empty.
    """
    settled = Settled()
    async with database.reads() as session:
        keys = await payments.unfinished(session, provider.name, older_than_s=_OLDER_THAN_S)
    for key in keys:
        try:
            result = await service.settle(database, provider, key)
        except PaymentUnavailable:
            settled.unanswered += 1
            continue
        if isinstance(result, Placed):
            settled.placed.append(result.number)
        elif isinstance(result, Failed):
            settled.failed += 1
        else:
            settled.waiting += 1
    settled.released = await service.sweep(database)
    return settled
