"""The addresses of the steps of a checkout, and which of them comes next."""

from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from storefront.cart.service import Owner
from storefront.checkout import queries
from storefront.checkout.queries import CheckoutRow
from storefront.customers.current import SignInNeeded
from storefront.db import ReadSession, WriteSession
from storefront.errors import NotFound, StoreError
from storefront.orders import links
from storefront.texts import _


async def own_checkout(session: ReadSession, token: UUID, owner: Owner) -> CheckoutRow:
    """The owner's checkout. Raises NotFound (404); SignInNeeded (401) if it is a customer's, whose
    session may have ended meanwhile."""
    try:
        return await queries.checkout(session, token, owner)
    except NotFound as problem:
        raise await _refusal(session, token, owner, problem) from None


async def own_locked_checkout(session: WriteSession, token: UUID, owner: Owner) -> CheckoutRow:
    """The same, locked until the transaction ends."""
    try:
        return await queries.locked(session, token, owner)
    except NotFound as problem:
        raise await _refusal(session, token, owner, problem) from None


async def _refusal(
    session: ReadSession, token: UUID, owner: Owner, problem: NotFound
) -> StoreError:
    if owner.customer_id is None and await queries.is_of_customer(session, token):
        return SignInNeeded(_("Sign in to go on with your checkout."))
    return problem


def next_step(request: Request, found: CheckoutRow) -> str:
    """Where a checkout goes on: what is missing, its payment, or its order."""
    if found.order_number is not None:
        return order_address(request, found.order_number)
    if found.state == "paying":
        return step_at(request, "checkout_confirm", found.token)
    if not (found.email and found.delivery_address):
        return step_at(request, "checkout_address", found.token)
    if not found.delivery_method:
        return step_at(request, "checkout_delivery", found.token)
    return step_at(request, "checkout_payment", found.token)


def order_address(request: Request, number: str) -> str:
    """The URL of an order's page, with the key that lets a guest see it."""
    return links.path_of(request.state.signer, number)


def step_at(request: Request, name: str, token: UUID) -> str:
    """The path of a step. name: of its route."""
    return str(request.url_for(name, token=token).path)


def to_step(request: Request, name: str, token: UUID) -> Response:
    """A redirect to a step."""
    return RedirectResponse(step_at(request, name, token), status_code=303)
