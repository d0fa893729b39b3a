"""The bag as pages. Every change is a plain form; with htmx the bag, or a drawer, is shown in place."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from storefront.cart import queries, service
from storefront.cart.models import MOST_PER_LINE
from storefront.cart.owner import ReadingOwner, WritingOwner
from storefront.cart.queries import CartView
from storefront.cart.service import Owner, RemovedLine
from storefront.cart.typed import changes_in
from storefront.catalog import bounds
from storefront.catalog import queries as catalog
from storefront.catalog.tiles import tile
from storefront.db import ReadSession, WriteSession
from storefront.errors import StoreError, Unavailable
from storefront.pricing.queries import normalized
from storefront.rate_limits.limits import CODES
from storefront.request_model import DIGITS, Id
from storefront.search.read_model.store import ReadModel
from storefront.settings import Settings
from storefront.texts import _
from storefront.web import render
from storefront.web.deps import Reads, Writes
from storefront.web.flash import flash
from storefront.web.forms import Form, done, fields_of

router = APIRouter(include_in_schema=False)

_Undo = dict[str, str | int] | None
"""A line that was taken out, to be put back."""

_CHANGED = {"HX-Trigger": "bag-changed"}


class AddForm(BaseModel):
    """A size of a product, from its page."""

    sku: Annotated[str, Field(min_length=1, max_length=bounds.MOST_CHARACTERS)]
    quantity: Annotated[int, Field(ge=1, le=MOST_PER_LINE), DIGITS] = 1


class MoveForm(BaseModel):
    """What to do with a line: the button that was pressed."""

    change: Literal["remove", "save", "move"]


class CodeForm(BaseModel):
    """A coupon or a gift card, as it was given to the shopper."""

    code: Annotated[str, Field(min_length=1, max_length=40)]


@router.get("/cart", name="cart")
async def cart_page(
    request: Request,
    session: Reads,
    owner: ReadingOwner,
    removed: Annotated[str | None, Query(max_length=100)] = None,
    quantity: Annotated[int, Query(ge=1, le=MOST_PER_LINE), DIGITS] = 1,
) -> Response:
    """The bag, with what it costs in all. removed: a line that was just taken out, to be put back."""
    undo: _Undo = None
    if removed:
        undo = {"sku": removed, "quantity": quantity}
    return await _bag(request, session, owner, undo=undo)


@router.get("/cart/badge", name="cart_badge")
async def badge(request: Request, session: Reads, owner: ReadingOwner) -> Response:
    """How many pieces are in the bag, for the header: the rest of a page is the same for everybody."""
    count = 0
    if owner != Owner():
        count = await queries.pieces_of(session, owner)
    return render.view(request, "cart/badge.html", fragment="cart/_badge.html", count=count)


@router.post("/cart/lines", name="cart_add_line")
async def add_line(request: Request, session: Writes, owner: WritingOwner) -> Response:
    """Put pieces into the bag; shows the bag, with htmx a drawer beside the page."""
    form = await Form.read(request, AddForm)
    if form.data is None:
        return _not_added(
            request, _("Please choose a size first."), back=request.headers.get("referer")
        )
    try:
        await service.add_line(
            session,
            owner,
            sku=form.data.sku,
            quantity=form.data.quantity,
            currency=request.state.settings.currency,
        )
    except Unavailable:
        raise  # nothing more can be asked in this transaction
    except StoreError as problem:
        return _not_added(request, problem.detail, back=request.headers.get("referer"))
    if not render.is_htmx(request):
        return done(request, to=_to_cart(request), message=_("Added to your bag."))
    view = await _view(request, session, owner)
    added = next((line for line in view.lines if line.sku == form.data.sku), None)
    answer = render.view(
        request, "cart/cart.html", fragment="cart/_drawer.html", view=view, added=added
    )
    answer.headers.update(_CHANGED)
    return answer


@router.post("/cart/update", name="cart_update")
async def update(request: Request, session: Writes, owner: WritingOwner) -> Response:
    """Store the quantities and sizes that were typed into the lines."""
    try:
        undo = await update_lines(request, session, owner)
    except Unavailable:
        raise  # nothing more can be asked in this transaction
    except StoreError as problem:
        return await _changed(request, session, owner, problem=problem.detail)
    return await _changed(request, session, owner, undo=undo)


@router.get("/cart/coupon")
@router.get("/cart/lines")
@router.get("/cart/lines/{sku:path}")
@router.get("/cart/update")
async def bag_again(request: Request) -> Response:
    """Addresses that a refused change leaves in the browser, without scripts; reloading them shows the
    bag."""
    return RedirectResponse(_to_cart(request), status_code=303)


@router.post("/cart/lines/{sku:path}", name="cart_change_line")
async def change_line(
    request: Request,
    session: Writes,
    owner: WritingOwner,
    sku: Annotated[str, Path(min_length=1, max_length=bounds.MOST_CHARACTERS)],
) -> Response:
    """Keep a line for later, move it back, or take it out. What was typed beside it is stored, too."""
    form = await Form.read(request, MoveForm)
    change = form.data.change if form.data is not None else "update"
    undo: _Undo = None
    try:
        undo = await _move(session, owner, sku, change)
        await update_lines(request, session, owner)
    except Unavailable:
        raise  # nothing more can be asked in this transaction
    except StoreError as problem:
        return await _changed(request, session, owner, problem=problem.detail)
    return await _changed(request, session, owner, undo=undo)


@router.post("/cart/coupon", name="cart_coupon", dependencies=[CODES])
async def coupon(request: Request, session: Writes, owner: WritingOwner) -> Response:
    """Use a code: a coupon's, or a gift card's."""
    form = await Form.read(request, CodeForm)
    if form.data is None:
        return await _changed(request, session, owner, code_problem=_("Please enter a code."))
    now = datetime.now(UTC)
    try:
        if len(normalized(form.data.code)) == _GIFT_CARD_LENGTH:
            await service.add_gift_card(session, owner, code=form.data.code, now=now)
        else:
            await service.apply_coupon(session, owner, code=form.data.code, now=now)
    except Unavailable:
        raise  # nothing more can be asked in this transaction
    except StoreError as problem:
        return await _changed(
            request, session, owner, code_problem=problem.detail, code=form.data.code
        )
    return await _changed(request, session, owner)


@router.post("/cart/coupon/remove", name="cart_remove_coupon")
async def remove_coupon(request: Request, session: Writes, owner: WritingOwner) -> Response:
    """Use no coupon."""
    await service.remove_coupon(session, owner)
    return await _changed(request, session, owner)


@router.post("/cart/gift-cards/{gift_card_id}/remove", name="cart_remove_gift_card")
async def remove_gift_card(
    request: Request,
    session: Writes,
    owner: WritingOwner,
    gift_card_id: Id,
) -> Response:
    """Do not pay with a gift card after all."""
    await service.remove_gift_card(session, owner, gift_card_id=gift_card_id)
    return await _changed(request, session, owner)


_GIFT_CARD_LENGTH = 16  # letters and digits; coupons have fewer


async def update_lines(request: Request, session: WriteSession, owner: Owner) -> _Undo:
    """Store the quantities and sizes that were sent with a form of the bag; returns what was taken out.

    No statement without any.
    """
    changes = changes_in(await fields_of(request))
    removed = await service.change_lines(session, owner, changes) if changes else []
    return _undo(removed[-1]) if removed else None


async def _move(session: WriteSession, owner: Owner, sku: str, change: str) -> _Undo:
    """Do what a button of a line says; returns what was taken out, if it was that."""
    if change == "save":
        await service.save_for_later(session, owner, sku=sku)
    elif change == "move":
        await service.move_to_bag(session, owner, sku=sku)
    elif change == "remove":
        return _undo(await service.remove_line(session, owner, sku=sku))
    return None


def _undo(removed: RemovedLine) -> _Undo:
    return {"sku": removed.sku, "quantity": removed.quantity}


async def _changed(
    request: Request,
    session: ReadSession,
    owner: Owner,
    *,
    problem: str | None = None,
    undo: _Undo = None,
    code_problem: str | None = None,
    code: str = "",
) -> Response:
    """The bag after a change: in place with htmx, else on its page."""
    if render.is_htmx(request) or problem or code_problem:
        answer = await _bag(
            request,
            session,
            owner,
            problem=problem,
            undo=undo,
            code_problem=code_problem,
            code=code,
        )
        answer.headers.update(_CHANGED)
        return answer
    to = _to_cart(request)
    if undo:
        to += "?" + urlencode({"removed": undo["sku"], "quantity": undo["quantity"]})
    return done(request, to=to)


async def _bag(
    request: Request,
    session: ReadSession,
    owner: Owner,
    *,
    problem: str | None = None,
    undo: _Undo = None,
    code_problem: str | None = None,
    code: str = "",
) -> Response:
    view = await _view(request, session, owner)
    ids = {line.offer.card.id for line in [*view.lines, *view.saved] if line.offer}
    model: ReadModel = request.state.read_model
    return render.view(
        request,
        "cart/cart.html",
        fragment="cart/_bag.html",
        view=view,
        is_guest=owner.customer_id is None and not request.state.settings.behind_proxy,
        sizes=await catalog.sizes_of(session, sorted(ids)),
        popular=[] if ids else await model.popular(),
        tile=tile,
        problem=problem,
        undo=undo,
        code_problem=code_problem,
        code=code,
    )


async def _view(request: Request, session: ReadSession, owner: Owner) -> CartView:
    settings: Settings = request.state.settings
    return await queries.cart_view(
        session,
        owner,
        currency=settings.currency,
        country=settings.country,
        now=datetime.now(UTC),
    )


def _to_cart(request: Request) -> str:
    return str(request.url_for("cart").path)


def _not_added(request: Request, message: str, *, back: str | None) -> Response:
    """Why nothing was added: in the drawer with htmx, else on the page that it came from."""
    if render.is_htmx(request):
        return render.view(
            request, "cart/cart.html", fragment="cart/_drawer.html", view=None, problem=message
        )
    own = f"{request.url.scheme}://{request.url.netloc}/"
    to = back if back and back.startswith((own, request.state.settings.public_url + "/")) else None
    flash(request, message)
    return done(request, to=to or _to_cart(request))
