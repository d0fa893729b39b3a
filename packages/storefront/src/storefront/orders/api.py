"""Orders as JSON: for the customer, or anyone with an order's key."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, EmailStr, Field

from storefront.customers.current import CurrentCustomer, SignedIn
from storefront.errors import NotFound
from storefront.idempotency import service as idempotency
from storefront.idempotency.service import (
    REPLAYED,
    KeyedRequest,
    MissingIdempotencyKey,
    StoredResponse,
)
from storefront.orders import access, lifecycle, links, people, queries, shapes
from storefront.orders.access import KeyInQuery, NumberInPath, VisibleOrder
from storefront.paging import Page
from storefront.rate_limits.limits import LOOK_UPS
from storefront.request_model import RequestModel
from storefront.web import problems
from storefront.web.amounts import Amount, amount_of
from storefront.web.deps import Reads, Writes
from storefront.web.paging import Before, Limit, NewestFirst, next_of
from storefront.web.signing import Signer

router = APIRouter(
    prefix="/api/v1/orders", tags=["orders"], responses=problems.responses(404, 422, 503)
)

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=200,
        description="A unique value for this request, such as a UUID; the same when you retry "
        "it. Required.",
    ),
]

Search = Annotated[str | None, Query(max_length=254, description=shapes.SEARCHED)]


class OrderInList(BaseModel):
    """An order in a list. payment_state, fulfilment_state: derived from payments and shipments."""

    number: str
    state: shapes.OrderState
    payment_state: shapes.PaymentState
    fulfilment_state: shapes.FulfilmentState
    total: Amount
    pieces: int
    placed_at: datetime


class OrderList(NewestFirst):
    """A page of orders, newest first. next_before: send it as ``before`` for the page after."""

    orders: list[OrderInList]


class OrderLine(BaseModel):
    """A line as it was bought; the counts show the state of its pieces."""

    line_id: str
    sku: str
    name: str
    brand: str | None
    color: str | None
    size: str
    url: str
    image_url: str | None
    quantity: int
    shipped: int
    cancelled: int
    returned: int
    price: Amount
    discount: Amount
    tax_rate: float
    tax: Amount
    total: Amount


class OrderDiscount(BaseModel):
    """A reduction."""

    label: str
    code: str | None
    amount: Amount


class OrderShipment(BaseModel):
    """A parcel. pieces: by line_id."""

    shipment_id: str
    carrier: str | None
    tracking_number: str | None
    tracking_url: str | None
    state: str
    shipped_at: datetime
    delivered_at: datetime | None
    pieces: dict[str, int]


class OrderRefund(BaseModel):
    """A refund; ``pending`` until the payment provider has confirmed it."""

    amount: Amount
    state: str
    to: str
    created_at: datetime


class OrderDetail(OrderInList):
    """An order with everything about it. can_be_cancelled: by its customer, now."""

    email: str
    items: Amount
    discount: Amount
    delivery: Amount
    tax: Amount
    is_tax_included: bool
    gift_card: Amount
    refunded: Amount
    delivery_address: dict[str, str]
    billing_address: dict[str, str]
    delivery_name: str
    arrives_from: date | None
    arrives_until: date | None
    can_be_cancelled: bool
    lines: list[OrderLine]
    discounts: list[OrderDiscount]
    shipments: list[OrderShipment]
    refunds: list[OrderRefund]


class LookUp(RequestModel):
    """What a guest knows about an order."""

    number: Annotated[str, Field(min_length=1, max_length=20, examples=["K7QF-3M2D"])]
    email: EmailStr


class FoundOrder(BaseModel):
    """The key for the order, and its page."""

    number: str
    key: str
    url: str


@router.get("", name="api_orders", responses=problems.responses(401))
async def orders(
    session: Reads,
    customer_id: SignedIn,
    limit: Limit = 20,
    before: Before = None,
) -> OrderList:
    """The signed-in customer's orders, newest first."""
    which = shapes.Filter(customer_id=customer_id)
    page = await queries.page(session, which, most=limit, before=before)
    return list_json(page)


@router.get("/{number}", name="api_order")
async def order(request: Request, found: VisibleOrder) -> OrderDetail:
    """An order: for its customer, and anyone with its key."""
    return order_json(request, found)


