"""What concerns a customer in every feature at once: signing in, export, deletion of the account."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from storefront.alerts import queries as alert_queries
from storefront.alerts import service as alerts
from storefront.cart import queries as cart_queries
from storefront.cart import service as cart
from storefront.cart.service import Owner
from storefront.checkout import queries as checkout_queries
from storefront.checkout import service as checkout
from storefront.customers import queries, sign_in
from storefront.customers import service as customers
from storefront.customers.codes import Digest
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
from storefront.texts import _
from storefront.wishlist import queries as wishlist_queries
from storefront.wishlist import service as wishlist


class AccountInUse(Conflict):
    """An order or a payment of this account is under way, and needs name and address.

    Nothing was deleted. Cancel the order or wait until it has arrived, then delete the account.
    """

    slug, title = "account-in-use", "The account cannot be deleted yet"


async def sign_in_by_code(
    session: WriteSession, *, email: str, code: str, visitor_id: str | None, digest: Digest
) -> UUID | None:
    """Sign in by the code that was sent; returns the new session's id, None for a wrong code.

    The guest's bag and wishlist, and the orders placed with this e-mail address, become the customer's.
    A checkout that the guest has begun goes on. Commit in both cases: tries are counted. Twenty-one
    statements at most.
    """
    if not await sign_in.use_code(session, email=email, code=code, digest=digest):
        return None
    customer_id = await sign_in.ensure_customer(session, email)
    if visitor_id is not None:
        paying_cart_id = await checkout_queries.paying_cart(session, customer_id)
        await cart.merge(
            session,
            visitor_id=visitor_id,
            customer_id=customer_id,
            paying_cart_id=paying_cart_id,
        )
        await wishlist.merge(session, visitor_id=visitor_id, customer_id=customer_id)
        await reviews.merge(session, visitor_id=visitor_id, customer_id=customer_id)
    await orders.claim(session, customer_id, email=email)
    return await sign_in.open_session(session, customer_id)


async def export(session: ReadSession, customer_id: int) -> Mapping[str, Any]:
    """Everything the shop knows of a customer, as JSON can hold it. Ten statements."""
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
            }
            for one in sign_ins
        ],
        "bag": await cart_queries.lines_of_customer(session, customer_id),
        "stock_alerts": await alert_queries.export(session, who.email),
        "wishlist": await wishlist_queries.product_ids(session, Owner(customer_id=customer_id)),
        "body_measures": await fit_queries.export(session, customer_id),
        "reviews": await review_queries.export(session, customer_id),
        "orders": await orders.export(session, customer_id, email=who.email),
        "returns": await return_queries.export(session, customer_id, email=who.email),
    }


async def delete(session: WriteSession, customer_id: int) -> None:
    """Delete an account. Orders are kept without the person, as the books need them.

    Guest orders of the same e-mail address lose the person too. Some twenty statements.
    Raises AccountInUse (409) while an order or a payment is under way.
    """
    email = (await queries.customer(session, customer_id)).email
    await orders.claim(session, customer_id, email=email)
    under_way = await orders.under_way(session, customer_id)
    if under_way:
        raise AccountInUse(
            _(
                "Still under way: order %(numbers)s. Cancel it, or delete the account when it has "
                "arrived.",
                numbers=", ".join(under_way),
            ),
            orders=under_way,
        )
    if await checkout.is_paying(session, customer_id, email=email):
        raise AccountInUse(_("A payment of yours is under way. Please try again in some minutes."))
    checkout_ids = await checkout.forget(session, customer_id, email=email)
    await payments.forget(session, checkout_ids)
    await pricing.forget(session, email, replacement=f"deleted {customer_id}")
    await returns.forget(session, customer_id)
    await orders.forget(session, customer_id)
    await cart.forget(session, customer_id)
    await wishlist.forget(session, customer_id)
    await alerts.forget(session, email)
    await reviews.forget(session, customer_id)
    await fit.delete(session, customer_id)
    await customers.forget(session, customer_id, email=email)
