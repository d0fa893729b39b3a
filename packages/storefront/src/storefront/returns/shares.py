"""The shares that pieces of a return have in what was paid for its lines. Pure."""

from collections.abc import Mapping

from storefront.money import Money
from storefront.orders.returning import TakenBack, Unwanted
from storefront.returns.shapes import Return, ReturnLine


def share(amount: Money, line: ReturnLine, pieces: int) -> Money:
    """The share that some pieces of a line have in an amount; all pieces together have all of it."""
    return Money.total(amount.allocate([1] * line.quantity)[:pieces], amount.currency)


def taken_of(line: ReturnLine) -> TakenBack:
    """The accepted pieces of a line."""
    return TakenBack(
        line_id=line.order_line_id,
        expected=line.quantity,
        accepted=line.accepted,
        value=share(line.value, line, line.accepted),
        credit=share(line.credit, line, line.accepted),
        is_to_gift_card=line.outcome == "gift_card",
        is_restocked=line.disposition == "restock",
    )


def unwanted_of(found: Return, accepted: Mapping[int, int]) -> list[Unwanted]:
    """Pieces of the replacement that are not sent, since those they replace are not accepted.

    accepted: pieces by line of the return.
    """
    unwanted = []
    for line in found.exchanged:
        kept = accepted.get(line.id, 0)
        if line.new_sku_id is not None and kept < line.quantity:
            credit = line.credit - share(line.credit, line, kept)
            charge = line.charge - share(line.charge, line, kept)
            unwanted.append(Unwanted(line.new_sku_id, line.quantity - kept, credit, charge))
    return unwanted
