"""Promotions, coupons and gift cards as staff manage them, as JSON."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field

from storefront.backoffice import changes
from storefront.backoffice.acting import Reason, act_by_api
from storefront.backoffice.offer_pages import MOST_PIECES, CouponCode
from storefront.errors import Conflict
from storefront.moments import Moment
from storefront.money import Money
from storefront.orders.api import Key
from storefront.pricing import campaigns
from storefront.pricing.campaigns import NewCoupon, NewPromotion
from storefront.pricing.discounts import Kind
from storefront.request_model import Flag, Id, Number, RequestModel, Whole
from storefront.settings import Settings
from storefront.staff.current import MayEditPromotions, MayIssueGiftCards, MayRead
from storefront.web import problems
from storefront.web.amounts import Amount, amount_of
from storefront.web.deps import Reads
from storefront.web.paging import Before, NewestFirst, StaffLimit, next_of

router = APIRouter(
    prefix="/api/v1/admin", tags=["admin"], responses=problems.responses(403, 422, 503)
)

_CHANGED = problems.responses(400, 404, 409)

IdInPath = Annotated[Id, Path(description="Its id, from the list.")]
Minor = Annotated[Whole, Field(gt=0, lt=10**15, examples=[2500])]
Names = Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(max_length=200)]


class CodeNotShown(Conflict):
    """The gift card of this ``Idempotency-Key`` was issued before; its code is stored nowhere.

    Where the first answer was lost, the card cannot be used: issue another one.
    """

    slug, title = "code-not-shown", "The code was shown already"


class CouponWanted(RequestModel):
    """A code that switches the promotion on. budget: for how many orders; none: any number."""

    code: Annotated[CouponCode, Field(examples=["SPRING10"])]
    budget: Annotated[Whole | None, Field(ge=1, le=10**9)] = None
    is_once_per_customer: Flag = False


class PromotionWanted(RequestModel):
    """A new promotion: for everybody, or for everybody with the coupon's code."""

    label: Annotated[
        str, Field(min_length=1, max_length=100, pattern=r"\S", examples=["Ten percent off"])
    ]
    kind: Kind
    percent: Annotated[Number | None, Field(gt=0, le=100, decimal_places=2)] = None
    amount_minor: Minor | None = None
    buy_quantity: Annotated[Whole, Field(ge=0, le=MOST_PIECES)] = 0
    get_quantity: Annotated[Whole, Field(ge=0, le=MOST_PIECES)] = 0
    minimum_minor: Annotated[Whole, Field(ge=0, lt=10**15)] = 0
    category_paths: Names = Field(default_factory=list)
    brands: Names = Field(default_factory=list)
    product_ids: Annotated[list[Id], Field(max_length=200)] = Field(default_factory=list)
    stack_group: Annotated[str, Field(min_length=1, max_length=40, pattern=r"\S")] = "order"
    priority: Annotated[Whole, Field(ge=-1_000, le=1_000)] = 0
    is_exclusive: Flag = False
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    coupon: CouponWanted | None = None


class CreatedPromotion(BaseModel):
    """The id of the new promotion, with which it is ended."""

    promotion_id: str


class Promotion(BaseModel):
    """A promotion. is_automatic: for everybody; scope: the categories, brands, products it is for."""

    promotion_id: str
    label: str
    kind: str
    percent: float | None
    amount_minor: int | None
    buy_quantity: int
    get_quantity: int
    is_automatic: bool
    is_active: bool
    ends_at: datetime | None
    scope: list[str]
    codes: list[str]


class Coupon(BaseModel):
    """A coupon. label: of its promotion."""

    coupon_id: str
    code: str
    label: str
    used_count: int
    budget: int | None
    is_once_per_customer: bool
    is_active: bool


class Offers(NewestFirst):
    """A page of promotions, newest first, and their coupons.

    next_before: send it as ``before`` for the page after.
    """

    promotions: list[Promotion]
    coupons: list[Coupon]


class GiftCardWanted(RequestModel):
    """A gift card to be issued, in the shop's currency."""

    amount_minor: Minor
    reason: Annotated[Reason, Field(examples=["Goodwill"])]
    expires_at: Moment | None = None


class GiftCard(BaseModel):
    """A gift card. reference: why it was issued."""

    gift_card_id: str
    last_four: str
    balance: Amount
    expires_at: datetime | None
    created_at: datetime
    reference: str | None


