"""A second factor for staff who sign in by e-mail."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0030"
down_revision: str | None = "0029"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    utc = postgresql.TIMESTAMP(timezone=True)
    op.add_column("sessions", sa.Column("second_factor_at", utc, nullable=True), schema="shop")
    op.create_table(
        "second_factors",
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("created_at", utc, server_default=sa.text("now()"), nullable=False),
        sa.Column("confirmed_at", utc, nullable=True),
        sa.Column("last_step", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", utc, nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["shop.customers.id"],
            name=op.f("second_factors_customer_id_fkey"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("second_factors_pkey")),
        schema="shop",
    )
    op.create_table(
        "recovery_codes",
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("used_at", utc, nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["shop.second_factors.customer_id"],
            name=op.f("recovery_codes_customer_id_fkey"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("customer_id", "code_hash", name=op.f("recovery_codes_pkey")),
        schema="shop",
    )


def downgrade() -> None:
    op.drop_table("recovery_codes", schema="shop")
    op.drop_table("second_factors", schema="shop")
    op.drop_column("sessions", "second_factor_at", schema="shop")
