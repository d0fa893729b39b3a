"""Returns as JSON: what can be returned, requests, and their state."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from storefront.checkout.paying import provider_of, to_its_end
from storefront.customers.current import CurrentCustomer
from storefront.db import Database
from storefront.idempotency.service import REPLAYED, KeyedRequest, MissingIdempotencyKey
from storefront.orders import access as order_access
from storefront.orders.access import KeyInQuery, NumberInPath, VisibleOrder
from storefront.orders.api import Key
from storefront.orders.links import key_of
from storefront.request_model import Flag, Id, RequestModel, Whole
from storefront.returns import queries, requests, service, shapes
from storefront.returns.access import ReturnNumber, return_for, return_of, terms_of
from storefront.returns.offers import Offered, offered_of
from storefront.returns.replacements import Wanted
from storefront.returns.rules import Condition, Disposition, Outcome, Reason
from storefront.web import problems
from storefront.web.amounts import Amount, amount_of
from storefront.web.deps import Reads, Writes

router = APIRouter(
    prefix="/api/v1/orders/{number}/returns",
    tags=["returns"],
    responses=problems.responses(404, 422, 503),
)

Text = Annotated[str | None, Field(max_length=200)]


class Alternative(BaseModel):
    """What a piece can be exchanged for. left: pieces that can be sold."""

    sku: str
    color: str | None
    size: str
    price: Amount
    left: int


class ReturnableLine(BaseModel):
    """What can be returned of a line of the order. reason: why nothing can, as in ``not-returnable``.

    is_sealed: unopened only. exchange: sizes and colours that it can be exchanged for.
    """

    line_id: str
    sku: str
    name: str
    size: str
    pieces: int
    until: datetime | None
    is_sealed: bool
    reason: str | None
    exchange: list[Alternative]


class ReturnLine(BaseModel):
    """Pieces in a return. value: what was paid for them; refunded: what was refunded."""

    return_line_id: str
    line_id: str
    sku: str
    name: str
    size: str
    quantity: int
    reason: Reason
    note: str | None
    outcome: Outcome
    new_sku: str | None
    received: int
    accepted: int
    condition: Condition | None
    disposition: Disposition | None
    value: Amount
    credit: Amount
    charge: Amount
    refunded: Amount


class ReturnDetail(BaseModel):
    """A return. replacement_order: the order that replaces what is exchanged.

    is_unpaid: the difference of an exchange waits for its payment; redirect_url: where the shopper must
    confirm it, where the bank wants that.
    """

    number: str
    order_number: str
    state: shapes.State
    is_unpaid: bool
    replacement_order: str | None
    carrier: str | None
    tracking_number: str | None
    note: str | None
    refunded: Amount
    can_be_cancelled: bool
    label_url: str | None
    slip_url: str | None
    created_at: datetime
    lines: list[ReturnLine]
    redirect_url: str | None = None


class Returns(BaseModel):
    """What can be returned of an order, and its returns, newest first."""

    returnable: list[ReturnableLine]
    returns: list[ReturnDetail]


class WantedLine(RequestModel):
    """Pieces to return. new_sku: for ``exchange``; is_unopened: for what is sealed."""

    line_id: Id
    quantity: Annotated[Whole, Field(ge=1, le=1_000)]
    reason: Reason
    outcome: Outcome = "payment"
    note: Text = None
    new_sku: Text = None
    is_unopened: Flag = False


class ReturnRequest(RequestModel):
    """A return. confirmed_minor and payment_token: to pay what a replacement costs beyond the value."""

    lines: Annotated[list[WantedLine], Field(min_length=1, max_length=100)]
    payment_token: Text = None
    confirmed_minor: Annotated[Whole | None, Field(ge=0, lt=10**15)] = None


class Sent(RequestModel):
    """The parcel is on its way."""

    carrier: Text = None
    tracking_number: Text = None


@router.get("", name="api_returns")
async def returns(request: Request, session: Reads, order: VisibleOrder) -> Returns:
    """What can be returned of an order now, and the returns of it."""
    offered = await offered_of(session, order, terms_of(request))
    found = await queries.of_order(session, order.summary.id)
    return Returns(
        returnable=[_returnable(one) for one in offered],
        returns=[return_json(request, one) for one in found],
    )


@router.post(
    "",
    name="api_request_return",
    status_code=201,
    responses=problems.responses(400, 402, 409),
)
async def request_return(
    request: Request,
    response: Response,
    customer_id: CurrentCustomer,
    number: NumberInPath,
    wanted: ReturnRequest,
    key: KeyInQuery = None,
    idempotency_key: Key = None,
) -> ReturnDetail:
    """Request a return. For an exchange the new piece is reserved immediately."""
    database: Database = request.state.database
    async with database.reads() as session:
        await order_access.order_for(request, session, number, key=key, customer_id=customer_id)
    if not idempotency_key:
        raise MissingIdempotencyKey(
            "Send an Idempotency-Key: a new random value, the same for retries."
        )
    requested = await to_its_end(
        requests.request(
            database,
            provider_of(request),
            number,
            [Wanted(**one.model_dump()) for one in wanted.lines],
            terms=terms_of(request),
            keyed=KeyedRequest(f"return {number}", idempotency_key, await request.body()),
            actor="customer",
            payment_token=wanted.payment_token,
            confirmed_minor=wanted.confirmed_minor,
            return_url=lambda return_number: paid_url(request, number, return_number),
        )
    )
    if requested.is_replayed:
        response.headers[REPLAYED] = "true"
    async with database.reads() as session:
        found = await queries.one(session, requested.number)
    return return_json(request, found, redirect_url=requested.redirect_url)


@router.get("/{return_number}", name="api_return")
async def one(
    request: Request, session: Reads, order: VisibleOrder, return_number: ReturnNumber
) -> ReturnDetail:
    """A return of an order."""
    return return_json(request, await return_of(session, order, return_number))


@router.post("/{return_number}/cancel", name="api_cancel_return", responses=problems.responses(409))
async def cancel(
    request: Request,
    session: Writes,
    customer_id: CurrentCustomer,
    number: NumberInPath,
    return_number: ReturnNumber,
    key: KeyInQuery = None,
) -> ReturnDetail:
    """Cancel a return whose parcel was not sent, and undo its exchange; a repetition changes nothing."""
    order, _found = await return_for(
        request, session, number, return_number, key=key, customer_id=customer_id
    )
    await service.cancel(session, return_number, actor="customer")
    return return_json(request, await return_of(session, order, return_number))


@router.post("/{return_number}/sent", name="api_return_sent", responses=problems.responses(409))
async def sent(
    request: Request,
    session: Writes,
    customer_id: CurrentCustomer,
    number: NumberInPath,
    return_number: ReturnNumber,
    parcel: Sent,
    key: KeyInQuery = None,
) -> ReturnDetail:
    """Report that the parcel is on its way; a repetition changes nothing."""
    order, _found = await return_for(
        request, session, number, return_number, key=key, customer_id=customer_id
    )
    await service.send(
        session,
        return_number,
        carrier=parcel.carrier,
        tracking_number=parcel.tracking_number,
    )
    return return_json(request, await return_of(session, order, return_number))


def paid_url(request: Request, number: str, return_number: str) -> str:
    """Where the payment provider sends the shopper back to. The order's key lets a guest see it."""
    path = request.url_for("return_paid", number=number, return_number=return_number).path
    key = key_of(request.state.signer, number)
    return f"{request.state.settings.public_url}{path}?key={key}"


