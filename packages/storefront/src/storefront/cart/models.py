"""Tables of the bag: one open cart a visitor or customer, and its lines."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from storefront.db import Base

_UTC = TIMESTAMP(timezone=True)

MOST_PER_LINE = 20
"""Pieces of one SKU in one bag; more is a wholesale order, and is answered by people."""

MOST_LINES = 100


class Cart(Base):
    """A bag. state: ``open``; then ``ordered``, or ``merged`` into a customer's other one.

    visitor_id: of the signed cookie; customer_id: once signed in. version: grows with every change, so
    that two tabs notice each other.
    """

    __tablename__ = "carts"
    __table_args__ = (
        CheckConstraint("state in ('open', 'ordered', 'merged')", name="state_known"),
        CheckConstraint("visitor_id is not null or customer_id is not null", name="has_owner"),
        Index(
            "carts_open_of_visitor_key",
            "visitor_id",
            unique=True,
            postgresql_where="state = 'open' and customer_id is null",
        ),
        Index(
            "carts_open_of_customer_key",
            "customer_id",
            unique=True,
            postgresql_where="state = 'open' and customer_id is not null",
        ),
        Index("carts_updated_at_idx", "updated_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    visitor_id: Mapped[str | None] = mapped_column(Text)
    customer_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("customers.id"))
    currency: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default="open")
    version: Mapped[int] = mapped_column(Integer, server_default="0")
    coupon_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("coupons.id"))
    created_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())


class CartLine(Base):
    """A SKU in a bag. is_saved: kept for later, outside of the totals.

    price_minor: what the shopper last saw of its price; another price is announced, not just charged.
    """

    __tablename__ = "cart_lines"
    __table_args__ = (
        CheckConstraint(f"quantity between 1 and {MOST_PER_LINE}", name="quantity_in_limits"),
    )

    cart_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("carts.id", ondelete="cascade"), primary_key=True
    )
    sku_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("skus.id"), primary_key=True)
    quantity: Mapped[int] = mapped_column(Integer)
    is_saved: Mapped[bool] = mapped_column(server_default="false")
    price_minor: Mapped[int] = mapped_column(BigInteger)
    added_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())


class CartGiftCard(Base):
    """A gift card that is to pay for a bag, in the order in which they were added."""

    __tablename__ = "cart_gift_cards"

    cart_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("carts.id", ondelete="cascade"), primary_key=True
    )
    gift_card_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("gift_cards.id"), primary_key=True
    )
    added_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())
