"""Orders as staff see and change them, as JSON. Each change is made once for each Idempotency-Key."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field, HttpUrl

from storefront.backoffice import changes
from storefront.backoffice.acting import Reason, act_by_api
from storefront.backoffice.changes import Change
from storefront.db import Database
from storefront.money import Money
from storefront.orders import queries
from storefront.orders.access import NumberInPath
from storefront.orders.api import Key, OrderDetail, OrderList, Search, list_json, order_json
from storefront.orders.lifecycle import Parcel, RefundRequest
from storefront.orders.shapes import Filter, FulfilmentState, OrderState, PaymentState
from storefront.request_model import Flag, Id, RequestModel, Whole
from storefront.settings import Settings
from storefront.staff.current import MayProcessOrders, MayRead, MayRefund
from storefront.web import problems
from storefront.web.deps import Reads
from storefront.web.paging import Before, StaffLimit

router = APIRouter(
    prefix="/api/v1/admin/orders", tags=["admin"], responses=problems.responses(403, 422, 503)
)

_CHANGED = problems.responses(400, 404, 409)

Pieces = Annotated[
    dict[Id, Annotated[Whole, Field(ge=0, le=1_000)]],
    Field(max_length=200, description="How many pieces, by `line_id`.", examples=[{"12": 1}]),
]
Text = Annotated[str | None, Field(max_length=200)]


class ParcelSent(RequestModel):
    """Record a parcel that is on its way; the customer is notified by e-mail."""

    pieces: Pieces
    carrier: Text = None
    tracking_number: Text = None
    tracking_url: HttpUrl | None = None


class RefundWanted(RequestModel):
    """What goes back: what was paid for these pieces, and ``amount_minor`` on top of it.

    is_restocked: whether pieces that came back are for sale again.
    """

    pieces: Pieces = Field(default_factory=dict)
    amount_minor: Annotated[Whole, Field(ge=0, lt=10**15)] = 0
    reason: Annotated[Reason, Field(examples=["Too small"])]
    is_restocked: Flag = False


class Cancellation(RequestModel):
    """Why an order is cancelled."""

    reason: Annotated[str, Field(max_length=200)] = ""


@router.get("", name="api_staff_orders")
async def staff_orders(
    _who: MayRead,
    session: Reads,
    state: OrderState | None = None,
    payment_state: PaymentState | None = None,
    fulfilment_state: FulfilmentState | None = None,
    search: Search = None,
    is_refund_failed: Annotated[
        bool, Query(description="Only orders of which a refund failed, and no other followed.")
    ] = False,
    is_to_ship: Annotated[
        bool, Query(description="Only orders of which something can be shipped now.")
    ] = False,
    limit: StaffLimit = 50,
    before: Before = None,
) -> OrderList:
    """Orders, newest first. For staff."""
    which = Filter(
        state,
        payment_state,
        fulfilment_state,
        search,
        is_refund_failed=is_refund_failed,
        is_to_ship=is_to_ship,
    )
    return list_json(await queries.page(session, which, most=limit, before=before))


@router.get("/{number}", name="api_staff_order", responses=problems.responses(404))
async def staff_order(
    request: Request, _who: MayRead, session: Reads, number: NumberInPath
) -> OrderDetail:
    """An order. For staff."""
    return order_json(request, await queries.order(session, number))


@router.post("/{number}/capture", name="api_staff_capture", responses=_CHANGED)
async def capture(
    request: Request,
    response: Response,
    who: MayProcessOrders,
    number: NumberInPath,
    key: Key = None,
) -> OrderDetail:
    """Capture an authorized payment, where that has not happened automatically."""
    return await _changed(request, response, changes.capture(number, key=key or ""), who, key)


@router.post("/{number}/shipments", name="api_staff_ship", status_code=201, responses=_CHANGED)
async def ship(
    request: Request,
    response: Response,
    who: MayProcessOrders,
    number: NumberInPath,
    parcel: ParcelSent,
    key: Key = None,
) -> OrderDetail:
    """Note a parcel."""
    url = str(parcel.tracking_url) if parcel.tracking_url else None
    sent = Parcel(parcel.pieces, parcel.carrier, parcel.tracking_number, url)
    return await _changed(request, response, changes.ship(number, sent, actor=who), who, key)


@router.post(
    "/{number}/shipments/{shipment_id}/deliver", name="api_staff_deliver", responses=_CHANGED
)
async def deliver(
    request: Request,
    response: Response,
    who: MayProcessOrders,
    number: NumberInPath,
    shipment_id: Annotated[Id, Path(description="Of the order's shipments.")],
    key: Key = None,
) -> OrderDetail:
    """Note that a parcel arrived."""
    change = changes.deliver(number, shipment_id, actor=who)
    return await _changed(request, response, change, who, key)


@router.post("/{number}/cancel", name="api_staff_cancel", responses=_CHANGED)
async def cancel(
    request: Request,
    response: Response,
    who: MayProcessOrders,
    number: NumberInPath,
    cancellation: Cancellation,
    key: Key = None,
) -> OrderDetail:
    """Cancel an order of which nothing was shipped: what was paid goes back."""
    change = changes.cancel(number, reason=cancellation.reason, actor=who)
    return await _changed(request, response, change, who, key)


@router.post("/{number}/refunds", name="api_staff_refund", status_code=201, responses=_CHANGED)
async def refund(
    request: Request,
    response: Response,
    who: MayRefund,
    number: NumberInPath,
    wanted: RefundWanted,
    key: Key = None,
) -> OrderDetail:
    """Give money back for pieces, or an amount, or both; never more than was paid."""
    settings: Settings = request.state.settings
    extra = Money(wanted.amount_minor, settings.currency)
    change = changes.refund(
        number,
        RefundRequest(wanted.pieces, extra, wanted.reason, wanted.is_restocked),
        actor=who,
    )
    return await _changed(request, response, change, who, key)


async def _changed(
    request: Request, response: Response, change: Change, who: str, key: str | None
) -> OrderDetail:
    """Make the change, once for each key; then the order as it is now."""
    await act_by_api(request, response, change, actor=who, key=key)
    database: Database = request.state.database
    async with database.reads() as session:
        return order_json(request, await queries.order(session, change.entity_id))
