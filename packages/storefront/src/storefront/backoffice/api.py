"""What staff see, as JSON."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from storefront.db import Database
from storefront.orders import queries as orders
from storefront.orders.access import NumberInPath
from storefront.orders.api import OrderDetail, OrderList, list_json, order_json
from storefront.orders.shapes import Filter, FulfilmentState, PaymentState, State
from storefront.web import problems
from storefront.web.deps import Reads, Staff

router = APIRouter(prefix="/api/v1/admin", tags=["admin"], responses=problems.responses(403))


@router.get("/connection", name="api_connection")
async def connection(request: Request, response: Response, _who: Staff) -> dict[str, Any]:
    """What `lakepass doctor --json` tells of the shop's own connection, tried now. Takes seconds.

    Holds no secret. For staff.
    """
    database: Database = request.state.database
    response.headers["Cache-Control"] = "no-store"
    return (await database.examination()).as_dict()


@router.get("/orders", name="api_staff_orders", responses=problems.responses(422, 503))
async def staff_orders(
    _who: Staff,
    session: Reads,
    state: State | None = None,
    payment_state: PaymentState | None = None,
    fulfilment_state: FulfilmentState | None = None,
    search: Annotated[
        str | None,
        Query(max_length=254, description="A number, or the beginning of an e-mail address."),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
) -> OrderList:
    """Orders, newest first. For staff."""
    which = Filter(state, payment_state, fulfilment_state, search)
    return list_json(await orders.page(session, which, most=limit, before=before))


@router.get("/orders/{number}", name="api_staff_order", responses=problems.responses(404, 503))
async def staff_order(
    request: Request, _who: Staff, session: Reads, number: NumberInPath
) -> OrderDetail:
    """An order. For staff."""
    return order_json(request, await orders.order(session, number))
