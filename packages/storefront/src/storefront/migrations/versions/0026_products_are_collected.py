"""Collections, and which products are reduced, as a value that listings can be chosen by."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_UTC = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "collections",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("chosen_by", sa.Text(), nullable=False),
        sa.Column("rule", postgresql.JSONB(), nullable=False),
        sa.Column("product_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("boosts", postgresql.JSONB(), nullable=False),
        sa.Column("texts", postgresql.JSONB(), nullable=False),
        sa.Column("picture_product_id", sa.BigInteger(), nullable=True),
        sa.Column("is_shown", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("starts_at", _UTC, nullable=True),
        sa.Column("ends_at", _UTC, nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("updated_at", _UTC, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name=op.f("collections_slug_plain")
        ),
        sa.CheckConstraint(
            "chosen_by in ('rule', 'hand')", name=op.f("collections_chosen_by_known")
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("collections_ends_after_start")),
        sa.PrimaryKeyConstraint("id", name=op.f("collections_pkey")),
        sa.UniqueConstraint("slug", name=op.f("collections_slug_key")),
        schema="shop",
    )
    # Their listings get the value "reduced" when they are refreshed.
    op.execute(
        "insert into shop.product_changes (colourway_id)"
        " select id from shop.live_products where price_minor < list_price_minor"
    )


def downgrade() -> None:
    op.drop_table("collections", schema="shop")
