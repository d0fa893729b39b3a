"""The tables of what batch jobs found out about products, and when."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlalchemy.dialects.postgresql import ARRAY, DOUBLE_PRECISION, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from storefront.db import Base


class ProductInsight(Base):
    """What was found out about one product. trend: none where it is not among the trending ones.

    bought_together: ids of products, the best first. No foreign key: a result may name a deleted
    product, which readers leave out.
    """

    __tablename__ = "product_insights"
    __table_args__ = (
        CheckConstraint("trend > 0", name="trend_positive"),
        Index(
            "product_insights_trend_idx",
            "trend",
            postgresql_where="trend is not null",
        ),
    )

    product_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    trend: Mapped[float | None] = mapped_column(DOUBLE_PRECISION)
    bought_together: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    computed_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))


class InsightState(Base):
    """When the results were last computed, in one row.

    popularity_at: null while too few pieces have been sold for it.
    """

    __tablename__ = "insight_states"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    computed_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    popularity_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
