"""The amounts of an order below its lines, as pages and e-mails list them."""

from collections.abc import Sequence
from dataclasses import dataclass

from storefront.money import Money
from storefront.orders.shapes import Order
from storefront.texts import _, name_of


@dataclass(frozen=True, slots=True)
class Figure:
    """A labelled amount. is_total: what those above it add up to; is_delivery: zero is called free."""

    label: str
    amount: Money
    is_total: bool = False
    is_delivery: bool = False


def figures(order: Order) -> Sequence[Figure]:
    """What the order cost, how it was paid if in several ways, and what of it was given back."""
    delivery = _("Delivery (%(method)s)", method=name_of(order.delivery_name))
    cost = [
        Figure(_("Items"), order.items),
        Figure(delivery, order.delivery_price, is_delivery=True),
        *(Figure(_reduction(one.label, one.code), -one.amount) for one in order.discounts),
    ]
    if not order.is_tax_included:
        cost.append(Figure(_("Tax"), order.tax))
    cost.append(Figure(_("Total"), order.summary.total, is_total=True))
    if order.is_tax_included and order.tax:
        cost.append(Figure(_("including tax"), order.tax))
    is_split = order.paid_directly != order.summary.total
    paid = [
        Figure(_("Paid by gift card"), order.gift_card),
        Figure(_("Paid with what you send back"), order.credit + order.undone),
        *([Figure(_("Paid by your payment method"), order.paid_directly)] if is_split else []),
        Figure(_("Back to the order %(number)s", number=order.replaces), order.undone),
        Figure(_("Pays for replacements"), order.moved),
        Figure(_("Refunded"), order.refunded),
    ]
    return [*cost, *(one for one in paid if one.amount)]


def _reduction(label: str, code: str | None) -> str:
    return f"{name_of(label)} ({code})" if code else name_of(label)
