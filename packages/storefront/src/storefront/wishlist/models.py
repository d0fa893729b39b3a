"""The table of wishlists."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Text, func
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from storefront.db import Base

MOST_ITEMS = 200
"""Products on one wishlist; the oldest go first."""


class WishlistItem(Base):
    """A product on a wishlist: a visitor's, or a customer's once signed in."""

    __tablename__ = "wishlist_items"
    __table_args__ = (
        CheckConstraint("(visitor_id is null) <> (customer_id is null)", name="one_owner"),
        Index(
            "wishlist_items_of_visitor_key",
            "visitor_id",
            "colourway_id",
            unique=True,
            postgresql_where="visitor_id is not null",
        ),
        Index(
            "wishlist_items_of_customer_key",
            "customer_id",
            "colourway_id",
            unique=True,
            postgresql_where="customer_id is not null",
        ),
        Index("wishlist_items_colourway_id_idx", "colourway_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    visitor_id: Mapped[str | None] = mapped_column(Text)
    customer_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("customers.id"))
    colourway_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("colourways.id", ondelete="cascade")
    )
    added_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=func.now())
