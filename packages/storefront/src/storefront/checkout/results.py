"""What comes of paying for a checkout: an order, a confirmation that is needed, or a problem."""

from dataclasses import dataclass

from storefront.errors import Conflict, StoreError


class CheckoutNotReady(Conflict):
    """Something is still to be entered before this can be paid. ``missing`` names it.

    bag, email, delivery-address, delivery-method.
    """

    slug, title = "checkout-not-ready", "Something is still missing"


class PriceChanged(Conflict):
    """The total is not the one that was confirmed: a price, a reduction or the delivery has changed.

    ``total`` is what it is now, ``confirmed`` what was confirmed, in minor units. Nothing was charged;
    confirm the new total to go on.
    """

    slug, title = "price-changed", "The total has changed"


class PaymentDeclined(StoreError):
    """The payment was declined. Nothing was charged, and the bag is as it was.

    Try again, or pay in another way.
    """

    status, slug, title = 402, "payment-declined", "The payment was declined"


class PaymentInProgress(Conflict):
    """A payment for this checkout is under way. Look again in a moment: it becomes one order."""

    slug, title = "payment-in-progress", "A payment is under way"
    retry_after_s = 1


@dataclass(frozen=True, slots=True)
class Placed:
    """The checkout has become an order."""

    number: str


@dataclass(frozen=True, slots=True)
class ConfirmationNeeded:
    """The shopper must confirm the payment at this address, and comes back from there."""

    redirect_url: str


@dataclass(frozen=True, slots=True)
class Failed:
    """No order came of it; the bag is as it was. What was authorized is given up."""

    problem: StoreError


Result = Placed | ConfirmationNeeded | Failed
