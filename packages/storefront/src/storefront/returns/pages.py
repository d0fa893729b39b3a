"""Returns as pages, without scripts: request one from the order, follow it, print its label."""

from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from storefront.checkout import drafts
from storefront.checkout import service as checkout
from storefront.checkout.paying import provider_of, to_its_end
from storefront.checkout.results import ConfirmationNeeded, Result
from storefront.customers.current import CurrentCustomer
from storefront.db import Database
from storefront.errors import StoreError, Unavailable
from storefront.idempotency import service as idempotency
from storefront.idempotency.service import KeyedRequest
from storefront.money import Money
from storefront.orders import access as order_access
from storefront.orders import links
from storefront.orders.access import KeyInQuery, NumberInPath, VisibleOrder
from storefront.orders.shapes import Order
from storefront.payments.test_provider import TOKENS, TestProvider
from storefront.request_model import DIGITS
from storefront.returns import queries, requests, service
from storefront.returns.access import ReturnNumber, return_for, return_of, terms_of
from storefront.returns.api import paid_url
from storefront.returns.forms import wanted_of
from storefront.returns.offers import offered_of
from storefront.returns.replacements import Wanted
from storefront.returns.requests import DifferenceDue
from storefront.returns.shapes import Return
from storefront.texts import _
from storefront.web import forms, render
from storefront.web.deps import Reads, Writes
from storefront.web.forms import Form
from storefront.web.signing import Signer

router = APIRouter(prefix="/orders/{number}/returns", include_in_schema=False)


class RequestForm(BaseModel):
    """A request. Its lines are in further fields. confirmed_minor: the difference that was shown."""

    key: Annotated[str, Field(min_length=1, max_length=64)]
    payment_token: Annotated[str | None, Field(max_length=200)] = None
    confirmed_minor: Annotated[int | None, Field(ge=0, lt=10**15), DIGITS] = None


class SentForm(BaseModel):
    """The parcel is on its way."""

    carrier: Annotated[str | None, Field(max_length=200)] = None
    tracking_number: Annotated[str | None, Field(max_length=200)] = None


@router.get("", name="order_returns")
async def returns_page(request: Request, order: VisibleOrder, key: KeyInQuery = None) -> Response:
    """What can be returned, and the returns of the order so far."""
    form = Form[RequestForm]({})
    return await _show(request, order, key, form, status=200)


@router.post("", name="request_return")
async def request_return(
    request: Request,
    customer_id: CurrentCustomer,
    number: NumberInPath,
    key: KeyInQuery = None,
) -> Response:
    """Request a return, once for a double click. If a difference is due, ask for its payment."""
    database: Database = request.state.database
    async with database.reads() as session:
        order = await order_access.order_for(
            request, session, number, key=key, customer_id=customer_id
        )
        offered = await offered_of(session, order, terms_of(request))
        form = await Form.read(request, RequestForm)
        earlier = await idempotency.stored_response(session, f"return {number}", form.value("key"))
    if earlier is not None:
        to = _address(request, "return", key, number=number, return_number=earlier.body.decode())
        return forms.done(request, to=to)
    wanted = wanted_of(form, await forms.fields_of(request), offered)
    if form.data is None or form.errors:
        return await _show(request, order, key, form, status=422)
    due = None
    try:
        return await _request(request, order, key, form.data, wanted)
    except DifferenceDue as problem:
        due = Money(int(str(problem.facts["due"])), order.summary.total.currency)
    except Unavailable:
        raise
    except StoreError as problem:
        form.refuse("", problem.detail)
    return await _show(request, order, key, form, status=200 if due else 422, due=due)


@router.get("/{return_number}", name="return")
async def return_page(
    request: Request,
    session: Reads,
    order: VisibleOrder,
    return_number: ReturnNumber,
    key: KeyInQuery = None,
) -> Response:
    """A return: its pieces and its state."""
    found = await return_of(session, order, return_number)
    form = Form[SentForm].showing()
    return render.page(
        request, "returns/return.html", form=form, **_shown(request, order, found, key)
    )


@router.post("/{return_number}/cancel", name="cancel_return")
async def cancel(
    request: Request,
    session: Writes,
    customer_id: CurrentCustomer,
    number: NumberInPath,
    return_number: ReturnNumber,
    key: KeyInQuery = None,
) -> Response:
    """Cancel a return whose parcel was not sent; a repetition changes nothing."""
    await return_for(request, session, number, return_number, key=key, customer_id=customer_id)
    await service.cancel(session, return_number, actor="customer")
    to = _address(request, "return", key, number=number, return_number=return_number)
    return forms.done(request, to=to, message=_("Your return is cancelled."))


@router.post("/{return_number}/sent", name="return_sent")
async def sent(
    request: Request,
    session: Writes,
    customer_id: CurrentCustomer,
    number: NumberInPath,
    return_number: ReturnNumber,
    key: KeyInQuery = None,
) -> Response:
    """Report that the parcel is on its way; a repetition changes nothing."""
    order, found = await return_for(
        request, session, number, return_number, key=key, customer_id=customer_id
    )
    form = await Form.read(request, SentForm)
    if form.data is None:
        shown = _shown(request, order, found, key)
        return forms.again(request, "returns/return.html", form, **shown)
    await service.send(
        session,
        return_number,
        carrier=form.data.carrier,
        tracking_number=form.data.tracking_number,
    )
    to = _address(request, "return", key, number=number, return_number=return_number)
    return forms.done(
        request, to=to, message=_("Thank you. We write to you once we have checked it.")
    )


