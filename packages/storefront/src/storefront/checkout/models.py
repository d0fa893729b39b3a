"""Tables of the checkout: what was entered so far, and the answers that repeated requests get again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
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
    """A bag on its way to becoming an order; one a cart. token: its name in addresses, unguessable.

    state: ``open`` (being filled in), ``paying`` (stock is reserved, a payment is under way),
    ``completed`` (the order is there). totals: as the shopper confirmed them, JSON of pricing.Totals;
    an order is never placed at others.
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
    totals: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())


class IdempotencyKey(Base):
    """A request that must take effect once, and its answer (the ACP's idempotency rules).

    scope: who asked, for which route; request_hash: of the body, so that a key is not used for another.
    state: ``running`` until locked_until, or ``done``.
    """

    __tablename__ = "idempotency_keys"
    __table_args__ = (
        CheckConstraint("state in ('running', 'done')", name="state_known"),
        Index(None, "expires_at"),
    )

    scope: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    request_hash: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default="running")
    status_code: Mapped[int | None] = mapped_column(Integer)
    headers: Mapped[dict[str, str] | None] = mapped_column(JSONB)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    locked_until: Mapped[datetime] = mapped_column(_UTC)
    expires_at: Mapped[datetime] = mapped_column(_UTC)
