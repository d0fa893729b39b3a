"""Reads of what determines a price: promotions, coupons, gift cards, taxes, delivery methods."""

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import cast

from sqlalchemy import ColumnElement, and_, or_, select, text

from storefront.db import ReadSession
from storefront.errors import StoreError
from storefront.money import Money
from storefront.pricing.delivery import arrival, dispatch_day
from storefront.pricing.discounts import Delivery, Kind, Offer
from storefront.pricing.models import Coupon, DeliveryMethod, GiftCard, Promotion, TaxRate
from storefront.pricing.totals import GiftCardBalance, Rates
from storefront.texts import _


class CouponNotValid(StoreError):
    """The code cannot be used: ``reason`` says why. The bag is unchanged.

    unknown: there is no such code; not-now: it has ended or not started; used-up: it was for a limited
    number of orders; used-before: it is for one order of each customer.
    """

    status, slug, title = 409, "coupon-not-valid", "This code cannot be used"


class GiftCardNotValid(StoreError):
    """The gift card cannot be used: the code is unknown, it has expired, or its balance is zero."""

    status, slug, title = 409, "gift-card-not-valid", "This gift card cannot be used"


@dataclass(frozen=True, slots=True)
class CouponOffer:
    """A currently valid coupon, and the promotion that it activates."""

    coupon_id: int
    offer: Offer


@dataclass(frozen=True, slots=True)
class Method:
    """A delivery method, with the information for the shopper."""

    code: str
    name: str
    delivery: Delivery
    carrier: str | None
    cutoff: time
    time_zone: str
    min_days: int
    max_days: int

    def arrives(self, placed_at: datetime) -> tuple[date, date]:
        """The first and last day of delivery for an order placed then."""
        leaves = dispatch_day(placed_at, cutoff=self.cutoff, time_zone=self.time_zone)
        return arrival(leaves, min_days=self.min_days, max_days=self.max_days)


@dataclass(frozen=True, slots=True)
class GiftCardPayment:
    """The amount that a gift card paid for an order, and the refunded part."""

    gift_card_id: int
    last_four: str
    paid: Money
    refunded: Money


async def paid_by_gift_cards(
    session: ReadSession, cart_id: int, *, reference: str
) -> list[GiftCardPayment]:
    """The gift card payments of the order of a cart, largest amount first. One statement.

    reference: the order's number, which refunds to the cards have.
    """
    rows = await session.execute(_PAID_BY_CARDS, {"cart_id": cart_id, "reference": reference})
    return [
        GiftCardPayment(
            row.id, row.last_four, Money(row.paid, row.currency), Money(row.refunded, row.currency)
        )
        for row in rows
    ]


async def automatic_offers(session: ReadSession, now: datetime) -> list[Offer]:
    """The promotions that currently apply automatically. One statement."""
    found = await session.scalars(
        select(Promotion).where(Promotion.is_automatic, _is_valid(Promotion, now))
    )
    return [_offer(one, None) for one in found]


async def coupon_of(session: ReadSession, code: str, now: datetime) -> CouponOffer:
    """The coupon of a code as typed. One statement. Raises CouponNotValid (409)."""
    return await _valid_coupon(session, Coupon.code == normalized(code), now, code)


async def coupon_by_id(session: ReadSession, coupon_id: int, now: datetime) -> CouponOffer:
    """The coupon of a bag. One statement. Raises CouponNotValid (409) if it has ended since."""
    return await _valid_coupon(session, Coupon.id == coupon_id, now, "The code")


async def gift_card_of(session: ReadSession, code: str, now: datetime) -> GiftCardBalance:
    """The gift card of a code as typed. One statement. Raises GiftCardNotValid (409)."""
    found = await session.scalar(
        select(GiftCard).where(
            GiftCard.code_hash == hash_of(code),
            GiftCard.balance_minor > 0,
            or_(GiftCard.expires_at.is_(None), GiftCard.expires_at > now),
        )
    )
    if found is None:
        raise GiftCardNotValid(_("No gift card of this code has money left on it."))
    return GiftCardBalance(found.id, Money(found.balance_minor, found.currency))


async def gift_cards(
    session: ReadSession, gift_card_ids: Sequence[int], now: datetime
) -> list[GiftCardBalance]:
    """What gift cards can pay, in the order of the ids: expired ones nothing. One statement, or none."""
    if not gift_card_ids:
        return []
    found = await session.scalars(select(GiftCard).where(GiftCard.id.in_(gift_card_ids)))
    by_id = {
        one.id: GiftCardBalance(one.id, Money(_usable(one, now), one.currency)) for one in found
    }
    return [by_id[gift_card_id] for gift_card_id in gift_card_ids if gift_card_id in by_id]


