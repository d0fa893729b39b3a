"""The built-in test provider: approves, declines, requires confirmation, is slow, loses its response.

It simulates a company across a network: it has its own table (``test_payments``), written in
its own transactions, recognizes retries by their key, and reports by signed webhooks, which arrive once,
twice, early or never. The token selects the behaviour, like test cards of other providers.
"""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import Row, text

from storefront.db import Database, WriteSession
from storefront.errors import NotFound
from storefront.jobs import service as jobs
from storefront.money import Money
from storefront.payments.provider import (
    InvalidWebhook,
    Outcome,
    PaymentRequest,
    PaymentUnavailable,
    ProviderState,
    RefundRefused,
    WebhookEvent,
)
from storefront.texts import N_
from storefront.transactions import repeated
from storefront.web.signing import Signer

NAME = "test"
WEBHOOK_JOB = "payments.test-webhook"
SIGNATURE = "x-test-signature"

TOKENS = {
    "approve": N_("Approve"),
    "decline": N_("Decline"),
    "confirm": N_("Ask for confirmation at the bank (3-D Secure)"),
    "slow": N_("Approve after three seconds"),
    "answer-lost": N_("Approve, but lose the answer"),
    "webhook-twice": N_("Approve, and report it twice"),
    "webhook-first": N_("Approve, and report it before answering"),
    "webhook-never": N_("Approve, and never report it"),
    "refund-refused": N_("Approve, but refuse every refund"),
}
"""The behaviours to choose from on the payment page, by token."""

_SLOW_S = 3.0
_PURPOSE = "test-webhook"
_SIGNED_FOR = timedelta(minutes=5)

Deliver = Callable[["TestProvider", Mapping[str, str], bytes], Awaitable[None]]
"""Receives a webhook of this provider as its route does: headers and body."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A payment that waits for the shopper at the bank, as the bank's page shows it."""

    ref: str
    amount: Money
    return_url: str


