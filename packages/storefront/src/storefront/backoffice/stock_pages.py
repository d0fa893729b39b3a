"""Pages of stock for staff: levels, latest movements, and adjustments with a reason."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from storefront.backoffice import changes
from storefront.backoffice.acting import Click, Reason, act, new_key
from storefront.catalog import bounds
from storefront.catalog import range as whole_range
from storefront.db import Database
from storefront.errors import NotFound
from storefront.inventory import queries as inventory_queries
from storefront.request_model import DIGITS
from storefront.staff.current import MayAdjustStock, MayRead
from storefront.web import forms, render
from storefront.web.forms import Form

router = APIRouter(prefix="/admin/stock", include_in_schema=False)

_MOST_MOVEMENTS = 30


class Adjust(Click):
    """A change of the quantity on hand at the main location."""

    adjusted_sku: Annotated[str, Field(min_length=1, max_length=bounds.MOST_CHARACTERS)]
    delta: Annotated[int, Field(ge=-1_000_000, le=1_000_000), DIGITS]
    reason: Reason


@router.get("", name="staff_stock")
async def stock_page(
    request: Request,
    _who: MayRead,
    sku: Annotated[str, Query(max_length=bounds.MOST_CHARACTERS)] = "",
) -> Response:
    """The stock of a SKU."""
    return await _show(request, sku.strip())


@router.post("", name="staff_adjust_stock")
async def adjust(request: Request, who: MayAdjustStock) -> Response:
    """Add to or subtract from the stock, with a reason."""
    form = await Form.read(request, Adjust)
    if form.data is not None and form.data.delta == 0:
        form.refuse("delta", "Please enter a number other than 0.")
    if form.data is None:
        return await _show(request, form.value("adjusted_sku"), form=form, status=422)
    wanted = form.data

    change = changes.adjust_stock(
        wanted.adjusted_sku, delta=wanted.delta, reason=wanted.reason, actor=who
    )
    if not await act(request, form, change, actor=who):
        return await _show(request, wanted.adjusted_sku, form=form, status=422)
    to = f"{request.url_for('staff_stock').path}{render.query_string([('sku', wanted.adjusted_sku)])}"
    return forms.done(request, to=to, message="The stock was adjusted.")


async def _show(
    request: Request, sku: str, *, form: Form[Any] | None = None, status: int = 200
) -> Response:
    database: Database = request.state.database
    levels, movements, problem = None, None, ""
    if sku:
        async with database.reads() as session:
            try:
                found = await whole_range.sku(session, sku)
                levels = await inventory_queries.levels(session, found.id)
                movements = await inventory_queries.movements(
                    session, found.id, most=_MOST_MOVEMENTS
                )
            except NotFound as error:
                problem = error.detail
    return render.page(
        request,
        "backoffice/stock.html",
        status=status,
        sku=sku,
        search=Form[Click]({"sku": sku}),
        form=form or Form[Click].showing(),
        levels=levels,
        movements=movements,
        problem=problem,
        new_key=new_key,
    )
