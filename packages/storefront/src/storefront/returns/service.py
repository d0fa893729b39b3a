"""The life of a return: approved, sent, received, inspected, completed; or rejected, or cancelled.

Each change locks the row of the order first, then that of the return, then the row of the replacement
order, stock levels by id and gift cards: as every change of an order does. All of it happens in the
caller's transaction; jobs call the payment provider and send e-mails after it.

Changes are idempotent: approving an approved return changes nothing.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from storefront.checkout import drafts
from storefront.db import WriteSession
from storefront.errors import Conflict, InvalidInput, NotFound
from storefront.jobs import service as jobs
from storefront.money import Money
from storefront.orders import changes, returning
from storefront.orders.changes import LockedOrder
from storefront.orders.service import note
from storefront.returns import queries
from storefront.returns import statements as sql
from storefront.returns.rules import Condition, Disposition, Terms
from storefront.returns.shapes import Return, ReturnLine, State
from storefront.returns.shares import share, taken_of, unwanted_of
from storefront.texts import _

MAIL_JOB = "returns.mail"
"""Sends the e-mail about the state of a return."""

_BEFORE_RECEIPT: tuple[State, ...] = ("requested", "approved", "in_transit")


class WrongState(Conflict):
    """The return is not in the state that this needs, but in ``state``. Nothing was changed."""

    slug, title = "return-state", "Not possible in the state of the return"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an inspection found of a line. accepted: pieces that are taken back."""

    accepted: int
    condition: Condition | None
    disposition: Disposition | None


async def approve(session: WriteSession, number: str, terms: Terms, *, actor: str) -> bool:
    """Let the customer send the pieces: the label can be printed. Nine statements at most.

    Returns whether that is new. Raises NotFound (404), WrongState (409).
    """
    order, found = await _locked(session, number)
    if found.state == "approved":
        return False
    _needs(found, "requested")
    if found.is_unpaid:
        raise WrongState("The difference of the exchange is not paid yet.", state=found.state)
    await ready(session, order, found, terms, actor=actor, is_approved=True)
    return True


async def ready(
    session: WriteSession,
    order: LockedOrder,
    found: Return,
    terms: Terms,
    *,
    actor: str,
    is_approved: bool,
) -> None:
    """Continue with a return that waits only for its approval; the order's row is locked.

    Four statements at most.
    """
    if not is_approved:
        return
    await _move(session, found, "approved")
    if terms.exchanges_ship == "approved":
        await _release(session, found)
    await _record_and_notify(session, order, found, "approved", actor)


async def settle(session: WriteSession, number: str, terms: Terms) -> None:
    """Continue with a return whose payment was made, or end it if that failed; otherwise do nothing.

    Some fifteen statements. Raises NotFound (404).
    """
    order, found = await _locked(session, number)
    if not found.is_unpaid or found.state != "requested" or found.cart_id is None:
        return
    state = await drafts.state_of(session, found.cart_id)
    if state == "completed":
        await session.execute(sql.PAID, {"id": found.id})
        approved = terms.is_approved_at_once
        await ready(session, order, found, terms, actor="shop", is_approved=approved)
    elif state == "open":
        await _end(session, order, found, "cancelled", actor="shop", why="The payment failed.")


async def cancel(
    session: WriteSession,
    number: str,
    *,
    actor: str,
    why: str | None = None,
    is_staff: bool = False,
) -> bool:
    """End a return that was not sent; its exchange is undone and its charge refunded.

    The customer can do so until the parcel is on its way; is_staff: also after that. Some twenty-five
    statements. Returns whether that is new. Raises NotFound (404), WrongState, ReplacementSent (409).
    """
    order, found = await _locked(session, number)
    if found.state == "cancelled":
        return False
    _needs(found, *(_BEFORE_RECEIPT if is_staff else ("requested", "approved")))
    await _end(session, order, found, "cancelled", actor=actor, why=why)
    return True


async def lapse(session: WriteSession, number: str) -> None:
    """Cancel a return whose parcel was never sent. Raises NotFound (404), ReplacementSent (409)."""
    order, found = await _locked(session, number)
    if found.state in ("requested", "approved"):
        await _end(session, order, found, "cancelled", actor="shop", why="Nothing was sent.")


async def reject(session: WriteSession, number: str, *, note: str, actor: str) -> bool:
    """Reject the return. note: the reason, which the customer sees. Some twenty-five statements.

    Returns whether that is new. Raises NotFound (404), WrongState, ReplacementSent (409).
    """
    order, found = await _locked(session, number)
    if found.state == "rejected":
        return False
    _needs(found, *_BEFORE_RECEIPT, "received", "inspected")
    await _end(session, order, found, "rejected", actor=actor, why=note)
    return True


