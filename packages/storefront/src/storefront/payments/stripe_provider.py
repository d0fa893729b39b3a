"""Stripe, with its official library: the shopper pays on Stripe's page, so card data never reaches us.

A payment is a Checkout Session that authorizes (``capture_method=manual``); it is captured when its
PaymentIntent is captured. Source: Stripe API reference, "Checkout Sessions", "Payment Intents",
"Idempotent requests", "Verify webhook signatures manually"; read 2026-11.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

import stripe

from storefront.errors import NotFound
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

NAME = "stripe"
log = logging.getLogger(__name__)

_TIMEOUT_S = 20
# Currencies without minor units that Stripe nevertheless counts in hundredths ("Supported currencies",
# special cases).
_HUNDREDTHS = {"ISK": 100, "UGX": 100}
_T = TypeVar("_T")

# Of a PaymentIntent ("status"); all others still wait for the shopper.
_STATES: dict[str, ProviderState] = {
    "requires_capture": "authorized",
    "succeeded": "captured",
    "canceled": "cancelled",
}


class StripeProvider:
    """Payments by Stripe. api_url: of its API; a different one only for tests.

    Stripe's library blocks, so it runs in threads.
    """

    name = NAME

    def __init__(
        self, *, secret_key: str, webhook_secret: str, api_url: str = "https://api.stripe.com"
    ) -> None:
        self._webhook_secret = webhook_secret
        self._client = stripe.StripeClient(
            secret_key,
            base_addresses={"api": api_url},
            max_network_retries=2,
            http_client=stripe.RequestsClient(timeout=_TIMEOUT_S),
        )

    async def authorize(self, request: PaymentRequest) -> Outcome:
        """Create a session: the shopper confirms it on Stripe's page, and is redirected back."""
        item = {
            "quantity": 1,
            "price_data": {
                "currency": request.amount.currency.lower(),
                "unit_amount": _units(request.amount),
                "product_data": {"name": "Your order"},
            },
        }
        metadata = {"key": request.key, "reference": request.reference}
        parameters: dict[str, Any] = {
            "mode": "payment",
            "line_items": [item],
            "payment_intent_data": {"capture_method": "manual", "metadata": metadata},
            "metadata": metadata,
            "client_reference_id": request.reference,
            "success_url": request.return_url,
            "cancel_url": request.return_url,
        }
        if request.email:
            parameters["customer_email"] = request.email
        try:
            session = await _asked(
                lambda: self._client.v1.checkout.sessions.create(
                    cast(Any, parameters), {"idempotency_key": request.key}
                )
            )
        except stripe.InvalidRequestError as error:  # such as an amount below its minimum
            log.error("Stripe refuses a payment of %s: %s", request.amount, error.user_message)  # noqa: TRY400
            reason = "The payment provider does not accept this payment."
            return Outcome("declined", f"refused_{request.key}", request.amount, reason=reason)
        return _outcome(session)

    async def status(self, key: str, provider_ref: str | None) -> Outcome | None:  # noqa: ARG002
        """The state of a session. One whose response was lost was never shown, so it cannot be paid."""
        if provider_ref is None:
            return None
        return _outcome(await self._session(provider_ref))

    async def capture(self, provider_ref: str, amount: Money, *, key: str) -> Outcome:
        """Capture an authorization."""
        intent = await self._intent(provider_ref)
        await _asked(
            lambda: self._client.v1.payment_intents.capture(
                intent, {"amount_to_capture": _units(amount)}, {"idempotency_key": key}
            )
        )
        return _outcome(await self._session(provider_ref))

    async def cancel(self, provider_ref: str, *, key: str) -> Outcome:
        """Cancel an authorization, or an unfinished session."""
        session = await self._session(provider_ref)
        if session.status == "open":
            await _asked(
                lambda: self._client.v1.checkout.sessions.expire(
                    provider_ref, None, {"idempotency_key": key}
                )
            )
        else:
            intent = await self._intent(provider_ref)
            await _asked(
                lambda: self._client.v1.payment_intents.cancel(
                    intent, None, {"idempotency_key": key}
                )
            )
        return _outcome(await self._session(provider_ref))

    async def refund(self, provider_ref: str, amount: Money, *, key: str) -> str:
        """Refund. Refused: an error of the request, or a refund that failed immediately."""
        intent = await self._intent(provider_ref)
        try:
            refund = await _asked(
                lambda: self._client.v1.refunds.create(
                    {
                        "payment_intent": intent,
                        "amount": _units(amount),
                        "metadata": {"key": key},
                    },
                    {"idempotency_key": key},
                )
            )
        except (stripe.InvalidRequestError, stripe.CardError) as error:
            raise RefundRefused(f"Stripe refuses the refund: {error.user_message}") from error
        if refund.status in ("failed", "canceled"):
            raise RefundRefused(f"Stripe could not make the refund: {refund.failure_reason}")
        return str(refund.id)

    def webhook(self, headers: Mapping[str, str], body: bytes) -> WebhookEvent:
        """Verify the signature, which is valid for five minutes, and parse the event."""
        try:
            event = stripe.Webhook.construct_event(
                body, headers.get("stripe-signature", ""), self._webhook_secret
            )
        except (ValueError, stripe.SignatureVerificationError) as error:
            raise InvalidWebhook("Stripe did not sign this message.") from error
        reported = event["data"]["object"]
        key = _key(reported) if reported["object"] in ("checkout.session", "refund") else None
        # Events without our key come from other programs, or from Stripe's own pages.
        is_session = reported["object"] == "checkout.session" and key is not None
        # A bank may return a refund days after it was made ("Refunds", "Failed refunds").
        is_failed_refund = reported["object"] == "refund" and reported["status"] == "failed"
        return WebhookEvent(
            event_id=event["id"],
            kind=event["type"],
            key=key,
            outcome=_outcome(reported) if is_session else None,
            data={"id": event["id"], "type": event["type"], "object": reported["id"]},
            failed_refund=f"Stripe: {reported['failure_reason']}" if is_failed_refund else None,
        )

    async def _session(self, ref: str) -> Any:
        return await _asked(
            lambda: self._client.v1.checkout.sessions.retrieve(ref, {"expand": ["payment_intent"]})
        )

    async def _intent(self, ref: str) -> str:
        """The PaymentIntent of a session. Raises NotFound (404) if it has none."""
        intent = (await self._session(ref)).payment_intent
        if intent is None:
            raise NotFound(f"Stripe has no payment for the session {ref}.")
        return str(intent if isinstance(intent, str) else intent.id)


