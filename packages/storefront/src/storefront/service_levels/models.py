"""The table of how many requests were answered, and how well."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from storefront.db import Base


class RequestCount(Base):
    """Requests of shoppers within one hour, of every process together.

    failed: answered with 5xx. slow: took longer than ``telemetry.tally.SLOW_AFTER_S``.
    """

    __tablename__ = "request_counts"
    __table_args__ = (
        CheckConstraint("failed between 0 and requests", name="failed_of_requests"),
        CheckConstraint("slow between 0 and requests", name="slow_of_requests"),
    )

    hour: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), primary_key=True)
    requests: Mapped[int] = mapped_column(BigInteger)
    failed: Mapped[int] = mapped_column(BigInteger)
    slow: Mapped[int] = mapped_column(BigInteger)
