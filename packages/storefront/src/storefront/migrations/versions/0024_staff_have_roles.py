"""Members of staff with roles, beside the admins of the setting."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "staff_members",
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column(
            "added_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("email = lower(email)", name=op.f("staff_members_email_in_lower_case")),
        sa.CheckConstraint(
            "role in ('viewer', 'merchandiser', 'care', 'admin')",
            name=op.f("staff_members_role_known"),
        ),
        sa.PrimaryKeyConstraint("email", name=op.f("staff_members_pkey")),
        schema="shop",
    )


def downgrade() -> None:
    op.drop_table("staff_members", schema="shop")
