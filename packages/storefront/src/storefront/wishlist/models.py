"""The tables of wishlists."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Text, func
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from storefront.db import Base

MOST_ITEMS = 200
"""Products on one wishlist; the oldest go first."""


class WishlistItem(Base):
    """A product on a wishlist: a visitor's, or a customer's once signed in.

    price_minor, currency, was_sold_out: as it was when it was saved; None for what was saved before the
    shop noted that. sku_id: the size that the person wants, if they chose one.
    """

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
    price_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str | None] = mapped_column(Text)
    was_sold_out: Mapped[bool | None]
    sku_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("skus.id", ondelete="set null")
    )


class WishlistLink(Base):
    """Lets everyone with its token see a wishlist, until its owner withdraws it and the row is deleted.

    token: random, 128 bits.
    """

    __tablename__ = "wishlist_links"
    __table_args__ = (
        CheckConstraint("(visitor_id is null) <> (customer_id is null)", name="one_owner"),
        Index(
            "wishlist_links_of_visitor_key",
            "visitor_id",
            unique=True,
            postgresql_where="visitor_id is not null",
        ),
        Index(
            "wishlist_links_of_customer_key",
            "customer_id",
            unique=True,
            postgresql_where="customer_id is not null",
        ),
    )

    token: Mapped[str] = mapped_column(Text, primary_key=True)
    visitor_id: Mapped[str | None] = mapped_column(Text)
    customer_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("customers.id"))
    created_at: Mapped[datetime] = mapped_column(
        TIMESTAMP(timezone=True), server_default=func.now()
    )
