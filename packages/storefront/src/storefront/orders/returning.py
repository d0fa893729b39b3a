"""The effects of returns on an order: pieces expected, accepted, or replaced by another order.

For the feature ``returns``, in its transactions, with the order's row locked (``changes.lock``).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from storefront.db import WriteSession
from storefront.errors import Conflict
from storefront.money import Money
from storefront.orders import changes
from storefront.orders import statements as sql
from storefront.orders.changes import LockedOrder
from storefront.orders.lifecycle import NotPaidYet
from storefront.orders.refunds import LineState
from storefront.payments import service as payments
from storefront.payments.service import RefundTooLarge
from storefront.pricing import service as pricing
from storefront.texts import _


class NotReturnable(Conflict):
    """These pieces cannot be sent back: ``reason`` says why. Nothing was changed.

    not-delivered: fewer pieces were delivered, or the others are in a return already; too-late: the
    return period is over; excluded: their kind cannot be returned; sealed: they can be returned
    unopened only; unknown: the order has no such line.
    """

    slug, title = "not-returnable", "These pieces cannot be returned"


class ReplacementSent(Conflict):
    """The pieces that replace these were shipped already, so the exchange cannot be undone.

    Nothing was changed. Accept the pieces, or have the replacement returned first.
    """

    slug, title = "replacement-sent", "The replacement was shipped already"


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Pieces of a line whose return has ended. expected: how many; accepted: how many of these.

    value: the amount paid for the accepted ones; credit: the part that pays for a replacement.
    """

    line_id: int
    expected: int
    accepted: int
    value: Money
    credit: Money
    is_to_gift_card: bool = False
    is_restocked: bool = False


@dataclass(frozen=True, slots=True)
class GivenBack:
    """The refunds: for each TakenBack, for the delivery, and the part on a new gift card."""

    amounts: Sequence[Money]
    delivery: Money
    on_gift_card: Money

    @property
    def total(self) -> Money:
        """The total."""
        return Money.total(self.amounts, self.delivery.currency) + self.delivery


@dataclass(frozen=True, slots=True)
class Unwanted:
    """Pieces of a replacement that will not be sent. charge: the additional amount paid for them."""

    sku_id: int
    pieces: int
    credit: Money
    charge: Money


async def expect(session: WriteSession, order: LockedOrder, pieces: Mapping[int, int]) -> None:
    """Record pieces of lines as returning. One statement.

    Raises NotReturnable (409) if fewer were delivered and not yet returned.
    """
    expected = (await session.scalars(sql.EXPECT, _pieces(order, pieces))).all()
    if len(expected) < len(pieces):
        raise NotReturnable(
            _("Fewer pieces of this can still be returned."), reason="not-delivered"
        )


async def expect_no_more(
    session: WriteSession, order: LockedOrder, pieces: Mapping[int, int]
) -> None:
    """Record that pieces will not come back. One statement."""
    await session.execute(sql.EXPECT_NO_MORE, _pieces(order, pieces))


async def move_credit(
    session: WriteSession, order: LockedOrder, *, cart_id: int, credit: Money
) -> None:
    """Use a part of the amount paid for an order for the order that a bag becomes. One statement.

    That order is not shipped before `release_hold`.
    """
    parameters = {"cart_id": cart_id, "order_id": order.id, "credit": credit.minor}
    await session.execute(sql.REPLACE, parameters)


async def release_hold(session: WriteSession, cart_id: int) -> None:
    """Allow shipping of the replacement order of a bag. One statement; idempotent."""
    await session.execute(sql.RELEASE_HOLD, {"cart_id": cart_id})


async def undo_replacement(
    session: WriteSession,
    cart_id: int,
    unwanted: Sequence[Unwanted],
    *,
    currency: str,
    reference: str,
    actor: str,
) -> None:
    """Do not send pieces of a replacement order: they are for sale again, and its credit moves back.

    A job refunds the additional amount. Twelve statements at most. reference: the return's number.
    Raises ReplacementSent, NotPaidYet, RefundTooLarge (409).
    """
    credit = Money.total((one.credit for one in unwanted), currency)
    parameters = {"cart_id": cart_id, "credit": credit.minor}
    number = await session.scalar(sql.NUMBER_OF_CART, parameters)
    if number is None:  # its payment failed
        await session.execute(sql.MOVE_BACK, parameters)
        return
    charge = Money.total((one.charge for one in unwanted), currency)
    order = await changes.lock(session, number)
    await _cancel_pieces(session, order, unwanted)
    charge = await _void(session, order, charge)
    if charge + credit > await changes.left(session, order):
        raise RefundTooLarge("A part of the replacement was refunded already.")
    await _refund_charge(session, order, charge, reference)
    await session.execute(sql.MOVE_BACK, parameters)
    pieces = _by_sku(unwanted)
    await changes.put_back(session, pieces, "cancellation", reference=number, actor=actor)
    await changes.complete(session, order)


