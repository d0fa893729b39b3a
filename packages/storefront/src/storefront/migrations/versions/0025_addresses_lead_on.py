"""Redirects of addresses that changed, or at which nothing is any more."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "redirects",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column(
            "updated_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "source ~ '^/[^/]' and source <> target", name=op.f("redirects_source_own")
        ),
        sa.CheckConstraint("target ~ '^/($|[^/])'", name=op.f("redirects_target_own")),
        sa.CheckConstraint(
            "origin in ('staff', 'import', 'automatic')", name=op.f("redirects_origin_known")
        ),
        sa.PrimaryKeyConstraint("source", name=op.f("redirects_pkey")),
        schema="shop",
    )
    op.create_index("redirects_updated_at_idx", "redirects", ["updated_at"], schema="shop")


def downgrade() -> None:
    op.drop_table("redirects", schema="shop")
