"""What a payment provider can do: one small protocol, which the rest of the shop relies on.

Every call carries a key by which the provider recognizes a repetition, so asking again never charges
again. Calls wait on a network: never inside a transaction (docs/decisions). Nothing of a card is ever
seen here; the shopper's browser gives it to the provider, and we get a token.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from storefront.errors import Conflict, StoreError, Unavailable
from storefront.money import Money

ProviderState = Literal["action_required", "authorized", "captured", "declined", "cancelled"]


class PaymentUnavailable(Unavailable):
    """The payment provider does not answer. Nothing is lost: whether it charged is found out later.

    Try again after the seconds that the ``Retry-After`` header gives.
    """

    slug, title = "payment-unavailable", "Payments are not available right now"


class RefundRefused(Conflict):
    """The payment provider refuses this refund for good, such as to an account that was closed.

    The order's refund is ``failed``, and its amount can be refunded again, or paid back in another way.
    """

    slug, title = "refund-refused", "The payment provider refuses this refund"


class InvalidWebhook(StoreError):
    """The message is not from the payment provider: its signature is missing, wrong or too old."""

    status, slug, title = 400, "invalid-webhook", "The signature of this message is not valid"


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """What is to be authorized. key: of this attempt; token: the means of payment, from the browser.

    return_url: where the shopper comes back to after confirming at the bank. reference: shown to staff
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
    """How a payment stands. redirect_url: where the shopper must confirm it, with ``action_required``.

    amount: what the provider says that it is about; it is compared with what we asked for.
    """

    state: ProviderState
    provider_ref: str
    amount: Money
    redirect_url: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """What a provider reports on its own. event_id: its name for the report, the same when repeated.

    key: of the payment attempt, or of the refund, where the provider sends it back. outcome: how the
    payment stands; None for reports that are about something else. failed_refund: why the refund of this
    key did not reach the shopper after all.
    """

    event_id: str
    kind: str
    key: str | None
    outcome: Outcome | None
    data: Mapping[str, Any] = field(default_factory=dict)
    failed_refund: str | None = None


class PaymentProvider(Protocol):
    """A way to be paid. Methods raise PaymentUnavailable (503) where the provider cannot be asked."""

    name: str

    async def authorize(self, request: PaymentRequest) -> Outcome:
        """Hold the amount on the shopper's account."""

    async def status(self, key: str, provider_ref: str | None) -> Outcome | None:
        """How the payment of a key stands; None where the provider has never heard of it."""

    async def capture(self, provider_ref: str, amount: Money, *, key: str) -> Outcome:
        """Take what was authorized. Again with the same key: no second time."""

    async def cancel(self, provider_ref: str, *, key: str) -> Outcome:
        """Give up an authorization that was not captured."""

    async def refund(self, provider_ref: str, amount: Money, *, key: str) -> str:
        """Give money back, in whole or in part; returns the provider's name for the refund.

        Raises RefundRefused (409) where asking again would not help.
        """

    def webhook(self, headers: Mapping[str, str], body: bytes) -> WebhookEvent:
        """Read and verify a report. headers: by lower-case name. Raises InvalidWebhook (400)."""
