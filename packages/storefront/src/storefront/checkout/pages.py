"""The checkout as pages: address, delivery, payment; each step is a plain form at its own URL.

No input is lost: a rejected step shows its input again, and a completed one is
stored in the checkout. Reloading, the back button and a second tab show its current state.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from storefront.cart import queries as cart_queries
from storefront.cart.owner import ReadingOwner, WritingOwner
from storefront.cart.queries import CartView
from storefront.cart.service import Owner
from storefront.checkout import forms, paying, queries, service
from storefront.checkout.forms import AddressForm, DeliveryForm, PaymentForm
from storefront.checkout.paying import Paying, provider_of
from storefront.checkout.queries import CheckoutRow
from storefront.checkout.results import (
    CheckoutNotReady,
    ConfirmationNeeded,
    Failed,
    PaymentInProgress,
    Placed,
)
from storefront.customers import queries as customers
from storefront.customers.addresses import AUTOCOMPLETE, COUNTRIES, country_names, form_of
from storefront.customers.queries import AddressRow
from storefront.db import Database, ReadSession
from storefront.errors import NotFound, StoreError, Unavailable
from storefront.orders import links
from storefront.payments import queries as payment_queries
from storefront.payments.provider import PaymentProvider
from storefront.payments.test_provider import TOKENS, TestProvider
from storefront.settings import Settings
from storefront.texts import _, current
from storefront.web import render
from storefront.web.deps import Reads, Writes
from storefront.web.forms import Form, again, changes_country, done, fields_of

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A checkout, and its bag priced for its address and delivery."""

    checkout: CheckoutRow
    view: CartView


async def deliver(
    database: Database, provider: PaymentProvider, headers: Mapping[str, str], body: bytes
) -> None:
    """Handle a webhook: verify it, store it, act on it. Raises InvalidWebhook (400)."""
    await service.take_webhook(database, provider, provider.webhook(headers, body))


@router.post("/webhooks/{name}", name="webhook", status_code=204)
async def webhook(request: Request, name: str) -> None:
    """A report of a payment provider, which is repeated until it gets a 2xx response."""
    provider = provider_of(request)
    if name != provider.name:
        raise NotFound(f"The shop accepts no reports from {name}.")
    headers = {name.lower(): value for name, value in request.headers.items()}
    await deliver(request.state.database, provider, headers, await request.body())


@router.post("/checkout", name="checkout_start")
async def start(request: Request, session: Writes, owner: WritingOwner) -> Response:
    """Begin the checkout of the bag, or go on with it."""
    try:
        token = await service.start(session, owner)
    except CheckoutNotReady as problem:
        return done(request, to=request.url_for("cart").path, message=problem.detail)
    return done(request, to=_at(request, "checkout", token))


@router.get("/checkout/{token}", name="checkout")
async def checkout_page(
    request: Request, session: Reads, owner: ReadingOwner, token: UUID
) -> Response:
    """Redirect to the next step, or to the order."""
    found = await queries.checkout(session, token, owner)
    return RedirectResponse(_next(request, found), status_code=303)


@router.get("/checkout/{token}/address", name="checkout_address")
async def address_page(
    request: Request,
    session: Reads,
    owner: ReadingOwner,
    token: UUID,
    address: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
) -> Response:
    """The customer and the delivery address. address: fills in a saved one."""
    shown = await _shown(request, session, owner, token)
    if ended := _ended(request, shown.checkout):
        return ended
    saved = await _saved(session, owner)
    who = await customers.customer(session, owner.customer_id) if owner.customer_id else None
    chosen = next((one for one in saved if one.id == address), None)
    if chosen is None and not shown.checkout.delivery_address:
        chosen = next(iter(saved), None)
    typed = forms.first_values(shown.checkout, who, chosen)
    typed.setdefault("country_code", request.state.settings.country)
    return _address(request, shown, Form(typed), saved, status=200)


@router.post("/checkout/{token}/address", name="checkout_enter_address")
async def enter_address(
    request: Request, session: Writes, owner: WritingOwner, token: UUID
) -> Response:
    """Store the address, and continue with the delivery."""
    found = await queries.locked(session, token, owner)
    if ended := _ended(request, found):
        return ended
    form = await Form.read(request, AddressForm)
    is_other_country = await changes_country(request)
    entered = None if is_other_country else forms.entered(form)
    if entered is None:
        form, status = (form.unchecked(), 200) if is_other_country else (form, 422)
        shown = await _shown(request, session, owner, token)
        return _address(request, shown, form, await _saved(session, owner), status=status)
    await service.enter(session, found.id, {**entered, "locale": current().code})
    return done(request, to=_at(request, "checkout_delivery", token))


