"""Tables of the reviews, their photographs, helpful votes and reports."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from storefront.db import Base

_UTC = TIMESTAMP(timezone=True)


class Review(Base):
    """What a buyer says of an order line. One for each line, which makes it a verified purchase.

    author: the name that is shown; None for none. fit: ``small``, ``true`` or ``large``; None where
    nothing was said. size_system, size_label: of the line. language: that of the page it was written on.
    state: ``held`` (staff must decide), ``published`` or ``rejected``. held_for: why rules held it.
    rejected_reason: as its writer sees it. decided_by: a member of staff; None where only rules decided.
    helpful_count: of review_votes, updated by a trigger.
    """

    __tablename__ = "reviews"
    __table_args__ = (
        CheckConstraint("stars between 1 and 5", name="stars_in_scale"),
        CheckConstraint("fit in ('small', 'true', 'large')", name="fit_known"),
        CheckConstraint("state in ('held', 'published', 'rejected')", name="state_known"),
        CheckConstraint("height_mm between 400 and 2700", name="height_of_a_person"),
        CheckConstraint("char_length(body) between 1 and 4000", name="body_in_bounds"),
        CheckConstraint(
            "char_length(title) between 1 and 120 and char_length(author) between 1 and 60",
            name="title_and_author_in_bounds",
        ),
        CheckConstraint(
            "(state = 'rejected') = (rejected_reason is not null)", name="rejected_has_reason"
        ),
        Index(
            "reviews_shown_idx",
            "product_id",
            "id",
            postgresql_where="state = 'published'",
            postgresql_include=["stars", "fit"],
        ),
        Index("reviews_held_idx", "id", postgresql_where="state = 'held'"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    order_line_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("order_lines.id"), unique=True
    )
    product_id: Mapped[int] = mapped_column(BigInteger)
    size_system: Mapped[str] = mapped_column(Text)
    size_label: Mapped[str] = mapped_column(Text)
    author: Mapped[str | None] = mapped_column(Text)
    stars: Mapped[int] = mapped_column(Integer)
    fit: Mapped[str | None] = mapped_column(Text)
    height_mm: Mapped[int | None] = mapped_column(Integer)
    title: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    held_for: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'::text[]"))
    rejected_reason: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[str | None] = mapped_column(Text)
    helpful_count: Mapped[int] = mapped_column(Integer, server_default="0")
    created_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())
    edited_at: Mapped[datetime | None] = mapped_column(_UTC)


class ReviewPhotograph(Base):
    """A photograph of a review, re-encoded as JPEG without metadata. key: random, for its address.

    content and thumbnail: JPEG files; width and height: of content, in px.
    """

    __tablename__ = "review_photographs"
    __table_args__ = (Index(None, "review_id"),)

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    review_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("reviews.id", ondelete="cascade"))
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    thumbnail: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())


class ReviewVote(Base):
    """That a visitor or customer found a review helpful: once each."""

    __tablename__ = "review_votes"
    __table_args__ = (
        CheckConstraint("(visitor_id is null) <> (customer_id is null)", name="one_voter"),
        UniqueConstraint("review_id", "visitor_id"),
        UniqueConstraint("review_id", "customer_id"),
        Index(None, "visitor_id"),
        Index(None, "customer_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    review_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("reviews.id", ondelete="cascade"))
    visitor_id: Mapped[str | None] = mapped_column(Text)
    customer_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("customers.id"))
    created_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())


class ReviewReport(Base):
    """That a visitor or customer reported a review, and why. settled_at: when staff decided on it."""

    __tablename__ = "review_reports"
    __table_args__ = (
        CheckConstraint("(visitor_id is null) <> (customer_id is null)", name="one_reporter"),
        CheckConstraint(
            "reason in ('offensive', 'false', 'advertising', 'personal', 'other')",
            name="reason_known",
        ),
        UniqueConstraint("review_id", "visitor_id"),
        UniqueConstraint("review_id", "customer_id"),
        Index("review_reports_open_idx", "review_id", postgresql_where="settled_at is null"),
        Index(None, "visitor_id"),
        Index(None, "customer_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    review_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("reviews.id", ondelete="cascade"))
    visitor_id: Mapped[str | None] = mapped_column(Text)
    customer_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("customers.id"))
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())
    settled_at: Mapped[datetime | None] = mapped_column(_UTC)