async def _asked(call: Callable[[], _T]) -> _T:
    """Stripe's response. Raises PaymentUnavailable (503) if it cannot be reached or is busy."""
    try:
        return await asyncio.to_thread(call)
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise PaymentUnavailable("Stripe does not respond.", reason=str(error)) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        reason = f"Stripe refuses the key (STORE_STRIPE_SECRET_KEY): {error.code}."
        raise PaymentUnavailable("Stripe does not respond.", reason=reason) from None
    except stripe.APIError as error:
        raise PaymentUnavailable("Stripe cannot respond.", reason=str(error)) from error


def _units(amount: Money) -> int:
    """An amount as Stripe counts it."""
    return amount.minor * _HUNDREDTHS.get(amount.currency, 1)


def _key(reported: Any) -> str | None:
    """Our key of the object that Stripe reports, if it has one."""
    metadata = reported["metadata"]
    key: str | None = metadata.to_dict().get("key") if metadata is not None else None
    return key


def _outcome(session: Any) -> Outcome:
    """The state of a session. In a webhook it has only the id of its PaymentIntent."""
    intent = session["payment_intent"]
    currency = str(session["currency"]).upper()
    state: ProviderState = "action_required"
    if session["status"] == "expired":
        state = "cancelled"
    elif intent is not None and not isinstance(intent, str):
        state = _STATES.get(intent["status"], "action_required")
    elif session["status"] == "complete":
        state = "authorized"
    return Outcome(
        state=state,
        provider_ref=str(session["id"]),
        amount=Money(int(session["amount_total"]) // _HUNDREDTHS.get(currency, 1), currency),
        redirect_url=session["url"] if state == "action_required" else None,
        reason="The payment was not finished." if state == "cancelled" else None,
    )
