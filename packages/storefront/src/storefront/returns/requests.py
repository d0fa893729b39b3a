"""Requests to return pieces: checked, and their replacements reserved and paid.

One transaction before and one after the call to the payment provider, as in a checkout; a single one,
without that call, if an exchange costs nothing more. The new pieces are sold to a replacement order at
once, which is not shipped before the return is (docs/decisions/0042).
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from storefront.cart import service as cart
from storefront.catalog import alternatives
from storefront.catalog import queries as catalog
from storefront.catalog.alternatives import ProductKind
from storefront.checkout import drafts
from storefront.checkout import service as checkout
from storefront.checkout.results import (
    ConfirmationNeeded,
    Failed,
    PaymentDeclined,
    PriceChanged,
)
from storefront.checkout.service import Attempt
from storefront.db import Database, ReadSession, WriteSession
from storefront.errors import Conflict, InvalidInput
from storefront.idempotency import service as idempotency
from storefront.idempotency.service import KeyedRequest, StoredResponse
from storefront.jobs import service as jobs
from storefront.jobs.service import NewJob
from storefront.money import Money
from storefront.orders import changes, returning
from storefront.orders import queries as orders
from storefront.orders.changes import LockedOrder
from storefront.orders.returning import NotReturnable
from storefront.orders.service import new_number, note
from storefront.orders.shapes import Order
from storefront.payments.provider import PaymentProvider
from storefront.returns import queries, service
from storefront.returns import statements as sql
from storefront.returns.replacements import Checked, Wanted, replacement_draft, total_of
from storefront.returns.rules import Terms, exchange_of, returnable
from storefront.texts import N_, _, current

SETTLE_JOB = "returns.settle"
LAPSE_JOB = "returns.lapse"

_LOOKS = (timedelta(seconds=70), timedelta(minutes=17), timedelta(hours=2), timedelta(days=1))
"""When to look whether the difference of an exchange was paid, where the browser did not come back."""

_WHY = {
    "not-delivered": N_("Not delivered yet, or returned already"),
    "too-late": N_("The time to return it is over"),
    "excluded": N_("This cannot be returned"),
    "sealed": N_("It can be returned unopened only."),
}


class DifferenceDue(Conflict):
    """The replacement costs more: ``due`` is the difference, in minor units. Nothing was changed.

    Send the request again with ``confirmed_minor`` and a ``payment_token`` to pay it.
    """

    slug, title = "difference-due", "The replacement costs more"


@dataclass(frozen=True, slots=True)
class Requested:
    """A return that was requested. redirect_url: where the shopper must confirm the payment first."""

    number: str
    is_replayed: bool = False
    redirect_url: str | None = None


@dataclass(frozen=True, slots=True)
class _Begun:
    number: str
    is_replayed: bool = False
    attempt: Attempt | None = None


async def request(
    database: Database,
    provider: PaymentProvider,
    number: str,
    wanted: Sequence[Wanted],
    *,
    terms: Terms,
    keyed: KeyedRequest,
    actor: str,
    payment_token: str | None = None,
    confirmed_minor: int | None = None,
    return_url: Callable[[str], str],
) -> Requested:
    """Request a return of pieces of an order, once for each key.

    payment_token: the means of payment, for an exchange that costs more; confirmed_minor: the difference
    that the shopper was shown. return_url: where the payment provider sends the shopper back to, by the
    return's number. Raises NotFound (404), NotReturnable, DifferenceDue, PriceChanged, OutOfStock (409),
    PaymentDeclined (402), InvalidInput, KeyReused (422), PaymentUnavailable (503).
    """
    async with database.writes() as session:
        begun = await _begin(
            session,
            provider.name,
            number,
            wanted,
            terms,
            keyed,
            actor,
            payment_token,
            confirmed_minor,
        )
    if begun.is_replayed:
        await _check_paid(database, begun.number)
        return Requested(begun.number, is_replayed=True)
    if begun.attempt is None:
        return Requested(begun.number)
    assert payment_token is not None
    result = await checkout.authorize(
        database,
        provider,
        begun.attempt,
        payment_token=payment_token,
        return_url=return_url(begun.number),
    )
    if isinstance(result, ConfirmationNeeded):
        return Requested(begun.number, redirect_url=result.redirect_url)
    async with database.writes() as session:
        await service.settle(session, begun.number, terms)
    if isinstance(result, Failed):
        raise result.problem
    return Requested(begun.number)


async def _check_paid(database: Database, number: str) -> None:
    async with database.reads() as session:
        found = await queries.one(session, number)
    if found.is_unpaid and found.state == "cancelled":
        raise PaymentDeclined(_("The payment was not completed."))


async def _begin(
    session: WriteSession,
    provider: str,
    order_number: str,
    wanted: Sequence[Wanted],
    terms: Terms,
    keyed: KeyedRequest,
    actor: str,
    payment_token: str | None,
    confirmed_minor: int | None,
) -> _Begun:
    stored = await idempotency.begin(session, keyed)
    if stored is not None:
        return _Begun(stored.body.decode(), is_replayed=True)
    locked = await changes.lock(session, order_number)
    order = await orders.order(session, order_number)
    kinds = await alternatives.kinds_of(session, [line.product_id for line in order.lines])
    checked = _check(order, kinds, wanted, terms)
    left = await changes.left(session, locked)
    for n, one in enumerate(checked):
        checked[n] = await _with_exchange(session, order, kinds, one, left)
        left -= checked[n].credit
    charge = total_of(order, (one.exchange.charge for one in checked if one.exchange))
    _check_charge(charge, payment_token, confirmed_minor)
    await returning.expect(session, locked, _pieces(wanted))
    number = f"R-{new_number()}"
    cart_id, attempt = None, None
    if any(one.exchange for one in checked):
        cart_id, attempt = await _replace(session, provider, locked, order, checked, number)
    await session.execute(
        sql.ADD,
        {
            "number": number,
            "order_id": locked.id,
            "cart_id": cart_id,
            "is_unpaid": attempt is not None,
            "language": current().code,
            "lines": [_row(position, one) for position, one in enumerate(checked, start=1)],
        },
    )
    await note(session, locked.id, "return_requested", actor=actor, data={"return": number})
    await idempotency.finish(session, keyed, StoredResponse(201, number.encode()))
    if attempt is None:
        found = await queries.one(session, number)
        approved = terms.is_approved_at_once
        await service.ready(session, locked, found, terms, actor="shop", is_approved=approved)
    else:
        looks = [NewJob(f"{number} {n}", {"number": number}, at) for n, at in enumerate(_LOOKS)]
        await jobs.enqueue_each(session, SETTLE_JOB, looks)
    due_in = timedelta(days=terms.arrive_days)
    await jobs.enqueue(session, LAPSE_JOB, number, {"number": number}, due_in=due_in)
    return _Begun(number, attempt=attempt)


def _check(
    order: Order, kinds: Mapping[int, ProductKind], wanted: Sequence[Wanted], terms: Terms
) -> list[Checked]:
    """Check that all of this may be returned, and look up what was paid for it."""
    if not wanted:
        raise InvalidInput(_("Choose what you want to return."), errors=[])
    paths = {product_id: kind.category_path for product_id, kind in kinds.items()}
    possible = {
        one.line.state.id: one for one in returnable(order, paths, terms, datetime.now(UTC))
    }
    checked, before = [], Counter[int]()
    for one in wanted:
        found = possible.get(one.line_id)
        if found is None:
            raise NotReturnable(f"The order has no line {one.line_id}.", reason="unknown")
        reason = found.reason
        if reason is None and found.is_sealed and not one.is_unopened:
            reason = "sealed"
        if reason is None and before[one.line_id] + one.quantity > found.pieces:
            reason = "not-delivered"
        if reason is not None:
            raise NotReturnable(f"{found.line.name}: {_(_WHY[reason])}", reason=reason)
        state = found.line.state
        state = replace(state, returning=state.returning + before[one.line_id])
        checked.append(Checked(one, found, state.price_of(one.quantity)))
        before[one.line_id] += one.quantity
    return checked


async def _with_exchange(
    session: ReadSession,
    order: Order,
    kinds: Mapping[int, ProductKind],
    one: Checked,
    left: Money,
) -> Checked:
    """The same with what its pieces are exchanged for, where they are. One statement then."""
    if one.wanted.outcome != "exchange":
        return one
    line = one.found.line
    if not one.wanted.new_sku or one.wanted.new_sku == line.sku:
        raise InvalidInput(_("Choose another size or colour."), errors=[])
    offer = await catalog.sku_of(session, one.wanted.new_sku)
    kind = kinds.get(line.product_id)
    if kind is None or offer.card.style_id != kind.style_id or not offer.is_offered:
        raise InvalidInput(_("Choose another size or colour of the same design."), errors=[])
    is_same_colour = offer.card.id == line.product_id
    exchange = exchange_of(
        value=min(one.value, left),
        pieces=one.wanted.quantity,
        old_price=line.price,
        new_price=line.price if is_same_colour else offer.card.price,
        tax_rate=Decimal(str(line.tax_rate)),
        is_tax_included=order.is_tax_included,
    )
    return replace(one, offer=offer, exchange=exchange)


def _check_charge(charge: Money, payment_token: str | None, confirmed_minor: int | None) -> None:
    if confirmed_minor is not None and confirmed_minor != charge.minor:
        raise PriceChanged(
            _("The difference has changed. Check it, then confirm it again."),
            total=charge.minor,
            confirmed=confirmed_minor,
        )
    if charge and (not payment_token or confirmed_minor is None):
        raise DifferenceDue(
            _("The replacement costs more: please pay the difference."), due=charge.minor
        )


async def _replace(
    session: WriteSession,
    provider: str,
    locked: LockedOrder,
    order: Order,
    checked: Sequence[Checked],
    number: str,
) -> tuple[int, Attempt | None]:
    """Sell the new pieces to a replacement order, or begin its payment. Fifteen statements."""
    currency = order.summary.total.currency
    cart_id = await cart.for_replacement(
        session, reference=number, customer_id=order.customer_id, currency=currency
    )
    credit = total_of(order, (one.exchange.credit for one in checked if one.exchange))
    await returning.move_credit(session, locked, cart_id=cart_id, credit=credit)
    draft = replacement_draft(order, checked, cart_id)
    begun = await drafts.begin(session, draft, provider=provider)
    return cart_id, begun if isinstance(begun, Attempt) else None


def _row(position: int, one: Checked) -> dict[str, Any]:
    line, exchange = one.found.line, one.exchange
    return {
        "position": position,
        "order_line_id": line.state.id,
        "product_id": line.product_id,
        "sku_id": line.state.sku_id,
        "quantity": one.wanted.quantity,
        "reason": one.wanted.reason,
        "note": one.wanted.note,
        "outcome": one.wanted.outcome,
        "new_sku_id": one.offer.sku_id if one.offer else None,
        "is_sealed": one.found.is_sealed,
        "value": one.value.minor,
        "credit": exchange.credit.minor if exchange else 0,
        "charge": exchange.charge.minor if exchange else 0,
    }


def _pieces(wanted: Sequence[Wanted]) -> Counter[int]:
    pieces: Counter[int] = Counter()
    for one in wanted:
        pieces[one.line_id] += one.quantity
    return pieces
