"""The checkout as pages: address, delivery, payment; each step is a plain form at its own URL.

No input is lost: a rejected step shows its input again, and a completed one is
stored in the checkout. Reloading, the back button and a second tab show its current state.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from storefront.cart import queries as cart_queries
from storefront.cart.owner import ReadingOwner, WritingOwner
from storefront.cart.pages import update_lines
from storefront.cart.queries import CartView
from storefront.cart.service import Owner
from storefront.checkout import forms, paying, service
from storefront.checkout.forms import AddressForm, DeliveryForm, PaymentForm
from storefront.checkout.paying import Paying, provider_of
from storefront.checkout.placing import Confirmed
from storefront.checkout.queries import CheckoutRow
from storefront.checkout.results import (
    ConfirmationNeeded,
    PaymentInProgress,
    Placed,
)
from storefront.checkout.steps import (
    next_step,
    order_address,
    own_checkout,
    own_locked_checkout,
    step_at,
    to_step,
)
from storefront.customers import queries as customers
from storefront.customers.addresses import AUTOCOMPLETE, country_names, form_of
from storefront.customers.queries import AddressRow
from storefront.db import Database, ReadSession
from storefront.errors import NotFound, StoreError, Unavailable
from storefront.markets import COUNTRIES
from storefront.orders import queries as orders
from storefront.payments.provider import PaymentProvider
from storefront.payments.test_provider import TOKENS, TestProvider
from storefront.request_model import Id
from storefront.settings import Settings
from storefront.texts import _, current
from storefront.web import render
from storefront.web.deps import Reads, Writes
from storefront.web.forms import Form, again, changes_country, done

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
    """Begin the checkout of the bag, or go on with it. What was typed into the bag is stored first."""
    try:
        await update_lines(request, session, owner)
        token = await service.start(session, owner)
    except Unavailable:
        raise  # nothing more can be asked in this transaction
    except StoreError as problem:
        return done(request, to=request.url_for("cart").path, message=problem.detail)
    return done(request, to=step_at(request, "checkout", token))


@router.get("/checkout/{token}", name="checkout")
async def checkout_page(
    request: Request, session: Reads, owner: ReadingOwner, token: UUID
) -> Response:
    """Redirect to the next step, or to the order."""
    found = await own_checkout(session, token, owner)
    return RedirectResponse(next_step(request, found), status_code=303)


@router.get("/checkout/{token}/address", name="checkout_address")
async def address_page(
    request: Request,
    session: Reads,
    owner: ReadingOwner,
    token: UUID,
    address: Id | None = None,
) -> Response:
    """The customer and the delivery address. address: fills in a saved one."""
    shown = await _shown(request, session, await own_checkout(session, token, owner))
    if ended := _ended(request, shown.checkout) or _unorderable(request, shown):
        return ended
    saved = await _saved(session, owner)
    who = await customers.customer(session, owner.customer_id) if owner.customer_id else None
    chosen = next((one for one in saved if one.id == address), None)
    if chosen is None and not shown.checkout.delivery_address:
        chosen = next(iter(saved), None)
    last = None
    if owner.customer_id and chosen is None and not shown.checkout.delivery_address:
        last = await orders.last_address(session, owner.customer_id)
    typed = forms.first_values(shown.checkout, who, chosen, last)
    typed.setdefault("country_code", request.state.settings.country)
    return _address(request, shown, Form(typed), saved, status=200)


@router.post("/checkout/{token}/address", name="checkout_enter_address")
async def enter_address(
    request: Request, session: Writes, owner: WritingOwner, token: UUID
) -> Response:
    """Store the address, and continue with the delivery."""
    found = await own_locked_checkout(session, token, owner)
    if ended := _ended(request, found):
        return ended
    form = await Form.read(request, AddressForm)
    is_other_country = await changes_country(request)
    entered = None if is_other_country else forms.entered(form)
    if entered is None:
        form, status = (form.unchecked(), 200) if is_other_country else (form, 422)
        shown = await _shown(request, session, found)
        return _address(request, shown, form, await _saved(session, owner), status=status)
    await service.enter(session, found.id, {**entered, "locale": current().code})
    return done(request, to=step_at(request, "checkout_delivery", token))


@router.get("/checkout/{token}/delivery", name="checkout_delivery")
async def delivery_page(
    request: Request, session: Reads, owner: ReadingOwner, token: UUID
) -> Response:
    """The delivery methods for the address, with their prices and dates."""
    shown = await _shown(request, session, await own_checkout(session, token, owner))
    if ended := _ended(request, shown.checkout) or _unorderable(request, shown):
        return ended
    if not shown.checkout.delivery_address:
        return RedirectResponse(next_step(request, shown.checkout), status_code=303)
    form: Form[DeliveryForm] = Form({"delivery_method": shown.checkout.delivery_method or ""})
    return _delivery(request, shown, form, status=200)


@router.post("/checkout/{token}/delivery", name="checkout_enter_delivery")
async def enter_delivery(
    request: Request, session: Writes, owner: WritingOwner, token: UUID
) -> Response:
    """Store the delivery method, and continue with the payment."""
    found = await own_locked_checkout(session, token, owner)
    if ended := _ended(request, found):
        return ended
    form = await Form.read(request, DeliveryForm)
    shown = await _shown(request, session, found)
    codes = {method.code for method in shown.view.methods}
    if form.data is None or form.data.delivery_method not in codes:
        form.refuse("delivery_method", _("Please choose how it is to be delivered."))
        return _delivery(request, shown, form, status=422)
    await service.enter(session, found.id, {"delivery_method": form.data.delivery_method})
    return done(request, to=step_at(request, "checkout_payment", token))


@router.get("/checkout/{token}/payment", name="checkout_payment")
async def payment_page(
    request: Request, session: Reads, owner: ReadingOwner, token: UUID
) -> Response:
    """A summary, and the payment method."""
    shown = await _shown(request, session, await own_checkout(session, token, owner))
    if ended := _ended(request, shown.checkout) or _unorderable(request, shown):
        return ended
    if not _is_entered(shown.checkout):
        return RedirectResponse(next_step(request, shown.checkout), status_code=303)
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
        confirmed=Confirmed(form.data.total_minor, form.data.to_pay_minor),
    )
    try:
        result = await paying.pay(request, attempt)
    except PaymentInProgress:
        return to_step(request, "checkout_wait", token)
    except Unavailable:
        return to_step(request, "checkout_wait", token)
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


async def _shown(request: Request, session: ReadSession, found: CheckoutRow) -> _Shown:
    settings: Settings = request.state.settings
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
        shown = await _shown(request, session, await own_checkout(session, token, owner))
    if not _is_entered(shown.checkout):
        return RedirectResponse(next_step(request, shown.checkout), status_code=303)
    return (
        _ended(request, shown.checkout)
        or _unorderable(request, shown)
        or _payment(request, shown, form, status=422)
    )


def _ended(request: Request, found: CheckoutRow) -> Response | None:
    """The page for a checkout that can no longer be changed."""
    if found.state == "open":
        return None
    return RedirectResponse(next_step(request, found), status_code=303)


def _unorderable(request: Request, shown: _Shown) -> Response | None:
    """The bag, if nothing is in it, or something that cannot be ordered as it is."""
    if shown.view.can_be_ordered:
        return None
    is_empty = not shown.view.lines
    message = (
        _("The bag is empty.")
        if is_empty
        else _("Some items cannot be ordered as they are. Change the marked ones to check out.")
    )
    return done(request, to=request.url_for("cart").path, message=message)


def _is_entered(found: CheckoutRow) -> bool:
    return bool(found.email and found.delivery_address and found.delivery_method)
