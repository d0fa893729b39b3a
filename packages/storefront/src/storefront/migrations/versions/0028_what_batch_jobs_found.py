"""What batch jobs found out about products."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "product_insights",
        sa.Column("product_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("trend", postgresql.DOUBLE_PRECISION(), nullable=True),
        sa.Column("bought_together", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("computed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("trend > 0", name=op.f("product_insights_trend_positive")),
        sa.PrimaryKeyConstraint("product_id", name=op.f("product_insights_pkey")),
        schema="shop",
    )
    op.create_index(
        "product_insights_trend_idx",
        "product_insights",
        ["trend"],
        schema="shop",
        postgresql_where=sa.text("trend is not null"),
    )


def downgrade() -> None:
    op.drop_table("product_insights", schema="shop")
