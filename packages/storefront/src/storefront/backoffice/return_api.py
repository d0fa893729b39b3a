"""Returns as staff see and decide them, as JSON. Each change is made once for each Idempotency-Key."""

from datetime import datetime
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from storefront.backoffice import return_changes as changes
from storefront.backoffice.acting import Reason, act_by_api
from storefront.backoffice.changes import Change
from storefront.db import Database
from storefront.orders.api import Key, Search
from storefront.request_model import Id, RequestModel, Whole
from storefront.returns import gift_cards, queries
from storefront.returns.access import ReturnNumber, terms_of
from storefront.returns.api import ReturnDetail, return_json
from storefront.returns.rules import Condition, Disposition
from storefront.returns.service import Verdict
from storefront.returns.shapes import State
from storefront.staff.current import MayProcessReturns, MayRead
from storefront.web import problems
from storefront.web.deps import Reads
from storefront.web.paging import Before, NewestFirst, StaffLimit, next_of

router = APIRouter(
    prefix="/api/v1/admin/returns", tags=["admin"], responses=problems.responses(403, 422, 503)
)

_CHANGED = problems.responses(400, 404, 409)

Pieces = Annotated[Whole, Field(ge=0, le=1_000)]


class ReturnInList(BaseModel):
    """A return in a list."""

    number: str
    order_number: str
    email: str
    state: State
    is_unpaid: bool
    pieces: int
    has_exchange: bool
    created_at: datetime


class ReturnList(NewestFirst):
    """A page of returns, newest first. next_before: send it as ``before`` for the page after.

    to_do: how many are in each state that has not ended.
    """

    returns: list[ReturnInList]
    to_do: dict[str, int]


class Arrived(RequestModel):
    """Which pieces arrived, by ``return_line_id``; others did not."""

    pieces: Annotated[dict[Id, Pieces], Field(max_length=200)]


class Found(RequestModel):
    """What an inspection found of a line. accepted: pieces that are taken back."""

    accepted: Pieces
    condition: Condition | None = None
    disposition: Disposition | None = None


class Inspection(RequestModel):
    """What an inspection found, by ``return_line_id``; other lines stay as they are.

    note: for the customer.
    """

    lines: Annotated[dict[Id, Found], Field(max_length=200)]
    note: Annotated[str | None, Field(max_length=200)] = None


class Rejection(RequestModel):
    """Why nothing is taken back; the customer reads it."""

    note: Reason


class Repaired(RequestModel):
    """What becomes of pieces that were in repair."""

    disposition: Literal["restock", "discard"]


@router.get("", name="api_staff_returns")
async def staff_returns(
    _who: MayRead,
    session: Reads,
    state: State | Literal["open"] | None = None,
    search: Search = None,
    limit: StaffLimit = 50,
    before: Before = None,
) -> ReturnList:
    """Returns, newest first. For staff."""
    page = await queries.page(session, state=state, search=search, most=limit, before=before)
    return ReturnList(
        returns=[
            ReturnInList(
                number=one.number,
                order_number=one.order_number,
                email=one.email,
                state=one.state,
                is_unpaid=one.is_unpaid,
                pieces=one.pieces,
                has_exchange=one.has_exchange,
                created_at=one.created_at,
            )
            for one in page.rows
        ],
        next_before=next_of(page),
        to_do=dict(await queries.to_do(session)),
    )


@router.get("/{return_number}", name="api_staff_return", responses=problems.responses(404))
async def staff_return(
    request: Request, _who: MayRead, session: Reads, return_number: ReturnNumber
) -> ReturnDetail:
    """A return. For staff."""
    return return_json(request, await queries.one(session, return_number))


@router.post("/{return_number}/approve", name="api_staff_approve_return", responses=_CHANGED)
async def approve(
    request: Request,
    response: Response,
    who: MayProcessReturns,
    return_number: ReturnNumber,
    key: Key = None,
) -> ReturnDetail:
    """Let the customer send the pieces."""
    change = changes.approve(return_number, terms_of(request), actor=who)
    return await _changed(request, response, change, who, key)


@router.post("/{return_number}/reject", name="api_staff_reject_return", responses=_CHANGED)
async def reject(
    request: Request,
    response: Response,
    who: MayProcessReturns,
    return_number: ReturnNumber,
    why: Rejection,
    key: Key = None,
) -> ReturnDetail:
    """Take nothing back."""
    change = changes.reject(return_number, note=why.note, actor=who)
    return await _changed(request, response, change, who, key)


@router.post("/{return_number}/cancel", name="api_staff_cancel_return", responses=_CHANGED)
async def cancel(
    request: Request,
    response: Response,
    who: MayProcessReturns,
    return_number: ReturnNumber,
    key: Key = None,
) -> ReturnDetail:
    """End a return that was not sent."""
    change = changes.cancel(return_number, actor=who)
    return await _changed(request, response, change, who, key)


@router.post("/{return_number}/receive", name="api_staff_receive_return", responses=_CHANGED)
async def receive(
    request: Request,
    response: Response,
    who: MayProcessReturns,
    return_number: ReturnNumber,
    arrived: Arrived,
    key: Key = None,
) -> ReturnDetail:
    """Note which pieces arrived."""
    change = changes.receive(return_number, arrived.pieces, terms_of(request), actor=who)
    return await _changed(request, response, change, who, key)


@router.post("/{return_number}/inspect", name="api_staff_inspect_return", responses=_CHANGED)
async def inspect(
    request: Request,
    response: Response,
    who: MayProcessReturns,
    return_number: ReturnNumber,
    inspection: Inspection,
    key: Key = None,
) -> ReturnDetail:
    """Note what an inspection found; it may be corrected until it is decided."""
    verdicts = {
        line_id: Verdict(one.accepted, one.condition, one.disposition)
        for line_id, one in inspection.lines.items()
    }
    change = changes.inspect(return_number, verdicts, note=inspection.note, actor=who)
    return await _changed(request, response, change, who, key)


@router.post("/{return_number}/complete", name="api_staff_complete_return", responses=_CHANGED)
async def complete(
    request: Request,
    response: Response,
    who: MayProcessReturns,
    return_number: ReturnNumber,
    key: Key = None,
) -> ReturnDetail:
    """Take back what was accepted: money goes back, stock goes up, replacements may be shipped."""
    code_of = partial(gift_cards.code_of, request.state.signer)
    change = changes.complete(return_number, terms_of(request), gift_card_code=code_of, actor=who)
    return await _changed(request, response, change, who, key)


@router.post(
    "/{return_number}/lines/{return_line_id}/repaired",
    name="api_staff_repaired",
    responses=_CHANGED,
)
async def repaired(
    request: Request,
    response: Response,
    who: MayProcessReturns,
    return_number: ReturnNumber,
    return_line_id: Id,
    what: Repaired,
    key: Key = None,
) -> ReturnDetail:
    """Put repaired pieces back into the stock, or discard them."""
    change = changes.repaired(return_number, return_line_id, what.disposition, actor=who)
    return await _changed(request, response, change, who, key)


async def _changed(
    request: Request, response: Response, change: Change, who: str, key: str | None
) -> ReturnDetail:
    """Make the change, once for each key; then the return as it is now."""
    await act_by_api(request, response, change, actor=who, key=key)
    database: Database = request.state.database
    async with database.reads() as session:
        return return_json(request, await queries.one(session, change.entity_id))