class TestProvider:
    """A provider for development and tests. signer: signs its webhooks; deliver: receives them."""

    __test__ = False
    name = NAME

    def __init__(self, database: Database, *, signer: Signer, deliver: Deliver) -> None:
        self._database = database
        self._signer = signer
        self._deliver = deliver

    async def authorize(self, request: PaymentRequest) -> Outcome:
        """Behave as the token says; a repeated key gets the first response."""
        if request.token == "slow":  # noqa: S105 - the name of a behaviour, not a secret
            await asyncio.sleep(_SLOW_S)

        async def opened() -> Row[Any]:
            async with self._database.writes() as session:
                return await self._open(session, request)

        row = await repeated(opened)  # as a company far away, it is not affected by our database
        if request.token == "webhook-first":  # noqa: S105
            await self.send_webhook(row.ref, number=0)
        if request.token == "answer-lost":  # noqa: S105
            raise PaymentUnavailable("The payment provider did not answer in time.")
        return _outcome(row)

    async def status(self, key: str, provider_ref: str | None) -> Outcome | None:  # noqa: ARG002 - the protocol's
        """From its own books."""
        async with self._database.reads() as session:
            row = (await session.execute(_OF_KEY, {"key": key})).one_or_none()
        return _outcome(row) if row is not None else None

    async def capture(self, provider_ref: str, amount: Money, *, key: str) -> Outcome:  # noqa: ARG002
        """Take what was authorized."""
        return await self._move(provider_ref, {"authorized"}, "captured")

    async def cancel(self, provider_ref: str, *, key: str) -> Outcome:  # noqa: ARG002
        """Give up an authorization."""
        return await self._move(provider_ref, {"authorized", "action_required"}, "cancelled")

    async def refund(self, provider_ref: str, amount: Money, *, key: str) -> str:
        """Give money back, once for each key."""
        parameters = {"ref": provider_ref, "amount": amount.minor, "key": key}
        if (await self._row(provider_ref)).token == "refund-refused":  # noqa: S105
            raise RefundRefused("The account that paid was closed.")
        async with self._database.writes() as session:
            if await session.scalar(_REFUND, parameters) is None:
                raise RefundRefused(f"The test provider cannot refund {amount} of {provider_ref}.")
        return f"refund_{key}"

    def webhook(self, headers: Mapping[str, str], body: bytes) -> WebhookEvent:
        """Verify the signature and read the report."""
        signed = self._signer.read(_PURPOSE, headers.get(SIGNATURE, ""))
        if signed is None or signed.value != _digest(body) or signed.age > _SIGNED_FOR:
            raise InvalidWebhook("The test provider did not sign this message.")
        event: dict[str, Any] = json.loads(body)
        return WebhookEvent(
            event_id=event["id"],
            kind=event["kind"],
            key=event["key"],
            outcome=Outcome(
                state=event["state"],
                provider_ref=event["ref"],
                amount=Money(event["amount_minor"], event["currency"]),
            ),
            data=event,
        )

    async def confirmation(self, ref: str) -> Confirmation:
        """What the bank's page shows. Raises NotFound (404) where nothing waits for confirmation."""
        row = await self._row(ref)
        if row.state != "action_required":
            raise NotFound(f"No payment {ref} waits for confirmation.")
        return Confirmation(ref, Money(row.amount_minor, row.currency), row.return_url)

    async def confirm(self, ref: str, *, is_approved: bool) -> str:
        """The shopper has decided at the bank. Returns where the browser goes back to."""
        await self._move(ref, {"action_required"}, "authorized" if is_approved else "declined")
        async with self._database.writes() as session:
            await self._enqueue_webhook(session, ref, 1)
        return str((await self._row(ref)).return_url)

    async def send_webhook(self, ref: str, *, number: int) -> None:
        """Report how a payment stands. number: repetitions of one report have one number."""
        row = await self._row(ref)
        body = json.dumps(
            {
                "id": f"{ref}.{row.state}",
                "number": number,
                "kind": f"payment.{row.state}",
                "key": row.key,
                "ref": ref,
                "state": row.state,
                "amount_minor": row.amount_minor,
                "currency": row.currency,
            }
        ).encode()
        signature = self._signer.sign(_PURPOSE, _digest(body))
        await self._deliver(self, {SIGNATURE: signature}, body)

    async def _open(self, session: WriteSession, request: PaymentRequest) -> Row[Any]:
        """The payment with a key, created if it is new, with the events that its token requires."""
        states: dict[str, ProviderState] = {"decline": "declined", "confirm": "action_required"}
        opened = await session.execute(
            _OPEN,
            {
                "ref": f"test_{uuid4().hex}",
                "key": request.key,
                "token": request.token,
                "return_url": request.return_url,
                "currency": request.amount.currency,
                "amount": request.amount.minor,
                "state": states.get(request.token, "authorized"),
            },
        )
        if (row := opened.one_or_none()) is None:
            return (await session.execute(_OF_KEY, {"key": request.key})).one()
        reports = {"webhook-twice": 2, "webhook-never": 0, "webhook-first": 0, "confirm": 0}
        for number in range(1, reports.get(request.token, 1) + 1):
            await self._enqueue_webhook(session, row.ref, number)
        return row

    async def _enqueue_webhook(self, session: WriteSession, ref: str, number: int) -> None:
        await jobs.enqueue(
            session,
            WEBHOOK_JOB,
            f"{ref}.{number}",
            {"ref": ref, "number": number},
            due_in=timedelta(seconds=1),
        )

    async def _move(self, ref: str, from_states: set[str], to: ProviderState) -> Outcome:
        parameters = {"ref": ref, "from_states": sorted(from_states), "to": to}
        async with self._database.writes() as session:
            row = (await session.execute(_MOVE, parameters)).one_or_none()
        return _outcome(row or await self._row(ref))

    async def _row(self, ref: str) -> Row[Any]:
        async with self._database.reads() as session:
            row = (await session.execute(_ROW, {"ref": ref})).one_or_none()
        if row is None:
            raise NotFound(f"The test provider knows no payment {ref}.")
        return row


def _outcome(row: Row[Any]) -> Outcome:
    is_waiting = row.state == "action_required"
    return Outcome(
        state=cast(ProviderState, row.state),
        provider_ref=row.ref,
        amount=Money(row.amount_minor, row.currency),
        redirect_url=f"/payments/test/{row.ref}" if is_waiting else None,
        reason=N_("The card was declined.") if row.state == "declined" else None,
    )


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


_OPEN = text(
    """
    insert into shop.test_payments (ref, key, token, return_url, currency, amount_minor, state)
    values (:ref, :key, :token, :return_url, :currency, :amount, :state)
    on conflict (key) do nothing returning *
    """
)
_OF_KEY = text("select * from shop.test_payments where key = :key")
_ROW = text("select * from shop.test_payments where ref = :ref")
_MOVE = text(
    """
    update shop.test_payments set state = :to
    where ref = :ref and state = any(cast(:from_states as text[])) returning *
    """
)
_REFUND = text(
    """
    update shop.test_payments set
        refunded_minor = refunded_minor + case when :key = any(refund_keys) then 0 else :amount end,
        refund_keys = case
            when :key = any(refund_keys) then refund_keys else refund_keys || :key end
    where ref = :ref and state = 'captured'
    and (:key = any(refund_keys) or refunded_minor + :amount <= amount_minor)
    returning ref
    """
)
