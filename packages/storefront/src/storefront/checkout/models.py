"""The table of checkouts: the data entered so far."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from storefront.db import Base

_UTC = TIMESTAMP(timezone=True)


class Checkout(Base):
    """A bag that is becoming an order; one per cart. token: its unguessable name in URLs.

    state: ``open`` (being filled in), ``paying`` (stock is reserved, a payment is in progress),
    ``completed`` (the order exists).
    """

    __tablename__ = "checkouts"
    __table_args__ = (
        CheckConstraint("state in ('open', 'paying', 'completed')", name="state_known"),
        Index("checkouts_paying_idx", "updated_at", postgresql_where="state = 'paying'"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    token: Mapped[UUID] = mapped_column(Uuid, unique=True, server_default=text("gen_random_uuid()"))
    cart_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("carts.id"), unique=True)
    email: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    delivery_address: Mapped[dict[str, str] | None] = mapped_column(JSONB)
    billing_address: Mapped[dict[str, str] | None] = mapped_column(JSONB)
    delivery_method: Mapped[str | None] = mapped_column(Text, ForeignKey("delivery_methods.code"))
    locale: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default="open")
    created_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())
