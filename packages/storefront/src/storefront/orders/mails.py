"""The e-mails about an order: placed, shipped, cancelled, refunded."""

from collections.abc import Mapping
from typing import Any

from storefront.customers.envelopes import on_one_line
from storefront.errors import NotFound
from storefront.mail.outbox import Mail
from storefront.money import Money
from storefront.orders import links
from storefront.orders.amounts import figures
from storefront.orders.shapes import Order, OrderEvent, Shipment
from storefront.settings import Settings
from storefront.texts import N_, _
from storefront.web import render
from storefront.web.signing import Signer

_SUBJECTS = {
    "placed": N_("Your order %(number)s"),
    "shipped": N_("Your order %(number)s is on its way"),
    "cancelled": N_("Your order %(number)s was cancelled"),
    "refunded": N_("A refund for your order %(number)s"),
}
_PAYMENT = "Payment"  # as events call it


def mail_of(
    order: Order, kind: str, *, event_id: int | None, key: str, settings: Settings, signer: Signer
) -> Mail:
    """The e-mail about an event of an order. event_id: which event of this kind; key: of the job.

    Raises NotFound (404) if the order has no such event.
    """
    event = _event(order, kind, event_id)
    subject = _(_SUBJECTS[kind], number=order.number)
    refunds = event.data.get("refunds", [])
    context: dict[str, Any] = {
        "order": order,
        "figures": figures(order),
        "address": on_one_line(order.delivery_address),
        "subject": subject,
        "settings": settings,
        "url": links.url_of(settings, signer, order.number),
        "shipment": _shipment(order, event.data),
        "refunds": [
            (_account(part["to"]), Money(part["amount_minor"], order.summary.total.currency))
            for part in refunds
        ],
        "is_seen_by_bank": any(part["to"] == _PAYMENT for part in refunds),
    }
    return Mail(
        to=order.summary.email,
        subject=f"{subject} · {settings.name}",
        text=render.text_of(f"orders/mail_{kind}.txt", **context),
        html=render.text_of(f"orders/mail_{kind}.html", **context),
        key=key,
    )


def _account(name: str) -> str:
    """Where a refund goes, in words. name: as the event has it: of a gift card with its last digits."""
    if name == _PAYMENT:
        return _("your payment method")
    return _("your gift card …%(digits)s", digits=name[-4:])


def _event(order: Order, kind: str, event_id: int | None) -> OrderEvent:
    for event in order.events:
        if event.kind == kind and event_id in (None, event.id):
            return event
    raise NotFound(f"The order {order.number} was not {kind}.")


def _shipment(order: Order, data: Mapping[str, Any]) -> Shipment | None:
    for shipment in order.shipments:
        if shipment.id == data.get("shipment_id"):
            return shipment
    return None
