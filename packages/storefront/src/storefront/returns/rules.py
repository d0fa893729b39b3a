"""What may be returned, until when, and what an exchange costs. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from storefront.catalog.category_paths import is_within
from storefront.money import Money
from storefront.orders.shapes import Order, OrderLine
from storefront.settings import ExchangesShip, Settings

Reason = Literal[
    "too_small", "too_large", "style", "colour", "quality", "wrong_item", "changed_mind", "other"
]
Outcome = Literal["payment", "gift_card", "exchange"]
Condition = Literal["as_new", "opened", "worn", "damaged", "incomplete"]
Disposition = Literal["restock", "repair", "discard"]


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms on which the shop accepts returns.

    days: from the delivery of a piece; days_by_category: of categories by path, the longest that fits
    counts; 0: cannot be returned. sealed: categories that can only be returned unopened. exchanges_ship:
    what the replacement waits for. arrive_days: after which an approved return that nobody sent ends.
    """

    days: int
    days_by_category: Mapping[str, int]
    sealed: Sequence[str]
    is_approved_at_once: bool
    exchanges_ship: ExchangesShip
    has_delivery: bool
    arrive_days: int

    @classmethod
    def of(cls, settings: Settings) -> "Terms":
        """The terms of the settings."""
        return cls(
            days=settings.returns_days,
            days_by_category=settings.returns_days_by_category,
            sealed=settings.returns_sealed,
            is_approved_at_once=settings.returns_approval == "automatic",
            exchanges_ship=settings.exchanges_ship,
            has_delivery=settings.returns_delivery_refunded,
            arrive_days=settings.returns_arrive_days,
        )

    def days_of(self, category_path: str) -> int:
        """How many days after its delivery a piece of this category may be returned."""
        fitting = [path for path in self.days_by_category if is_within(category_path, [path])]
        return self.days_by_category[max(fitting, key=len)] if fitting else self.days

    def is_sealed(self, category_path: str) -> bool:
        """Whether pieces of this category can be returned unopened only."""
        return is_within(category_path, self.sealed)


@dataclass(frozen=True, slots=True)
class Returnable:
    """What can be returned of an order's line. pieces: now; until: the end of the last parcel's time.

    reason: why not, where pieces is 0: ``not-delivered``, ``too-late``, ``excluded``.
    """

    line: OrderLine
    pieces: int
    until: datetime | None
    is_sealed: bool
    reason: str | None


def returnable(
    order: Order, categories: Mapping[int, str], terms: Terms, now: datetime
) -> list[Returnable]:
    """What can be returned of an order now, by line. categories: paths by product."""
    return [_returnable(order, line, categories, terms, now) for line in order.lines]


def _returnable(
    order: Order,
    line: OrderLine,
    categories: Mapping[int, str],
    terms: Terms,
    now: datetime,
) -> Returnable:
    path = categories.get(line.product_id, "")
    days = timedelta(days=terms.days_of(path))
    arrived = [
        (parcel.delivered_at, parcel.pieces.get(line.state.id, 0))
        for parcel in order.shipments
        if parcel.delivered_at is not None
    ]
    here = sum(pieces for _, pieces in arrived) - line.state.returned - line.state.returning
    in_time = sum(pieces for delivered_at, pieces in arrived if now <= delivered_at + days)
    until = max((delivered_at + days for delivered_at, pieces in arrived if pieces), default=None)
    reason = None
    if here <= 0:
        reason = "not-delivered"
    elif not days:
        reason = "excluded"
    elif not in_time:
        reason = "too-late"
    # Those that were delivered first come back first.
    pieces = 0 if reason else min(here, in_time)
    return Returnable(line, pieces, until, terms.is_sealed(path), reason)


@dataclass(frozen=True, slots=True)
class Exchange:
    """What pieces cost that replace others. price: of one, before reductions; total: of all, with tax.

    credit: what was paid for the others, as far as it pays for these; charge: what is due beyond it.
    """

    pieces: int
    price: Money
    total: Money
    tax: Money
    discount: Money
    credit: Money
    charge: Money


def exchange_of(
    *,
    value: Money,
    pieces: int,
    old_price: Money,
    new_price: Money,
    tax_rate: Decimal,
    is_tax_included: bool,
) -> Exchange:
    """What pieces cost that replace as many others for which ``value`` was paid.

    Reductions stay: the total differs from the value by the difference of the prices alone, so another
    size of the same price costs nothing. tax_rate: 0.19 is 19 %.
    """
    difference = (new_price - old_price) * pieces
    if not is_tax_included:
        difference = difference.times(1 + tax_rate)
    total = max(value + difference, Money.zero(value.currency))
    amount, net = new_price * pieces, total.times(1 / (1 + tax_rate))
    goods = total if is_tax_included else min(net, amount)
    tax = total - (net if is_tax_included else goods)
    credit = min(value, total)
    return Exchange(pieces, new_price, total, tax, amount - goods, credit, total - credit)
