"""Scheduled prices for staff as JSON. Each change is made once for each Idempotency-Key."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from storefront.backoffice import catalog_changes
from storefront.backoffice.acting import act_by_api
from storefront.backoffice.price_pages import Value, money_of
from storefront.catalog import price_schedules
from storefront.catalog.bounds import BIGGEST_ID
from storefront.catalog.genders import Gender
from storefront.catalog.price_schedules import Kind, Plan, PriceChanges, State, Wanted
from storefront.catalog.range import Filter
from storefront.errors import InvalidInput
from storefront.moments import Moment
from storefront.orders.api import Key
from storefront.request_model import DIGITS, Flag, Id, RequestModel
from storefront.staff.current import MayEditPrices, MayRead
from storefront.web import problems
from storefront.web.amounts import Amount, amount_of
from storefront.web.deps import Reads

router = APIRouter(
    prefix="/api/v1/admin", tags=["admin"], responses=problems.responses(403, 422, 503)
)

_CHANGED = problems.responses(400, 404, 409)
_Text = Annotated[str | None, Field(max_length=300)]


class ScheduledPrice(BaseModel):
    """A price from one moment to another. own_price: what the product costs otherwise."""

    product_id: str
    name: str
    price: Amount
    list_price: Amount
    own_price: Amount
    since: datetime
    until: datetime | None
    state: State


class ScheduledPrices(BaseModel):
    """Scheduled prices, those that begin last first."""

    prices: list[ScheduledPrice]


class PriceFilter(RequestModel):
    """Products by what they are; nothing narrows to none."""

    search: _Text = None
    status: Literal["live", "hidden"] | None = None
    brand: _Text = None
    category: _Text = None
    gender: Gender | None = None


class ScheduleWanted(RequestModel):
    """A price for products by number, or for all that a filter finds.

    kind, value: per cent off, an amount off, or the price. skips_overlaps: leave out products that have
    another scheduled price in this time; otherwise one of them refuses the whole schedule.
    """

    product_ids: Annotated[
        list[Annotated[Id, Field(le=BIGGEST_ID)]] | None,
        Field(min_length=1, max_length=1_000),
    ] = None
    filter: PriceFilter | None = None
    kind: Kind
    value: Value
    since: Moment
    until: Moment | None = None
    skips_overlaps: Flag = False


class PlannedPrice(BaseModel):
    """What a schedule makes of one price; null where it would not be above zero."""

    product_id: str
    name: str
    own_price: Amount
    price: Amount | None


class OverlappingPrice(BaseModel):
    """A price that is scheduled already within the time."""

    product_id: str
    name: str
    since: datetime
    until: datetime | None


class PricePlan(BaseModel):
    """What a schedule would do."""

    prices: list[PlannedPrice]
    overlaps: list[OverlappingPrice]


class Scheduled(BaseModel):
    """How many prices were scheduled; 0 where the same request was made before."""

    scheduled: int


class PriceChange(RequestModel):
    """Another price or end of the price that begins at ``since``; what is left out stays as it is.

    price: null ends it, or deletes it before it begins. until: null: without an end.
    """

    since: Moment
    price: Value | None = None
    until: Moment | None = None


@router.get("/prices", name="api_staff_prices")
async def prices(
    _who: MayRead,
    session: Reads,
    state: State | None = None,
    product_id: Id | None = None,
    limit: Annotated[int, Query(ge=1, le=200), DIGITS] = 100,
    skip: Annotated[int, Query(ge=0, le=1_000_000), DIGITS] = 0,
) -> ScheduledPrices:
    """Scheduled prices, by state and product."""
    found = await price_schedules.prices(
        session, state=state, product_id=product_id, most=limit, skip=skip
    )
    return ScheduledPrices(
        prices=[
            ScheduledPrice(
                product_id=str(one.product_id),
                name=one.name,
                price=amount_of(one.price),
                list_price=amount_of(one.list_price),
                own_price=amount_of(one.own),
                since=one.since,
                until=one.until,
                state=one.state,
            )
            for one in found
        ]
    )


@router.post("/price-plans", name="api_staff_preview_prices")
async def preview(_who: MayEditPrices, session: Reads, wanted: ScheduleWanted) -> PricePlan:
    """What a schedule would do. Nothing is changed."""
    plan: Plan = await price_schedules.plan(session, _wanted(wanted))
    return PricePlan(
        prices=[
            PlannedPrice(
                product_id=str(one.product_id),
                name=one.name,
                own_price=amount_of(one.own),
                price=amount_of(one.price) if one.price else None,
            )
            for one in plan.prices
        ],
        overlaps=[
            OverlappingPrice(
                product_id=str(one.product_id), name=one.name, since=one.since, until=one.until
            )
            for one in plan.overlaps
        ],
    )


@router.post(
    "/prices",
    name="api_staff_schedule_prices",
    status_code=201,
    responses=problems.responses(400, 409),
)
async def schedule(
    request: Request,
    response: Response,
    who: MayEditPrices,
    wanted: ScheduleWanted,
    key: Key = None,
) -> Scheduled:
    """Schedule prices: all of them, or none where one overlaps another."""
    counts: list[int] = []
    change = catalog_changes.schedule_prices(_wanted(wanted), scheduled=counts.append)
    await act_by_api(request, response, change, actor=who, key=key)
    return Scheduled(scheduled=sum(counts))


@router.patch(
    "/prices/{product_id}", name="api_staff_change_price", status_code=204, responses=_CHANGED
)
async def change_price(
    request: Request,
    who: MayEditPrices,
    product_id: Id,
    wanted: PriceChange,
    key: Key = None,
) -> Response:
    """Change a scheduled price or its end, end it now, or delete it before it begins."""
    changes = _changes(wanted, request.state.settings.currency)
    change = catalog_changes.change_price(product_id, wanted.since, changes)
    response = Response(status_code=204)
    await act_by_api(request, response, change, actor=who, key=key)
    return response


def _changes(wanted: PriceChange, currency: str) -> PriceChanges:
    """Raises InvalidInput (422) where nothing is to change."""
    changes = PriceChanges()
    if "price" in wanted.model_fields_set:
        changes["price"] = None if wanted.price is None else money_of(wanted.price, currency)
    if "until" in wanted.model_fields_set:
        changes["until"] = wanted.until
    if not changes:
        raise InvalidInput("Send another price, another end, or both.", errors=[])
    return changes


def _wanted(wanted: ScheduleWanted) -> Wanted:
    """Raises InvalidInput (422) where it does not say which products, or does so twice."""
    narrowed = wanted.filter
    if (wanted.product_ids is None) == (narrowed is None):
        detail = "Give either product_ids or a filter; an empty filter is every product."
        raise InvalidInput.of("product_ids", detail)
    which = (
        Filter(narrowed.search, narrowed.status, narrowed.brand, narrowed.category, narrowed.gender)
        if narrowed is not None
        else wanted.product_ids or []
    )
    return Wanted(
        which, wanted.kind, wanted.value, wanted.since, wanted.until, wanted.skips_overlaps
    )