def _usable(card: GiftCard, now: datetime) -> int:
    is_expired = card.expires_at is not None and card.expires_at <= now
    return 0 if is_expired else card.balance_minor


async def rates_of(session: ReadSession, country: str) -> Rates:
    """The taxes of a country; by default those for all others. One statement."""
    rows = list(await session.scalars(select(TaxRate).where(TaxRate.country.in_([country, "*"]))))
    own = [row for row in rows if row.country == country] or rows
    return Rates(
        {row.tax_class: row.rate for row in own}, is_included=all(row.is_included for row in own)
    )


async def methods_for(session: ReadSession, country: str, currency: str) -> list[Method]:
    """The delivery methods for a country, in display order. One statement."""
    found = await session.scalars(
        select(DeliveryMethod)
        .where(
            DeliveryMethod.is_active,
            DeliveryMethod.currency == currency,
            or_(DeliveryMethod.countries == [], DeliveryMethod.countries.contains([country])),
        )
        .order_by(DeliveryMethod.sort, DeliveryMethod.code)
    )
    return [_method(one) for one in found]


_GROUPING = ("Zs", "Cc", "Cf", "Pd", "Sm")  # blanks, invisible marks, dashes, the minus sign


def normalized(code: str) -> str:
    """A code for comparison: capitals, without what groups it, such as blanks and any dashes."""
    return "".join(one for one in code if unicodedata.category(one) not in _GROUPING).upper()


def hash_of(code: str) -> str:
    """The stored digest of a gift card's code. It has 80 random bits, so a plain digest is enough."""
    return hashlib.sha256(normalized(code).encode()).hexdigest()


def _is_valid(table: type[Promotion] | type[Coupon], now: datetime) -> ColumnElement[bool]:
    return and_(
        table.is_active,
        or_(table.starts_at.is_(None), table.starts_at <= now),
        or_(table.ends_at.is_(None), table.ends_at > now),
    )


async def _valid_coupon(
    session: ReadSession, wanted: ColumnElement[bool], now: datetime, shown: str
) -> CouponOffer:
    row = (
        await session.execute(
            select(
                Coupon,
                Promotion,
                and_(_is_valid(Coupon, now), _is_valid(Promotion, now)),
            )
            .join(Promotion, Promotion.id == Coupon.promotion_id)
            .where(wanted)
        )
    ).one_or_none()
    if row is None:
        raise CouponNotValid(_("There is no code %(code)s.", code=shown), reason="unknown")
    coupon, promotion, is_valid = row
    if not is_valid:
        raise CouponNotValid(_("%(code)s is not valid now.", code=coupon.code), reason="not-now")
    if coupon.budget is not None and coupon.used_count >= coupon.budget:
        raise CouponNotValid(_("%(code)s has been used up.", code=coupon.code), reason="used-up")
    return CouponOffer(coupon.id, _offer(promotion, coupon.code))


def _offer(row: Promotion, code: str | None) -> Offer:
    return Offer(
        id=row.id,
        label=row.label,
        kind=cast(Kind, row.kind),
        code=code,
        percent=row.percent or Decimal(0),
        amount_minor=row.amount_minor or 0,
        buy_quantity=row.buy_quantity,
        get_quantity=row.get_quantity,
        category_paths=row.category_paths,
        brands=row.brands,
        product_ids=row.product_ids,
        minimum_minor=row.minimum_minor,
        is_exclusive=row.is_exclusive,
        stack_group=row.stack_group,
        priority=row.priority,
    )


def _method(row: DeliveryMethod) -> Method:
    free_from = None if row.free_from_minor is None else Money(row.free_from_minor, row.currency)
    return Method(
        code=row.code,
        name=row.name,
        delivery=Delivery(Money(row.price_minor, row.currency), free_from),
        carrier=row.carrier,
        cutoff=row.cutoff,
        time_zone=row.time_zone,
        min_days=row.min_days,
        max_days=row.max_days,
    )


_PAID_BY_CARDS = text(
    """
    select id, last_four, currency, paid, coalesce((
        select sum(delta_minor) from shop.gift_card_entries
        where gift_card_id = gift_cards.id and kind = 'refund'
            and reference = :reference), 0)::bigint as refunded
    from shop.gift_cards join (
        select gift_card_id, sum(amount_minor)::bigint as paid from shop.gift_card_holds
        where cart_id = :cart_id and state = 'used' group by gift_card_id
    ) as used on gift_card_id = id
    order by paid desc, id
    """
)
