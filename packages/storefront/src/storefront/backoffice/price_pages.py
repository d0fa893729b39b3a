"""Pages of scheduled prices for staff: the list, a new schedule with a preview, changes of one price."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from storefront.backoffice import catalog_changes
from storefront.backoffice.acting import Click, make, new_key
from storefront.backoffice.product_forms import numbers_in
from storefront.backoffice.typed import TypedNumber
from storefront.catalog import price_schedules
from storefront.catalog.genders import GENDERS, Gender
from storefront.catalog.price_schedules import Kind, Plan, PriceChanges, State, Wanted
from storefront.catalog.range import Filter
from storefront.db import Database
from storefront.errors import InvalidInput, StoreError, Unavailable
from storefront.moments import Moment
from storefront.money import Money
from storefront.request_model import DIGITS, Id
from storefront.staff.current import MayEditPrices, MayRead
from storefront.web import forms, render
from storefront.web.forms import Form

router = APIRouter(prefix="/admin/prices", include_in_schema=False)

_PER_PAGE = 100

Value = Annotated[TypedNumber, Field(gt=0, le=100_000_000)]
Text = Annotated[str | None, Field(max_length=300)]


class Schedule(Click):
    """A price for the products of these numbers, or of a filter; ``then`` says whether only to look."""

    product_ids: Text = None
    brand: Text = None
    category: Text = None
    gender: Gender | Literal[""] = ""
    everything: bool = False
    kind: Kind
    value: Value
    since: Moment
    until: Moment | None = None
    skips_overlaps: bool = False
    then: Literal["preview", "schedule"] = "preview"


class ChangePrice(Click):
    """Another price or end of a scheduled price. since: names it; action: ``end`` takes it back."""

    since: Moment
    price: Value | None = None
    until: Moment | None = None
    action: Literal["change", "end"] = "change"


@dataclass(frozen=True, slots=True)
class Listed:
    """Which scheduled prices the page lists. product: a number, or empty."""

    state: str = ""
    product: str = ""
    page: int = 1


_EVERY = Listed()


def listed_of(
    state: Annotated[str, Query(max_length=10)] = "",
    product: Annotated[str, Query(max_length=18, pattern="^[0-9]*$")] = "",
    page: Annotated[int, Query(ge=1, le=1_000), DIGITS] = 1,
) -> Listed:
    """The list of an address."""
    return Listed(state, product, page)


@router.get("", name="staff_prices")
async def prices_page(
    request: Request, _who: MayRead, listed: Annotated[Listed, Depends(listed_of)]
) -> Response:
    """Scheduled prices by state and product, and a form for more. One statement."""
    return await _show(request, Form[Schedule].showing(), listed)


@router.post("", name="staff_schedule_prices")
async def schedule(request: Request, who: MayEditPrices) -> Response:
    """Show what a schedule would do, or schedule it."""
    form = await Form.read(request, Schedule)
    wanted = _wanted(form)
    if wanted is None or form.data is None:
        return await _show(request, form, status=422)
    plan: Plan | None = None
    counts: list[int] = []
    database: Database = request.state.database
    status = 422
    try:
        async with database.reads() as session:
            plan = await price_schedules.plan(session, wanted)
        if form.data.then == "preview":
            return await _show(request, form, plan=plan)
        change = catalog_changes.schedule_prices(wanted, scheduled=counts.append)
        await make(request, change, actor=who, key=form.data.key)
    except StoreError as problem:
        status = problem.status
        form.refuse_all(problem)
    else:
        count = counts[0] if counts else 0
        message = f"{count:,} {'price is' if count == 1 else 'prices are'} scheduled."
        return forms.done(request, to=request.url_for("staff_prices").path, message=message)
    return await _show(request, form, plan=plan, status=status)


@router.post("/{product_id}", name="staff_change_price")
async def change_price(request: Request, who: MayEditPrices, product_id: Id) -> Response:
    """Change a scheduled price or its end, end it, or delete it before it begins."""
    form = await Form.read(request, ChangePrice)
    to = f"{request.url_for('staff_prices').path}?product={product_id}"
    if form.data is None:
        return forms.done(request, to=to, message=" ".join(form.errors.values()))
    typed = form.data
    changes = PriceChanges(price=None)
    try:
        if typed.action == "change":
            if typed.price is None:
                raise InvalidInput("Enter the price.", errors=[])
            price = money_of(typed.price, request.state.settings.currency)
            changes = PriceChanges(price=price, until=typed.until)
        change = catalog_changes.change_price(product_id, typed.since, changes)
        await make(request, change, actor=who, key=typed.key)
    except Unavailable:
        raise
    except StoreError as problem:
        return forms.done(request, to=to, message=problem.detail)
    message = (
        "The price is saved." if changes["price"] else "The price has ended, or will not begin."
    )
    return forms.done(request, to=to, message=message)


def money_of(amount: Decimal, currency: str) -> Money:
    """An amount of the currency. Raises InvalidInput (422) for more digits than it has."""
    try:
        return Money.of_major(amount, currency)
    except ValueError as error:
        raise InvalidInput(f"{error}.", errors=[]) from error


def _wanted(form: Form[Schedule]) -> Wanted | None:
    """What the form asks for; None where it does not say which products."""
    typed = form.data
    if typed is None:
        return None
    which: Filter | list[int] = Filter(
        status=None,
        brand=typed.brand,
        category=typed.category and typed.category.strip("/"),
        gender=typed.gender or None,
    )
    if typed.product_ids:
        which = numbers_in(form, "product_ids")
        if form.data is None:
            return None
    elif which == Filter() and not typed.everything:
        form.refuse("product_ids", "Say which products: numbers, a filter, or every product.")
        return None
    return Wanted(which, typed.kind, typed.value, typed.since, typed.until, typed.skips_overlaps)


async def _show(
    request: Request,
    form: Form[Any],
    listed: Listed = _EVERY,
    *,
    plan: Plan | None = None,
    status: int = 200,
) -> Response:
    state: State | None = listed.state if listed.state in get_args(State) else None  # type: ignore[assignment]
    database: Database = request.state.database
    async with database.reads() as session:
        found = await price_schedules.prices(
            session,
            state=state,
            product_id=int(listed.product) if listed.product else None,
            most=_PER_PAGE,
            skip=(listed.page - 1) * _PER_PAGE,
        )
    return render.page(
        request,
        "backoffice/prices.html",
        status=status,
        prices=found,
        listed=listed,
        has_more=len(found) == _PER_PAGE,
        form=form,
        plan=plan,
        genders=[(one, one) for one in GENDERS],
        new_key=new_key,
    )
