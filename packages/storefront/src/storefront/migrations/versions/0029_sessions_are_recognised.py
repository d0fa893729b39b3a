"""Sessions name their device, and events of security are stored."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for name in ("device", "network"):
        op.add_column(
            "sessions",
            sa.Column(name, sa.Text(), server_default="", nullable=False),
            schema="shop",
        )
    op.create_table(
        "security_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column(
            "facts",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["shop.customers.id"],
            name=op.f("security_events_customer_id_fkey"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("security_events_pkey")),
        schema="shop",
    )
    for columns in (["at"], ["customer_id", "at"], ["email", "at"]):
        op.create_index(
            op.f(f"security_events_{'_'.join(columns)}_idx"),
            "security_events",
            columns,
            schema="shop",
        )


def downgrade() -> None:
    op.drop_table("security_events", schema="shop")
    op.drop_column("sessions", "network", schema="shop")
    op.drop_column("sessions", "device", schema="shop")
