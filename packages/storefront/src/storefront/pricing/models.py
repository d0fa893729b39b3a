"""Tables that determine the price of a bag: promotions, coupons, gift cards, taxes, delivery methods.

The arithmetic is pure and elsewhere in this feature; money is integer minor units plus currency.
"""

from datetime import datetime, time
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Numeric,
    Text,
    Time,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from storefront.db import Base

_UTC = TIMESTAMP(timezone=True)
_NO_TEXTS = text("'{}'::text[]")
_NO_NUMBERS = text("'{}'::bigint[]")


class Promotion(Base):
    """A reduction and its scope.

    kind: ``percentage`` (percent), ``amount`` (amount_minor, once per order, shared among the lines),
    ``free_delivery``, ``buy_x_get_y`` (of each buy_quantity + get_quantity pieces, the cheapest
    get_quantity are reduced by percent). is_automatic: applies without a coupon.
    category_paths, brands, product_ids: any of these; all empty: everything. minimum_minor: of what it
    applies to, before reductions. stack_group: of one group only the best applies; groups add up, in
    the order of priority. is_exclusive: applies alone, if it saves more than all others together.
    """

    __tablename__ = "promotions"
    __table_args__ = (
        CheckConstraint(
            "kind in ('percentage', 'amount', 'free_delivery', 'buy_x_get_y')", name="kind_known"
        ),
        CheckConstraint("percent > 0 and percent <= 100", name="percent_in_range"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint(
            "(kind in ('percentage', 'buy_x_get_y')) = (percent is not null)",
            name="percent_where_needed",
        ),
        CheckConstraint(
            "(kind = 'amount') = (amount_minor is not null)", name="amount_where_needed"
        ),
        CheckConstraint(
            "(kind = 'buy_x_get_y') = (buy_quantity > 0 and get_quantity > 0)",
            name="quantities_where_needed",
        ),
        CheckConstraint("starts_at < ends_at", name="in_order"),
        CheckConstraint("minimum_minor >= 0", name="minimum_not_negative"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    label: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    percent: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    amount_minor: Mapped[int | None] = mapped_column(BigInteger)
    buy_quantity: Mapped[int] = mapped_column(Integer, server_default="0")
    get_quantity: Mapped[int] = mapped_column(Integer, server_default="0")
    category_paths: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=_NO_TEXTS)
    brands: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=_NO_TEXTS)
    product_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=_NO_NUMBERS)
    minimum_minor: Mapped[int] = mapped_column(BigInteger, server_default="0")
    is_automatic: Mapped[bool] = mapped_column(server_default="false")
    is_exclusive: Mapped[bool] = mapped_column(server_default="false")
    stack_group: Mapped[str] = mapped_column(Text, server_default="order")
    priority: Mapped[int] = mapped_column(Integer, server_default="0")
    is_active: Mapped[bool] = mapped_column(server_default="true")
    starts_at: Mapped[datetime | None] = mapped_column(_UTC)
    ends_at: Mapped[datetime | None] = mapped_column(_UTC)


