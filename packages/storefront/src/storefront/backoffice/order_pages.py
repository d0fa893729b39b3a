"""Pages of orders for staff: a list with filters, and an order with its actions."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field, HttpUrl

from storefront.backoffice import changes
from storefront.backoffice import queries as backoffice_queries
from storefront.backoffice.acting import Click, Reason, act, new_key, pieces_of
from storefront.backoffice.changes import Change
from storefront.backoffice.typed import TypedNumber
from storefront.db import Database
from storefront.money import Money
from storefront.orders import queries
from storefront.orders.access import NumberInPath
from storefront.orders.amounts import figures
from storefront.orders.lifecycle import Parcel, RefundRequest
from storefront.orders.shapes import Filter, FulfilmentState, OrderState, PaymentState
from storefront.request_model import Id
from storefront.staff.current import MayProcessOrders, MayRead, MayRefund
from storefront.web import forms, render
from storefront.web.deps import Reads
from storefront.web.forms import Form

router = APIRouter(prefix="/admin/orders", include_in_schema=False)

_PER_PAGE = 50

Text = Annotated[str | None, Field(max_length=200)]


class Ship(Click):
    """A parcel. Its quantities are in further fields, by order line."""

    carrier: Text = None
    tracking_number: Text = None
    tracking_url: HttpUrl | None = None


class Refund(Click):
    """A refund. Its quantities are in further fields, by order line. amount: in addition to them."""

    amount: Annotated[TypedNumber | None, Field(ge=0, lt=10**12)] = None
    reason: Reason
    is_restocked: bool = False


class Cancel(Click):
    """A cancellation."""

    cancel_reason: Text = None


@router.get("", name="staff_orders")
async def orders_page(
    request: Request,
    _who: MayRead,
    session: Reads,
    state: Literal["", OrderState] = "",
    payment: Literal["", PaymentState] = "",
    fulfilment: Literal["", "to_ship", FulfilmentState] = "",
    refund: Literal["", "failed"] = "",
    q: Annotated[str, Query(max_length=254)] = "",
    before: Id | None = None,
) -> Response:
    """Orders, newest first, filtered by state, number or e-mail address."""
    which = Filter(
        state or None,
        payment or None,
        None if fulfilment == "to_ship" else fulfilment or None,
        q.strip() or None,
        is_refund_failed=refund == "failed",
        is_to_ship=fulfilment == "to_ship",
    )
    page = await queries.page(session, which, most=_PER_PAGE, before=before)
    form = Form[Click](
        {"state": state, "payment": payment, "fulfilment": fulfilment, "refund": refund, "q": q},
    )
    return render.page(request, "backoffice/orders.html", page=page, form=form)


@router.get("/{number}", name="staff_order")
async def order_page(request: Request, _who: MayRead, number: NumberInPath) -> Response:
    """An order, with its actions."""
    return await _show(request, number)


@router.post("/{number}/capture", name="staff_capture")
async def capture(request: Request, who: MayProcessOrders, number: NumberInPath) -> Response:
    """Capture an authorized payment, where that has not happened automatically."""
    form = await Form.read(request, Click)
    change = changes.capture(number, key=form.value("key"))
    return await _do(request, form, change, who, "The payment is being captured.")


@router.post("/{number}/ship", name="staff_ship")
async def ship(request: Request, who: MayProcessOrders, number: NumberInPath) -> Response:
    """Record a shipment; the customer gets an e-mail."""
    form = await Form.read(request, Ship)
    pieces = await pieces_of(request, "ship", form)
    parcel = Parcel(pieces)
    if form.data is not None:
        url = form.data.tracking_url
        parcel = Parcel(
            pieces, form.data.carrier, form.data.tracking_number, str(url) if url else None
        )
    change = changes.ship(number, parcel, actor=who)
    return await _do(request, form, change, who, "The shipment was recorded.")


@router.post("/{number}/shipments/{shipment_id}/deliver", name="staff_deliver")
async def deliver(
    request: Request,
    who: MayProcessOrders,
    number: NumberInPath,
    shipment_id: Id,
) -> Response:
    """Record that a shipment was delivered."""
    form = await Form.read(request, Click)
    change = changes.deliver(number, shipment_id, actor=who)
    return await _do(request, form, change, who, "The shipment was delivered.")


@router.post("/{number}/cancel", name="staff_cancel")
async def cancel(request: Request, who: MayProcessOrders, number: NumberInPath) -> Response:
    """Cancel an order of which nothing has shipped."""
    form = await Form.read(request, Cancel)
    change = changes.cancel(number, reason=form.value("cancel_reason").strip(), actor=who)
    return await _do(request, form, change, who, "The order was cancelled.")


@router.post("/{number}/refund", name="staff_refund")
async def refund(request: Request, who: MayRefund, number: NumberInPath) -> Response:
    """Refund items, an amount, or both."""
    form = await Form.read(request, Refund)
    pieces = await pieces_of(request, "refund", form)
    currency = request.state.settings.currency
    extra = Money.zero(currency)
    if form.data is not None and form.data.amount is not None:
        try:
            extra = Money.of_major(form.data.amount, currency)
        except ValueError as error:
            form.refuse("amount", f"{error}.")
    is_restocked = form.data is not None and form.data.is_restocked
    wanted = RefundRequest(pieces, extra, form.value("reason").strip(), is_restocked)
    change = changes.refund(number, wanted, actor=who)
    return await _do(request, form, change, who, "The refund was started.")


async def _do(
    request: Request, form: Form[Any], change: Change, who: str, message: str
) -> Response:
    """Make the change and return to the order, or show the form with its errors."""
    if form.data is not None and await act(request, form, change, actor=who):
        to = request.url_for("staff_order", number=change.entity_id).path
        return forms.done(request, to=to, message=message)
    return await _show(request, change.entity_id, refused={change.name: form}, status=422)


async def _show(
    request: Request,
    number: str,
    *,
    refused: Mapping[str, Form[Any]] | None = None,
    status: int = 200,
) -> Response:
    database: Database = request.state.database
    async with database.reads() as session:
        order = await queries.order(session, number)
        log = await backoffice_queries.audit_log(session, most=20, entity="order", entity_id=number)
    empty: Form[Any] = Form.showing()
    shown = dict.fromkeys(("capture", "ship", "deliver", "cancel", "refund"), empty)
    return render.page(
        request,
        "backoffice/order.html",
        status=status,
        order=order,
        figures=figures(order),
        log=log,
        forms=shown | dict(refused or {}),
        new_key=new_key,
    )