@router.get("/checkout/{token}/delivery", name="checkout_delivery")
async def delivery_page(
    request: Request, session: Reads, owner: ReadingOwner, token: UUID
) -> Response:
    """The delivery methods for the address, with their prices and dates."""
    shown = await _shown(request, session, owner, token)
    if ended := _ended(request, shown.checkout):
        return ended
    if not shown.checkout.delivery_address:
        return RedirectResponse(_next(request, shown.checkout), status_code=303)
    form: Form[DeliveryForm] = Form({"delivery_method": shown.checkout.delivery_method or ""})
    return _delivery(request, shown, form, status=200)


@router.post("/checkout/{token}/delivery", name="checkout_enter_delivery")
async def enter_delivery(
    request: Request, session: Writes, owner: WritingOwner, token: UUID
) -> Response:
    """Store the delivery method, and continue with the payment."""
    found = await queries.locked(session, token, owner)
    if ended := _ended(request, found):
        return ended
    form = await Form.read(request, DeliveryForm)
    shown = await _shown(request, session, owner, token)
    codes = {method.code for method in shown.view.methods}
    if form.data is None or form.data.delivery_method not in codes:
        form.refuse("delivery_method", _("Please choose how it is to be delivered."))
        return _delivery(request, shown, form, status=422)
    await service.enter(session, found.id, {"delivery_method": form.data.delivery_method})
    return done(request, to=_at(request, "checkout_payment", token))


@router.get("/checkout/{token}/payment", name="checkout_payment")
async def payment_page(
    request: Request, session: Reads, owner: ReadingOwner, token: UUID
) -> Response:
    """A summary, and the payment method."""
    shown = await _shown(request, session, owner, token)
    if ended := _ended(request, shown.checkout):
        return ended
    if not _is_entered(shown.checkout):
        return RedirectResponse(_next(request, shown.checkout), status_code=303)
    return _payment(request, shown, Form({}), status=200)


@router.post("/checkout/{token}/payment", name="checkout_pay")
async def pay(request: Request, owner: WritingOwner, token: UUID) -> Response:
    """Pay. Shows the result: the order, the bank's page, or the form with the reason."""
    form = await Form.read(request, PaymentForm)
    if form.data is None:
        form.refuse("payment_token", _("Please choose how you want to pay."))
        return await _payment_again(request, owner, token, form)
    attempt = Paying(
        token=token,
        owner=owner,
        key=form.data.key,
        payment_token=form.data.payment_token,
        confirmed_minor=form.data.total_minor,
    )
    try:
        result = await paying.pay(request, attempt)
    except PaymentInProgress:
        return _to(request, "checkout_wait", token)
    except Unavailable:
        return _to(request, "checkout_wait", token)
    except StoreError as problem:
        form.refuse("", problem.detail)
        return await _payment_again(request, owner, token, form)
    if isinstance(result, Placed):
        return done(request, to=order_address(request, result.number))
    if isinstance(result, ConfirmationNeeded):
        if result.redirect_url.startswith("/"):
            return done(request, to=result.redirect_url)
        # The policy of our pages does not let forms lead to another site, so a redirect does.
        return render.page(request, "checkout/leave.html", to=result.redirect_url)
    form.refuse("", result.problem.detail)
    return await _payment_again(request, owner, token, form)


@router.get("/checkout/{token}/confirm", name="checkout_confirm")
async def confirm(request: Request, owner: ReadingOwner, token: UUID) -> Response:
    """The return URL from the bank: asks the provider for the result."""
    database: Database = request.state.database
    async with database.reads() as session:
        found = await queries.checkout(session, token, owner)
        key = await payment_queries.latest_key(session, found.id)
    if found.order_number is None and key is not None:
        result = await service.settle(database, provider_of(request), key)
        if isinstance(result, Placed):
            return RedirectResponse(order_address(request, result.number), status_code=303)
        if isinstance(result, Failed):
            to = _at(request, "checkout_payment", token)
            return done(request, to=to, message=result.problem.detail)
    return _to(request, "checkout_wait", token)


