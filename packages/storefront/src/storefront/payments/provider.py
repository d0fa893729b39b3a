"""The protocol of payment providers, on which the rest of the shop relies.

Every call has a key by which the provider recognizes retries, so that they never charge
again. Calls use the network: never inside a transaction (docs/decisions). Card data is never
seen here; the shopper's browser sends it to the provider, and we get a token.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from storefront.errors import Conflict, StoreError, Unavailable
from storefront.money import Money

ProviderState = Literal["action_required", "authorized", "captured", "declined", "cancelled"]


class PaymentUnavailable(Unavailable):
    """The payment provider does not respond. Nothing is lost: the outcome is determined later.

    Retry after the number of seconds in the ``Retry-After`` header.
    """

    slug, title = "payment-unavailable", "Payments are not available right now"


class RefundRefused(Conflict):
    """The payment provider finally refuses this refund, for example to a closed account.

    The order's refund is ``failed``, and its amount can be refunded again, or repaid in another way.
    """

    slug, title = "refund-refused", "The payment provider refuses this refund"


class InvalidWebhook(StoreError):
    """The message is not from the payment provider: its signature is missing, wrong or too old."""

    status, slug, title = 400, "invalid-webhook", "The signature of this message is not valid"


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """A payment to authorize. key: of this attempt; token: the payment method, from the browser.

    return_url: where the bank redirects the shopper after confirmation. reference: shown to staff
    at the provider, such as the checkout's token.
    """

    key: str
    amount: Money
    token: str
    return_url: str
    reference: str
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The state of a payment. redirect_url: where the shopper must confirm it, with ``action_required``.

    amount: as reported by the provider, to be compared with the requested one.
    """

    state: ProviderState
    provider_ref: str
    amount: Money
    redirect_url: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """An event reported by a provider. event_id: the provider's id of it, the same when repeated.

    key: of the payment attempt, or of the refund, if the provider returns it. outcome: the state of the
    payment; None for events about something else. failed_refund: why the refund with this
    key did not reach the shopper.
    """

    event_id: str
    kind: str
    key: str | None
    outcome: Outcome | None
    data: Mapping[str, Any] = field(default_factory=dict)
    failed_refund: str | None = None


class PaymentProvider(Protocol):
    """A payment provider. Methods raise PaymentUnavailable (503) if the provider cannot be reached."""

    name: str

    async def authorize(self, request: PaymentRequest) -> Outcome:
        """Authorize the amount on the shopper's account."""

    async def status(self, key: str, provider_ref: str | None) -> Outcome | None:
        """The state of the payment with a key; None if the provider does not know it."""

    async def capture(self, provider_ref: str, amount: Money, *, key: str) -> Outcome:
        """Capture an authorization; idempotent by key."""

    async def cancel(self, provider_ref: str, *, key: str) -> Outcome:
        """Cancel an authorization that was not captured."""

    async def refund(self, provider_ref: str, amount: Money, *, key: str) -> str:
        """Refund in full or in part; returns the provider's id of the refund.

        Raises RefundRefused (409) if a retry would not help.
        """

    def webhook(self, headers: Mapping[str, str], body: bytes) -> WebhookEvent:
        """Verify and parse an event. headers: by lower-case name. Raises InvalidWebhook (400)."""
