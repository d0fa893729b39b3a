"""What becomes of a placed order: cancelled, shipped, delivered, refunded.

Each change locks the order's row first, so changes of one order follow one another; then come the
payment, stock levels by id, coupons, gift cards, as in checkout. All of it is the caller's transaction;
what needs the payment provider is done by jobs after it. Each change adds an event, and an e-mail.

A change that was made already is not made again: cancelling a cancelled order changes nothing.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from storefront.db import WriteSession
from storefront.errors import Conflict, InvalidInput, NotFound
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
from storefront.payments.service import PaymentRow, RefundTooLarge
from storefront.pricing import queries as pricing_queries
from storefront.pricing import service as pricing
from storefront.texts import _

log = logging.getLogger(__name__)

MAIL_JOB = "orders.mail"
"""Sends the e-mail about an event of an order."""


class NotCancellable(Conflict):
    """A part of the order was shipped, or all of it was delivered. Nothing was changed.

    What was shipped can be sent back: it is refunded then.
    """

    slug, title = "not-cancellable", "This order can no longer be cancelled"


class NotPaidYet(Conflict):
    """The order's payment was authorized, but not captured yet. Nothing was changed.

    Capture it first, or cancel the order.
    """

    slug, title = "not-paid-yet", "The payment was not captured yet"


class NotShippable(Conflict):
    """Fewer pieces are still to be shipped than this parcel would hold. Nothing was changed."""

    slug, title = "not-shippable", "These pieces cannot be shipped"


class NotRefundable(Conflict):
    """Fewer pieces can still be refunded than were given. Nothing was changed."""

    slug, title = "not-refundable", "These pieces cannot be refunded"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel. pieces: by order line. carrier and tracking as the customer sees them."""

    pieces: Mapping[int, int]
    carrier: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """What to refund. pieces: by order line, at what was paid for them; extra: an amount on top.

    Of a line, pieces that were not shipped yet are taken first: they will not be sent, and are for sale
    again. The others came back; is_restocked: whether they are for sale again.
    """

    pieces: Mapping[int, int]
    extra: Money
    reason: str
    is_restocked: bool = False


@dataclass(frozen=True, slots=True)
class _Order:
    """The locked row of an order."""

    id: int
    number: str
    cart_id: int
    state: str
    total: Money


async def cancel(session: WriteSession, number: str, *, actor: str, reason: str = "") -> None:
    """Cancel an order of which nothing was shipped; again: nothing happens.

    Its pieces are for sale again, its coupon can be used again; what was paid by gift cards is on them
    again. A payment that was captured is refunded, one that was only authorized given up: by jobs.
    Twelve statements at most. Raises NotFound (404), NotCancellable (409).
    """
    order = await _locked(session, number)
    if order.state == "cancelled":
        return
    lines = await _lines(session, order)
    if order.state != "placed" or any(line.shipped for line in lines):
        raise NotCancellable(
            _("A part of this order was shipped already, so it cannot be cancelled.")
        )
    await session.execute(sql.CANCEL_LINES, {"order_id": order.id})
    await session.execute(sql.CANCEL, {"id": order.id})
    await _put_back(
        session, order, {line.sku_id: line.unshipped for line in lines}, "cancellation", actor
    )
    payment = await payments.of_order(session, order.id)
    sources = await _sources(session, order, payment)
    await pricing.release_used(session, order.cart_id)
    if payment is not None and payment.state == "authorized":
        await payments.void(session, payment)
    left = refunds.left_of(sources, order.total.currency)
    allocations = await _give_back(session, order, payment, left, sources, reason or "cancelled")
    data = {"reason": reason, "refunds": allocations, "amount_minor": left.minor}
    await _tell(session, order, "cancelled", actor, data)


