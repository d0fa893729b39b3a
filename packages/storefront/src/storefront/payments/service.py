"""Writes of payments: attempts, their outcomes, captures and refunds.

Rows are written before the call to the provider and after its response, never during the call. A row
that is ``created`` may have been charged without our knowledge: ``settle-pending`` checks.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from storefront.db import ReadSession, WriteSession
from storefront.errors import Conflict
from storefront.jobs import service as jobs
from storefront.money import Money
from storefront.payments.provider import Outcome, WebhookEvent

CAPTURE_JOB = "payments.capture"
REFUND_JOB = "payments.refund"
VOID_JOB = "payments.void"


class RefundTooLarge(Conflict):
    """The refund exceeds the amount paid. Nothing was refunded. ``left`` is what can be refunded."""

    slug, title = "refund-too-large", "This is more than was paid"


class AmountMismatch(Conflict):
    """The provider authorized another amount than the order costs, so the order was not placed.

    The authorization is cancelled; the bag is unchanged.
    """

    slug, title = "amount-mismatch", "The amount does not match the order"


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment attempt. age_s: since it began."""

    id: int
    checkout_id: int
    order_id: int | None
    provider: str
    provider_ref: str | None
    key: str
    amount: Money
    refunded: Money
    state: str
    draft: Mapping[str, Any]
    age_s: float


@dataclass(frozen=True, slots=True)
class RefundRow:
    """A refund to a payment. provider_ref: of the payment."""

    order_id: int
    key: str
    amount: Money
    state: str
    provider_ref: str


def new_key() -> str:
    """A key for an attempt to pay."""
    return f"pay_{uuid4().hex}"


async def begin(
    session: WriteSession,
    key: str,
    *,
    checkout_id: int,
    provider: str,
    amount: Money,
    draft: Mapping[str, Any],
) -> None:
    """Record an attempt before the call to the provider. One statement.

    key: a new one. draft: the order that it pays for, as JSON.
    """
    await session.execute(
        _BEGIN,
        {
            "checkout_id": checkout_id,
            "provider": provider,
            "key": key,
            "currency": amount.currency,
            "amount": amount.minor,
            "draft": dict(draft),
        },
    )


async def of_checkout(session: WriteSession, checkout_id: int) -> list[PaymentRow]:
    """The attempts of a checkout, newest last, locked until the transaction ends. One statement."""
    return [_row(row) for row in await session.execute(_OF_CHECKOUT, {"checkout_id": checkout_id})]


async def locked(session: WriteSession, key: str) -> PaymentRow | None:
    """The attempt with a key, locked until the transaction ends. One statement."""
    row = (await session.execute(_LOCK, {"key": key})).one_or_none()
    return _row(row) if row is not None else None


async def key_of(session: WriteSession, provider: str, provider_ref: str) -> str | None:
    """The key of the attempt with a provider's reference. One statement."""
    parameters = {"provider": provider, "provider_ref": provider_ref}
    key: str | None = await session.scalar(_KEY_OF_REF, parameters)
    return key


async def record(session: WriteSession, payment: PaymentRow, outcome: Outcome) -> None:
    """Record the state of a payment. States never go back: captured stays captured. One statement."""
    await session.execute(
        _RECORD,
        {
            "id": payment.id,
            "provider_ref": outcome.provider_ref,
            "state": outcome.state,
            "reason": outcome.reason,
        },
    )


async def abandon(session: WriteSession, payment_id: int, reason: str) -> bool:
    """Cancel an attempt that the provider does not know. Returns whether that is new. One statement."""
    return await session.scalar(_ABANDON, {"id": payment_id, "reason": reason}) is not None


async def mark_cancelled(session: WriteSession, payment_id: int) -> None:
    """Prevent an order for a payment, unless it has one. One statement."""
    await session.execute(_MARK_CANCELLED, {"id": payment_id})


async def belongs_to(session: WriteSession, payment: PaymentRow, order_id: int) -> None:
    """Record the order that a payment paid for. One statement."""
    await session.execute(_BELONGS_TO, {"id": payment.id, "order_id": order_id})


