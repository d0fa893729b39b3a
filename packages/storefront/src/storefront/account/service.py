"""What concerns a customer in every feature at once: signing in, export, deletion of the account."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from storefront.alerts import queries as alert_queries
from storefront.alerts import service as alerts
from storefront.cart import queries as cart_queries
from storefront.cart import service as cart
from storefront.cart.service import Owner
from storefront.checkout import people as checkout
from storefront.checkout import queries as checkout_queries
from storefront.customers import queries, security, sign_in
from storefront.customers import service as customers
from storefront.customers.codes import Digest
from storefront.customers.devices import Device
from storefront.customers.security import Event
from storefront.db import ReadSession, WriteSession
from storefront.errors import Conflict
from storefront.fit import queries as fit_queries
from storefront.fit import service as fit
from storefront.orders import people as orders
from storefront.payments import service as payments
from storefront.pricing import service as pricing
from storefront.returns import queries as return_queries
from storefront.returns import service as returns
from storefront.reviews import queries as review_queries
from storefront.reviews import service as reviews
from storefront.saved_searches import queries as saved_search_queries
from storefront.saved_searches import service as saved_searches
from storefront.texts import _
from storefront.wishlist import queries as wishlist_queries
from storefront.wishlist import service as wishlist


@dataclass(frozen=True, slots=True)
class SignedInNow:
    """A sign-in that succeeded. earlier_pieces: in the customer's bag, which the guest's has joined."""

    session_id: UUID
    earlier_pieces: int


class AccountInUse(Conflict):
    """An order, a return or a payment of this account is in progress, and needs name and address.

    Nothing was deleted. Cancel the order or the return, or wait until it has ended, then delete the
    account.
    """

    slug, title = "account-in-use", "The account cannot be deleted yet"


async def sign_in_by_code(
    session: WriteSession,
    *,
    email: str,
    code: str,
    visitor_id: str | None,
    digest: Digest,
    device: Device,
) -> SignedInNow | None:
    """Sign in by the code that was sent; returns None for a wrong code.

    The guest's bag, wishlist and saved searches, and the orders placed with this e-mail address, become
    the customer's. A checkout that the guest started continues. Commit in both cases: attempts
    are counted. Twenty-six statements at most.
    """
    if not await sign_in.use_code(session, email=email, code=code, digest=digest):
        await security.record(session, Event.SIGN_IN_FAILED, network=device.network, email=email)
        return None
    customer_id = await sign_in.ensure_customer(session, email)
    earlier_pieces = 0
    if visitor_id is not None:
        paying_cart_id = await checkout_queries.paying_cart(session, customer_id)
        earlier_pieces = await cart.merge(
            session,
            visitor_id=visitor_id,
            customer_id=customer_id,
            paying_cart_id=paying_cart_id,
        )
        await wishlist.merge(session, visitor_id=visitor_id, customer_id=customer_id)
        await saved_searches.merge(session, visitor_id=visitor_id, customer_id=customer_id)
        await reviews.merge(session, visitor_id=visitor_id, customer_id=customer_id)
    await orders.claim(session, customer_id, email=email)
    session_id = await sign_in.open_session(session, customer_id, device)
    return SignedInNow(session_id, earlier_pieces)


async def export(session: ReadSession, customer_id: int) -> Mapping[str, Any]:
    """Everything the shop knows of a customer, as JSON can hold it. Sixteen statements."""
    who = await queries.customer(session, customer_id)
    addresses = await queries.addresses(session, customer_id)
    consents = await queries.consents(session, customer_id)
    sign_ins = await queries.sign_ins(session, customer_id)
    return {
        "account": {
            "email": who.email,
            "name": who.name,
            "phone": who.phone,
            "created_at": who.created_at,
        },
        "addresses": [
            {"address": one.fields, "phone": one.phone, "is_default": one.is_default}
            for one in addresses
        ],
        "consents": [
            {"kind": one.kind, "granted_at": one.granted_at, "withdrawn_at": one.withdrawn_at}
            for one in consents.values()
        ],
        "sign_ins": [
            {
                "created_at": one.created_at,
                "last_seen_at": one.last_seen_at,
                "ended_at": one.ended_at,
                "device": one.device,
                "network": one.network,
            }
            for one in sign_ins
        ],
        "security_events": [
            {"at": one.at, "event": one.event, "network": one.network, **one.facts}
            for one in await security.events(session, customer_id, email=who.email)
        ],
        "bag": await cart_queries.lines_of_customer(session, customer_id),
        "alerts": await alert_queries.export(session, who.email),
        "saved_searches": await saved_search_queries.export(session, customer_id),
        "wishlist": await wishlist_queries.export(session, customer_id),
        "wishlist_link": await wishlist_queries.link(session, Owner(customer_id=customer_id)),
        "body_measures": await fit_queries.export(session, customer_id),
        "reviews": await review_queries.export(session, customer_id),
        "orders": await orders.export(session, customer_id, email=who.email),
        "returns": await return_queries.export(session, customer_id, email=who.email),
    }


async def delete(session: WriteSession, customer_id: int) -> None:
    """Delete an account. Orders stay, without the personal data, for the accounts.

    Guest orders of the same e-mail address lose the person too. Some twenty statements.
    Raises AccountInUse (409) while an order, a return or a payment is in progress.
    """
    email = (await queries.customer(session, customer_id)).email
    await orders.claim(session, customer_id, email=email)
    in_progress = await orders.in_progress(session, customer_id)
    if in_progress:
        raise AccountInUse(
            _(
                "Still in progress: order %(numbers)s. Cancel it, or delete the account when it has "
                "arrived.",
                numbers=", ".join(in_progress),
            ),
            orders=in_progress,
        )
    returning = await return_queries.in_progress(session, customer_id)
    if returning:
        raise AccountInUse(
            _(
                "Still in progress: return %(numbers)s. Cancel it, or delete the account when its "
                "refund has arrived.",
                numbers=", ".join(returning),
            ),
            returns=returning,
        )
    if await checkout.is_paying(session, customer_id, email=email):
        raise AccountInUse(
            _("A payment of yours is in progress. Please try again in some minutes.")
        )
    checkout_ids = await checkout.erase(session, customer_id, email=email)
    await payments.erase(session, checkout_ids)
    await pricing.erase(session, email, replacement=f"deleted {customer_id}")
    await returns.erase(session, customer_id)
    await orders.erase(session, customer_id)
    await cart.erase(session, customer_id)
    await wishlist.erase(session, customer_id)
    await alerts.erase(session, email)
    await saved_searches.erase(session, customer_id)
    await reviews.erase(session, customer_id)
    await fit.delete(session, customer_id)
    await customers.erase(session, customer_id, email=email)
    security.note(Event.ACCOUNT_DELETED, customer_id=customer_id)
