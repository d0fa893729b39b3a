"""The table of collections."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Identity, Integer, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from storefront.db import Base

_UTC = TIMESTAMP(timezone=True)


class CollectionRow(Base):
    """A collection. slug: the end of its address; texts: title and description by language.

    chosen_by: ``rule``: what meets the rule, and product_ids first; ``hand``: product_ids alone.
    rule, boosts: as ``rules.py`` writes them. picture_product_id: whose picture stands for it; None:
    that of its first product. Shown while is_shown, from starts_at to ends_at where these are set.
    """

    __tablename__ = "collections"
    __table_args__ = (
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="slug_plain"),
        CheckConstraint("chosen_by in ('rule', 'hand')", name="chosen_by_known"),
        CheckConstraint("starts_at < ends_at", name="ends_after_start"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    slug: Mapped[str] = mapped_column(Text, unique=True)
    chosen_by: Mapped[str] = mapped_column(Text)
    rule: Mapped[dict[str, Any]] = mapped_column(JSONB)
    product_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    boosts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    texts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    picture_product_id: Mapped[int | None] = mapped_column(BigInteger)
    is_shown: Mapped[bool] = mapped_column(server_default=text("true"))
    starts_at: Mapped[datetime | None] = mapped_column(_UTC)
    ends_at: Mapped[datetime | None] = mapped_column(_UTC)
    position: Mapped[int] = mapped_column(Integer)
    updated_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())