async def note_event(
    session: WriteSession, provider: str, event: WebhookEvent, payment_id: int | None
) -> bool:
    """Store an event of a provider. Returns whether it is new: each event is stored once."""
    parameters = {
        "payment_id": payment_id,
        "provider": provider,
        "event_id": event.event_id,
        "kind": event.kind,
        "amount": event.outcome.amount.minor if event.outcome else None,
        "data": json.loads(json.dumps(dict(event.data), default=str)),
    }
    return await session.scalar(_NOTE_EVENT, parameters) is not None


async def of_order(session: WriteSession, order_id: int) -> PaymentRow | None:
    """The payment of an order, locked until the transaction ends; None: gift cards paid all of it.

    One statement.
    """
    row = (await session.execute(_OF_ORDER, {"order_id": order_id})).one_or_none()
    return _row(row) if row is not None else None


async def enqueue_capture(session: WriteSession, payment: PaymentRow, *, key: str) -> None:
    """Capture an authorized payment by a job. key: of the job. One statement."""
    await jobs.enqueue(session, CAPTURE_JOB, key, {"key": payment.key})


async def void(session: WriteSession, payment: PaymentRow) -> None:
    """Cancel, by a job, the payment of an order that was cancelled before the capture.

    If it was captured already, the job refunds it. Two statements.
    """
    await session.execute(_VOID, {"id": payment.id})
    await jobs.enqueue(session, VOID_JOB, payment.key, {"key": payment.key})


async def begin_refund(
    session: WriteSession,
    payment_id: int,
    *,
    order_id: int,
    amount: Money,
    reason: str,
    reference: str | None = None,
) -> str:
    """Record a refund to a payment, which a job executes. Returns its key. Three statements.

    reference: the number of the return that it belongs to. Raises RefundTooLarge (409).
    """
    taken = await session.scalar(_TAKE_REFUND, {"id": payment_id, "amount": amount.minor})
    if taken is None:
        raise RefundTooLarge("The refund exceeds the amount paid.")
    key = f"ref_{uuid4().hex}"
    facts = _refund(payment_id, order_id, key, amount, reason, reference)
    await session.execute(_BEGIN_REFUND, facts | {"state": "pending"})
    await jobs.enqueue(session, REFUND_JOB, key, {"key": key})
    return key


async def note_refund_to_gift_card(
    session: WriteSession,
    *,
    order_id: int,
    amount: Money,
    reason: str,
    reference: str | None = None,
) -> None:
    """Record a refund to a gift card. One statement."""
    facts = _refund(None, order_id, f"ref_{uuid4().hex}", amount, reason, reference)
    await session.execute(_BEGIN_REFUND, facts | {"state": "done"})


def _refund(
    payment_id: int | None, order_id: int, key: str, amount: Money, *about: str | None
) -> dict[str, object]:
    return {
        "payment_id": payment_id,
        "order_id": order_id,
        "key": key,
        "currency": amount.currency,
        "amount": amount.minor,
        "reason": about[0],
        "reference": about[1],
    }


async def refund_of(session: ReadSession, key: str) -> RefundRow | None:
    """The refund with a key. One statement."""
    row = (await session.execute(_REFUND, {"key": key})).one_or_none()
    if row is None:
        return None
    amount = Money(row.amount_minor, row.currency)
    return RefundRow(row.order_id, key, amount, row.state, row.provider_ref)


async def finish_refund(session: WriteSession, key: str, provider_ref: str) -> bool:
    """Record that a refund was made. Returns whether that is new. One statement."""
    parameters = {"key": key, "provider_ref": provider_ref}
    return await session.scalar(_FINISH_REFUND, parameters) is not None


async def fail_refund(session: WriteSession, key: str, reason: str) -> int | None:
    """Record that a refund finally failed: its amount can be refunded again. One statement.

    Returns the id of its order; None if there is no such refund, or it had failed already.
    """
    order_id: int | None = await session.scalar(_FAIL_REFUND, {"key": key, "reason": reason})
    return order_id


async def erase(session: WriteSession, checkout_ids: Sequence[int]) -> None:
    """Anonymize the payments of these checkouts; amounts and references stay.

    Two statements.
    """
    await session.execute(_ERASE, {"checkout_ids": list(checkout_ids)})
    await session.execute(_ERASE_EVENTS, {"checkout_ids": list(checkout_ids)})


