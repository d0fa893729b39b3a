"""The table of saved searches."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from storefront.db import Base


class SavedSearch(Base):
    """A search of a visitor's, or a customer's once signed in.

    query: the query string of a listing in its canonical form (``PageQuery.saved``). seen: the products
    that it had when it was last opened, and mailed: those that e-mails were about since, as serialized
    roaring bitmaps of their numbers. checked_on: the last day on which a job looked for
    something new.
    """

    __tablename__ = "saved_searches"
    __table_args__ = (
        CheckConstraint("(visitor_id is null) <> (customer_id is null)", name="one_owner"),
        Index(
            "saved_searches_visitor_id_idx",
            "visitor_id",
            postgresql_where="visitor_id is not null",
        ),
        Index(
            "saved_searches_customer_id_idx",
            "customer_id",
            postgresql_where="customer_id is not null",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    visitor_id: Mapped[str | None] = mapped_column(Text)
    customer_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("customers.id"))
    name: Mapped[str] = mapped_column(Text)
    query: Mapped[str] = mapped_column(Text)
    seen: Mapped[bytes] = mapped_column(LargeBinary)
    mailed: Mapped[bytes] = mapped_column(LargeBinary, server_default="")
    checked_on: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(
        TIMESTAMP(timezone=True), server_default=func.now()
    )
