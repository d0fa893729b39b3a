"""The table of stock alerts."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Text, func
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from storefront.db import Base


class StockAlert(Base):
    """Who wants to hear when a size is back. Confirmed, then queued once it is, then sent, once.

    queued_at: when a trigger on stock_levels saw stock and enqueued the e-mail (migration 0019).
    ended_at: when the person stopped it.
    """

    __tablename__ = "stock_alerts"
    __table_args__ = (
        Index(
            "stock_alerts_waiting_key",
            "sku_id",
            "email",
            unique=True,
            postgresql_where="sent_at is null and ended_at is null",
        ),
        Index("stock_alerts_email_idx", "email"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    sku_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("skus.id", ondelete="cascade"))
    email: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(
        TIMESTAMP(timezone=True), server_default=func.now()
    )
    confirmed_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    queued_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    sent_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
