"""Pages on which staff manage promotions, coupons and gift cards."""

from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import Field

from storefront.backoffice import changes
from storefront.backoffice.acting import Click, Reason, act, click, new_key
from storefront.backoffice.changes import Change
from storefront.backoffice.product_forms import numbers_in
from storefront.backoffice.typed import TypedNumber
from storefront.db import Database
from storefront.moments import Moment
from storefront.money import Money
from storefront.pricing import campaigns
from storefront.pricing.campaigns import NewCoupon, NewPromotion
from storefront.pricing.discounts import Kind
from storefront.request_model import DIGITS, Id
from storefront.staff.current import MayEditPromotions, MayIssueGiftCards, MayRead
from storefront.web import forms, render
from storefront.web.forms import Form

router = APIRouter(prefix="/admin", include_in_schema=False)

_PER_PAGE = 50

Amount = Annotated[TypedNumber, Field(gt=0, lt=10**12)]
CouponCode = Annotated[
    str, Field(min_length=1, max_length=40, pattern=r"^[ -]*[A-Za-z0-9][A-Za-z0-9 -]*$")
]
MOST_PIECES = 1_000_000
Count = Annotated[int, Field(ge=0, le=MOST_PIECES), DIGITS]


class Create(Click):
    """A new promotion; with a coupon if there is a code."""

    label: Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]
    kind: Kind
    percent: Annotated[TypedNumber | None, Field(gt=0, le=100, decimal_places=2)] = None
    amount: Amount | None = None
    buy_quantity: Count = 0
    get_quantity: Count = 0
    minimum: Amount | None = None
    category_paths: Annotated[str, Field(max_length=2_000)] = ""
    brands: Annotated[str, Field(max_length=2_000)] = ""
    product_ids: Annotated[str, Field(max_length=2_000, pattern=r"^[0-9, ]*$")] = ""
    stack_group: Annotated[str, Field(max_length=40)] = "order"
    priority: Annotated[int, Field(ge=-1_000, le=1_000), DIGITS] = 0
    is_exclusive: bool = False
    code: CouponCode | None = None
    budget: Annotated[int | None, Field(ge=1, le=10**9), DIGITS] = None
    is_once_per_customer: bool = False
    starts_at: Moment | None = None
    ends_at: Moment | None = None


class Issue(Click):
    """A new gift card."""

    amount: Amount
    reason: Reason
    expires_at: Moment | None = None


@router.get("/promotions", name="staff_promotions")
async def promotions_page(request: Request, _who: MayRead, before: Id | None = None) -> Response:
    """Promotions and their coupons, newest first, and a form for a new one."""
    return await _promotions(request, Form[Create].showing(), before=before)


@router.post("/promotions", name="staff_create_promotion")
async def create_promotion(request: Request, who: MayEditPromotions) -> Response:
    """Create a promotion."""
    form = await Form.read(request, Create)
    promotion = _promotion(form, request.state.settings.currency)
    if form.data is None or promotion is None:
        return await _promotions(request, form, status=422)
    typed = form.data
    coupon = NewCoupon(typed.code, typed.budget, typed.is_once_per_customer) if typed.code else None
    change = changes.create_promotion(promotion, coupon)
    if not await act(request, form, change, actor=who):
        return await _promotions(request, form, status=422)
    to = request.url_for("staff_promotions").path
    return forms.done(request, to=to, message="The promotion was created.")


@router.post("/promotions/{id}/end", name="staff_end_promotion")
async def end_promotion(request: Request, who: MayEditPromotions, id: Id) -> Response:
    """End a promotion."""
    return await _end(request, changes.end_promotion(id), who)


@router.post("/coupons/{id}/end", name="staff_end_coupon")
async def end_coupon(request: Request, who: MayEditPromotions, id: Id) -> Response:
    """End a coupon."""
    return await _end(request, changes.end_coupon(id), who)


@router.get("/gift-cards", name="staff_gift_cards")
async def gift_cards_page(request: Request, _who: MayRead, before: Id | None = None) -> Response:
    """Gift cards, newest first, and a form for a new one."""
    return await _gift_cards(request, Form[Issue].showing(), before=before)


