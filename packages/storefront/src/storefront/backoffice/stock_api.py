"""The stock as staff see and adjust it, as JSON."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field

from storefront.backoffice import changes
from storefront.backoffice.acting import Reason, act_by_api
from storefront.catalog import bounds
from storefront.catalog import range as whole_range
from storefront.db import Database, ReadSession
from storefront.errors import InvalidInput
from storefront.inventory import queries as inventory
from storefront.orders.api import Key
from storefront.request_model import RequestModel, Whole
from storefront.staff.current import MayAdjustStock, MayRead
from storefront.web import problems
from storefront.web.deps import Reads

router = APIRouter(
    prefix="/api/v1/admin/stock", tags=["admin"], responses=problems.responses(403, 404, 422, 503)
)

_MOST_MOVEMENTS = 30

Sku = Annotated[
    str, Path(min_length=1, max_length=bounds.MOST_CHARACTERS, description="The SKU's code.")
]


class Level(BaseModel):
    """Pieces at one location. available: on hand, less what is reserved and what is kept back."""

    location: str
    on_hand: int
    reserved: int
    safety: int
    available: int


class Stock(BaseModel):
    """The stock of a SKU, and its latest movements, newest first."""

    sku: str
    levels: list[Level]
    movements: list[inventory.Movement]


class Adjustment(RequestModel):
    """Pieces to add at the main location, or to take away."""

    delta: Annotated[Whole, Field(ge=-1_000_000, le=1_000_000, examples=[-2])]
    reason: Annotated[Reason, Field(examples=["Damaged in storage"])]


@router.get("/{sku}", name="api_staff_stock")
async def stock(_who: MayRead, session: Reads, sku: Sku) -> Stock:
    """The stock of a SKU. For staff."""
    return await _stock(session, sku)


@router.post(
    "/{sku:path}/adjustments",
    name="api_staff_adjust_stock",
    status_code=201,
    responses=problems.responses(400, 409),
)
async def adjust(
    request: Request,
    response: Response,
    who: MayAdjustStock,
    sku: Sku,
    adjustment: Adjustment,
    key: Key = None,
) -> Stock:
    """Adjust the stock of a SKU, with a reason."""
    if not adjustment.delta:
        mistake = {"pointer": "#/delta", "detail": "Must be more or less than zero."}
        raise InvalidInput("An adjustment adds pieces or takes some away.", errors=[mistake])
    change = changes.adjust_stock(sku, delta=adjustment.delta, reason=adjustment.reason, actor=who)
    await act_by_api(request, response, change, actor=who, key=key)
    database: Database = request.state.database
    async with database.reads() as session:
        return await _stock(session, sku)


async def _stock(session: ReadSession, sku: str) -> Stock:
    """Three statements. Raises NotFound (404)."""
    found = await whole_range.sku(session, sku)
    levels = await inventory.levels(session, found.id)
    return Stock(
        sku=found.code,
        levels=[
            Level(
                location=one.location,
                on_hand=one.on_hand,
                reserved=one.reserved,
                safety=one.safety,
                available=one.on_hand - one.reserved - one.safety,
            )
            for one in levels
        ],
        movements=await inventory.movements(session, found.id, most=_MOST_MOVEMENTS),
    )
