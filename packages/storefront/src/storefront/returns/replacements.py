"""The order that replaces what is exchanged: what it holds, and what it costs. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from storefront.catalog.queries import SkuOffer
from storefront.money import Money
from storefront.orders.service import NewLine, NewOrder
from storefront.orders.shapes import Order
from storefront.pricing.totals import LineTotal, Totals
from storefront.returns.rules import Exchange, Outcome, Reason, Returnable


@dataclass(frozen=True, slots=True)
class Wanted:
    """Pieces of an order's line to return. new_sku: for an exchange, the SKU wanted."""

    line_id: int
    quantity: int
    reason: Reason
    outcome: Outcome
    note: str | None = None
    new_sku: str | None = None
    is_unopened: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """A line that may be returned. value: what was paid for its pieces.

    offer, exchange: what they are exchanged for, and what that costs.
    """

    wanted: Wanted
    found: Returnable
    value: Money
    offer: SkuOffer | None = None
    exchange: Exchange | None = None

    @property
    def credit(self) -> Money:
        """How much of the value pays for the replacement."""
        return self.exchange.credit if self.exchange else Money.zero(self.value.currency)


def replacement_draft(order: Order, checked: Sequence[Checked], cart_id: int) -> NewOrder:
    """The order that replaces what is exchanged: to the same address, without a cost of delivery."""
    zero = Money.zero(order.summary.total.currency)
    lines: dict[int, tuple[NewLine, LineTotal]] = {}
    for one in checked:
        if one.offer is not None and one.exchange is not None:
            new, counted = _line(one.offer, one.exchange, one.found.line.tax_rate)
            if new.sku_id in lines:
                counted = _added(lines[new.sku_id][1], counted)
            lines[new.sku_id] = (new, counted)
    totals = [counted for _, counted in lines.values()]
    charge = total_of(order, (one.exchange.charge for one in checked if one.exchange))
    return NewOrder(
        cart_id=cart_id,
        customer_id=order.customer_id,
        email=order.summary.email,
        phone=order.phone,
        locale=order.locale,
        delivery_address=order.delivery_address,
        billing_address=order.billing_address,
        delivery_method=order.delivery_method,
        delivery_name=order.delivery_name,
        promised=None,
        lines=[new for new, _ in lines.values()],
        totals=Totals(
            lines=totals,
            discounts=[],
            items=total_of(order, (one.amount for one in totals)),
            discount=total_of(order, (one.discount for one in totals)),
            delivery=zero,
            delivery_tax=zero,
            tax=total_of(order, (one.tax for one in totals)),
            is_tax_included=order.is_tax_included,
            total=total_of(order, (one.total for one in totals)),
            gift_cards={},
            gift_card=zero,
            to_pay=charge,
        ),
    )


def _line(offer: SkuOffer, exchange: Exchange, tax_rate: float) -> tuple[NewLine, LineTotal]:
    card = offer.card
    new = NewLine(
        sku_id=offer.sku_id,
        sku=offer.code,
        product_id=card.id,
        slug=card.slug,
        name=card.name,
        brand=card.brand,
        colour=card.colour_name,
        size_system=offer.size_system,
        size_label=offer.size_label,
        picture=card.picture,
        list_price=max(card.list_price, exchange.price),
    )
    counted = LineTotal(
        sku_id=offer.sku_id,
        quantity=exchange.pieces,
        price=exchange.price,
        amount=exchange.price * exchange.pieces,
        discount=exchange.discount,
        tax_rate=Decimal(str(tax_rate)),
        tax=exchange.tax,
        total=exchange.total,
    )
    return new, counted


def _added(one: LineTotal, other: LineTotal) -> LineTotal:
    """Two lines of a SKU as one."""
    return replace(
        one,
        quantity=one.quantity + other.quantity,
        amount=one.amount + other.amount,
        discount=one.discount + other.discount,
        tax=one.tax + other.tax,
        total=one.total + other.total,
    )


def total_of(order: Order, amounts: Iterable[Money]) -> Money:
    """The sum of amounts in the order's currency."""
    return Money.total(amounts, order.summary.total.currency)
