"""The table of redirects."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text, func
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from storefront.db import Base


class Redirect(Base):
    """Where an address leads. target: an address of this shop; None: what was there is gone.

    source, target: as ``addresses.py`` writes them, without a language. No target is itself redirected.
    origin: ``staff``, ``import``, or ``automatic``: something of the shop moved or was removed.
    """

    __tablename__ = "redirects"
    __table_args__ = (
        CheckConstraint("source ~ '^/[^/]' and source <> target", name="source_own"),
        CheckConstraint("target ~ '^/($|[^/])'", name="target_own"),
        CheckConstraint("origin in ('staff', 'import', 'automatic')", name="origin_known"),
        Index("redirects_updated_at_idx", "updated_at"),
    )

    source: Mapped[str] = mapped_column(Text, primary_key=True)
    target: Mapped[str | None] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(
        TIMESTAMP(timezone=True), server_default=func.now()
    )