async def ship(session: WriteSession, number: str, parcel: Parcel, *, actor: str) -> int:
    """Note that pieces left in a parcel. Returns the shipment's id. Eight statements.

    Raises NotFound (404), NotPaidYet, NotShippable (409), InvalidInput (422) for an empty parcel.
    """
    pieces = {line_id: n for line_id, n in parcel.pieces.items() if n > 0}
    if not pieces:
        raise InvalidInput("A parcel needs at least one piece.", errors=[])
    order = await _locked(session, number)
    if order.state != "placed":
        raise NotShippable(f"The order {number} is {order.state}.")
    payment = await payments.of_order(session, order.id)
    if payment is not None and payment.state != "captured":
        raise NotPaidYet("The payment was not captured yet. Capture it, then ship.")
    parameters = {
        "order_id": order.id,
        "line_ids": list(pieces),
        "quantities": list(pieces.values()),
    }
    if len((await session.scalars(sql.SHIP_LINES, parameters)).all()) < len(pieces):
        raise NotShippable("Fewer pieces are still to be shipped than this parcel would hold.")
    shipment_id: int = await session.scalar(
        sql.SHIP,
        parameters
        | {
            "carrier": parcel.carrier,
            "tracking_number": parcel.tracking_number,
            "tracking_url": parcel.tracking_url,
        },
    )
    await _tell(session, order, "shipped", actor, {"shipment_id": shipment_id})
    return shipment_id


async def deliver(session: WriteSession, number: str, shipment_id: int, *, actor: str) -> None:
    """Note that a parcel arrived; with the last one the order is completed. Again: nothing happens.

    Five statements. Raises NotFound (404).
    """
    order = await _locked(session, number)
    parameters = {"order_id": order.id, "shipment_id": shipment_id}
    if await session.scalar(sql.HAS_SHIPMENT, parameters) is None:
        raise NotFound(f"The order {number} has no shipment {shipment_id}.")
    if await session.scalar(sql.DELIVER, parameters) is not None:
        data = {"shipment_id": shipment_id}
        await note(session, order.id, "delivered", actor=actor, data=data)
        await _complete(session, order)


async def refund(
    session: WriteSession, number: str, request: RefundRequest, *, actor: str
) -> Money:
    """Give money back for pieces, or an amount, or both. Returns how much. Never more than was paid.

    Twelve statements at most. Raises NotFound (404), NotPaidYet, NotRefundable, RefundTooLarge (409),
    InvalidInput (422) for a refund of nothing.
    """
    pieces = {line_id: n for line_id, n in request.pieces.items() if n > 0}
    if not pieces and request.extra.minor <= 0:
        raise InvalidInput("Give pieces or an amount to refund.", errors=[])
    order = await _locked(session, number)
    payment = await payments.of_order(session, order.id)
    if payment is not None and payment.state == "authorized":
        raise NotPaidYet("The payment was not captured yet. Capture it, or cancel the order.")
    sources = await _sources(session, order, payment)
    left = refunds.left_of(sources, order.total.currency)
    due = await _take_back(session, order, pieces, request, left, actor)
    amount = min(due, left) + request.extra
    if amount > left:
        raise RefundTooLarge(
            "More would be refunded than was paid and not refunded yet.", left=left.minor
        )
    allocations = await _give_back(session, order, payment, amount, sources, request.reason)
    await _complete(session, order)
    data = {
        "reason": request.reason,
        "amount_minor": amount.minor,
        "refunds": allocations,
        "pieces": sum(pieces.values()),
    }
    await _tell(session, order, "refunded", actor, data)
    return amount


async def capture(session: WriteSession, number: str, *, key: str) -> None:
    """Take the money of an authorized payment, by a job. key: the same for a repeated request.

    Where nothing waits to be captured, nothing happens. Three statements. Raises NotFound (404).
    """
    order = await _locked(session, number)
    payment = await payments.of_order(session, order.id)
    if payment is not None and payment.state == "authorized":
        await payments.enqueue_capture(session, payment, key=f"{payment.key} {key}")


async def fail_refund(session: WriteSession, key: str, reason: str) -> None:
    """Note that the provider refused a refund for good, now or after it had begun. Two statements.

    Staff see it at /admin, and can refund the amount again. Again: nothing happens.
    """
    order_id = await payments.fail_refund(session, key, reason)
    if order_id is not None:
        log.error("A refund was refused for good: see the orders at /admin. %s", reason)
        await note(session, order_id, "refund_failed", actor="shop", data={"reason": reason})


