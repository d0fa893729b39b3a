"""Jobs that outlive the process that enqueued them; the digits of every currency of ISO 4217."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_MAJOR = """
    create or replace function shop.major(minor bigint, currency text) returns numeric
    language sql immutable strict parallel safe
    return case
        when currency in (
            'BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND',
            'VUV', 'XAF', 'XOF', 'XPF') then minor
        when currency in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then round(minor / 1000.0, 3)
        when currency in ('CLF', 'UYW') then round(minor / 10000.0, 4)
        else round(minor / 100.0, 2) end
"""
_MAJOR_BEFORE = """
    create or replace function shop.major(minor bigint, currency text) returns numeric
    language sql immutable strict parallel safe
    return case
        when currency in ('JPY', 'KRW') then minor
        when currency in ('KWD', 'BHD') then round(minor / 1000.0, 3)
        else round(minor / 100.0, 2) end
"""
_UTC = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.execute(_MAJOR)
    op.create_table(
        "jobs",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", _UTC, server_default=sa.text("now()"), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", _UTC, server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", _UTC, nullable=True),
        sa.CheckConstraint(
            "(state = 'waiting') = (finished_at is null)", name=op.f("jobs_finished_once")
        ),
        sa.CheckConstraint("state in ('waiting', 'done', 'dead')", name=op.f("jobs_state_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("jobs_pkey")),
        schema="shop",
    )
    op.create_index("jobs_kind_key_key", "jobs", ["kind", "key"], unique=True, schema="shop")
    op.create_index(
        "jobs_due_at_idx", "jobs", ["due_at"], schema="shop",
        postgresql_where=sa.text("state = 'waiting'"),
    )  # fmt: skip
    op.create_index(
        "jobs_finished_at_idx", "jobs", ["finished_at"], schema="shop",
        postgresql_where=sa.text("finished_at is not null"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("jobs", schema="shop")
    op.execute(_MAJOR_BEFORE)
