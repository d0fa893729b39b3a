"""Body measures of customers who agreed to it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "body_measures",
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("value_mm", sa.Integer(), nullable=False),
        sa.Column(
            "agreed_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "measure in ('height', 'chest', 'underbust', 'waist', 'hip', 'finger', 'foot')",
            name=op.f("body_measures_measure_known"),
        ),
        sa.CheckConstraint(
            "value_mm between 10 and 3000", name=op.f("body_measures_value_of_a_body")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["shop.customers.id"],
            name=op.f("body_measures_customer_id_fkey"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("customer_id", "measure", name=op.f("body_measures_pkey")),
        schema="shop",
    )


def downgrade() -> None:
    op.drop_table("body_measures", schema="shop")
