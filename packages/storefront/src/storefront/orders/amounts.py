"""The amounts of an order below its lines, as pages and e-mails list them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_percent

from storefront.money import Money
from storefront.orders.shapes import Order
from storefront.pricing.totals import tax_of
from storefront.texts import _, current, name_of


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
    taxes = [Figure(_tax(rate, order), amount) for rate, amount in taxes_of(order).items()]
    total = Figure(_("Total"), order.summary.total, is_total=True)
    cost += [total, *taxes] if order.is_tax_included else [*taxes, total]
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


def taxes_of(order: Order) -> Mapping[Decimal | None, Money]:
    """The tax by rate, without rates of zero; None: that of the delivery, where no line has its rate."""
    zero = Money.zero(order.tax.currency)
    of_lines: dict[Decimal, Money] = defaultdict(lambda: zero)
    for line in order.lines:
        of_lines[Decimal(str(line.tax_rate))] += line.tax
    of_delivery = order.tax - Money.total(of_lines.values(), order.tax.currency)
    taxes: dict[Decimal | None, Money] = dict(of_lines.items())
    if of_delivery:
        rate = _rate_of(of_delivery, of_lines, order)
        taxes[rate] = taxes.get(rate, zero) + of_delivery
    return {rate: amount for rate, amount in taxes.items() if amount}


def _rate_of(tax: Money, rates: Iterable[Decimal], order: Order) -> Decimal | None:
    """The rate by which this is the tax of the delivery; None: none of these."""
    is_included = order.is_tax_included
    found = (one for one in rates if tax_of(order.delivery, one, is_included=is_included) == tax)
    return next(found, None)


def _tax(rate: Decimal | None, order: Order) -> str:
    if rate is None:
        is_included = order.is_tax_included
        return _("including tax of the delivery") if is_included else _("Tax of the delivery")
    percent = format_percent(rate, locale=current().locale, decimal_quantization=False)
    if order.is_tax_included:
        return _("including %(percent)s tax", percent=percent)
    return _("Tax (%(percent)s)", percent=percent)


def _reduction(label: str, code: str | None) -> str:
    return f"{name_of(label)} ({code})" if code else name_of(label)
