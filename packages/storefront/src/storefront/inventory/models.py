"""Tables of stock: the pieces of each SKU by location, reservations, and every change.

``stock_movements`` is the ledger: for each SKU and location its deltas add up to ``on_hand``
(``storefront audit`` checks it). The active ``stock_reservations`` add up to ``reserved``.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Integer, Text, func
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from storefront.db import Base

_UTC = TIMESTAMP(timezone=True)

MAIN_LOCATION = 1
"""The location of imported counts, and the only one of a shop with one warehouse."""


class Location(Base):
    """A place from which pieces are shipped. priority: the lowest is used first."""

    __tablename__ = "locations"

    id: Mapped[int] = mapped_column(Identity(start=2), primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(server_default="true")
    priority: Mapped[int] = mapped_column(server_default="0")


class StockLevel(Base):
    """Pieces of one SKU at one location.

    on_hand: physically there; reserved: the part held for checkouts; safety: never sold.
    Available to sell: on_hand - reserved - safety.
    """

    __tablename__ = "stock_levels"
    __table_args__ = (
        CheckConstraint("0 <= reserved and reserved <= on_hand", name="not_oversold"),
        CheckConstraint("safety >= 0", name="safety_not_negative"),
    )

    sku_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("skus.id"), primary_key=True, autoincrement=False
    )
    location_id: Mapped[int] = mapped_column(
        ForeignKey("locations.id"), primary_key=True, server_default="1", autoincrement=False
    )
    on_hand: Mapped[int] = mapped_column(Integer)
    reserved: Mapped[int] = mapped_column(Integer, server_default="0")
    safety: Mapped[int] = mapped_column(Integer, server_default="0")


class StockMovement(Base):
    """A change of on_hand. Append-only.

    kind: ``count`` (an import or stocktaking set the number), ``adjustment`` (by staff, with a
    reason), ``sale``, ``cancellation``, ``return``, ``receipt``.
    reference: what it belongs to, such as an order's number. actor: who made it; None: the shop itself.
    """

    __tablename__ = "stock_movements"
    __table_args__ = (
        CheckConstraint(
            "kind in ('count', 'adjustment', 'sale', 'cancellation', 'return', 'receipt')",
            name="kind_known",
        ),
        CheckConstraint("delta <> 0", name="delta_not_zero"),
        Index(None, "sku_id", "location_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    sku_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("skus.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("locations.id"))
    delta: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(Text)
    reference: Mapped[str | None] = mapped_column(Text)
    actor: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())


class StockReservation(Base):
    """Pieces held for a cart while its checkout is in progress.

    state: ``active`` until ``expires_at``; then ``committed`` (they were sold) or ``released``.
    """

    __tablename__ = "stock_reservations"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("state in ('active', 'committed', 'released')", name="state_known"),
        Index(
            "stock_reservations_active_key",
            "cart_id",
            "sku_id",
            "location_id",
            unique=True,
            postgresql_where="state = 'active'",
        ),
        Index(
            "stock_reservations_expires_at_idx", "expires_at", postgresql_where="state = 'active'"
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    cart_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("carts.id"), index=True)
    sku_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("skus.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("locations.id"))
    quantity: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(Text, server_default="active")
    expires_at: Mapped[datetime] = mapped_column(_UTC)
    created_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())