@router.post(
    "/{number}/cancel",
    name="api_cancel_order",
    response_model=OrderDetail,
    responses=problems.responses(400, 409),
)
async def cancel(
    request: Request,
    session: Writes,
    customer_id: CurrentCustomer,
    number: NumberInPath,
    key: KeyInQuery = None,
    idempotency_key: Key = None,
) -> Response:
    """Cancel an order of which nothing was shipped, and refund it."""
    await access.order_for(request, session, number, key=key, customer_id=customer_id)
    if not idempotency_key:
        raise MissingIdempotencyKey(
            "Send an Idempotency-Key: a new random value, the same for retries."
        )
    keyed = KeyedRequest(people.cancel_scope(number), idempotency_key, b"")
    if (stored := await idempotency.begin(session, keyed)) is not None:
        return Response(
            stored.body,
            stored.status,
            headers=dict(stored.headers) | {REPLAYED: "true"},
        )
    await lifecycle.cancel(session, number, actor="customer")
    found = await queries.order(session, number)
    body = order_json(request, found).model_dump_json().encode()
    headers = {"content-type": "application/json"}
    await idempotency.finish(session, keyed, StoredResponse(200, body, headers))
    return Response(body, headers=headers)


@router.post(
    "/lookup",
    name="api_look_up_order",
    dependencies=[LOOK_UPS],
    responses=problems.responses(429),
)
async def look_up(request: Request, session: Reads, what: LookUp) -> FoundOrder:
    """Find an order by its number and the e-mail address that it was placed with."""
    number = shapes.number_in(what.number)
    if not await queries.is_of(session, number, what.email):
        raise NotFound("There is no order of this number and e-mail address.")
    signer: Signer = request.state.signer
    return FoundOrder(
        number=number,
        key=links.key_of(signer, number),
        url=links.url_of(request.state.settings, signer, number),
    )


def list_json(page: Page[shapes.OrderSummary]) -> OrderList:
    """A page of orders as the API returns it."""
    return OrderList(
        orders=[OrderInList(**_summary(one)) for one in page.rows],
        next_before=next_of(page),
    )


def order_json(request: Request, found: shapes.Order) -> OrderDetail:
    """An order as the API returns it."""
    return OrderDetail(
        **_summary(found.summary),
        email=found.summary.email,
        items=amount_of(found.items),
        discount=amount_of(found.discount),
        delivery=amount_of(found.delivery),
        tax=amount_of(found.tax),
        is_tax_included=found.is_tax_included,
        gift_card=amount_of(found.gift_card),
        refunded=amount_of(found.refunded),
        delivery_address=dict(found.delivery_address),
        billing_address=dict(found.billing_address),
        delivery_name=found.delivery_name,
        arrives_from=found.promised[0] if found.promised else None,
        arrives_until=found.promised[1] if found.promised else None,
        can_be_cancelled=found.is_cancellable,
        lines=[_line(request, line) for line in found.lines],
        discounts=[
            OrderDiscount(label=one.label, code=one.code, amount=amount_of(one.amount))
            for one in found.discounts
        ],
        shipments=[
            OrderShipment(
                shipment_id=str(one.id),
                carrier=one.carrier,
                tracking_number=one.tracking_number,
                tracking_url=one.tracking_url,
                state=one.state,
                shipped_at=one.shipped_at,
                delivered_at=one.delivered_at,
                pieces={str(line_id): pieces for line_id, pieces in one.pieces.items()},
            )
            for one in found.shipments
        ],
        refunds=[
            OrderRefund(
                amount=amount_of(one.amount),
                state=one.state,
                to="gift_card" if one.is_to_gift_card else "payment",
                created_at=one.created_at,
            )
            for one in found.refunds
        ],
    )


def _summary(one: shapes.OrderSummary) -> dict[str, object]:
    return {
        "number": one.number,
        "state": one.state,
        "payment_state": one.payment,
        "fulfilment_state": one.fulfilment,
        "total": amount_of(one.total),
        "pieces": one.pieces,
        "placed_at": one.placed_at,
    }


def _line(request: Request, line: shapes.OrderLine) -> OrderLine:
    return OrderLine(
        line_id=str(line.state.id),
        sku=line.sku,
        name=line.name,
        brand=line.brand,
        color=line.colour,
        size=line.size_label,
        url=request.url_for("product", slug=line.slug).path,
        image_url=request.url_for("picture", key=line.picture).path if line.picture else None,
        quantity=line.state.quantity,
        shipped=line.state.shipped,
        cancelled=line.state.cancelled,
        returned=line.state.returned,
        price=amount_of(line.price),
        discount=amount_of(line.discount),
        tax_rate=line.tax_rate,
        tax=amount_of(line.tax),
        total=amount_of(line.total),
    )
