"""Returns and exchanges, and orders that replace what was sent back."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


# Not valid: no row has to be read for it under a lock, since the new column is 0, and what was returned
# was shipped (returned_were_shipped).
_RETURNING_WERE_SHIPPED = """
    alter table shop.order_lines add constraint order_lines_returning_were_shipped
    check (returning_count >= 0 and returned_count + returning_count <= shipped_count) not valid
"""


def upgrade() -> None:
    op.create_table(
        "replacements",
        sa.Column("cart_id", sa.BigInteger(), nullable=False),
        sa.Column("replaces_order_id", sa.BigInteger(), nullable=False),
        sa.Column("credit_minor", sa.BigInteger(), nullable=False),
        sa.Column("undone_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("is_held", sa.Boolean(), server_default="true", nullable=False),
        sa.CheckConstraint(
            "0 <= undone_minor and undone_minor <= credit_minor",
            name=op.f("replacements_undone_in_credit"),
        ),
        sa.ForeignKeyConstraint(
            ["cart_id"], ["shop.carts.id"], name=op.f("replacements_cart_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_order_id"],
            ["shop.orders.id"],
            name=op.f("replacements_replaces_order_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("cart_id", name=op.f("replacements_pkey")),
        schema="shop",
    )
    op.create_index(
        "replacements_replaces_order_id_idx",
        "replacements",
        ["replaces_order_id"],
        unique=False,
        schema="shop",
    )
    op.create_table(
        "returns",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("cart_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), server_default="requested", nullable=False),
        sa.Column("is_unpaid", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=True),
        sa.Column("tracking_number", sa.Text(), nullable=True),
        sa.Column("staff_note", sa.Text(), nullable=True),
        sa.Column("delivery_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "not is_unpaid or state in ('requested', 'cancelled')", name=op.f("returns_paid_first")
        ),
        sa.CheckConstraint(
            "state in ('requested', 'approved', 'in_transit', 'received', 'inspected', 'completed', 'rejected', 'cancelled')",
            name=op.f("returns_state_known"),
        ),
        sa.ForeignKeyConstraint(["cart_id"], ["shop.carts.id"], name=op.f("returns_cart_id_fkey")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop.orders.id"], name=op.f("returns_order_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("returns_pkey")),
        sa.UniqueConstraint("cart_id", name=op.f("returns_cart_id_key")),
        sa.UniqueConstraint("number", name=op.f("returns_number_key")),
        schema="shop",
    )
    op.create_index(
        "returns_open_idx",
        "returns",
        ["state", "id"],
        unique=False,
        schema="shop",
        postgresql_where="state not in ('completed', 'rejected', 'cancelled')",
    )
    op.create_index("returns_order_id_idx", "returns", ["order_id"], unique=False, schema="shop")
    op.create_table(
        "return_lines",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("return_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("order_line_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("new_sku_id", sa.BigInteger(), nullable=True),
        sa.Column("is_sealed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("value_minor", sa.BigInteger(), nullable=False),
        sa.Column("credit_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("charge_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("received_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("accepted_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("condition", sa.Text(), nullable=True),
        sa.Column("disposition", sa.Text(), nullable=True),
        sa.Column("refunded_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "(outcome = 'exchange') = (new_sku_id is not null)",
            name=op.f("return_lines_exchange_has_size"),
        ),
        sa.CheckConstraint(
            "condition in ('as_new', 'opened', 'worn', 'damaged', 'incomplete')",
            name=op.f("return_lines_condition_known"),
        ),
        sa.CheckConstraint(
            "disposition in ('restock', 'repair', 'discard')",
            name=op.f("return_lines_disposition_known"),
        ),
        sa.CheckConstraint(
            "outcome in ('payment', 'gift_card', 'exchange')",
            name=op.f("return_lines_outcome_known"),
        ),
        sa.CheckConstraint(
            "reason in ('too_small', 'too_large', 'style', 'colour', 'quality', 'wrong_item', 'changed_mind', 'other')",
            name=op.f("return_lines_reason_known"),
        ),
        sa.CheckConstraint(
            "0 <= accepted_count and accepted_count <= received_count and received_count <= quantity",
            name=op.f("return_lines_counts_in_order"),
        ),
        sa.CheckConstraint(
            "0 <= credit_minor and credit_minor <= value_minor and charge_minor >= 0 and refunded_minor >= 0",
            name=op.f("return_lines_amounts_in_order"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("return_lines_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["new_sku_id"], ["shop.skus.id"], name=op.f("return_lines_new_sku_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["shop.order_lines.id"], name=op.f("return_lines_order_line_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["return_id"], ["shop.returns.id"], name=op.f("return_lines_return_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["sku_id"], ["shop.skus.id"], name=op.f("return_lines_sku_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("return_lines_pkey")),
        sa.UniqueConstraint(
            "return_id", "position", name=op.f("return_lines_return_id_position_key")
        ),
        schema="shop",
    )
    op.create_index(
        "return_lines_order_line_id_idx",
        "return_lines",
        ["order_line_id"],
        unique=False,
        schema="shop",
    )
    op.create_index(
        "return_lines_product_id_idx", "return_lines", ["product_id"], unique=False, schema="shop"
    )
    op.add_column(
        "order_lines",
        sa.Column("returning_count", sa.Integer(), server_default="0", nullable=False),
        schema="shop",
    )
    op.execute(_RETURNING_WERE_SHIPPED)
    op.add_column("refunds", sa.Column("reference", sa.Text(), nullable=True), schema="shop")


def downgrade() -> None:
    op.drop_column("refunds", "reference", schema="shop")
    op.drop_column("order_lines", "returning_count", schema="shop")
    op.drop_index("return_lines_product_id_idx", table_name="return_lines", schema="shop")
    op.drop_index("return_lines_order_line_id_idx", table_name="return_lines", schema="shop")
    op.drop_table("return_lines", schema="shop")
    op.drop_index("returns_order_id_idx", table_name="returns", schema="shop")
    op.drop_index(
        "returns_open_idx",
        table_name="returns",
        schema="shop",
        postgresql_where="state not in ('completed', 'rejected', 'cancelled')",
    )
    op.drop_table("returns", schema="shop")
    op.drop_index("replacements_replaces_order_id_idx", table_name="replacements", schema="shop")
    op.drop_table("replacements", schema="shop")
