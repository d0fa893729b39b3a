"""The pages of a payment that waits for its bank: its result, another way to pay, the test bank."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from storefront.cart.owner import ReadingOwner
from storefront.cart.service import Owner
from storefront.checkout import service
from storefront.checkout.paying import provider_of
from storefront.checkout.results import ConfirmationNeeded, Failed, Placed, Result
from storefront.checkout.steps import next_step, order_address, own_checkout, step_at, to_step
from storefront.checkout.withdrawing import withdraw
from storefront.db import Database
from storefront.errors import NotFound, Unavailable
from storefront.payments import queries as payment_queries
from storefront.payments.provider import PaymentProvider
from storefront.payments.test_provider import TestProvider
from storefront.texts import _
from storefront.web import render
from storefront.web.deps import Reads
from storefront.web.forms import done, fields_of

router = APIRouter(include_in_schema=False)

_Determine = Callable[[Database, PaymentProvider, str], Awaitable[Result | None]]


@router.get("/checkout/{token}/confirm", name="checkout_confirm")
async def confirm(request: Request, owner: ReadingOwner, token: UUID) -> Response:
    """The return URL from the bank: asks the provider for the result.

    Without one, it offers the bank's page again, and another way to pay.
    """
    return await _result_of(request, owner, token, service.settle)


@router.post("/checkout/{token}/pay-otherwise", name="checkout_pay_otherwise")
async def pay_otherwise(request: Request, owner: ReadingOwner, token: UUID) -> Response:
    """Cancel the payment that waits for its confirmation; shows the ways to pay."""
    return await _result_of(request, owner, token, withdraw)


@router.get("/checkout/{token}/wait", name="checkout_wait")
async def wait_page(request: Request, session: Reads, owner: ReadingOwner, token: UUID) -> Response:
    """Shown while the outcome of a payment is unknown; refreshes automatically."""
    found = await own_checkout(session, token, owner)
    if found.state != "paying":
        return RedirectResponse(next_step(request, found), status_code=303)
    return render.page(
        request, "checkout/wait.html", confirm=step_at(request, "checkout_confirm", token)
    )


@router.get("/payments/test/{ref}", name="test_bank")
async def bank_page(request: Request, ref: str) -> Response:
    """The page of the built-in test bank: approve the payment, or decline it."""
    waiting = await _test_provider(request).confirmation(ref)
    return render.page(request, "checkout/bank.html", waiting=waiting)


@router.post("/payments/test/{ref}", name="test_bank_decide")
async def decide(request: Request, ref: str) -> Response:
    """The shopper's decision at the test bank."""
    sent = await fields_of(request)
    back = await _test_provider(request).confirm(ref, is_approved=sent.get("decision") == "approve")
    # The bank is a page of this shop, reached at the host that the browser uses.
    to = urlsplit(back)._replace(scheme="", netloc="").geturl()
    return RedirectResponse(to, status_code=303)


def _test_provider(request: Request) -> TestProvider:
    provider = provider_of(request)
    if not isinstance(provider, TestProvider):
        raise NotFound(_("The shop has no test bank: it takes real payments."))
    return provider


async def _result_of(
    request: Request, owner: Owner, token: UUID, determine: _Determine
) -> Response:
    """The page for the newest payment of a checkout. determine: what finds out its result."""
    database: Database = request.state.database
    async with database.reads() as session:
        found = await own_checkout(session, token, owner)
        key = await payment_queries.latest_key(session, found.id)
    if found.order_number is not None or key is None:
        return RedirectResponse(next_step(request, found), status_code=303)
    try:
        result = await determine(database, provider_of(request), key)
    except Unavailable:
        return to_step(request, "checkout_wait", token)
    if isinstance(result, Placed):
        return RedirectResponse(order_address(request, result.number), status_code=303)
    if isinstance(result, Failed):
        to = step_at(request, "checkout_payment", token)
        return done(request, to=to, message=result.problem.detail)
    if isinstance(result, ConfirmationNeeded) and result.redirect_url:
        return render.page(
            request, "checkout/unconfirmed.html", token=token, bank=result.redirect_url
        )
    return to_step(request, "checkout_wait", token)
