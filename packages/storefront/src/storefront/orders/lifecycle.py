"""The lifecycle of a placed order: cancelled, shipped, delivered, refunded.

Each change first locks the order's row, so that changes of one order are serialized; then come the
payment, stock levels by id, coupons, gift cards, as in checkout. All of it is the caller's transaction;
jobs call the payment provider after it. Each change adds an event, and an e-mail.

Changes are idempotent: cancelling a cancelled order changes nothing.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from storefront.db import WriteSession
from storefront.errors import Conflict, InvalidInput, NotFound
from storefront.money import Money
from storefront.orders import changes, refunds
from storefront.orders import statements as sql
from storefront.orders.changes import LockedOrder
from storefront.orders.service import note
from storefront.payments import service as payments
from storefront.payments.service import RefundTooLarge
from storefront.pricing import service as pricing
from storefront.texts import _

log = logging.getLogger(__name__)


class NotCancellable(Conflict):
    """A part of the order was shipped, or all of it was delivered. Nothing was changed.

    Shipped pieces can be returned for a refund.
    """

    slug, title = "not-cancellable", "This order can no longer be cancelled"


class NotPaidYet(Conflict):
    """The order's payment was authorized, but not captured yet. Nothing was changed.

    Capture it first, or cancel the order.
    """

    slug, title = "not-paid-yet", "The payment was not captured yet"


class NotShippable(Conflict):
    """This parcel has more pieces than remain to be shipped. Nothing was changed."""

    slug, title = "not-shippable", "These pieces cannot be shipped"


class NotRefundable(Conflict):
    """More pieces were given than can still be refunded. Nothing was changed."""

    slug, title = "not-refundable", "These pieces cannot be refunded"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel. pieces: by order line. carrier and tracking: as shown to the customer."""

    pieces: Mapping[int, int]
    carrier: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """A refund. pieces: by order line, at the price paid; extra: an additional amount.

    Pieces that were not shipped yet are taken first: they will not be sent, and are for sale
    again. The others were returned; is_restocked: whether they are for sale again.
    """

    pieces: Mapping[int, int]
    extra: Money
    reason: str
    is_restocked: bool = False


async def cancel(session: WriteSession, number: str, *, actor: str, reason: str = "") -> bool:
    """Cancel an order of which nothing was shipped; idempotent. Returns whether that is new.

    Its pieces are for sale again, its coupon can be used again; gift cards get their amounts
    back. Jobs refund a captured payment, or cancel an authorized one.
    Twelve statements at most. Raises NotFound (404), NotCancellable (409).
    """
    order = await changes.lock(session, number)
    if order.state == "cancelled":
        return False
    if order.replaces_order_id is not None:
        raise NotCancellable(
            _("This order replaces what you send back. Cancel the return instead.")
        )
    lines = await changes.lines(session, order)
    if order.state != "placed" or any(line.shipped for line in lines):
        raise NotCancellable(
            _("A part of this order was shipped already, so it cannot be cancelled.")
        )
    await session.execute(sql.CANCEL_LINES, {"order_id": order.id})
    await session.execute(sql.CANCEL, {"id": order.id})
    unsent = {line.sku_id: line.unshipped for line in lines}
    await changes.put_back(session, unsent, "cancellation", reference=order.number, actor=actor)
    payment = await payments.of_order(session, order.id)
    sources = await changes.sources(session, order, payment)
    await pricing.release_used(session, order.cart_id)
    if payment is not None and payment.state == "authorized":
        await payments.void(session, payment)
    left = refunds.left_of(sources, order.total.currency)
    allocations = await changes.give_back(session, order, left, sources, reason or "cancelled")
    data = {"reason": reason, "refunds": allocations, "amount_minor": left.minor}
    await changes.record_and_notify(session, order, "cancelled", actor, data)
    return True


async def ship(session: WriteSession, number: str, parcel: Parcel, *, actor: str) -> int:
    """Record a shipped parcel. Returns the shipment's id. Eight statements.

    Raises NotFound (404), NotPaidYet, NotShippable (409), InvalidInput (422) for an empty parcel.
    """
    pieces = {line_id: n for line_id, n in parcel.pieces.items() if n > 0}
    if not pieces:
        raise InvalidInput("A parcel needs at least one piece.", errors=[])
    order = await changes.lock(session, number)
    if order.state != "placed":
        raise NotShippable(f"The order {number} is {order.state}.")
    if order.is_held:
        raise NotShippable("This order waits for the return of what it replaces.")
    payment = await payments.of_order(session, order.id)
    if payment is not None and payment.state != "captured":
        raise NotPaidYet("The payment was not captured yet. Capture it, then ship.")
    parameters = {
        "order_id": order.id,
        "line_ids": list(pieces),
        "quantities": list(pieces.values()),
    }
    if len((await session.scalars(sql.SHIP_LINES, parameters)).all()) < len(pieces):
        raise NotShippable("This parcel has more pieces than remain to be shipped.")
    shipment_id: int = await session.scalar(
        sql.SHIP,
        parameters
        | {
            "carrier": parcel.carrier,
            "tracking_number": parcel.tracking_number,
            "tracking_url": parcel.tracking_url,
        },
    )
    await changes.record_and_notify(session, order, "shipped", actor, {"shipment_id": shipment_id})
    return shipment_id


