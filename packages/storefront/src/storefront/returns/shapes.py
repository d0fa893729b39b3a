"""What the reads of the returns return. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from storefront.money import Money
from storefront.returns.rules import Condition, Disposition, Outcome, Reason

State = Literal[
    "requested",
    "approved",
    "in_transit",
    "received",
    "inspected",
    "completed",
    "rejected",
    "cancelled",
]
OPEN: tuple[State, ...] = ("requested", "approved", "in_transit", "received", "inspected")
"""The states of returns that have not ended, in their order."""


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """Pieces of an order's line in a return. new_sku, new_size, new_colour: what they are exchanged for.

    value: what was paid for them; credit: of it, what pays for the replacement; charge: what that costs
    beyond it; refunded: the refund for the accepted pieces.
    """

    id: int
    order_line_id: int
    sku_id: int
    sku: str
    name: str
    colour: str | None
    size_label: str
    quantity: int
    reason: Reason
    note: str | None
    outcome: Outcome
    new_sku_id: int | None
    new_sku: str | None
    new_size: str | None
    new_colour: str | None
    is_sealed: bool
    received: int
    accepted: int
    condition: Condition | None
    disposition: Disposition | None
    value: Money
    credit: Money
    charge: Money
    refunded: Money


@dataclass(frozen=True, slots=True)
class ReturnSummary:
    """A return in a list. id: for the next page, never shown. pieces: of all lines."""

    id: int
    number: str
    order_number: str
    email: str
    state: State
    is_unpaid: bool
    pieces: int
    names: Sequence[str]
    has_exchange: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Return:
    """A return with everything about it. replacement: the number of the order that replaces pieces."""

    id: int
    number: str
    order_id: int
    order_number: str
    cart_id: int | None
    replacement: str | None
    state: State
    is_unpaid: bool
    language: str
    carrier: str | None
    tracking_number: str | None
    staff_note: str | None
    delivery: Money
    created_at: datetime
    lines: Sequence[ReturnLine]

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.state in OPEN

    @property
    def can_be_printed(self) -> bool:
        """Whether there is a label and a packing slip for it."""
        return self.state in ("approved", "in_transit")

    @property
    def can_be_cancelled(self) -> bool:
        """Whether its customer may cancel it: nothing is on its way."""
        return self.state in ("requested", "approved")

    @property
    def exchanged(self) -> Sequence[ReturnLine]:
        """The lines whose pieces are exchanged."""
        return [line for line in self.lines if line.outcome == "exchange"]

    @property
    def replaced_by(self) -> str | None:
        """The order that replaces pieces, as long as any of it is to be sent."""
        is_sent = self.is_open or any(line.accepted for line in self.exchanged)
        return self.replacement if is_sent and self.state != "rejected" else None

    @property
    def is_partly_accepted(self) -> bool:
        """Whether it has ended, and not all of it was accepted."""
        return self.state == "completed" and any(
            line.accepted < line.quantity for line in self.lines
        )

    @property
    def pieces(self) -> int:
        """Of all lines."""
        return sum(line.quantity for line in self.lines)

    @property
    def has_gift_card(self) -> bool:
        """Whether some of it was refunded to a gift card."""
        return bool(self.on_gift_card)

    @property
    def on_gift_card(self) -> Money:
        """The part of the refund that is on a gift card."""
        amounts = (line.refunded for line in self.lines if line.outcome == "gift_card")
        return Money.total(amounts, self.delivery.currency)

    @property
    def refunded(self) -> Money:
        """The refund, including the cost of delivery."""
        return Money.total((line.refunded for line in self.lines), self.delivery.currency) + (
            self.delivery
        )

    @property
    def charge(self) -> Money:
        """What was to be paid for replacements that cost more."""
        return Money.total((line.charge for line in self.lines), self.delivery.currency)

    @property
    def due(self) -> Money:
        """The refund if all pieces are accepted, without the cost of delivery."""
        amounts = (line.value - line.credit for line in self.lines)
        return Money.total(amounts, self.delivery.currency)
