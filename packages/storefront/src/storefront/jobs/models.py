"""The table of the jobs that are waiting, done, or given up."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, Integer, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from storefront.db import Base

_UTC = TIMESTAMP(timezone=True)


class Job(Base):
    """One piece of work. kind: who does it; key: what it is about, unique within its kind.

    due_at: when it may run; while a worker runs it, when its lease ends. attempts: how
    often it was begun. traceparent: the trace that enqueued it (W3C Trace Context). A finished
    job keeps no payload. last_error: of the last attempt that failed.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("state in ('waiting', 'done', 'dead')", name="state_known"),
        CheckConstraint("(state = 'waiting') = (finished_at is null)", name="finished_once"),
        Index("jobs_kind_key_key", "kind", "key", unique=True),
        Index("jobs_due_at_idx", "due_at", postgresql_where=text("state = 'waiting'")),
        Index(
            "jobs_finished_at_idx", "finished_at", postgresql_where=text("finished_at is not null")
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    traceparent: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default="waiting")
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    due_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())
    finished_at: Mapped[datetime | None] = mapped_column(_UTC)
