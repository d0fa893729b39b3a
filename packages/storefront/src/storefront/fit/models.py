"""The table of body measures."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Integer, Text, func
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from storefront.db import Base


class BodyMeasure(Base):
    """A body measure of a customer, stored since they agreed to it. measure: as size charts name it."""

    __tablename__ = "body_measures"
    __table_args__ = (
        CheckConstraint(
            "measure in ('height', 'chest', 'underbust', 'waist', 'hip', 'finger', 'foot')",
            name="measure_known",
        ),
        CheckConstraint("value_mm between 10 and 3000", name="value_of_a_body"),
    )

    customer_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("customers.id", ondelete="cascade"), primary_key=True
    )
    measure: Mapped[str] = mapped_column(Text, primary_key=True)
    value_mm: Mapped[int] = mapped_column(Integer)
    agreed_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=func.now())