async def send(
    session: WriteSession, number: str, *, carrier: str | None, tracking_number: str | None
) -> None:
    """Note that the parcel is on its way, as its customer says. Seven statements.

    Raises NotFound (404), WrongState (409).
    """
    order, found = await _locked(session, number)
    if found.state == "in_transit":
        return
    _needs(found, "approved")
    parameters = {"id": found.id, "carrier": carrier, "tracking_number": tracking_number}
    await session.execute(sql.SENT, parameters)
    await _move(session, found, "in_transit")
    await _note(session, order, found, "in_transit", "customer")


async def receive(
    session: WriteSession, number: str, arrived: Mapping[int, int], terms: Terms, *, actor: str
) -> None:
    """Note which pieces arrived, by line of the return; others did not. Nine statements.

    Raises NotFound (404), WrongState (409), InvalidInput (422).
    """
    order, found = await _locked(session, number)
    _needs(found, "approved", "in_transit")
    counts = {line.id: arrived.get(line.id, 0) for line in found.lines}
    _check(found, arrived, lambda line: line.quantity)
    if not any(counts.values()):
        raise InvalidInput("Say how many pieces arrived.", errors=[])
    await session.execute(
        sql.RECEIVE,
        {"id": found.id, "line_ids": list(counts), "quantities": list(counts.values())},
    )
    await _move(session, found, "received")
    is_complete = all(counts[line.id] == line.quantity for line in found.exchanged)
    if terms.exchanges_ship == "received" and is_complete:
        await _release(session, found)
    await _note(session, order, found, "received", actor)


async def inspect(
    session: WriteSession,
    number: str,
    verdicts: Mapping[int, Verdict],
    *,
    staff_note: str | None,
    actor: str,
) -> None:
    """Note what an inspection found, by line of the return; can be corrected until completion.

    Lines that are not in verdicts keep what was found before.
    Raises NotFound (404), WrongState (409), InvalidInput (422).
    """
    order, found = await _locked(session, number)
    _needs(found, "received", "inspected")
    _check(found, {key: one.accepted for key, one in verdicts.items()}, lambda line: line.received)
    for line in found.lines:
        if (verdict := verdicts.get(line.id)) is None:
            continue
        if verdict.accepted and (verdict.condition is None or verdict.disposition is None):
            raise InvalidInput(
                f"Enter the condition of {line.name}, and what to do with it.", errors=[]
            )
        await session.execute(
            sql.INSPECT,
            {
                "id": found.id,
                "line_id": line.id,
                "accepted": verdict.accepted,
                "condition": verdict.condition,
                "disposition": verdict.disposition if verdict.accepted else None,
            },
        )
    await _move(session, found, "inspected", staff_note)
    await _note(session, order, found, "inspected", actor)


async def complete(
    session: WriteSession,
    number: str,
    terms: Terms,
    *,
    gift_card_code: Callable[[str], str],
    actor: str,
) -> Money:
    """Complete the return: refund what was accepted, add it to the stock, send replacements.

    If nothing was accepted, the return is rejected. Returns the amount of the refund. gift_card_code: of
    the card that is issued where one is wanted, by the return's number. Some forty statements. Raises
    NotFound (404), WrongState, ReplacementSent, NotPaidYet (409).
    """
    order, found = await _locked(session, number)
    if found.state == "completed":
        return found.refunded
    _needs(found, "inspected")
    if not any(line.accepted for line in found.lines):
        await _end(session, order, found, "rejected", actor=actor, why=found.staff_note)
        return Money.zero(order.total.currency)
    await _undo(session, found, {line.id: line.accepted for line in found.lines}, actor=actor)
    given = await returning.take_back(
        session,
        order,
        [taken_of(line) for line in found.lines],
        gift_card_code=gift_card_code(found.number),
        has_delivery=terms.has_delivery,
        reference=found.number,
        actor=actor,
    )
    for line, amount in zip(found.lines, given.amounts, strict=True):
        await session.execute(
            sql.GIVEN_BACK,
            {
                "line_id": line.id,
                "refunded": amount.minor,
                "credit": share(line.credit, line, line.accepted).minor,
                "charge": share(line.charge, line, line.accepted).minor,
            },
        )
    await session.execute(sql.DELIVERY, {"id": found.id, "delivery": given.delivery.minor})
    await _release(session, found)
    await _move(session, found, "completed")
    data = {"amount_minor": given.total.minor, "gift_card_minor": given.on_gift_card.minor}
    await _record_and_notify(session, order, found, "completed", actor, data)
    return given.total


