"""The table of requests that must take effect once, with the responses that repetitions get."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Integer, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from storefront.db import Base

_UTC = TIMESTAMP(timezone=True)


class IdempotencyKey(Base):
    """A request that must take effect once, and its response (the ACP's idempotency rules).

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
