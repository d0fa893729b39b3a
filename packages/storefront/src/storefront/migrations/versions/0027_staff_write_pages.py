"""Versions of the texts that staff write into pages."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_UTC = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "content_versions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("markdown", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", _UTC, server_default=sa.text("now()"), nullable=False),
        sa.Column("published_at", _UTC, nullable=True),
        sa.Column("withdrawn_at", _UTC, nullable=True),
        sa.CheckConstraint(
            "published_at < withdrawn_at", name=op.f("content_versions_withdrawn_after_published")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("content_versions_pkey")),
        schema="shop",
    )
    op.create_index(
        "content_versions_page_language_idx",
        "content_versions",
        ["page", "language", "id"],
        schema="shop",
    )


def downgrade() -> None:
    op.drop_table("content_versions", schema="shop")
