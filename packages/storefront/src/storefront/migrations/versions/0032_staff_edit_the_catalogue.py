"""Files with edits of products, what each changed, and an audit log that cannot be changed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0032"
down_revision: str | None = "0031"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_REFUSE = """
    create function shop.refuse_change() returns trigger language plpgsql as $$ begin
        raise exception 'shop.% is append-only', tg_table_name using errcode = 'restrict_violation';
    end $$
"""
_APPEND_ONLY = """
    create trigger audit_log_append_only before update or delete or truncate on shop.audit_log
    for each statement execute function shop.refuse_change()
"""


def upgrade() -> None:
    op.create_table(
        "bulk_edits",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("applied_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("bulk_edits_pkey")),
        schema="shop",
    )
    op.create_index(op.f("bulk_edits_created_at_idx"), "bulk_edits", ["created_at"], schema="shop")
    op.create_table(
        "bulk_changes",
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("bulk_edit_id", sa.Uuid(), nullable=False),
        sa.Column("changes", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bulk_edit_id"], ["shop.bulk_edits.id"], name=op.f("bulk_changes_bulk_edit_id_fkey")
        ),
        sa.PrimaryKeyConstraint("product_id", "bulk_edit_id", name=op.f("bulk_changes_pkey")),
        schema="shop",
    )
    op.execute(_REFUSE)
    op.execute(_APPEND_ONLY)


def downgrade() -> None:
    op.execute("drop trigger audit_log_append_only on shop.audit_log")
    op.execute("drop function shop.refuse_change()")
    op.drop_table("bulk_changes", schema="shop")
    op.drop_table("bulk_edits", schema="shop")
