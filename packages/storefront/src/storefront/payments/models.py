"""Tables of payments: authorizations, captures and refunds, and every event of a provider.

Card data is never stored here: only the provider has it, and we have the provider's reference.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from storefront.db import Base

_UTC = TIMESTAMP(timezone=True)


class Payment(Base):
    """An attempt to pay for a checkout.

    state: ``created`` (requested, the response may be lost), ``action_required`` (the shopper
    must confirm at their bank), ``authorized``, ``captured``, ``declined``, ``cancelled``.
    idempotency_key: sent to the provider, so that retries never charge again.
    provider_ref: the provider's reference, once known. refunded_minor: at most the captured amount.
    draft: the order that it pays for, as the shopper confirmed it; orders are never placed at another
    price.
    """

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint(
            "state in ('created', 'action_required', 'authorized', 'captured', 'declined',"
            " 'cancelled')",
            name="state_known",
        ),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint(
            "refunded_minor >= 0 and refunded_minor <= amount_minor", name="not_over_refunded"
        ),
        UniqueConstraint("provider", "provider_ref"),
        Index(
            "payments_unfinished_idx",
            "updated_at",
            postgresql_where="state in ('created', 'action_required', 'authorized')",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    checkout_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("checkouts.id"), index=True)
    order_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("orders.id"), index=True)
    provider: Mapped[str] = mapped_column(Text)
    provider_ref: Mapped[str | None] = mapped_column(Text)
    idempotency_key: Mapped[str] = mapped_column(Text, unique=True)
    currency: Mapped[str] = mapped_column(Text)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    refunded_minor: Mapped[int] = mapped_column(BigInteger, server_default="0")
    draft: Mapped[dict[str, Any]] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(Text, server_default="created")
    reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())


class PaymentEvent(Base):
    """An event or response of a provider about a payment. Append-only; each event is handled once."""

    __tablename__ = "payment_events"
    __table_args__ = (UniqueConstraint("provider", "event_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    payment_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("payments.id"), index=True
    )
    provider: Mapped[str] = mapped_column(Text)
    event_id: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    amount_minor: Mapped[int | None] = mapped_column(BigInteger)
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())


class Refund(Base):
    """A refund of an order: to a payment, or to gift cards (payment_id None).

    state: ``pending`` (requested, no response yet), ``done``, ``failed``. reference: the return that it
    belongs to, if any.
    """

    __tablename__ = "refunds"
    __table_args__ = (
        CheckConstraint("state in ('pending', 'done', 'failed')", name="state_known"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    order_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("orders.id"), index=True)
    payment_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("payments.id"), index=True
    )
    idempotency_key: Mapped[str] = mapped_column(Text, unique=True)
    currency: Mapped[str] = mapped_column(Text)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(Text, server_default="pending")
    reason: Mapped[str | None] = mapped_column(Text)
    reference: Mapped[str | None] = mapped_column(Text)
    provider_ref: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())


class TestPayment(Base):
    """A payment at the built-in test provider, which writes it in its own transactions.

    token: the requested behaviour. captured_minor, refunded_minor: parts of amount_minor.
    """

    __tablename__ = "test_payments"
    __test__ = False  # not a test, despite its name

    ref: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, unique=True)
    token: Mapped[str] = mapped_column(Text)
    return_url: Mapped[str] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(Text)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(Text)
    refunded_minor: Mapped[int] = mapped_column(BigInteger, server_default="0")
    refund_keys: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'::text[]"))
    created_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())