async def repaired(
    session: WriteSession, number: str, line_id: int, disposition: Disposition, *, actor: str
) -> None:
    """Put a repaired piece back into the stock, or discard it. Seven statements.

    Raises NotFound (404), WrongState (409) where the line is not in repair.
    """
    _order, found = await _locked(session, number)
    _needs(found, "completed")
    line = next((one for one in found.lines if one.id == line_id), None)
    if line is None:
        raise NotFound(f"The return {number} has no line {line_id}.")
    parameters = {"id": found.id, "line_id": line_id, "disposition": disposition}
    if disposition == "repair" or await session.scalar(sql.REPAIRED, parameters) is None:
        raise WrongState("These pieces are not in repair.", state=found.state)
    if disposition == "restock":
        pieces = {line.sku_id: line.accepted}
        await changes.put_back(session, pieces, "return", reference=number, actor=actor)


async def erase(session: WriteSession, customer_id: int) -> None:
    """Delete what a person wrote about their returns. One statement."""
    await session.execute(sql.ERASE, {"customer_id": customer_id})


async def _locked(session: WriteSession, number: str) -> tuple[LockedOrder, Return]:
    order_number = await session.scalar(sql.ORDER_OF, {"number": number})
    if order_number is None:
        raise NotFound(_("There is no return %(number)s.", number=number))
    order = await changes.lock(session, order_number)
    await session.execute(sql.LOCK, {"number": number})
    return order, await queries.one(session, number)


def _needs(found: Return, *states: State) -> None:
    if found.state not in states:
        raise WrongState(
            _("This is not possible any more: the return has changed."), state=found.state
        )


def _check(found: Return, pieces: Mapping[int, int], most: Callable[[ReturnLine], int]) -> None:
    lines = {line.id: line for line in found.lines}
    for line_id, n in pieces.items():
        if line_id not in lines:
            raise InvalidInput(f"The return {found.number} has no line {line_id}.", errors=[])
        if not 0 <= n <= most(lines[line_id]):
            raise InvalidInput(
                f"Of {lines[line_id].name} at most {most(lines[line_id])} are possible.", errors=[]
            )


async def _end(
    session: WriteSession,
    order: LockedOrder,
    found: Return,
    state: State,
    *,
    actor: str,
    why: str | None,
) -> None:
    """End a return of which nothing is taken back."""
    if found.is_unpaid and found.cart_id is not None:
        is_unpaid = await drafts.give_up(session, found.cart_id)
        if not is_unpaid:
            await session.execute(sql.PAID, {"id": found.id})
    await _undo(session, found, {}, actor=actor)
    await session.execute(sql.NO_EXCHANGE, {"id": found.id})
    pieces: Counter[int] = Counter()
    for line in found.lines:
        pieces[line.order_line_id] += line.quantity
    await returning.expect_no_more(session, order, pieces)
    await _move(session, found, state, why)
    await _record_and_notify(session, order, found, state, actor)


async def _undo(
    session: WriteSession, found: Return, accepted: Mapping[int, int], *, actor: str
) -> None:
    """Undo the exchange of pieces that are not accepted."""
    unwanted = unwanted_of(found, accepted)
    if unwanted and found.cart_id is not None:
        await returning.undo_replacement(
            session,
            found.cart_id,
            unwanted,
            currency=found.delivery.currency,
            reference=found.number,
            actor=actor,
        )


async def _release(session: WriteSession, found: Return) -> None:
    if found.cart_id is not None:
        await returning.release_hold(session, found.cart_id)


async def _move(
    session: WriteSession, found: Return, state: State, staff_note: str | None = None
) -> None:
    await session.execute(sql.MOVE, {"id": found.id, "state": state, "note": staff_note})


async def _note(
    session: WriteSession,
    order: LockedOrder,
    found: Return,
    kind: str,
    actor: str,
    data: Mapping[str, Any] | None = None,
) -> None:
    about = {"return": found.number} | dict(data or {})
    await note(session, order.id, f"return_{kind}", actor=actor, data=about)


async def _record_and_notify(
    session: WriteSession,
    order: LockedOrder,
    found: Return,
    kind: str,
    actor: str,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Add to the order's history, and notify the customer by e-mail."""
    await _note(session, order, found, kind, actor, data)
    await jobs.enqueue(session, MAIL_JOB, f"{found.number} {kind}", {"number": found.number})
