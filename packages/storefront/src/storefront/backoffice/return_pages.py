"""Pages of returns for staff: the queue, and a return with what can be done about it."""

from functools import partial
from typing import Annotated, Any, Literal, cast, get_args

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from storefront.backoffice import queries as backoffice_queries
from storefront.backoffice import return_changes as changes
from storefront.backoffice.acting import Click, Reason, act, new_key, pieces_of
from storefront.backoffice.changes import Change
from storefront.db import Database
from storefront.request_model import Id
from storefront.returns import gift_cards, queries
from storefront.returns.access import ReturnNumber, terms_of
from storefront.returns.rules import Condition, Disposition
from storefront.returns.service import Verdict
from storefront.returns.shapes import OPEN, State
from storefront.staff.current import MayProcessReturns, MayRead
from storefront.web import forms, render
from storefront.web.deps import Reads
from storefront.web.forms import Form

router = APIRouter(prefix="/admin/returns", include_in_schema=False)

_PER_PAGE = 50


class Reject(Click):
    """Why nothing is taken back."""

    note: Reason


class Inspect(Click):
    """An inspection. Its lines are in further fields."""

    staff_note: Annotated[str | None, Field(max_length=200)] = None


class Repaired(Click):
    """What becomes of pieces that were in repair."""

    disposition: Literal["restock", "discard"]


class Filter(BaseModel):
    """What the queue shows."""

    state: str
    q: str


@router.get("", name="staff_returns")
async def returns_page(
    request: Request,
    _who: MayRead,
    session: Reads,
    state: Literal["", "open"] | State = "open",
    q: Annotated[str, Query(max_length=254)] = "",
    before: Id | None = None,
) -> Response:
    """Returns, newest first, by state, number or e-mail address. Three statements."""
    page = await queries.page(
        session, state=state or None, search=q.strip() or None, most=_PER_PAGE, before=before
    )
    return render.page(
        request,
        "backoffice/returns.html",
        page=page,
        to_do=await queries.to_do(session),
        open_states=OPEN,
        form=Form[Filter]({"state": state, "q": q}),
    )


@router.get("/{return_number}", name="staff_return")
async def return_page(request: Request, _who: MayRead, return_number: ReturnNumber) -> Response:
    """A return, with its actions."""
    return await _show(request, return_number, Form[Click]({}))


@router.post("/{return_number}/approve", name="staff_approve_return")
async def approve(
    request: Request, who: MayProcessReturns, return_number: ReturnNumber
) -> Response:
    """Let the customer send the pieces."""
    form = await Form.read(request, Click)
    change = changes.approve(return_number, terms_of(request), actor=who)
    return await _do(request, form, change, who, "The return was approved.")


@router.post("/{return_number}/reject", name="staff_reject_return")
async def reject(request: Request, who: MayProcessReturns, return_number: ReturnNumber) -> Response:
    """Take nothing back; the customer reads why."""
    form = await Form.read(request, Reject)
    change = changes.reject(return_number, note=form.value("note").strip(), actor=who)
    return await _do(request, form, change, who, "The return was rejected.")


@router.post("/{return_number}/cancel", name="staff_cancel_return")
async def cancel(request: Request, who: MayProcessReturns, return_number: ReturnNumber) -> Response:
    """End a return that was not sent."""
    form = await Form.read(request, Click)
    change = changes.cancel(return_number, actor=who)
    return await _do(request, form, change, who, "The return was cancelled.")


@router.post("/{return_number}/receive", name="staff_receive_return")
async def receive(
    request: Request, who: MayProcessReturns, return_number: ReturnNumber
) -> Response:
    """Note which pieces arrived."""
    form = await Form.read(request, Click)
    arrived = await pieces_of(request, "received", form, blank=0)
    change = changes.receive(return_number, arrived, terms_of(request), actor=who)
    return await _do(request, form, change, who, "The pieces were received.")


@router.post("/{return_number}/inspect", name="staff_inspect_return")
async def inspect(
    request: Request, who: MayProcessReturns, return_number: ReturnNumber
) -> Response:
    """Note what an inspection found."""
    form = await Form.read(request, Inspect)
    accepted = await pieces_of(request, "accepted", form, blank=0)
    sent = await forms.fields_of(request)
    verdicts = {}
    for line_id, pieces in accepted.items():
        condition, disposition = (
            str(sent.get(f"{name}-{line_id}", "")) for name in ("condition", "disposition")
        )
        form.values[f"condition-{line_id}"] = condition
        form.values[f"disposition-{line_id}"] = disposition
        verdicts[line_id] = Verdict(
            pieces,
            cast(Condition, condition) if condition in get_args(Condition) else None,
            cast(Disposition, disposition) if disposition in get_args(Disposition) else None,
        )
    note = form.value("staff_note").strip() or None
    change = changes.inspect(return_number, verdicts, note=note, actor=who)
    return await _do(request, form, change, who, "The inspection was recorded.")


@router.post("/{return_number}/complete", name="staff_complete_return")
async def complete(
    request: Request, who: MayProcessReturns, return_number: ReturnNumber
) -> Response:
    """Take back what was accepted."""
    form = await Form.read(request, Click)
    code_of = partial(gift_cards.code_of, request.state.signer)
    change = changes.complete(return_number, terms_of(request), gift_card_code=code_of, actor=who)
    return await _do(request, form, change, who, "The return is decided.")


@router.post("/{return_number}/lines/{return_line_id}/repaired", name="staff_repaired")
async def repaired(
    request: Request,
    who: MayProcessReturns,
    return_number: ReturnNumber,
    return_line_id: Id,
) -> Response:
    """Put repaired pieces back into the stock, or discard them."""
    form = await Form.read(request, Repaired)
    disposition = form.data.disposition if form.data is not None else "discard"
    change = changes.repaired(return_number, return_line_id, disposition, actor=who)
    return await _do(request, form, change, who, "The pieces are out of repair.")


async def _do(
    request: Request, form: Form[Any], change: Change, who: str, message: str
) -> Response:
    """Make the change and return to the return, or show it with what is wrong."""
    if form.data is not None and await act(request, form, change, actor=who):
        to = request.url_for("staff_return", return_number=change.entity_id).path
        return forms.done(request, to=to, message=message)
    return await _show(request, change.entity_id, form, status=422)


async def _show(
    request: Request, return_number: str, form: Form[Any], *, status: int = 200
) -> Response:
    database: Database = request.state.database
    async with database.reads() as session:
        found = await queries.one(session, return_number)
        log = await backoffice_queries.audit_log(
            session, most=20, entity="return", entity_id=return_number
        )
    return render.page(
        request,
        "backoffice/return.html",
        status=status,
        found=found,
        log=log,
        form=form,
        conditions=get_args(Condition),
        dispositions=get_args(Disposition),
        new_key=new_key,
    )