class GiftCards(NewestFirst):
    """A page of gift cards, newest first. next_before: send it as ``before`` for the page after."""

    gift_cards: list[GiftCard]


class IssuedGiftCard(BaseModel):
    """The code of a new gift card: in this answer alone, since it is stored nowhere."""

    code: str


@router.get("/promotions", name="api_staff_promotions")
async def promotions(
    _who: MayRead, session: Reads, limit: StaffLimit = 50, before: Before = None
) -> Offers:
    """Promotions and their coupons, newest first. For staff."""
    page = await campaigns.promotions(session, most=limit, before=before)
    return Offers(
        promotions=[
            Promotion(
                promotion_id=str(one.id),
                label=one.label,
                kind=one.kind,
                percent=float(one.percent) if one.percent is not None else None,
                amount_minor=one.amount_minor,
                buy_quantity=one.buy_quantity,
                get_quantity=one.get_quantity,
                is_automatic=one.is_automatic,
                is_active=one.is_active,
                ends_at=one.ends_at,
                scope=list(one.scope),
                codes=list(one.codes),
            )
            for one in page.rows
        ],
        coupons=[
            Coupon(
                coupon_id=str(one.id),
                code=one.code,
                label=one.label,
                used_count=one.used_count,
                budget=one.budget,
                is_once_per_customer=one.is_once_per_customer,
                is_active=one.is_active,
            )
            for one in await campaigns.coupons(session, page.rows)
        ],
        next_before=next_of(page),
    )


@router.post("/promotions", name="api_staff_create_promotion", status_code=201, responses=_CHANGED)
async def create_promotion(
    request: Request,
    response: Response,
    who: MayEditPromotions,
    wanted: PromotionWanted,
    key: Key = None,
) -> CreatedPromotion:
    """Create a promotion, with a coupon where it is not for everybody."""
    values = wanted.model_dump(exclude={"coupon"})
    coupon = NewCoupon(**wanted.coupon.model_dump()) if wanted.coupon else None
    change = changes.create_promotion(NewPromotion(**values), coupon)
    promotion_id = await act_by_api(request, response, change, actor=who, key=key)
    return CreatedPromotion(promotion_id=promotion_id)


@router.post(
    "/promotions/{id}/end", name="api_staff_end_promotion", status_code=204, responses=_CHANGED
)
async def end_promotion(
    request: Request, response: Response, who: MayEditPromotions, id: IdInPath, key: Key = None
) -> None:
    """End a promotion now; payments in progress keep the price that was confirmed."""
    await act_by_api(request, response, changes.end_promotion(id), actor=who, key=key)


@router.post("/coupons/{id}/end", name="api_staff_end_coupon", status_code=204, responses=_CHANGED)
async def end_coupon(
    request: Request, response: Response, who: MayEditPromotions, id: IdInPath, key: Key = None
) -> None:
    """End a coupon now."""
    await act_by_api(request, response, changes.end_coupon(id), actor=who, key=key)


@router.get("/gift-cards", name="api_staff_gift_cards")
async def gift_cards(
    _who: MayRead, session: Reads, limit: StaffLimit = 50, before: Before = None
) -> GiftCards:
    """Gift cards, newest first. For staff."""
    page = await campaigns.gift_cards(session, most=limit, before=before)
    return GiftCards(
        gift_cards=[
            GiftCard(
                gift_card_id=str(one.id),
                last_four=one.last_four,
                balance=amount_of(one.balance),
                expires_at=one.expires_at,
                created_at=one.created_at,
                reference=one.reference,
            )
            for one in page.rows
        ],
        next_before=next_of(page),
    )


@router.post("/gift-cards", name="api_staff_issue_gift_card", status_code=201, responses=_CHANGED)
async def issue_gift_card(
    request: Request,
    response: Response,
    who: MayIssueGiftCards,
    wanted: GiftCardWanted,
    key: Key = None,
) -> IssuedGiftCard:
    """Issue a gift card. Its code is shown once: a repeated request gets 409 (``code-not-shown``)."""
    settings: Settings = request.state.settings
    codes: list[str] = []
    change = changes.issue_gift_card(
        Money(wanted.amount_minor, settings.currency),
        reason=wanted.reason,
        expires_at=wanted.expires_at,
        actor=who,
        show=codes.append,
    )
    await act_by_api(request, response, change, actor=who, key=key)
    if not codes:
        raise CodeNotShown("This card was issued before. Its code is not shown a second time.")
    return IssuedGiftCard(code=codes[0])