class Coupon(Base):
    """A code that activates a promotion. budget: the total number of uses; None: unlimited.

    code: in capitals, for comparison. used_count: held and used redemptions; it never exceeds the
    budget, by constraint.
    """

    __tablename__ = "coupons"
    __table_args__ = (
        CheckConstraint("code = upper(code) and code <> ''", name="code_in_capitals"),
        CheckConstraint("used_count >= 0 and used_count <= budget", name="within_budget"),
        CheckConstraint("starts_at < ends_at", name="in_order"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    promotion_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("promotions.id"), index=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    budget: Mapped[int | None] = mapped_column(Integer)
    used_count: Mapped[int] = mapped_column(Integer, server_default="0")
    is_once_per_customer: Mapped[bool] = mapped_column(server_default="false")
    is_active: Mapped[bool] = mapped_column(server_default="true")
    starts_at: Mapped[datetime | None] = mapped_column(_UTC)
    ends_at: Mapped[datetime | None] = mapped_column(_UTC)


class CouponRedemption(Base):
    """A coupon used by a checkout: ``held`` while that is in progress, then ``used`` or ``released``.

    customer_key: the e-mail address in lower case; identifies customers for once-per-customer coupons.
    """

    __tablename__ = "coupon_redemptions"
    __table_args__ = (
        CheckConstraint("state in ('held', 'used', 'released')", name="state_known"),
        Index(
            "coupon_redemptions_of_cart_key",
            "coupon_id",
            "cart_id",
            unique=True,
            postgresql_where="state <> 'released'",
        ),
        Index(
            "coupon_redemptions_once_key",
            "coupon_id",
            "customer_key",
            unique=True,
            postgresql_where="state <> 'released' and is_once_per_customer",
        ),
        Index("coupon_redemptions_expires_at_idx", "expires_at", postgresql_where="state = 'held'"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    coupon_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("coupons.id"))
    cart_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("carts.id"), index=True)
    customer_key: Mapped[str] = mapped_column(Text)
    is_once_per_customer: Mapped[bool] = mapped_column()
    state: Mapped[str] = mapped_column(Text, server_default="held")
    expires_at: Mapped[datetime] = mapped_column(_UTC)
    created_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())


class GiftCard(Base):
    """Prepaid money. code_hash: SHA-256 of the code, which is not stored; last_four: of the code.

    balance_minor: the sum of its entries; it never falls below zero, by constraint.
    """

    __tablename__ = "gift_cards"
    __table_args__ = (CheckConstraint("balance_minor >= 0", name="balance_not_negative"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    code_hash: Mapped[str] = mapped_column(Text, unique=True)
    last_four: Mapped[str] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(Text)
    balance_minor: Mapped[int] = mapped_column(BigInteger, server_default="0")
    expires_at: Mapped[datetime | None] = mapped_column(_UTC)
    created_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())


class GiftCardEntry(Base):
    """A change of a gift card's balance. Append-only.

    kind: ``issue``, ``hold`` (negative: for a checkout), ``release`` (of a hold), ``refund``.
    """

    __tablename__ = "gift_card_entries"
    __table_args__ = (
        CheckConstraint("kind in ('issue', 'hold', 'release', 'refund')", name="kind_known"),
        CheckConstraint("delta_minor <> 0", name="delta_not_zero"),
        Index(None, "gift_card_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    gift_card_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("gift_cards.id"))
    kind: Mapped[str] = mapped_column(Text)
    delta_minor: Mapped[int] = mapped_column(BigInteger)
    reference: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())


class GiftCardHold(Base):
    """The amount that a checkout uses of a gift card: first ``held``, then ``used`` or ``released``."""

    __tablename__ = "gift_card_holds"
    __table_args__ = (
        CheckConstraint("state in ('held', 'used', 'released')", name="state_known"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        Index(
            "gift_card_holds_of_cart_key",
            "gift_card_id",
            "cart_id",
            unique=True,
            postgresql_where="state = 'held'",
        ),
        Index("gift_card_holds_expires_at_idx", "expires_at", postgresql_where="state = 'held'"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    gift_card_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("gift_cards.id"))
    cart_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("carts.id"), index=True)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(Text, server_default="held")
    expires_at: Mapped[datetime] = mapped_column(_UTC)
    created_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())


class TaxRate(Base):
    """The tax of a country on a class of goods.

    country: ISO 3166-1 alpha-2; ``*`` for all others. rate: 0.19 is 19 %. is_included: whether prices
    already include it (as required for consumer prices, as in the EU) or it is added.
    """

    __tablename__ = "tax_rates"
    __table_args__ = (CheckConstraint("rate >= 0 and rate < 1", name="rate_in_range"),)

    country: Mapped[str] = mapped_column(Text, primary_key=True)
    tax_class: Mapped[str] = mapped_column(Text, primary_key=True)
    rate: Mapped[Decimal] = mapped_column(Numeric(6, 5))
    is_included: Mapped[bool] = mapped_column()


class DeliveryMethod(Base):
    """A delivery method. countries: ISO codes; empty: everywhere.

    free_from_minor: of the goods after reductions. cutoff: orders placed before it, in time_zone, leave
    on the same working day. min_days, max_days: working days from then to the door.
    """

    __tablename__ = "delivery_methods"
    __table_args__ = (
        CheckConstraint("price_minor >= 0 and free_from_minor >= 0", name="amounts_not_negative"),
        CheckConstraint("0 <= min_days and min_days <= max_days", name="days_in_order"),
    )

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    countries: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=_NO_TEXTS)
    currency: Mapped[str] = mapped_column(Text)
    price_minor: Mapped[int] = mapped_column(BigInteger)
    free_from_minor: Mapped[int | None] = mapped_column(BigInteger)
    cutoff: Mapped[time] = mapped_column(Time)
    time_zone: Mapped[str] = mapped_column(Text, server_default="UTC")
    min_days: Mapped[int] = mapped_column(Integer)
    max_days: Mapped[int] = mapped_column(Integer)
    carrier: Mapped[str | None] = mapped_column(Text)
    sort: Mapped[int] = mapped_column(Integer, server_default="0")
    is_active: Mapped[bool] = mapped_column(server_default="true")