def _row(row: Row[Any]) -> PaymentRow:
    return PaymentRow(
        id=row.id,
        checkout_id=row.checkout_id,
        order_id=row.order_id,
        provider=row.provider,
        provider_ref=row.provider_ref,
        key=row.idempotency_key,
        amount=Money(row.amount_minor, row.currency),
        refunded=Money(row.refunded_minor, row.currency),
        state=row.state,
        draft=row.draft,
        age_s=row.age_s,
    )


_BEGIN = text(
    """
    insert into shop.payments
        (checkout_id, provider, idempotency_key, currency, amount_minor, draft)
    values (:checkout_id, :provider, :key, :currency, :amount, :draft)
    """
).bindparams(bindparam("draft", type_=JSONB))
_LOCK = text(
    """
    select *, cast(extract(epoch from now() - created_at) as double precision) as age_s
    from shop.payments where idempotency_key = :key for update
    """
)
_KEY_OF_REF = text(
    """
    select idempotency_key from shop.payments
    where provider = :provider and provider_ref = :provider_ref
    """
)
_OF_CHECKOUT = text(
    """
    select *, cast(extract(epoch from now() - created_at) as double precision) as age_s
    from shop.payments where checkout_id = :checkout_id order by id for update
    """
)
_RECORD = text(
    """
    update shop.payments set provider_ref = :provider_ref, reason = :reason, updated_at = now(),
        state = case
            when state = 'captured' then state
            when state = 'authorized' and :state in ('action_required', 'declined') then state
            when state = 'cancelled' and :state <> 'captured' then state
            else :state end
    where id = :id
    """
)
_ABANDON = text(
    """
    update shop.payments set state = 'cancelled', reason = :reason, updated_at = now()
    where id = :id and state = 'created' returning id
    """
)
_MARK_CANCELLED = text(
    """
    update shop.payments set state = 'cancelled', updated_at = now()
    where id = :id and order_id is null
    """
)
_ERASE = text(
    "update shop.payments set draft = '{}' where checkout_id = any(cast(:checkout_ids as bigint[]))"
)
_ERASE_EVENTS = text(
    """
    update shop.payment_events set data = '{}' from shop.payments
    where payments.id = payment_id and checkout_id = any(cast(:checkout_ids as bigint[]))
    """
)
_BELONGS_TO = text("update shop.payments set order_id = :order_id where id = :id")
_NOTE_EVENT = text(
    """
    insert into shop.payment_events (payment_id, provider, event_id, kind, amount_minor, data)
    values (:payment_id, :provider, :event_id, :kind, :amount, :data)
    on conflict (provider, event_id) do nothing
    returning id
    """
).bindparams(bindparam("data", type_=JSONB))
_TAKE_REFUND = text(
    """
    update shop.payments set refunded_minor = refunded_minor + :amount, updated_at = now()
    where id = :id and refunded_minor + :amount <= amount_minor
    returning id
    """
)
_BEGIN_REFUND = text(
    """
    insert into shop.refunds
        (order_id, payment_id, idempotency_key, currency, amount_minor, reason, reference, state)
    values (:order_id, :payment_id, :key, :currency, :amount, :reason, :reference, :state)
    """
)
_FINISH_REFUND = text(
    """
    update shop.refunds set state = 'done', provider_ref = :provider_ref
    where idempotency_key = :key and state = 'pending' returning id
    """
)
_FAIL_REFUND = text(
    """
    with failed as (
        update shop.refunds set state = 'failed', reason = concat_ws('; ', reason, cast(:reason as text))
        where idempotency_key = :key and state <> 'failed' and payment_id is not null
        returning payment_id, order_id, amount_minor
    )
    update shop.payments set refunded_minor = refunded_minor - failed.amount_minor, updated_at = now()
    from failed where payments.id = failed.payment_id returning failed.order_id
    """
)
_OF_ORDER = text(
    """
    select *, cast(extract(epoch from now() - created_at) as double precision) as age_s
    from shop.payments where order_id = :order_id for update
    """
)
_VOID = text(
    """
    update shop.payments set state = 'cancelled', updated_at = now()
    where id = :id and state = 'authorized'
    """
)
_REFUND = text(
    """
    select refunds.order_id, refunds.amount_minor, refunds.currency, refunds.state,
        payments.provider_ref
    from shop.refunds join shop.payments on payments.id = payment_id
    where refunds.idempotency_key = :key
    """
)
