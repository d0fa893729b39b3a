"""The parts of changes of an order: its lock, refunds, stock, completion, the event.

For ``lifecycle`` and ``returning``, in the caller's transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from storefront.db import WriteSession
from storefront.errors import NotFound
from storefront.inventory import service as inventory
from storefront.inventory.service import Want
from storefront.jobs import service as jobs
from storefront.money import Money
from storefront.orders import refunds
from storefront.orders import statements as sql
from storefront.orders.queries import line_state
from storefront.orders.refunds import LineState, Source
from storefront.orders.service import note
from storefront.payments import service as payments
from storefront.payments.service import PaymentRow
from storefront.pricing import queries as pricing_queries
from storefront.pricing import service as pricing

MAIL_JOB = "orders.mail"
"""Sends the e-mail about an event of an order."""


@dataclass(frozen=True, slots=True)
class LockedOrder:
    """The locked row of an order. is_held: it replaces pieces that have not come back yet."""

    id: int
    number: str
    cart_id: int
    state: str
    total: Money
    replaces_order_id: int | None
    is_held: bool


async def lock(session: WriteSession, number: str) -> LockedOrder:
    """An order, locked until the transaction ends. One statement. Raises NotFound (404)."""
    row = (await session.execute(sql.LOCK, {"number": number})).one_or_none()
    if row is None:
        raise NotFound(f"There is no order {number}.")
    return LockedOrder(
        row.id,
        row.number,
        row.cart_id,
        row.state,
        Money(row.total_minor, row.currency),
        row.replaces_order_id,
        row.is_held,
    )


async def lines(session: WriteSession, order: LockedOrder) -> list[LineState]:
    """The order's lines, by SKU. One statement."""
    currency = order.total.currency
    return [
        line_state(row, currency)
        for row in await session.execute(sql.LINES, {"order_id": order.id})
    ]


async def left(session: WriteSession, order: LockedOrder) -> Money:
    """The amount paid for an order, minus refunds and credits for replacements. One statement."""
    minor: int = await session.scalar(sql.LEFT, {"order_id": order.id})
    return Money(minor, order.total.currency)


async def sources(
    session: WriteSession, order: LockedOrder, payment: PaymentRow | None
) -> list[Source]:
    """The captured payments of an order, locked. One statement.

    For an order that replaces pieces of others, also their payments: one more, and two for each.
    """
    found = await _paid_for(session, order.cart_id, order.number, payment, distance=0)
    if order.replaces_order_id is None:
        return found
    parameters = {"replaces_order_id": order.replaces_order_id}
    for row in (await session.execute(sql.REPLACED, parameters)).all():
        theirs = await payments.of_order(session, row.id)
        found += await _paid_for(session, row.cart_id, row.number, theirs, distance=row.distance)
    return found


async def give_back(
    session: WriteSession,
    order: LockedOrder,
    amount: Money,
    paid_by: Sequence[Source],
    reason: str,
    *,
    reference: str | None = None,
) -> list[dict[str, Any]]:
    """Refund to the original sources. Returns the data for the order's event.

    reference: the return that it belongs to.
    """
    allocations = refunds.split(amount, paid_by)
    for one in allocations:
        if one.source.gift_card_id is not None:
            await pricing.refund_to_gift_card(
                session, one.source.gift_card_id, one.amount, reference=one.source.reference
            )
            await payments.note_refund_to_gift_card(
                session, order_id=order.id, amount=one.amount, reason=reason, reference=reference
            )
        else:
            assert one.source.payment_id is not None
            await payments.begin_refund(
                session,
                one.source.payment_id,
                order_id=order.id,
                amount=one.amount,
                reason=reason,
                reference=reference,
            )
    return [{"to": one.source.name, "amount_minor": one.amount.minor} for one in allocations]


async def put_back(
    session: WriteSession, pieces: Mapping[int, int], kind: str, *, reference: str, actor: str
) -> None:
    """Return pieces to stock, by SKU. One statement, or none."""
    wants = [Want(sku_id, n) for sku_id, n in sorted(pieces.items()) if n > 0]
    if wants:
        await inventory.put_back(session, wants, kind=kind, reference=reference, actor=actor)


async def complete(session: WriteSession, order: LockedOrder) -> None:
    """Complete an order with nothing left to ship or deliver. Two statements at most."""
    ended = await session.scalar(sql.COMPLETE, {"id": order.id})
    if ended is not None:
        await note(session, order.id, str(ended), actor="shop", data={})


async def record_and_notify(
    session: WriteSession, order: LockedOrder, kind: str, actor: str, data: Mapping[str, Any]
) -> None:
    """Add to an order's history, and notify the customer by e-mail. Two statements."""
    event_id = await note(session, order.id, kind, actor=actor, data=data)
    await jobs.enqueue(
        session,
        MAIL_JOB,
        f"{order.number} {kind} {event_id}",
        {"order_id": order.id, "event_id": event_id},
    )


async def _paid_for(
    session: WriteSession, cart_id: int, number: str, payment: PaymentRow | None, *, distance: int
) -> list[Source]:
    found = [
        Source(
            card.gift_card_id,
            f"Gift card …{card.last_four}",
            card.paid,
            card.refunded,
            reference=number,
            distance=distance,
        )
        for card in await pricing_queries.paid_by_gift_cards(session, cart_id, reference=number)
    ]
    if payment is not None and payment.state == "captured":
        found.append(
            Source(
                None,
                "Payment",
                payment.amount,
                payment.refunded,
                payment_id=payment.id,
                reference=number,
                distance=distance,
            )
        )
    return found
