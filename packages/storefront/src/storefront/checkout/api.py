"""The checkout as JSON: enter the required data, then pay; every step is idempotent."""

from datetime import UTC, date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Path, Request, Response
from pydantic import BaseModel, Field

from storefront.cart import queries as cart_queries
from storefront.cart.api import CartTotals, totals_json
from storefront.cart.owner import ReadingOwner, WritingOwner
from storefront.cart.service import Owner
from storefront.checkout import queries, service
from storefront.checkout.paying import Paying, pay_once
from storefront.checkout.placing import Confirmed
from storefront.customers.addresses import (
    AddressFields,
    normalized,
    normalized_email,
    normalized_phone,
)
from storefront.db import ReadSession
from storefront.request_model import RequestModel, Whole
from storefront.settings import Settings
from storefront.web import problems
from storefront.web.amounts import Amount, amount_of
from storefront.web.deps import Reads, Writes

router = APIRouter(
    prefix="/api/v1/checkout", tags=["checkout"], responses=problems.responses(404, 409, 422, 503)
)

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=200,
        description="A unique value for this payment, such as a UUID; the same when you retry "
        "the request. Required.",
    ),
]


Token = Annotated[UUID, Path(description="The token returned when the checkout was created.")]


class Entered(RequestModel):
    """Data to enter into a checkout; omitted fields are not changed, null removes one."""

    email: Annotated[str | None, Field(max_length=254)] = None
    phone: Annotated[str | None, Field(max_length=40)] = None
    delivery_address: AddressFields | None = None
    billing_address: Annotated[
        AddressFields | None, Field(description="If it differs from the delivery address.")
    ] = None
    delivery_method: Annotated[str | None, Field(max_length=40)] = None


class DeliveryOption(BaseModel):
    """A delivery method, and its delivery dates."""

    code: str
    name: str
    price: Amount
    free_from: Amount | None
    arrives_from: date
    arrives_until: date


class Checkout(BaseModel):
    """A checkout. missing: data that is required before payment.

    totals: with the selected delivery to the entered address; to pay, send ``total.minor`` and
    ``to_pay.minor``.
    """

    token: UUID
    state: Literal["open", "paying", "completed"]
    email: str | None
    phone: str | None
    delivery_address: dict[str, str] | None
    billing_address: dict[str, str] | None
    delivery_method: str | None
    delivery_options: list[DeliveryOption]
    missing: list[str]
    totals: CartTotals
    order_number: str | None


class Payment(RequestModel):
    """How to pay. payment_token: from the payment provider's form in the browser.

    total_minor: the total that the shopper has confirmed; any other is refused. to_pay_minor: the part
    of it that is charged; leave it out if no gift card pays a part of it.
    """

    payment_token: Annotated[str, Field(min_length=1, max_length=200, examples=["approve"])]
    total_minor: Annotated[Whole, Field(ge=0, examples=[2712])]
    to_pay_minor: Annotated[Whole | None, Field(ge=0)] = None

    def confirmed(self) -> Confirmed:
        """The amounts that the shopper has confirmed."""
        charged = self.total_minor if self.to_pay_minor is None else self.to_pay_minor
        return Confirmed(self.total_minor, charged)


class PaymentResult(BaseModel):
    """The result: an order, or a URL at which the shopper must confirm the payment."""

    status: Literal["placed", "confirmation_needed"]
    order_number: str | None = None
    redirect_url: str | None = None


@router.post("", name="api_start_checkout", status_code=201)
async def start(request: Request, session: Writes, owner: WritingOwner) -> Checkout:
    """Start the checkout of the bag, or continue it."""
    settings: Settings = request.state.settings
    token = await service.start(session, owner)
    return await _answer(session, settings, token, owner)


@router.get("/{token}", name="api_checkout")
async def checkout(request: Request, session: Reads, owner: ReadingOwner, token: Token) -> Checkout:
    """A checkout of the caller's own bag."""
    return await _answer(session, request.state.settings, token, owner)


@router.patch("/{token}", name="api_enter")
async def enter(
    request: Request, session: Writes, owner: WritingOwner, token: Token, entered: Entered
) -> Checkout:
    """Enter an e-mail address, a telephone number, addresses, the delivery method."""
    found = await queries.locked(session, token, owner)
    settings: Settings = request.state.settings
    values: dict[str, object] = {name: getattr(entered, name) for name in entered.model_fields_set}
    if entered.email is not None:
        values["email"] = normalized_email(entered.email)
    for name in ("delivery_address", "billing_address"):
        if (address := getattr(entered, name)) is not None:
            values[name] = normalized(address.model_dump())
    if entered.phone is not None:
        values["phone"] = normalized_phone(entered.phone, found.country(settings.country))
    await service.enter(session, found.id, values)
    return await _answer(session, settings, token, owner)


@router.post(
    "/{token}/pay",
    name="api_pay",
    status_code=201,
    response_model=PaymentResult,
    responses=problems.responses(400, 402)
    | {202: {"model": PaymentResult, "description": "The shopper must confirm the payment."}},
)
async def pay(
    request: Request, owner: WritingOwner, token: Token, payment: Payment, key: Key = None
) -> Response:
    """Pay, and place the order. A retry with the same Idempotency-Key returns the first response."""
    return await pay_once(
        request,
        Paying(
            token=token,
            owner=owner,
            key=key,
            payment_token=payment.payment_token,
            confirmed=payment.confirmed(),
        ),
    )


async def _answer(session: ReadSession, settings: Settings, token: UUID, owner: Owner) -> Checkout:
    found = await queries.checkout(session, token, owner)
    now = datetime.now(UTC)
    view = await cart_queries.cart_by_id(
        session,
        found.cart_id,
        currency=settings.currency,
        country=found.country(settings.country),
        now=now,
        method_code=found.delivery_method,
    )
    entered = {
        "email": found.email,
        "delivery-address": found.delivery_address,
        "delivery-method": found.delivery_method,
    }
    return Checkout(
        token=found.token,
        state=found.state,
        email=found.email,
        phone=found.phone,
        delivery_address=dict(found.delivery_address) if found.delivery_address else None,
        billing_address=dict(found.billing_address) if found.billing_address else None,
        delivery_method=found.delivery_method,
        delivery_options=[
            DeliveryOption(
                code=method.code,
                name=method.name,
                price=amount_of(method.delivery.price),
                free_from=(
                    amount_of(method.delivery.free_from) if method.delivery.free_from else None
                ),
                arrives_from=method.arrives(now)[0],
                arrives_until=method.arrives(now)[1],
            )
            for method in view.methods
        ],
        missing=[name for name, value in entered.items() if not value],
        totals=totals_json(view.totals),
        order_number=found.order_number,
    )