def return_json(
    request: Request, found: shapes.Return, *, redirect_url: str | None = None
) -> ReturnDetail:
    """A return as the API writes it."""

    def document(name: str) -> str | None:
        if not found.can_be_printed:
            return None
        at = request.url_for(name, number=found.order_number, return_number=found.number)
        return str(at.path)

    return ReturnDetail(
        number=found.number,
        order_number=found.order_number,
        state=found.state,
        is_unpaid=found.is_unpaid,
        replacement_order=found.replacement,
        carrier=found.carrier,
        tracking_number=found.tracking_number,
        note=found.staff_note,
        refunded=amount_of(found.refunded),
        can_be_cancelled=found.can_be_cancelled,
        label_url=document("return_label"),
        slip_url=document("return_slip"),
        created_at=found.created_at,
        lines=[_line(line) for line in found.lines],
        redirect_url=redirect_url,
    )


def _line(line: shapes.ReturnLine) -> ReturnLine:
    return ReturnLine(
        return_line_id=str(line.id),
        line_id=str(line.order_line_id),
        sku=line.sku,
        name=line.name,
        size=line.size_label,
        quantity=line.quantity,
        reason=line.reason,
        note=line.note,
        outcome=line.outcome,
        new_sku=line.new_sku,
        received=line.received,
        accepted=line.accepted,
        condition=line.condition,
        disposition=line.disposition,
        value=amount_of(line.value),
        credit=amount_of(line.credit),
        charge=amount_of(line.charge),
        refunded=amount_of(line.refunded),
    )


def _returnable(one: Offered) -> ReturnableLine:
    return ReturnableLine(
        line_id=str(one.line.state.id),
        sku=one.line.sku,
        name=one.line.name,
        size=one.line.size_label,
        pieces=one.found.pieces,
        until=one.found.until,
        is_sealed=one.found.is_sealed,
        reason=one.found.reason,
        exchange=[
            Alternative(
                sku=other.sku,
                color=other.colour,
                size=other.size_label,
                price=amount_of(other.price),
                left=other.left,
            )
            for other in one.alternatives
        ],
    )
