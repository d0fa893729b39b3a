"""The table of alerts."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Text, func
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from storefront.db import Base

_WAITING = "sent_at is null and ended_at is null"


class Alert(Base):
    """What somebody wants an e-mail about: a size that is back, a price, or news in a saved search.

    Its kind follows from what it refers to: sku_id, colourway_id or saved_search_id, one of them. The
    table is named after the first kind, since a rename would break the release that still runs.
    at_most_minor: the price, in minor units of currency, at which a price alert is sent. confirmed_at:
    when the owner of the address agreed. queued_at: when its e-mail was enqueued, by a trigger
    (migrations 0019 and 0031) or the service. sent_at: when it went out; alerts on searches go on and
    have none. ended_at: when the person stopped it.
    """

    __tablename__ = "stock_alerts"
    __table_args__ = (
        Index(
            "stock_alerts_waiting_key",
            "sku_id",
            "email",
            unique=True,
            postgresql_where=_WAITING,
        ),
        Index(
            "stock_alerts_waiting_price_key",
            "colourway_id",
            "email",
            unique=True,
            postgresql_where=_WAITING,
        ),
        Index(
            "stock_alerts_waiting_search_key",
            "saved_search_id",
            "email",
            unique=True,
            postgresql_where=_WAITING,
        ),
        Index("stock_alerts_email_idx", "email"),
        CheckConstraint(
            "num_nonnulls(sku_id, colourway_id, saved_search_id) = 1", name="one_subject"
        ),
        CheckConstraint(
            "num_nonnulls(colourway_id, at_most_minor, currency) in (0, 3)",
            name="price_with_product",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    sku_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("skus.id", ondelete="cascade")
    )
    colourway_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("colourways.id", ondelete="cascade")
    )
    at_most_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str | None] = mapped_column(Text)
    saved_search_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("saved_searches.id", ondelete="cascade")
    )
    email: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(
        TIMESTAMP(timezone=True), server_default=func.now()
    )
    confirmed_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    queued_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    sent_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
