"""The results of reads of orders. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from storefront.money import Money
from storefront.orders.refunds import LineState

OrderState = Literal["placed", "cancelled", "completed"]
PaymentState = Literal[
    "pending", "authorized", "paid", "partially_refunded", "refunded", "cancelled"
]
FulfilmentState = Literal[
    "unshipped", "partially_shipped", "shipped", "delivered", "returned", "cancelled"
]


@dataclass(frozen=True, slots=True)
class OrderSummary:
    """An order in a list. payment, fulfilment: derived from payments, refunds and shipments.

    id: for the next page, never shown. pieces: of all lines; pictures: of its first lines.
    """

    id: int
    number: str
    email: str
    state: OrderState
    payment: PaymentState
    fulfilment: FulfilmentState
    total: Money
    pieces: int
    names: Sequence[str]
    placed_at: datetime


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line of an order. state: of its pieces; amounts are of the whole line."""

    product_id: int
    sku: str
    slug: str
    name: str
    brand: str | None
    colour: str | None
    size_label: str
    picture: str | None
    price: Money
    list_price: Money
    discount: Money
    tax_rate: float
    tax: Money
    state: LineState

    @property
    def amount(self) -> Money:
        """What its pieces cost before reductions, as prices are shown."""
        return self.price * self.state.quantity

    @property
    def total(self) -> Money:
        """The amount paid for it, tax included."""
        return self.state.total


@dataclass(frozen=True, slots=True)
class OrderDiscount:
    """A reduction of the order."""

    label: str
    code: str | None
    amount: Money


@dataclass(frozen=True, slots=True)
class Shipment:
    """A parcel of an order. pieces: by line."""

    id: int
    carrier: str | None
    tracking_number: str | None
    tracking_url: str | None
    state: Literal["shipped", "delivered"]
    shipped_at: datetime
    delivered_at: datetime | None
    pieces: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund, completed or ``pending``."""

    amount: Money
    state: Literal["pending", "done", "failed"]
    is_to_gift_card: bool
    reason: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """An event of an order, and its actor."""

    id: int
    kind: str
    actor: str
    data: Mapping[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Order:
    """An order with everything about it.

    replaces: the number of the order whose returned pieces it replaces; credit: what that one pays for
    it; undone: what it paid as well before pieces were not accepted; is_held: it waits for the return.
    moved: credits for replacements of this order.
    """

    summary: OrderSummary
    customer_id: int | None
    phone: str | None
    locale: str | None
    items: Money
    discount: Money
    delivery: Money
    tax: Money
    is_tax_included: bool
    gift_card: Money
    refunded: Money
    captured: Money
    credit: Money
    undone: Money
    moved: Money
    replaces: str | None
    is_held: bool
    delivery_address: Mapping[str, str]
    billing_address: Mapping[str, str]
    delivery_method: str
    delivery_name: str
    promised: tuple[date, date] | None
    lines: Sequence[OrderLine]
    discounts: Sequence[OrderDiscount]
    shipments: Sequence[Shipment]
    refunds: Sequence[Refund]
    events: Sequence[OrderEvent]

    @property
    def number(self) -> str:
        """As on the parcel."""
        return self.summary.number

    @property
    def delivery_price(self) -> Money:
        """The price of the delivery before reductions, of which free delivery is one."""
        reduced = Money.total((one.amount for one in self.discounts), self.delivery.currency)
        return self.delivery + reduced - self.discount

    @property
    def paid_directly(self) -> Money:
        """The part of the total that neither gift cards nor returned pieces paid."""
        return self.summary.total - self.gift_card - self.credit - self.undone

    @property
    def delivered_lines(self) -> list[OrderLine]:
        """The lines with delivered pieces."""
        arrived = {
            line_id
            for parcel in self.shipments
            if parcel.state == "delivered"
            for line_id in parcel.pieces
        }
        return [line for line in self.lines if line.state.id in arrived]

    @property
    def is_receipt(self) -> bool:
        """Whether its page is a receipt: it was paid."""
        return self.summary.payment in ("paid", "partially_refunded", "refunded")

    @property
    def is_cancellable(self) -> bool:
        """Whether it can be cancelled: nothing was shipped yet, and it replaces nothing."""
        is_open = self.summary.state == "placed" and self.summary.fulfilment == "unshipped"
        return is_open and self.replaces is None

    @property
    def is_delivered(self) -> bool:
        """Whether a part of it was delivered, so that it may be returned."""
        return any(parcel.state == "delivered" for parcel in self.shipments)

    @property
    def is_shippable(self) -> bool:
        """Whether pieces of it can be shipped now."""
        is_paid = self.summary.payment in ("paid", "partially_refunded")
        has_some = any(line.state.unshipped for line in self.lines)
        return self.summary.state == "placed" and is_paid and has_some and not self.is_held

    @property
    def left_to_refund(self) -> Money:
        """The captured amount, minus refunds and credits for replacements."""
        return self.captured + self.gift_card + self.credit - self.refunded - self.moved


@dataclass(frozen=True, slots=True)
class Filter:
    """The orders that a list shows; None: all. search: as `sought` reads it.

    is_refund_failed: only those with a failed refund and no later one; is_to_ship: only those of which
    something can be shipped now.
    """

    state: str | None = None
    payment: str | None = None
    fulfilment: str | None = None
    search: str | None = None
    customer_id: int | None = None
    is_refund_failed: bool = False
    is_to_ship: bool = False


SEARCHED = (
    "A number as people write it, or how an e-mail address begins or a telephone number ends."
)
"""What `sought` reads, for OpenAPI."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What may have been typed to find an order. number: of an order or, after ``R-``, of a return.

    email: how the address begins; phone: the last digits of a telephone number; None where too few.
    """

    number: str
    email: str
    phone: str | None


def sought(typed: str | None) -> Sought | None:
    """What is searched for; None where nothing was typed."""
    text = (typed or "").strip()
    if not text:
        return None
    digits = "".join(re.findall(r"[0-9]", text.replace("(0)", ""))).lstrip("0")
    is_phone = _PHONE.fullmatch(text) and len(digits) >= _FEWEST_DIGITS
    return Sought(number_in(text), text.lower(), digits if is_phone else None)


def number_in(typed: str) -> str:
    """An order's number as it is stored, from one as people write it: ``#k7qf 3m2d``, ``no. K7QF–3M2D``.

    Letters that no number has are read as the digits that they look like.
    """
    found = _NUMBER.findall(typed.upper())
    letters = "".join(found[-1]) if found else "".join(filter(str.isalnum, typed.upper()))
    letters = letters.translate(_LOOK_LIKE)
    return f"{letters[:4]}-{letters[4:]}"


_NUMBER = re.compile(r"(?<![0-9A-Z])([0-9A-Z]{4})[^0-9A-Z]{0,3}([0-9A-Z]{4})(?![0-9A-Z])")
_LOOK_LIKE = str.maketrans("OIL", "011")
_PHONE = re.compile(r"[0-9+()/. -]+")
_FEWEST_DIGITS = 6
