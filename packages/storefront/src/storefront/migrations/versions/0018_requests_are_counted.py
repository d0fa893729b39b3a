"""Counts of requests for the error budget; jobs know the trace of whoever enqueued them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "request_counts",
        sa.Column("hour", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("slow", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "failed between 0 and requests", name=op.f("request_counts_failed_of_requests")
        ),
        sa.CheckConstraint(
            "slow between 0 and requests", name=op.f("request_counts_slow_of_requests")
        ),
        sa.PrimaryKeyConstraint("hour", name=op.f("request_counts_pkey")),
        schema="shop",
    )
    op.add_column("jobs", sa.Column("traceparent", sa.Text(), nullable=True), schema="shop")


def downgrade() -> None:
    op.drop_column("jobs", "traceparent", schema="shop")
    op.drop_table("request_counts", schema="shop")