async def deliver(session: WriteSession, number: str, shipment_id: int, *, actor: str) -> bool:
    """Record the delivery of a parcel; the last one completes the order. Idempotent.

    Returns whether that is new. Five statements. Raises NotFound (404).
    """
    order = await changes.lock(session, number)
    parameters = {"order_id": order.id, "shipment_id": shipment_id}
    if await session.scalar(sql.HAS_SHIPMENT, parameters) is None:
        raise NotFound(f"The order {number} has no shipment {shipment_id}.")
    if await session.scalar(sql.DELIVER, parameters) is None:
        return False
    data = {"shipment_id": shipment_id}
    await note(session, order.id, "delivered", actor=actor, data=data)
    await changes.complete(session, order)
    return True


async def refund(
    session: WriteSession, number: str, request: RefundRequest, *, actor: str
) -> Money:
    """Refund pieces, or an amount, or both. Returns how much. Never more than was paid.

    Thirteen statements at most. Raises NotFound (404), NotPaidYet, NotRefundable, RefundTooLarge (409),
    InvalidInput (422) for a refund of nothing.
    """
    pieces = {line_id: n for line_id, n in request.pieces.items() if n > 0}
    if not pieces and request.extra.minor <= 0:
        raise InvalidInput("Give pieces or an amount to refund.", errors=[])
    order = await changes.lock(session, number)
    if order.is_held:
        raise NotRefundable("This order waits for the return of what it replaces. End that first.")
    payment = await payments.of_order(session, order.id)
    if payment is not None and payment.state == "authorized":
        raise NotPaidYet("The payment was not captured yet. Capture it, or cancel the order.")
    sources = await changes.sources(session, order, payment)
    left = await changes.left(session, order)
    due = await _take_back(session, order, pieces, request, left, actor)
    amount = min(due, left) + request.extra
    if amount > left:
        raise RefundTooLarge(
            "The refund exceeds the amount that was paid and not refunded yet.", left=left.minor
        )
    allocations = await changes.give_back(session, order, amount, sources, request.reason)
    await changes.complete(session, order)
    data = {
        "reason": request.reason,
        "amount_minor": amount.minor,
        "refunds": allocations,
        "pieces": sum(pieces.values()),
    }
    await changes.record_and_notify(session, order, "refunded", actor, data)
    return amount


async def capture(session: WriteSession, number: str, *, key: str) -> bool:
    """Capture an authorized payment, by a job. key: the same for a repeated request.

    Returns whether there was anything to capture. Three statements. Raises NotFound (404).
    """
    order = await changes.lock(session, number)
    payment = await payments.of_order(session, order.id)
    if payment is None or payment.state != "authorized":
        return False
    await payments.enqueue_capture(session, payment, key=f"{payment.key} {key}")
    return True


async def fail_refund(session: WriteSession, key: str, reason: str) -> None:
    """Record that the provider finally refused a refund, now or later. Two statements.

    Staff see it at /admin, and can refund the amount again. Idempotent.
    """
    order_id = await payments.fail_refund(session, key, reason)
    if order_id is not None:
        log.error("A refund was finally refused: see the orders at /admin. %s", reason)
        await note(session, order_id, "refund_failed", actor="shop", data={"reason": reason})


async def _take_back(
    session: WriteSession,
    order: LockedOrder,
    pieces: Mapping[int, int],
    request: RefundRequest,
    left: Money,
    actor: str,
) -> Money:
    """Record pieces as cancelled or returned. Returns the amount paid for them."""
    by_id = {line.id: line for line in await changes.lines(session, order)}
    due = Money.zero(order.total.currency)
    unsent: dict[int, int] = {}
    returned: dict[int, int] = {}
    for line_id, wanted in pieces.items():
        line = by_id.get(line_id)
        if line is None or wanted > line.refundable:
            raise NotRefundable("More pieces were given than can still be refunded.")
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
    await changes.put_back(session, unsent, "cancellation", reference=order.number, actor=actor)
    if request.is_restocked:
        await changes.put_back(session, returned, "return", reference=order.number, actor=actor)
    return due
