"""The table of what was done how often, within a while."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from storefront.db import Base


class RateLimitCount(Base):
    """How often something was done since a window began. Unlogged: a crash of Postgres empties it.

    key: a digest of the limit's name and of who did it; nothing in it says who.
    """

    __tablename__ = "rate_limit_counts"
    __table_args__ = (
        CheckConstraint("count > 0", name="count_positive"),
        {"prefixes": ["UNLOGGED"]},
    )

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