async def _locked(session: WriteSession, number: str) -> _Order:
    row = (await session.execute(sql.LOCK, {"number": number})).one_or_none()
    if row is None:
        raise NotFound(f"There is no order {number}.")
    total = Money(row.total_minor, row.currency)
    return _Order(row.id, row.number, row.cart_id, row.state, total)


async def _lines(session: WriteSession, order: _Order) -> list[LineState]:
    currency = order.total.currency
    return [
        line_state(row, currency)
        for row in await session.execute(sql.LINES, {"order_id": order.id})
    ]


async def _sources(
    session: WriteSession, order: _Order, payment: PaymentRow | None
) -> list[Source]:
    """What paid for an order, as far as the money was taken."""
    cards = await pricing_queries.paid_by_gift_cards(session, order.cart_id, reference=order.number)
    sources = [
        Source(card.gift_card_id, f"Gift card …{card.last_four}", card.paid, card.refunded)
        for card in cards
    ]
    if payment is not None and payment.state == "captured":
        sources.append(Source(None, "Payment", payment.amount, payment.refunded))
    return sources


async def _give_back(
    session: WriteSession,
    order: _Order,
    payment: PaymentRow | None,
    amount: Money,
    sources: Sequence[Source],
    reason: str,
) -> list[dict[str, Any]]:
    """Send money back where it came from. Returns what the order's event says of it."""
    allocations = refunds.split(amount, sources)
    for allocation in allocations:
        if allocation.source.gift_card_id is not None:
            await pricing.refund_to_gift_card(
                session, allocation.source.gift_card_id, allocation.amount, reference=order.number
            )
            await payments.note_refund_to_gift_card(
                session, order_id=order.id, amount=allocation.amount, reason=reason
            )
        else:
            assert payment is not None
            await payments.begin_refund(
                session, payment.id, order_id=order.id, amount=allocation.amount, reason=reason
            )
    return [
        {"to": allocation.source.name, "amount_minor": allocation.amount.minor}
        for allocation in allocations
    ]


async def _take_back(
    session: WriteSession,
    order: _Order,
    pieces: Mapping[int, int],
    request: RefundRequest,
    left: Money,
    actor: str,
) -> Money:
    """Note pieces as cancelled or returned. Returns what was paid for them."""
    by_id = {line.id: line for line in await _lines(session, order)}
    due = Money.zero(order.total.currency)
    unsent: dict[int, int] = {}
    returned: dict[int, int] = {}
    for line_id, wanted in pieces.items():
        line = by_id.get(line_id)
        if line is None or wanted > line.refundable:
            raise NotRefundable("Fewer pieces can still be refunded than were given.")
        price = min(line.price_of(wanted), left - due)
        due += price
        cancelled = min(wanted, line.unshipped)
        await session.execute(
            sql.TAKE_BACK,
            {
                "id": line.id,
                "cancelled": cancelled,
                "returned": wanted - cancelled,
                "amount": price.minor,
            },
        )
        unsent[line.sku_id] = cancelled
        returned[line.sku_id] = wanted - cancelled
    await _put_back(session, order, unsent, "cancellation", actor)
    if request.is_restocked:
        await _put_back(session, order, returned, "return", actor)
    return due


async def _put_back(
    session: WriteSession, order: _Order, pieces: Mapping[int, int], kind: str, actor: str
) -> None:
    wants = [Want(sku_id, n) for sku_id, n in sorted(pieces.items()) if n > 0]
    if wants:
        await inventory.put_back(session, wants, kind=kind, reference=order.number, actor=actor)


async def _complete(session: WriteSession, order: _Order) -> None:
    """End an order of which nothing is left to send or to arrive."""
    ended = await session.scalar(sql.COMPLETE, {"id": order.id})
    if ended is not None:
        await note(session, order.id, str(ended), actor="shop", data={})


async def _tell(
    session: WriteSession, order: _Order, kind: str, actor: str, data: Mapping[str, Any]
) -> None:
    """Add to an order's history, and notify the customer by e-mail."""
    event_id = await note(session, order.id, kind, actor=actor, data=data)
    await jobs.enqueue(
        session,
        MAIL_JOB,
        f"{order.number} {kind} {event_id}",
        {"order_id": order.id, "event_id": event_id},
    )