async def take_back(
    session: WriteSession,
    order: LockedOrder,
    taken: Sequence[TakenBack],
    *,
    gift_card_code: str,
    has_delivery: bool,
    reference: str,
    actor: str,
) -> GivenBack:
    """End the return of pieces: refund the accepted ones.

    Never more than the unrefunded amount. has_delivery: whether the cost of delivery is refunded with
    the last pieces of the order. gift_card_code: of the card to issue, if one is wanted. About
    fifteen statements.
    """
    lines = {line.id: line for line in await changes.lines(session, order)}
    payment = await payments.of_order(session, order.id)
    paid_by = await changes.sources(session, order, payment)
    left = await changes.left(session, order)
    amounts = await _accept(session, _with_rests(lines, taken), left)
    left -= Money.total(amounts, order.total.currency)
    delivery = Money.zero(order.total.currency)
    if has_delivery and _is_all_back(lines, taken):
        delivery = min(order.total - _goods(lines, order), left)
    cards = [amount for one, amount in zip(taken, amounts, strict=True) if one.is_to_gift_card]
    given = GivenBack(amounts, delivery, Money.total(cards, order.total.currency))
    await changes.give_back(
        session, order, given.total - given.on_gift_card, paid_by, "returned", reference=reference
    )
    if given.on_gift_card:
        await pricing.issue_gift_card(
            session, given.on_gift_card, reference=reference, code=gift_card_code
        )
        await payments.note_refund_to_gift_card(
            session,
            order_id=order.id,
            amount=given.on_gift_card,
            reason="returned",
            reference=reference,
        )
    restocked: Counter[int] = Counter()
    for one in taken:
        restocked[lines[one.line_id].sku_id] += one.accepted if one.is_restocked else 0
    await changes.put_back(session, restocked, "return", reference=reference, actor=actor)
    await changes.complete(session, order)
    return given


async def _accept(session: WriteSession, taken: Sequence[TakenBack], left: Money) -> list[Money]:
    """Record the accepted pieces; returns what is refunded for each, together at most what is left."""
    amounts = []
    for one in taken:
        amount = min(one.value - one.credit, left)
        left -= amount
        amounts.append(amount)
        await session.execute(
            sql.ACCEPT,
            {
                "id": one.line_id,
                "expected": one.expected,
                "accepted": one.accepted,
                "amount": (amount + one.credit).minor,
            },
        )
    return amounts


def _pieces(order: LockedOrder, pieces: Mapping[int, int]) -> dict[str, object]:
    return {
        "order_id": order.id,
        "line_ids": list(pieces),
        "quantities": list(pieces.values()),
    }


def _by_sku(unwanted: Sequence[Unwanted]) -> Counter[int]:
    pieces: Counter[int] = Counter()
    for one in unwanted:
        pieces[one.sku_id] += one.pieces
    return pieces


async def _cancel_pieces(
    session: WriteSession, order: LockedOrder, unwanted: Sequence[Unwanted]
) -> None:
    lines = {line.sku_id: line for line in await changes.lines(session, order)}
    for sku_id, pieces in _by_sku(unwanted).items():
        line = lines[sku_id]
        if line.unshipped < pieces:
            raise ReplacementSent("The pieces that replace these were shipped already.")
        due = Money.total(
            (one.credit + one.charge for one in unwanted if one.sku_id == sku_id),
            order.total.currency,
        )
        await session.execute(
            sql.TAKE_BACK,
            {
                "id": line.id,
                "cancelled": pieces,
                "returned": 0,
                "amount": min(due, line.total - line.refunded).minor,
            },
        )


async def _void(session: WriteSession, order: LockedOrder, charge: Money) -> Money:
    """Cancel the payment of a difference that was not captured yet. Returns the amount to refund."""
    payment = await payments.of_order(session, order.id)
    if not charge or payment is None or payment.state != "authorized":
        return charge
    if charge < payment.amount:
        raise NotPaidYet("The payment of the difference was not captured yet. Try again.")
    await payments.void(session, payment)
    return Money.zero(charge.currency)


async def _refund_charge(
    session: WriteSession, order: LockedOrder, charge: Money, reference: str
) -> None:
    payment = await payments.of_order(session, order.id)
    if charge and payment is not None and payment.state == "captured":
        await payments.begin_refund(
            session,
            payment.id,
            order_id=order.id,
            amount=charge,
            reason="exchange undone",
            reference=reference,
        )


def _with_rests(lines: Mapping[int, LineState], taken: Sequence[TakenBack]) -> list[TakenBack]:
    """The shares; the last pieces of a line get the remainder, to the minor unit."""
    accepted: Counter[int] = Counter()
    values: dict[int, Money] = {}
    for one in taken:
        accepted[one.line_id] += one.accepted
        values[one.line_id] = values.get(one.line_id, Money.zero(one.value.currency)) + one.value
    found = []
    for one in taken:
        line = lines[one.line_id]
        rest = line.total - line.refunded - values[one.line_id]
        is_last = line.cancelled + line.returned + accepted[one.line_id] == line.quantity
        if is_last and one.accepted and rest.minor > 0:
            one = replace(one, value=one.value + rest)
            values[one.line_id] += rest
        found.append(one)
    return found


def _is_all_back(lines: Mapping[int, LineState], taken: Sequence[TakenBack]) -> bool:
    """Whether these are the order's last pieces, none of them for a replacement."""
    accepted: Counter[int] = Counter()
    for one in taken:
        accepted[one.line_id] += one.accepted
    return all(
        line.cancelled + line.returned + accepted[line.id] == line.quantity
        for line in lines.values()
    ) and not any(one.credit for one in taken)


def _goods(lines: Mapping[int, LineState], order: LockedOrder) -> Money:
    return Money.total((line.total for line in lines.values()), order.total.currency)
