"""Orders that are priced elsewhere, such as a replacement: reserved, paid and placed like any other.

For higher features, in their transactions.
"""

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from storefront.checkout import placing, queries, service
from storefront.checkout.results import Placed
from storefront.checkout.service import Attempt
from storefront.db import ReadSession, WriteSession
from storefront.orders.service import NewOrder
from storefront.payments import service as payments


async def begin(session: WriteSession, draft: NewOrder, *, provider: str) -> Placed | Attempt:
    """Reserve the pieces of an order, and place it if there is nothing to pay.

    Otherwise a payment was created: authorize it after the transaction
    (`service.authorize`). Ten statements. Raises OutOfStock (409).
    """
    checkout_id: int = await session.scalar(
        _BEGIN,
        {
            "cart_id": draft.cart_id,
            "email": draft.email,
            "phone": draft.phone,
            "locale": draft.locale,
            "delivery_address": dict(draft.delivery_address),
            "billing_address": dict(draft.billing_address),
        },
    )
    found = await queries.locked_by_id(session, checkout_id)
    await placing.hold(session, draft, None, is_first=True)
    if not draft.totals.to_pay:
        return Placed((await placing.place_paid(session, found, draft)).number)
    key = payments.new_key()
    return await service.begin_payment(session, provider, found, draft, None, key=key)


async def payment_key(session: ReadSession, cart_id: int) -> str | None:
    """The key of the newest payment of a bag. One statement."""
    key: str | None = await session.scalar(_KEY, {"cart_id": cart_id})
    return key


async def state_of(session: WriteSession, cart_id: int) -> str:
    """The state of a bag's checkout, locked: ``open`` if its payment failed, ``paying``,
    ``completed``. Two statements."""
    return (await _locked(session, cart_id)).state


async def give_up(session: WriteSession, cart_id: int) -> bool:
    """Prevent an order from a bag: its payment is cancelled. Returns whether that was still possible.

    Eight statements at most.
    """
    found = await _locked(session, cart_id)
    if found.state == "completed":
        return False
    attempts = await payments.of_checkout(session, found.id)
    if attempts and attempts[-1].state != "cancelled":
        await placing.cancel(session, attempts[-1])
    if found.state == "paying":
        await placing.reopen(session, found)
    return True


async def _locked(session: WriteSession, cart_id: int) -> queries.CheckoutRow:
    checkout_id: int = await session.scalar(_OF_CART, {"cart_id": cart_id})
    return await queries.locked_by_id(session, checkout_id)


_BEGIN = text(
    """
    insert into shop.checkouts
        (cart_id, email, phone, locale, delivery_address, billing_address)
    values (:cart_id, :email, :phone, :locale, :delivery_address, :billing_address)
    returning id
    """
).bindparams(*(bindparam(name, type_=JSONB) for name in ("delivery_address", "billing_address")))
_OF_CART = text("select id from shop.checkouts where cart_id = :cart_id")
_KEY = text(
    """
    select idempotency_key from shop.payments join shop.checkouts on checkouts.id = checkout_id
    where cart_id = :cart_id order by payments.id desc limit 1
    """
)