@router.get("/checkout/{token}/wait", name="checkout_wait")
async def wait_page(request: Request, session: Reads, owner: ReadingOwner, token: UUID) -> Response:
    """Shown while the outcome of a payment is unknown; refreshes automatically."""
    found = await queries.checkout(session, token, owner)
    if found.state != "paying":
        return RedirectResponse(_next(request, found), status_code=303)
    return render.page(
        request, "checkout/wait.html", confirm=_at(request, "checkout_confirm", token)
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


def order_address(request: Request, number: str) -> str:
    """The URL of an order's page, with the key that lets a guest see it."""
    return links.path_of(request.state.signer, number)


def _test_provider(request: Request) -> TestProvider:
    provider = provider_of(request)
    if not isinstance(provider, TestProvider):
        raise NotFound(_("The shop has no test bank: it takes real payments."))
    return provider


async def _shown(request: Request, session: ReadSession, owner: Owner, token: UUID) -> _Shown:
    settings: Settings = request.state.settings
    found = await queries.checkout(session, token, owner)
    view = await cart_queries.cart_by_id(
        session,
        found.cart_id,
        currency=settings.currency,
        country=found.country(settings.country),
        now=datetime.now(UTC),
        method_code=found.delivery_method,
    )
    return _Shown(found, view)


async def _saved(session: ReadSession, owner: Owner) -> Sequence[AddressRow]:
    """The addresses of a customer, the default first; empty for a guest."""
    return await customers.addresses(session, owner.customer_id) if owner.customer_id else []


def _address(
    request: Request,
    shown: _Shown,
    form: Form[AddressForm],
    saved: Sequence[AddressRow],
    *,
    status: int,
) -> Response:
    country = form.value("country_code") or request.state.settings.country
    fields, regions = form_of(country if country in COUNTRIES else request.state.settings.country)
    return again(
        request,
        "checkout/address.html",
        form,
        status=status,
        shown=shown,
        fields=fields,
        regions=regions,
        countries=country_names(current().locale),
        autocomplete=AUTOCOMPLETE,
        saved=saved,
    )


def _delivery(
    request: Request, shown: _Shown, form: Form[DeliveryForm], *, status: int
) -> Response:
    return again(
        request,
        "checkout/delivery.html",
        form,
        status=status,
        shown=shown,
        now=datetime.now(UTC),
    )


def _payment(request: Request, shown: _Shown, form: Form[PaymentForm], *, status: int) -> Response:
    return again(
        request,
        "checkout/payment.html",
        form,
        status=status,
        shown=shown,
        tokens=TOKENS if isinstance(provider_of(request), TestProvider) else {},
        key=uuid4().hex,
        now=datetime.now(UTC),
    )


async def _payment_again(
    request: Request, owner: Owner, token: UUID, form: Form[PaymentForm]
) -> Response:
    database: Database = request.state.database
    async with database.reads() as session:
        shown = await _shown(request, session, owner, token)
    if not _is_entered(shown.checkout):
        return RedirectResponse(_next(request, shown.checkout), status_code=303)
    return _ended(request, shown.checkout) or _payment(request, shown, form, status=422)


def _ended(request: Request, found: CheckoutRow) -> Response | None:
    """The page for a checkout that can no longer be changed."""
    if found.state == "open":
        return None
    return RedirectResponse(_next(request, found), status_code=303)


def _next(request: Request, found: CheckoutRow) -> str:
    if found.order_number is not None:
        return order_address(request, found.order_number)
    if found.state == "paying":
        return _at(request, "checkout_wait", found.token)
    if not (found.email and found.delivery_address):
        return _at(request, "checkout_address", found.token)
    if not found.delivery_method:
        return _at(request, "checkout_delivery", found.token)
    return _at(request, "checkout_payment", found.token)


def _is_entered(found: CheckoutRow) -> bool:
    return bool(found.email and found.delivery_address and found.delivery_method)


def _at(request: Request, name: str, token: UUID) -> str:
    return str(request.url_for(name, token=token).path)


def _to(request: Request, name: str, token: UUID) -> Response:
    return RedirectResponse(_at(request, name, token), status_code=303)
