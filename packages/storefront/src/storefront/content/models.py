"""The table of what staff wrote."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, Text, func
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from storefront.db import Base

_UTC = TIMESTAMP(timezone=True)


class ContentVersion(Base):
    """A version of a page in one language; its text never changes.

    page: such as ``help/delivery`` or ``home/stories``. published_at: from when it is shown, None
    for a draft; withdrawn_at: until when. Of the versions that may be shown, the one published last is.
    """

    __tablename__ = "content_versions"
    __table_args__ = (
        CheckConstraint("published_at < withdrawn_at", name="withdrawn_after_published"),
        Index("content_versions_page_language_idx", "page", "language", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    page: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    markdown: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())
    published_at: Mapped[datetime | None] = mapped_column(_UTC)
    withdrawn_at: Mapped[datetime | None] = mapped_column(_UTC)
