"""From a bag to an order: price, reserve, authorize, place, capture.

packages/storefront/docs/buying.md describes the steps.

Two transactions surround the call to the payment provider, none is open during it. ``complete`` is
the only way to an order: for the returning browser, for webhooks, and for ``settle-pending``.
Locks are acquired in this order: checkout, payment, stock levels by id, coupons, gift cards.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from storefront.cart import queries as cart_queries
from storefront.cart.service import Owner, delete_old_bags
from storefront.checkout import placing, queries
from storefront.checkout.placing import HOLD, Confirmed
from storefront.checkout.queries import CheckoutRow
from storefront.checkout.repetitions import UNKEYED, Repetitions
from storefront.checkout.results import (
    CheckoutNotReady,
    ConfirmationNeeded,
    Failed,
    PaymentDeclined,
    PaymentInProgress,
    Placed,
    Result,
)
from storefront.db import Database, WriteSession
from storefront.db_errors import refusing
from storefront.errors import InvalidInput, Unavailable
from storefront.inventory import service as inventory
from storefront.jobs import service as jobs
from storefront.jobs.service import NewJob
from storefront.money import Money
from storefront.orders import lifecycle
from storefront.orders.service import NewOrder
from storefront.payments import service as payments
from storefront.payments.provider import (
    Outcome,
    PaymentProvider,
    PaymentRequest,
    PaymentUnavailable,
    WebhookEvent,
)
from storefront.payments.service import PaymentRow
from storefront.pricing import service as pricing
from storefront.texts import N_, _
from storefront.transactions import repeated

SETTLE_JOB = "checkout.settle"

_ANSWERED_WITHIN_S = 60.0  # if a payment is still `created` then, the response was lost


_ENTERED = ("email", "phone", "locale", "delivery_address", "billing_address", "delivery_method")


@dataclass(frozen=True, slots=True)
class Attempt:
    """A created payment that is to be authorized."""

    key: str
    checkout_id: int
    amount: Money
    email: str
    reference: str


async def start(session: WriteSession, owner: Owner) -> UUID:
    """Start the checkout of the owner's bag, or continue it. Returns its token.

    Raises CheckoutNotReady (409) for an empty bag. Two statements.
    """
    cart_id = await cart_queries.filled_cart(session, owner)
    if cart_id is None:
        raise CheckoutNotReady(_("The bag is empty."), missing=["bag"])
    token: UUID = await session.scalar(_START, {"cart_id": cart_id})
    return token


async def enter(session: WriteSession, checkout_id: int, entered: Mapping[str, Any]) -> None:
    """Store entered data: any of email, phone, locale, delivery_address, billing_address,
    delivery_method; None removes one. One statement. Raises InvalidInput (422) for an unknown delivery
    method, PaymentInProgress (409) if it is being paid."""
    named = {"id": checkout_id, "names": list(entered)}
    with refusing({"checkouts_delivery_method_fkey": _unknown_method}):
        entered_id = await session.scalar(_ENTER, dict.fromkeys(_ENTERED) | dict(entered) | named)
    if entered_id is None:
        raise PaymentInProgress(_("This checkout is being paid, or has become an order."))


async def pay(
    database: Database,
    provider: PaymentProvider,
    token: UUID,
    owner: Owner,
    *,
    payment_token: str,
    confirmed: Confirmed,
    currency: str,
    return_url: str,
    repetitions: Repetitions = UNKEYED,
) -> Result:
    """Pay for a checkout and place its order; if it was paid already, returns the same order.

    payment_token: the payment method, from the provider's own form in the browser. confirmed:
    the amounts that the shopper was shown. About 25 statements in two transactions, and the provider.
    Raises NotFound (404), CheckoutNotReady, PriceChanged, PaymentInProgress, OutOfStock,
    CouponNotValid, GiftCardNotValid (409), PaymentUnavailable (503: its outcome is determined later).
    """
    key = payments.new_key()
    try:
        async with database.writes() as session:
            found = await queries.locked(session, token, owner)
            await repetitions.begin(session)
            begun = await _begin(session, provider, found, confirmed, currency, key=key)
            if isinstance(begun, Placed):
                await repetitions.finish(session, begun)
                return begun
    except Unavailable:
        await _withdraw(database, key, repetitions)
        raise
    try:
        return await authorize(
            database,
            provider,
            begun,
            payment_token=payment_token,
            return_url=return_url,
            repetitions=repetitions,
        )
    except BaseException:
        await repetitions.give_up()
        raise


async def authorize(
    database: Database,
    provider: PaymentProvider,
    begun: Attempt,
    *,
    payment_token: str,
    return_url: str,
    repetitions: Repetitions = UNKEYED,
) -> Result:
    """Have the provider authorize a created payment, and place its order.

    Outside of any transaction. Raises PaymentUnavailable (503).
    """
    request = PaymentRequest(
        key=begun.key,
        amount=begun.amount,
        token=payment_token,
        return_url=return_url,
        reference=begun.reference,
        email=begun.email,
    )
    try:
        outcome = await provider.authorize(request)
    except PaymentUnavailable:
        # The response may have been lost: ask once for the outcome.
        settled = await settle(database, provider, begun.key, repetitions=repetitions)
        if settled is not None:
            return settled
        raise
    return await complete(database, begun.checkout_id, begun.key, outcome, repetitions=repetitions)


async def begin_payment(
    session: WriteSession,
    provider: str,
    found: CheckoutRow,
    draft: NewOrder,
    coupon_id: int | None,
    *,
    key: str,
) -> Attempt:
    """Record the payment of an order whose pieces are reserved, and schedule a check of its outcome.

    key: of the payment, a new one. Four statements.
    """
    await payments.begin(
        session,
        key,
        checkout_id=found.id,
        provider=provider,
        amount=draft.totals.to_pay,
        draft={"order": placing.DRAFT.dump_python(draft, mode="json"), "coupon_id": coupon_id},
    )
    await placing.set_state(session, found.id, "paying")
    looks = [
        NewJob(f"{key}.{number}", {"key": key}, due_in)
        for number, due_in in enumerate((timedelta(seconds=_ANSWERED_WITHIN_S + 5), HOLD * 1.05))
    ]
    await jobs.enqueue_each(session, SETTLE_JOB, looks)
    return Attempt(key, found.id, draft.totals.to_pay, draft.email, str(found.token))


async def complete(
    database: Database,
    checkout_id: int,
    key: str,
    outcome: Outcome,
    *,
    repetitions: Repetitions = UNKEYED,
) -> Result:
    """Record the state of a payment, and place its order if it is authorized. Idempotent.

    The only way to an order: two concurrent calls wait for each other at the checkout's row, and the
    second finds the order of the first. key: of a payment of this checkout. One transaction, repeated
    where its connection is lost: the payment was made, and the shopper waits for the order.
    """

    async def completed() -> Result:
        async with database.writes() as session:
            result = await _complete(session, checkout_id, key, outcome)
            await repetitions.finish(session, result)
        return result

    return await repeated(completed)


async def _complete(session: WriteSession, checkout_id: int, key: str, outcome: Outcome) -> Result:
    found = await queries.locked_by_id(session, checkout_id)
    attempts = await payments.of_checkout(session, checkout_id)
    payment = next(attempt for attempt in attempts if attempt.key == key)
    await payments.record(session, payment, outcome)
    if found.order_number is not None:
        await placing.cancel_if_second(session, payment, outcome)
        return Placed(found.order_number)
    if outcome.state in ("declined", "cancelled") or payment.state == "cancelled":
        if payment is attempts[-1] and found.state == "paying":
            await placing.reopen(session, found)
        reason = outcome.reason or N_("The payment was not completed.")
        return Failed(PaymentDeclined(_(reason)))
    if outcome.state == "action_required":
        return ConfirmationNeeded(outcome.redirect_url or "")
    return await placing.place(session, found, payment, outcome)


async def take_webhook(
    database: Database, provider: PaymentProvider, event: WebhookEvent
) -> Result | None:
    """Act on a report of a provider, idempotently. None if it is not about a payment."""
    if event.failed_refund is not None and event.key is not None:
        async with database.writes() as session:
            if await payments.note_event(session, provider.name, event, None):
                await lifecycle.fail_refund(session, event.key, event.failed_refund)
    if event.outcome is None:
        return None
    async with database.writes() as session:
        key = event.key or await payments.key_of(session, provider.name, event.outcome.provider_ref)
        payment = await payments.locked(session, key) if key else None
        await payments.note_event(session, provider.name, event, payment.id if payment else None)
    if payment is None:
        return None
    return await complete(database, payment.checkout_id, payment.key, event.outcome)


async def settle(
    database: Database,
    provider: PaymentProvider,
    key: str,
    *,
    repetitions: Repetitions = UNKEYED,
) -> Result | None:
    """Determine the outcome of a payment whose response was lost, and act on it.

    None if it is too early to know. Raises PaymentUnavailable (503).
    """
    async with database.writes() as session:
        payment = await payments.locked(session, key)
    if payment is None or payment.order_id is not None:
        return None
    outcome = await provider.status(key, payment.provider_ref)
    if outcome is None:
        if payment.age_s < _ANSWERED_WITHIN_S:
            return None
        return await _abandon(database, payment)
    if outcome.state == "action_required" and payment.age_s > HOLD.total_seconds():
        outcome = await provider.cancel(outcome.provider_ref, key=f"{key}.cancel")
    return await complete(database, payment.checkout_id, key, outcome, repetitions=repetitions)


async def sweep(database: Database) -> int:
    """Release expired reservations: stock, coupons, gift cards. Returns how many ended.

    Old bags of guests are deleted, too. Safe in any number of processes.
    """
    async with database.writes() as session:
        await delete_old_bags(session)
        ended = await inventory.release_expired(session)
        return ended + await pricing.release_expired(session)


async def _begin(
    session: WriteSession,
    provider: PaymentProvider,
    found: CheckoutRow,
    confirmed: Confirmed,
    currency: str,
    *,
    key: str,
) -> Placed | Attempt:
    if found.order_number is not None:
        return Placed(found.order_number)
    attempts = await payments.of_checkout(session, found.id)
    if attempts:
        await _check_earlier(session, attempts[-1])
    view = await placing.priced(session, found, currency)
    draft = placing.draft(found, view)
    confirmed.check(draft)
    await placing.hold(session, draft, view.coupon_id, is_first=not attempts)
    if not draft.totals.to_pay:
        placed = await placing.place_paid(session, found, draft)
        return Placed(placed.number)
    return await begin_payment(session, provider.name, found, draft, view.coupon_id, key=key)


async def _check_earlier(session: WriteSession, earlier: PaymentRow) -> None:
    """The effect of an earlier attempt, which may still be in progress."""
    if earlier.state == "authorized" or (
        earlier.state == "created" and earlier.age_s < _ANSWERED_WITHIN_S
    ):
        raise PaymentInProgress(_("A payment for this bag is in progress."))
    if earlier.state == "action_required":
        # The shopper returned without confirming, and pays again.
        await placing.cancel(session, earlier)


def _unknown_method() -> InvalidInput:
    return InvalidInput.of("delivery_method", _("Please choose one of those offered."))


async def _withdraw(database: Database, key: str, repetitions: Repetitions) -> None:
    """Undo the beginning of a payment, if it was committed: the connection was lost, perhaps then.

    Nothing was sent to the provider. The request can be repeated at once.
    """

    async def withdrawn() -> bool:
        async with database.writes() as session:
            payment = await payments.locked(session, key)
        return payment is not None and bool(await _abandon(database, payment))

    if await repeated(withdrawn):
        await repetitions.give_up()


async def _abandon(database: Database, payment: PaymentRow) -> Failed:
    """The provider does not know the attempt: it was never sent."""
    async with database.writes() as session:
        found = await queries.locked_by_id(session, payment.checkout_id)
        is_abandoned = await payments.abandon(session, payment.id, "The provider does not know it.")
        if is_abandoned and found.state == "paying":
            await placing.reopen(session, found)
    return Failed(PaymentDeclined(_("The payment was not begun.")))


_START = text(
    """
    insert into shop.checkouts (cart_id) values (:cart_id)
    on conflict (cart_id) do update set updated_at = now()
    returning token
    """
)
# Fields that were not entered are not changed.
_ENTER = text(
    """
    update shop.checkouts set
        email = case when 'email' = any(names) then :email else email end,
        phone = case when 'phone' = any(names) then :phone else phone end,
        locale = case when 'locale' = any(names) then :locale else locale end,
        delivery_method = case
            when 'delivery_method' = any(names) then :delivery_method else delivery_method end,
        delivery_address = case
            when 'delivery_address' = any(names) then cast(:delivery_address as jsonb)
            else delivery_address end,
        billing_address = case
            when 'billing_address' = any(names) then cast(:billing_address as jsonb)
            else billing_address end,
        updated_at = now()
    from (select cast(:names as text[]) as names) as entered
    where id = :id and state = 'open'
    returning id
    """
).bindparams(
    bindparam("delivery_address", type_=JSONB(none_as_null=True)),
    bindparam("billing_address", type_=JSONB(none_as_null=True)),
)
