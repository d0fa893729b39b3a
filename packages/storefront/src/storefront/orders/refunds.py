"""The amounts and destinations of refunds. Pure arithmetic.

Destinations: the source that paid most first, until all of it is refunded; then the next. A payment
comes before a gift card that paid the same, and an older gift card before a newer one
(docs/decisions/0033). An order that replaces pieces of another one was also paid by that one: its own
payments come first, then those of the other (docs/decisions/0042).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from storefront.money import Money


@dataclass(frozen=True, slots=True)
class Source:
    """A source that paid for an order. gift_card_id: None for a payment. refunded: so far.

    reference: the number of the order that it paid for. distance: 0 for the order itself, 1 for the
    order whose pieces it replaces, and so on.
    """

    gift_card_id: int | None
    name: str
    paid: Money
    refunded: Money
    payment_id: int | None = None
    reference: str = ""
    distance: int = 0

    @property
    def left(self) -> Money:
        """The amount that can still be refunded to it."""
        return self.paid - self.refunded


@dataclass(frozen=True, slots=True)
class Allocation:
    """An amount to refund to one source."""

    source: Source
    amount: Money


@dataclass(frozen=True, slots=True)
class LineState:
    """An order's line, and the state of its pieces. returning: in open returns."""

    id: int
    sku_id: int
    quantity: int
    shipped: int
    cancelled: int
    returned: int
    total: Money
    refunded: Money
    returning: int = 0

    @property
    def unshipped(self) -> int:
        """Pieces that remain to be shipped."""
        return self.quantity - self.shipped - self.cancelled

    @property
    def refundable(self) -> int:
        """Pieces that were neither cancelled nor returned, and are not in a return."""
        return self.quantity - self.cancelled - self.returned - self.returning

    def price_of(self, pieces: int) -> Money:
        """The amount paid for this many more of its pieces; all of them together cost the line's total.

        The total is divided among the pieces to the minor unit, and pieces are counted in the order in
        which they are refunded, so that the number of steps does not matter. Those that
        are in a return are counted already.
        """
        before = self.cancelled + self.returned + self.returning
        shares = self.total.allocate([1] * self.quantity)
        due = Money.total(shares[before : before + pieces], self.total.currency)
        return min(due, self.total - self.refunded)


def split(amount: Money, sources: Sequence[Source]) -> list[Allocation]:
    """Divide a refund among the sources. amount: at most what is left of all of them together."""
    allocations = []
    in_turn = sorted(
        sources, key=lambda one: (one.distance, -one.paid.minor, one.gift_card_id or 0)
    )
    for source in in_turn:
        share = min(amount, source.left)
        if share:
            allocations.append(Allocation(source, share))
            amount -= share
    assert not amount, "more than what was paid"
    return allocations


def left_of(sources: Sequence[Source], currency: str) -> Money:
    """The total that can still be refunded."""
    return Money.total((source.left for source in sources), currency)
