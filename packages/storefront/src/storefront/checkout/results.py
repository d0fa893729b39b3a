"""The results of paying for a checkout: an order, a required confirmation, or a problem."""

from dataclasses import dataclass

from storefront.errors import Conflict, StoreError


class CheckoutNotReady(Conflict):
    """Required data is missing before this can be paid. ``missing`` names it.

    bag, email, delivery-address, delivery-method.
    """

    slug, title = "checkout-not-ready", "Something is still missing"


class PriceChanged(Conflict):
    """The total differs from the confirmed one: a price, a reduction or the delivery has changed.

    The same goes for the part of it that is charged, when a gift card pays more or less than before.
    ``total`` is the current one, ``to_pay`` what of it is charged, ``confirmed`` the amount that was
    confirmed instead, in minor units. Nothing was charged; confirm the new amount to continue.
    """

    slug, title = "price-changed", "The total has changed"


class PaymentDeclined(StoreError):
    """The payment was declined. Nothing was charged, and the bag is unchanged.

    Try again, or use another payment method.
    """

    status, slug, title = 402, "payment-declined", "The payment was declined"


class PaymentInProgress(Conflict):
    """A payment for this checkout is in progress. Check again in a moment: it becomes one order."""

    slug, title = "payment-in-progress", "A payment is in progress"
    retry_after_s = 1


@dataclass(frozen=True, slots=True)
class Placed:
    """The checkout has become an order."""

    number: str


@dataclass(frozen=True, slots=True)
class ConfirmationNeeded:
    """The shopper must confirm the payment at this URL, and is redirected back."""

    redirect_url: str


@dataclass(frozen=True, slots=True)
class Failed:
    """There is no order; the bag is unchanged. An authorization is cancelled."""

    problem: StoreError


Result = Placed | ConfirmationNeeded | Failed