@router.get("/{return_number}/label.pdf", name="return_label")
async def label(
    request: Request, session: Reads, order: VisibleOrder, return_number: ReturnNumber
) -> Response:
    """The label for the parcel."""
    return _pdf("label", request, order, await return_of(session, order, return_number))


@router.get("/{return_number}/slip.pdf", name="return_slip")
async def slip(
    request: Request, session: Reads, order: VisibleOrder, return_number: ReturnNumber
) -> Response:
    """The slip for the parcel: what is in it, and why it is returned."""
    return _pdf("slip", request, order, await return_of(session, order, return_number))


@router.get("/{return_number}/paid", name="return_paid")
async def paid(
    request: Request,
    customer_id: CurrentCustomer,
    number: NumberInPath,
    return_number: ReturnNumber,
    key: KeyInQuery = None,
) -> Response:
    """Where the bank sends the shopper back to: asks the provider for the outcome."""
    await _determined(request, customer_id, number, return_number, key)
    to = _address(request, "return", key, number=number, return_number=return_number)
    return RedirectResponse(to, status_code=303)


@router.get("/{return_number}/pay", name="return_pay")
async def pay(
    request: Request,
    customer_id: CurrentCustomer,
    number: NumberInPath,
    return_number: ReturnNumber,
    key: KeyInQuery = None,
) -> Response:
    """Go on with an interrupted payment, at the bank's page."""
    result = await _determined(request, customer_id, number, return_number, key)
    to = _address(request, "return", key, number=number, return_number=return_number)
    if isinstance(result, ConfirmationNeeded) and result.redirect_url:
        to = result.redirect_url
    return RedirectResponse(to, status_code=303)


async def _determined(
    request: Request, customer_id: int | None, number: str, return_number: str, key: str | None
) -> Result | None:
    """The result of the payment of an exchange, acted upon; None if it needs none."""
    database: Database = request.state.database
    async with database.reads() as session:
        _order, found = await return_for(
            request, session, number, return_number, key=key, customer_id=customer_id
        )
        payment_key = await drafts.payment_key(session, found.cart_id) if found.cart_id else None
    if not found.is_unpaid or payment_key is None:
        return None
    result = await checkout.settle(database, provider_of(request), payment_key)
    async with database.writes() as session:
        await service.settle(session, return_number, terms_of(request))
    return result


async def _request(
    request: Request,
    order: Order,
    key: str | None,
    sent: RequestForm,
    wanted: list[Wanted],
) -> Response:
    body = repr((wanted, sent.confirmed_minor)).encode()
    requested = await to_its_end(
        requests.request(
            request.state.database,
            provider_of(request),
            order.number,
            wanted,
            terms=terms_of(request),
            keyed=KeyedRequest(f"return {order.number}", sent.key, body),
            actor="customer",
            payment_token=sent.payment_token,
            confirmed_minor=sent.confirmed_minor,
            return_url=lambda number: paid_url(request, order.number, number),
        )
    )
    to = _address(request, "return", key, number=order.number, return_number=requested.number)
    if requested.redirect_url is None:
        return forms.done(request, to=to)
    if requested.redirect_url.startswith("/"):
        return forms.done(request, to=requested.redirect_url)
    return render.page(request, "checkout/leave.html", to=requested.redirect_url)


async def _show(
    request: Request,
    order: Order,
    key: str | None,
    form: Form[RequestForm],
    *,
    status: int,
    due: Money | None = None,
) -> Response:
    """The form, and the returns so far. due: the difference that is to be paid with it."""
    database: Database = request.state.database
    async with database.reads() as session:
        offered = await offered_of(session, order, terms_of(request))
        found = await queries.of_order(session, order.summary.id)
    is_test = isinstance(provider_of(request), TestProvider)
    return render.page(
        request,
        "returns/request.html",
        status=status,
        order=order,
        key=key,
        form=form,
        offered=offered,
        returns=found,
        due=due,
        tokens=TOKENS if is_test else {},
        form_key=uuid4().hex,
    )


def _shown(request: Request, order: Order, found: Return, key: str | None) -> dict[str, Any]:
    """What the page of a return shows. replacement: the address of the order that replaces pieces."""
    signer: Signer = request.state.signer
    replacement = links.path_of(signer, found.replaced_by) if found.replaced_by else None
    return {"order": order, "found": found, "key": key, "replacement": replacement}


def _pdf(kind: Literal["label", "slip"], request: Request, order: Order, found: Return) -> Response:
    from storefront.returns import documents  # noqa: PLC0415 - reportlab is not loaded at each start

    draw = documents.label if kind == "label" else documents.slip
    disposition = f'inline; filename="{kind}-{found.number}.pdf"'
    return Response(
        draw(order, found, request.state.settings),
        media_type="application/pdf",
        headers={"Content-Disposition": disposition},
    )


def _address(request: Request, route: str, key: str | None, **names: str) -> str:
    query = f"?{urlencode({'key': key})}" if key else ""
    return f"{request.url_for(route, **names).path}{query}"
