"""Tables of returns: the pieces, reasons, values and outcomes."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from storefront.db import Base

_UTC = TIMESTAMP(timezone=True)


class Return(Base):
    """Pieces of an order that are returned. number: readable, as on the label: ``R-K7QF-3M2D``.

    state: ``requested`` → ``approved`` (the label can be printed) → ``in_transit`` → ``received`` →
    ``inspected`` → ``completed``; or ``rejected``, or ``cancelled``.
    is_unpaid: the difference of an exchange waits for its payment; the return goes on once it is made.
    cart_id: the bag that its replacement order is placed by; None where nothing is exchanged.
    delivery_minor: refunded of the cost of delivery, with the last pieces of the order.
    """

    __tablename__ = "returns"
    __table_args__ = (
        CheckConstraint(
            "state in ('requested', 'approved', 'in_transit', 'received', 'inspected', 'completed',"
            " 'rejected', 'cancelled')",
            name="state_known",
        ),
        CheckConstraint("not is_unpaid or state in ('requested', 'cancelled')", name="paid_first"),
        Index("returns_order_id_idx", "order_id"),
        Index(
            "returns_open_idx",
            "state",
            "id",
            postgresql_where="state not in ('completed', 'rejected', 'cancelled')",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    number: Mapped[str] = mapped_column(Text, unique=True)
    order_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("orders.id"))
    cart_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("carts.id"), unique=True)
    state: Mapped[str] = mapped_column(Text, server_default="requested")
    is_unpaid: Mapped[bool] = mapped_column(server_default=text("false"))
    language: Mapped[str] = mapped_column(Text)
    carrier: Mapped[str | None] = mapped_column(Text)
    tracking_number: Mapped[str | None] = mapped_column(Text)
    staff_note: Mapped[str | None] = mapped_column(Text)
    delivery_minor: Mapped[int] = mapped_column(BigInteger, server_default="0")
    created_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())


class ReturnLine(Base):
    """Pieces of one line of the order, sent back for one reason, with one outcome.

    outcome: ``payment`` (refunded to what paid), ``gift_card`` (refunded to a new gift card) or
    ``exchange`` (for new_sku_id). value_minor: what was paid for the pieces; credit_minor: how much of
    it pays for the replacement; charge_minor: what the replacement costs beyond it.
    is_sealed: only accepted unopened. received_count: pieces that arrived; accepted_count: of those.
    disposition: ``restock`` (for sale again), ``repair`` (not yet) or ``discard``.
    refunded_minor: the refund for the accepted pieces.
    """

    __tablename__ = "return_lines"
    __table_args__ = (
        UniqueConstraint("return_id", "position"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint(
            "reason in ('too_small', 'too_large', 'style', 'colour', 'quality', 'wrong_item',"
            " 'changed_mind', 'other')",
            name="reason_known",
        ),
        CheckConstraint("outcome in ('payment', 'gift_card', 'exchange')", name="outcome_known"),
        CheckConstraint(
            "(outcome = 'exchange') = (new_sku_id is not null)", name="exchange_has_size"
        ),
        CheckConstraint(
            "0 <= accepted_count and accepted_count <= received_count"
            " and received_count <= quantity",
            name="counts_in_order",
        ),
        CheckConstraint(
            "condition in ('as_new', 'opened', 'worn', 'damaged', 'incomplete')",
            name="condition_known",
        ),
        CheckConstraint(
            "disposition in ('restock', 'repair', 'discard')", name="disposition_known"
        ),
        CheckConstraint(
            "0 <= credit_minor and credit_minor <= value_minor and charge_minor >= 0"
            " and refunded_minor >= 0",
            name="amounts_in_order",
        ),
        Index("return_lines_order_line_id_idx", "order_line_id"),
        Index("return_lines_product_id_idx", "product_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    return_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("returns.id"))
    position: Mapped[int] = mapped_column(Integer)
    order_line_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("order_lines.id"))
    product_id: Mapped[int] = mapped_column(BigInteger)
    sku_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("skus.id"))
    quantity: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    new_sku_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("skus.id"))
    is_sealed: Mapped[bool] = mapped_column(server_default=text("false"))
    value_minor: Mapped[int] = mapped_column(BigInteger)
    credit_minor: Mapped[int] = mapped_column(BigInteger, server_default="0")
    charge_minor: Mapped[int] = mapped_column(BigInteger, server_default="0")
    received_count: Mapped[int] = mapped_column(Integer, server_default="0")
    accepted_count: Mapped[int] = mapped_column(Integer, server_default="0")
    condition: Mapped[str | None] = mapped_column(Text)
    disposition: Mapped[str | None] = mapped_column(Text)
    refunded_minor: Mapped[int] = mapped_column(BigInteger, server_default="0")
