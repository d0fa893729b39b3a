"""Alerts as JSON: asked for, one's own, stopped, asked for again."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field

from storefront.alerts import queries, service
from storefront.alerts.asking import asker, check_own, own_alerts
from storefront.catalog import bounds
from storefront.catalog import queries as catalog
from storefront.customers.current import SignedIn
from storefront.errors import InvalidInput
from storefront.money import Money
from storefront.request_model import Id, Number, RequestModel
from storefront.settings import Settings
from storefront.web import problems
from storefront.web.deps import Reads, Writes

router = APIRouter(prefix="/api/v1", tags=["alerts"], responses=problems.responses(404, 422, 503))

_REFUSED = problems.responses(409, 429)
AlertId = Annotated[Id, Path(description="From the list of alerts.")]
Email = Annotated[
    str | None,
    Field(max_length=254, description="Of a guest; null for the signed-in customer's own."),
]


class AskedAlert(RequestModel):
    """A request for an e-mail when a size is back."""

    sku: Annotated[str, Field(min_length=1, max_length=bounds.MOST_CHARACTERS)]
    email: Email = None


class AskedPrice(RequestModel):
    """A request for an e-mail when a product costs so much or less."""

    product_id: Annotated[Id, Field(le=bounds.BIGGEST_ID)]
    price: Annotated[
        Number,
        Field(gt=0, le=10_000_000, allow_inf_nan=False, description="In the major unit."),
    ]
    email: Email = None


class AlertStatus(BaseModel):
    """What happens next: an e-mail asks its receiver to confirm; or the alert waits, for a customer."""

    status: Literal["confirmation-sent", "waiting"]


class Alert(BaseModel):
    """One of the customer's alerts, with what it is about by its kind.

    state: unconfirmed until its e-mail's link was used; sent: ask again to hear of the next time.
    """

    alert_id: str
    kind: queries.Kind
    state: Literal["unconfirmed", "waiting", "sent", "stopped"]
    sku: str | None = None
    product_id: str | None = None
    price: float | None = None
    price_minor: int | None = None
    currency: str | None = None
    saved_search_id: str | None = None
    created_at: datetime
    sent_at: datetime | None


@router.post("/alerts", name="api_ask_for_alert", status_code=202, responses=_REFUSED)
async def ask(request: Request, session: Writes, asked: AskedAlert) -> AlertStatus:
    """Ask for an e-mail when a sold-out size is back. The response is always the same."""
    who = await asker(request, session, asked.email)
    await service.ask_for_size(session, who, asked.sku)
    return status_for(who)


@router.post("/price-alerts", name="api_ask_for_price_alert", status_code=202, responses=_REFUSED)
async def ask_for_price(request: Request, session: Writes, asked: AskedPrice) -> AlertStatus:
    """Ask for an e-mail when a product costs so much or less, scheduled prices included."""
    settings: Settings = request.state.settings
    try:
        at_most = Money.of_major(asked.price, settings.currency)
    except ValueError as error:
        mistake = {"pointer": "#/price", "detail": str(error)}
        raise InvalidInput("The price cannot be used.", errors=[mistake]) from error
    who = await asker(request, session, asked.email)
    await service.ask_for_price(session, who, asked.product_id, at_most)
    return status_for(who)


@router.get("/alerts", name="api_alerts", responses=problems.responses(401))
async def mine(session: Reads, customer_id: SignedIn) -> list[Alert]:
    """The customer's alerts, those of guests with their address included; newest first."""
    found = await own_alerts(session, customer_id)
    offers = await catalog.sku_offers(session, [one.sku_id for one in found if one.sku_id])
    return [_alert(one, offers) for one in found]


@router.delete(
    "/alerts/{alert_id}", name="api_stop_alert", status_code=204, responses=problems.responses(401)
)
async def stop(session: Writes, customer_id: SignedIn, alert_id: AlertId) -> None:
    """Stop an alert."""
    await check_own(session, customer_id, alert_id)
    await service.stop(session, [alert_id])


@router.post(
    "/alerts/{alert_id}/again",
    name="api_ask_again",
    status_code=202,
    responses=problems.responses(401, 409),
)
async def again(session: Writes, customer_id: SignedIn, alert_id: AlertId) -> AlertStatus:
    """Wait once more for what an alert was sent about, or go on with one that was stopped."""
    await check_own(session, customer_id, alert_id)
    await service.rearm(session, alert_id)
    return AlertStatus(status="waiting")


def status_for(who: service.Asker) -> AlertStatus:
    """What happens next."""
    return AlertStatus(status="waiting" if who.is_owner else "confirmation-sent")


def _alert(one: queries.Alert, offers: dict[int, catalog.SkuOffer]) -> Alert:
    state: Literal["unconfirmed", "waiting", "sent", "stopped"] = "waiting"
    if one.ended_at is not None:
        state = "stopped"
    elif one.sent_at is not None:
        state = "sent"
    elif one.confirmed_at is None:
        state = "unconfirmed"
    offer = offers.get(one.sku_id) if one.sku_id else None
    product_id = offer.card.id if offer else one.product_id
    return Alert(
        alert_id=str(one.id),
        kind=one.kind,
        state=state,
        sku=offer.code if offer else None,
        product_id=str(product_id) if product_id else None,
        price=float(one.at_most.major) if one.at_most else None,
        price_minor=one.at_most.minor if one.at_most else None,
        currency=one.at_most.currency if one.at_most else None,
        saved_search_id=str(one.saved_search_id) if one.saved_search_id else None,
        created_at=one.created_at,
        sent_at=one.sent_at,
    )
