"""When the batch jobs last ran."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0033"
down_revision: str | None = "0032"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "insight_states",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("computed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("popularity_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("insight_states_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("insight_states_pkey")),
        schema="shop",
    )


def downgrade() -> None:
    op.drop_table("insight_states", schema="shop")