@router.post("/gift-cards", name="staff_issue_gift_card")
async def issue_gift_card(request: Request, who: MayIssueGiftCards) -> Response:
    """Issue a gift card, and show its code once: it is not stored."""
    form = await Form.read(request, Issue)
    amount = _minor(form, "amount", request.state.settings.currency)
    if form.data is None or amount is None:
        return await _gift_cards(request, form, status=422)
    typed, codes = form.data, list[str]()

    change = changes.issue_gift_card(
        Money(amount, request.state.settings.currency),
        reason=typed.reason,
        expires_at=typed.expires_at,
        actor=who,
        show=codes.append,
    )
    if not await act(request, form, change, actor=who):
        return await _gift_cards(request, form, status=422)
    if not codes:
        form.refuse("", "This gift card was already issued. Its code is shown only once.")
        return await _gift_cards(request, form, status=409)
    return await _gift_cards(request, Form[Issue].showing(), code=codes[0])


async def _promotions(
    request: Request, form: Form[Any], *, before: int | None = None, status: int = 200
) -> Response:
    database: Database = request.state.database
    async with database.reads() as session:
        page = await campaigns.promotions(session, most=_PER_PAGE, before=before)
        coupons = await campaigns.coupons(session, page.rows)
    return render.page(
        request,
        "backoffice/promotions.html",
        status=status,
        page=page,
        coupons=coupons,
        form=form,
        new_key=new_key,
    )


async def _gift_cards(
    request: Request,
    form: Form[Any],
    *,
    code: str = "",
    before: int | None = None,
    status: int = 200,
) -> Response:
    database: Database = request.state.database
    async with database.reads() as session:
        page = await campaigns.gift_cards(session, most=_PER_PAGE, before=before)
    return render.page(
        request,
        "backoffice/gift_cards.html",
        status=status,
        page=page,
        form=form,
        code=code,
        new_key=new_key,
    )


async def _end(request: Request, change: Change, who: str) -> Response:
    message = await click(request, change, actor=who, message="It has ended.")
    to = request.url_for("staff_promotions").path
    return forms.done(request, to=to, message=message)


def _promotion(form: Form[Create], currency: str) -> NewPromotion | None:
    """The promotion of the form; None where something is wrong, which the form then says."""
    amount = _minor(form, "amount", currency)
    minimum = _minor(form, "minimum", currency)
    typed = form.data
    if typed is None:
        return None
    if typed.starts_at and typed.ends_at and typed.starts_at >= typed.ends_at:
        form.refuse("ends_at", "Please enter a time after the start.")
    promotion = NewPromotion(
        label=typed.label,
        kind=typed.kind,
        percent=typed.percent,
        amount_minor=amount,
        buy_quantity=typed.buy_quantity,
        get_quantity=typed.get_quantity,
        minimum_minor=minimum or 0,
        category_paths=_separated(form, "category_paths"),
        brands=_separated(form, "brands"),
        product_ids=numbers_in(form, "product_ids"),
        stack_group=typed.stack_group,
        priority=typed.priority,
        is_exclusive=typed.is_exclusive,
        starts_at=typed.starts_at,
        ends_at=typed.ends_at,
    )
    for name in promotion.missing():
        form.refuse(name, "Please fill this in.")
    return promotion if form.data is not None else None


def _minor(form: Form[Any], name: str, currency: str) -> int | None:
    """An amount of the form in minor units; None where it is empty or has too many digits."""
    amount: Decimal | None = getattr(form.data, name) if form.data is not None else None
    if amount is None:
        return None
    try:
        return Money.of_major(amount, currency).minor
    except ValueError as error:
        form.refuse(name, f"{error}.")
        return None


def _separated(form: Form[Create], name: str) -> list[str]:
    """The names in a field; commas alone are refused: without any name, it would be for everything."""
    typed = form.value(name)
    found = [one.strip() for one in typed.split(",") if one.strip()]
    if typed.strip() and not found:
        form.refuse(name, "Please enter names, separated by commas.")
    return found
