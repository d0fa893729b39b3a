"""Tables of orders: snapshots of products, prices and addresses; and the events since.

Nothing here is looked up in the catalogue again: products may change or disappear, orders do not.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Numeric,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from storefront.db import Base

_UTC = TIMESTAMP(timezone=True)


class Order(Base):
    """An order. number: readable, as on the parcel. cart_id: unique, so a bag becomes one order.

    state: ``placed``, ``cancelled`` or ``completed`` (all that is not cancelled was delivered). States
    of payment and delivery are derived from payments, refunds and shipments.
    total_minor = items_minor - discount_minor + delivery_minor + tax_minor if tax is not included
    in prices; it includes the amount paid by gift cards.
    """

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint("state in ('placed', 'cancelled', 'completed')", name="state_known"),
        CheckConstraint(
            "total_minor = items_minor - discount_minor + delivery_minor"
            " + case when is_tax_included then 0 else tax_minor end",
            name="total_adds_up",
        ),
        CheckConstraint(
            "gift_card_minor >= 0 and gift_card_minor <= total_minor", name="gift_cards_in_total"
        ),
        Index(None, "customer_id", "placed_at"),
        Index("orders_email_idx", "email"),
        Index("orders_placed_at_idx", "placed_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    number: Mapped[str] = mapped_column(Text, unique=True)
    cart_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("carts.id"), unique=True)
    customer_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("customers.id"))
    email: Mapped[str] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    locale: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default="placed")
    currency: Mapped[str] = mapped_column(Text)
    items_minor: Mapped[int] = mapped_column(BigInteger)
    discount_minor: Mapped[int] = mapped_column(BigInteger)
    delivery_minor: Mapped[int] = mapped_column(BigInteger)
    tax_minor: Mapped[int] = mapped_column(BigInteger)
    is_tax_included: Mapped[bool] = mapped_column()
    gift_card_minor: Mapped[int] = mapped_column(BigInteger, server_default="0")
    total_minor: Mapped[int] = mapped_column(BigInteger)
    delivery_address: Mapped[dict[str, str]] = mapped_column(JSONB)
    billing_address: Mapped[dict[str, str]] = mapped_column(JSONB)
    delivery_method: Mapped[str] = mapped_column(Text)
    delivery_name: Mapped[str] = mapped_column(Text)
    promised_from: Mapped[date | None] = mapped_column()
    promised_until: Mapped[date | None] = mapped_column()
    placed_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())


class OrderLine(Base):
    """A line of one SKU, as it was bought. The counts show the state of its pieces.

    discount_minor, tax_minor, total_minor: of the whole line; total_minor: the amount paid, tax
    included. shipped_count plus cancelled_count never exceed quantity; what was returned, or is
    in an open return (returning_count), was shipped.
    """

    __tablename__ = "order_lines"
    __table_args__ = (
        UniqueConstraint("order_id", "position"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint(
            "shipped_count >= 0 and cancelled_count >= 0"
            " and shipped_count + cancelled_count <= quantity",
            name="pieces_add_up",
        ),
        CheckConstraint(
            "returned_count >= 0 and returned_count <= shipped_count", name="returned_were_shipped"
        ),
        CheckConstraint(
            "returning_count >= 0 and returned_count + returning_count <= shipped_count",
            name="returning_were_shipped",
        ),
        CheckConstraint(
            "refunded_minor >= 0 and refunded_minor <= total_minor", name="not_over_refunded"
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    order_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("orders.id"))
    position: Mapped[int] = mapped_column(Integer)
    sku_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("skus.id"), index=True)
    sku: Mapped[str] = mapped_column(Text)
    product_id: Mapped[int] = mapped_column(BigInteger, index=True)
    slug: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    brand: Mapped[str | None] = mapped_column(Text)
    colour: Mapped[str | None] = mapped_column(Text)
    size_system: Mapped[str] = mapped_column(Text)
    size_label: Mapped[str] = mapped_column(Text)
    picture: Mapped[str | None] = mapped_column(Text)
    quantity: Mapped[int] = mapped_column(Integer)
    list_price_minor: Mapped[int] = mapped_column(BigInteger)
    price_minor: Mapped[int] = mapped_column(BigInteger)
    discount_minor: Mapped[int] = mapped_column(BigInteger)
    tax_rate: Mapped[Decimal] = mapped_column(Numeric(6, 5))
    tax_minor: Mapped[int] = mapped_column(BigInteger)
    total_minor: Mapped[int] = mapped_column(BigInteger)
    refunded_minor: Mapped[int] = mapped_column(BigInteger, server_default="0")
    shipped_count: Mapped[int] = mapped_column(Integer, server_default="0")
    cancelled_count: Mapped[int] = mapped_column(Integer, server_default="0")
    returned_count: Mapped[int] = mapped_column(Integer, server_default="0")
    returning_count: Mapped[int] = mapped_column(Integer, server_default="0")


class OrderDiscount(Base):
    """A promotion of an order. code: of the coupon, if there was one."""

    __tablename__ = "order_discounts"

    order_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("orders.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    label: Mapped[str] = mapped_column(Text)
    code: Mapped[str | None] = mapped_column(Text)
    amount_minor: Mapped[int] = mapped_column(BigInteger)


class OrderEvent(Base):
    """An event of an order. Append-only. actor: an e-mail address, or ``shop``."""

    __tablename__ = "order_events"
    __table_args__ = (Index(None, "order_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    order_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("orders.id"))
    kind: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())


class Shipment(Base):
    """A parcel. state: ``shipped`` or ``delivered``."""

    __tablename__ = "shipments"
    __table_args__ = (
        CheckConstraint("state in ('shipped', 'delivered')", name="state_known"),
        CheckConstraint(
            "(state = 'delivered') = (delivered_at is not null)", name="delivered_has_time"
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    order_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("orders.id"), index=True)
    carrier: Mapped[str | None] = mapped_column(Text)
    tracking_number: Mapped[str | None] = mapped_column(Text)
    tracking_url: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default="shipped")
    shipped_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())
    delivered_at: Mapped[datetime | None] = mapped_column(_UTC)


class ShipmentLine(Base):
    """Pieces of an order's line in a parcel."""

    __tablename__ = "shipment_lines"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    shipment_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("shipments.id"), primary_key=True
    )
    order_line_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("order_lines.id"), primary_key=True
    )
    quantity: Mapped[int] = mapped_column(Integer)


class Replacement(Base):
    """The credit that pays for an order which replaces pieces of another one.

    cart_id: the bag that becomes the replacement order. credit_minor: moved from the other order to this
    one; undone_minor: the part moved back. is_held: not to be shipped yet.
    """

    __tablename__ = "replacements"
    __table_args__ = (
        CheckConstraint(
            "0 <= undone_minor and undone_minor <= credit_minor", name="undone_in_credit"
        ),
        Index("replacements_replaces_order_id_idx", "replaces_order_id"),
    )

    cart_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("carts.id"), primary_key=True)
    replaces_order_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("orders.id"))
    credit_minor: Mapped[int] = mapped_column(BigInteger)
    undone_minor: Mapped[int] = mapped_column(BigInteger, server_default="0")
    is_held: Mapped[bool] = mapped_column(server_default="true")
