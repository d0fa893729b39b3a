"""Promotions, coupons and gift cards for staff: list, create, end."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import insert, text

from storefront.db import ReadSession, WriteSession
from storefront.db_errors import refusing
from storefront.differences import Difference
from storefront.errors import Conflict, InvalidInput, NotFound
from storefront.money import Money
from storefront.paging import Page, page_of
from storefront.pricing.discounts import Kind
from storefront.pricing.models import Coupon, Promotion
from storefront.pricing.queries import normalized


class CodeTaken(Conflict):
    """A coupon with this code already exists, possibly one that has ended. Choose another code."""

    slug, title = "code-taken", "This code exists already"


@dataclass(frozen=True, slots=True)
class NewPromotion:
    """A promotion to be created; the fields are those of the table ``promotions``."""

    label: str
    kind: Kind
    percent: Decimal | None = None
    amount_minor: int | None = None
    buy_quantity: int = 0
    get_quantity: int = 0
    minimum_minor: int = 0
    category_paths: Sequence[str] = ()
    brands: Sequence[str] = ()
    product_ids: Sequence[int] = ()
    stack_group: str = "order"
    priority: int = 0
    is_exclusive: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def missing(self) -> list[str]:
        """Names of the fields that its kind requires and that are missing."""
        needed: dict[Kind, dict[str, object]] = {
            "percentage": {"percent": self.percent},
            "amount": {"amount": self.amount_minor},
            "free_delivery": {},
            "buy_x_get_y": {
                "percent": self.percent,
                "buy_quantity": self.buy_quantity,
                "get_quantity": self.get_quantity,
            },
        }
        return [name for name, value in needed[self.kind].items() if not value]


@dataclass(frozen=True, slots=True)
class NewCoupon:
    """A coupon that activates a promotion. budget: the total number of uses; None: unlimited."""

    code: str
    budget: int | None = None
    is_once_per_customer: bool = False


@dataclass(frozen=True, slots=True)
class PromotionRow:
    """A promotion in a list. codes: of its coupons."""

    id: int
    label: str
    kind: Kind
    percent: Decimal | None
    amount_minor: int | None
    buy_quantity: int
    get_quantity: int
    is_automatic: bool
    is_active: bool
    ends_at: datetime | None
    scope: Sequence[str] = field(default=())
    codes: Sequence[str] = field(default=())

    def what(self, currency: str, locale: str) -> str:
        """A short description."""
        percent = f"{self.percent.normalize():f} %" if self.percent is not None else ""
        if self.kind == "percentage":
            return f"{percent} off"
        if self.kind == "amount":
            return f"{Money(self.amount_minor or 0, currency).format(locale)} off"
        if self.kind == "free_delivery":
            return "free delivery"
        return f"buy {self.buy_quantity}, {self.get_quantity} more at {percent} off"


@dataclass(frozen=True, slots=True)
class CouponRow:
    """A coupon in a list. label: of its promotion."""

    id: int
    code: str
    label: str
    used_count: int
    budget: int | None
    is_once_per_customer: bool
    is_active: bool


@dataclass(frozen=True, slots=True)
class GiftCardRow:
    """A gift card in a list. reference: why it was issued."""

    id: int
    last_four: str
    balance: Money
    expires_at: datetime | None
    created_at: datetime
    reference: str | None


async def create(
    session: WriteSession, promotion: NewPromotion, coupon: NewCoupon | None = None
) -> int:
    """Create a promotion; with a coupon only for holders of its code, otherwise for all. Returns its id.

    Two statements. Raises InvalidInput (422), CodeTaken (409).
    """
    _check(promotion)
    promotion_id: int | None = await session.scalar(
        insert(Promotion)
        .values(
            label=promotion.label,
            kind=promotion.kind,
            percent=promotion.percent if promotion.kind in ("percentage", "buy_x_get_y") else None,
            amount_minor=promotion.amount_minor if promotion.kind == "amount" else None,
            buy_quantity=promotion.buy_quantity if promotion.kind == "buy_x_get_y" else 0,
            get_quantity=promotion.get_quantity if promotion.kind == "buy_x_get_y" else 0,
            minimum_minor=promotion.minimum_minor,
            category_paths=list(promotion.category_paths),
            brands=list(promotion.brands),
            product_ids=list(promotion.product_ids),
            is_automatic=coupon is None,
            is_exclusive=promotion.is_exclusive,
            stack_group=promotion.stack_group,
            priority=promotion.priority,
            starts_at=promotion.starts_at,
            ends_at=promotion.ends_at,
        )
        .returning(Promotion.id)
    )
    assert promotion_id is not None
    if coupon is not None:
        await _create_coupon(session, promotion_id, coupon)
    return promotion_id


def _check(promotion: NewPromotion) -> None:
    if missing := promotion.missing():
        raise InvalidInput(
            "This kind of promotion needs more.",
            errors=[{"pointer": f"#/{name}", "detail": "Please fill this in."} for name in missing],
        )
    if promotion.starts_at and promotion.ends_at and promotion.starts_at >= promotion.ends_at:
        raise InvalidInput(
            "A promotion must end after it starts.",
            errors=[{"pointer": "#/ends_at", "detail": "must be after starts_at"}],
        )
    if promotion.ends_at and promotion.ends_at <= datetime.now(UTC):
        raise InvalidInput.of("ends_at", "Please enter a time that is to come.")


async def _create_coupon(session: WriteSession, promotion_id: int, coupon: NewCoupon) -> None:
    code = normalized(coupon.code)
    taken = {"coupons_code_key": lambda: CodeTaken(f"There is a coupon {code} already.")}
    with refusing(taken):
        await session.execute(
            insert(Coupon).values(
                promotion_id=promotion_id,
                code=code,
                budget=coupon.budget,
                is_once_per_customer=coupon.is_once_per_customer,
            )
        )


async def end_promotion(session: WriteSession, promotion_id: int) -> tuple[str, bool]:
    """End a promotion now: bags no longer get it. Returns its label, and whether that is new.

    Payments in progress keep the confirmed price. One statement. Raises NotFound (404).
    """
    row = (await session.execute(_END_PROMOTION, {"id": promotion_id})).one_or_none()
    if row is None:
        raise NotFound(f"There is no promotion {promotion_id}.")
    return row.label, row.was_active


async def end_coupon(session: WriteSession, coupon_id: int) -> tuple[str, bool]:
    """End a coupon now. Returns its code, and whether that is new. One statement.

    Raises NotFound (404).
    """
    row = (await session.execute(_END_COUPON, {"id": coupon_id})).one_or_none()
    if row is None:
        raise NotFound(f"There is no coupon {coupon_id}.")
    return row.code, row.was_active


async def promotions(
    session: ReadSession, *, most: int, before: int | None = None
) -> Page[PromotionRow]:
    """Promotions, newest first. before: ``next`` of the page before. One statement."""
    parameters = {"most": most + 1, "before": before}
    found = [PromotionRow(*row) for row in await session.execute(_PROMOTIONS, parameters)]
    return page_of(found, most)


async def coupons(session: ReadSession, promotions: Sequence[PromotionRow]) -> list[CouponRow]:
    """The coupons of these promotions, newest first. One statement."""
    parameters = {"promotion_ids": [one.id for one in promotions]}
    return [CouponRow(*row) for row in await session.execute(_COUPONS, parameters)]


async def gift_cards(
    session: ReadSession, *, most: int, before: int | None = None
) -> Page[GiftCardRow]:
    """Gift cards, newest first. before: ``next`` of the page before. One statement."""
    parameters = {"most": most + 1, "before": before}
    found = [
        GiftCardRow(
            row.id,
            row.last_four,
            Money(row.balance_minor, row.currency),
            row.expires_at,
            row.created_at,
            row.reference,
        )
        for row in await session.execute(_GIFT_CARDS, parameters)
    ]
    return page_of(found, most)


async def differences(session: ReadSession) -> list[Difference]:
    """Coupons and gift cards with inconsistent amounts; empty if there are none. One statement.

    coupon: its count of uses against its redemptions; gift_card: its balance against its entries.
    """
    return [Difference(*row) for row in await session.execute(_DIFFERENCES)]


_END_PROMOTION = text(
    """
    update shop.promotions set is_active = false
    from (select id, is_active as was_active from shop.promotions where id = :id for update) as old
    where promotions.id = old.id returning label, was_active
    """
)
_END_COUPON = text(
    """
    update shop.coupons set is_active = false
    from (select id, is_active as was_active from shop.coupons where id = :id for update) as old
    where coupons.id = old.id returning code, was_active
    """
)
_PROMOTIONS = text(
    """
    select id, label, kind, percent, amount_minor, buy_quantity, get_quantity, is_automatic,
        is_active and (ends_at is null or ends_at > now()), ends_at,
        category_paths || brands || cast(product_ids as text[]),
        array(select code from shop.coupons where promotion_id = promotions.id order by id)
    from shop.promotions where cast(:before as bigint) is null or id < :before
    order by id desc limit :most
    """
)
_COUPONS = text(
    """
    select coupons.id, code, label, used_count, budget, is_once_per_customer, coupons.is_active
    from shop.coupons join shop.promotions on promotions.id = promotion_id
    where promotion_id = any(cast(:promotion_ids as bigint[])) order by coupons.id desc
    """
)
_GIFT_CARDS = text(
    """
    select id, last_four, balance_minor, currency, expires_at, created_at, (
        select reference from shop.gift_card_entries
        where gift_card_id = gift_cards.id and kind = 'issue' order by id limit 1) as reference
    from shop.gift_cards where cast(:before as bigint) is null or id < :before
    order by id desc limit :most
    """
)
_DIFFERENCES = text(
    """
    select code, 'coupon', used_count, taken::int from shop.coupons
    cross join lateral (
        select count(*) as taken from shop.coupon_redemptions
        where coupon_id = coupons.id and state <> 'released') as redemptions
    where used_count <> taken
    union all
    select id::text || ' (…' || last_four || ')', 'gift_card', balance_minor, added_up::bigint
    from shop.gift_cards
    cross join lateral (
        select coalesce(sum(delta_minor), 0) as added_up from shop.gift_card_entries
        where gift_card_id = gift_cards.id) as entries
    where balance_minor <> added_up
    order by 2, 1
    """
)
