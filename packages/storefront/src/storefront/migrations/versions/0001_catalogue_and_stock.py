"""The catalogue (brand, category, style, colourway, SKU, media) and its stock."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "brands",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("brands_pkey")),
        sa.UniqueConstraint("slug", name=op.f("brands_slug_key")),
        schema="shop",
    )
    op.create_table(
        "categories",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["shop.categories.id"], name=op.f("categories_parent_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("categories_pkey")),
        sa.UniqueConstraint("path", name=op.f("categories_path_key")),
        schema="shop",
    )
    op.create_index(
        op.f("categories_path_idx"),
        "categories",
        ["path"],
        unique=False,
        schema="shop",
        postgresql_ops={"path": "text_pattern_ops"},
    )
    op.create_table(
        "imports",
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column(
            "finished_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("imports_pkey")),
        schema="shop",
    )
    op.create_table(
        "sizes",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("sort", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("sizes_pkey")),
        sa.UniqueConstraint("system", "label", name=op.f("sizes_system_label_key")),
        schema="shop",
    )
    op.create_table(
        "styles",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Integer(), nullable=True),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("gender", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("material", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "gender in ('Men', 'Women', 'Unisex', 'Boys', 'Girls')",
            name=op.f("styles_gender_known"),
        ),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["shop.brands.id"], name=op.f("styles_brand_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["shop.categories.id"], name=op.f("styles_category_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("styles_pkey")),
        sa.UniqueConstraint("key", name=op.f("styles_key_key")),
        schema="shop",
    )
    op.create_index(
        op.f("styles_brand_id_idx"), "styles", ["brand_id"], unique=False, schema="shop"
    )
    op.create_index(
        op.f("styles_category_id_idx"), "styles", ["category_id"], unique=False, schema="shop"
    )
    op.create_table(
        "colourways",
        sa.Column(
            "id", sa.BigInteger(), sa.Identity(always=False, start=1000000000), nullable=False
        ),
        sa.Column("style_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("colour_name", sa.Text(), nullable=True),
        sa.Column("colour_family", sa.Text(), nullable=True),
        sa.Column("season", sa.Text(), nullable=True),
        sa.Column("year", sa.SmallInteger(), nullable=True),
        sa.Column("usage", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("list_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), server_default="live", nullable=False),
        sa.Column("is_pictured", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("published_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column(
            "imported_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("status in ('live', 'hidden')", name=op.f("colourways_status_known")),
        sa.CheckConstraint(
            "price_minor > 0 and price_minor <= list_price_minor",
            name=op.f("colourways_price_sane"),
        ),
        sa.ForeignKeyConstraint(
            ["style_id"], ["shop.styles.id"], name=op.f("colourways_style_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("colourways_pkey")),
        sa.UniqueConstraint("slug", name=op.f("colourways_slug_key")),
        schema="shop",
    )
    op.create_index(
        "colourways_featured_idx",
        "colourways",
        [
            sa.literal_column("is_pictured desc"),
            sa.literal_column("published_at desc"),
            sa.literal_column("id desc"),
        ],
        unique=False,
        schema="shop",
    )
    op.create_index(
        "colourways_newest_idx",
        "colourways",
        [sa.literal_column("published_at desc"), sa.literal_column("id desc")],
        unique=False,
        schema="shop",
    )
    op.create_index(
        "colourways_price_idx", "colourways", ["price_minor", "id"], unique=False, schema="shop"
    )
    op.create_index(
        op.f("colourways_style_id_idx"), "colourways", ["style_id"], unique=False, schema="shop"
    )
    op.create_table(
        "media",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("colourway_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["colourway_id"], ["shop.colourways.id"], name=op.f("media_colourway_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("media_pkey")),
        sa.UniqueConstraint(
            "colourway_id", "position", name=op.f("media_colourway_id_position_key")
        ),
        schema="shop",
    )
    op.create_table(
        "skus",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("colourway_id", sa.BigInteger(), nullable=False),
        sa.Column("size_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("is_offered", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(
            ["colourway_id"], ["shop.colourways.id"], name=op.f("skus_colourway_id_fkey")
        ),
        sa.ForeignKeyConstraint(["size_id"], ["shop.sizes.id"], name=op.f("skus_size_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("skus_pkey")),
        sa.UniqueConstraint("code", name=op.f("skus_code_key")),
        sa.UniqueConstraint("colourway_id", "size_id", name=op.f("skus_colourway_id_size_id_key")),
        schema="shop",
    )
    op.create_index(op.f("skus_size_id_idx"), "skus", ["size_id"], unique=False, schema="shop")
    op.create_table(
        "stock_levels",
        sa.Column("sku_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "0 <= reserved and reserved <= on_hand", name=op.f("stock_levels_not_oversold")
        ),
        sa.ForeignKeyConstraint(
            ["sku_id"], ["shop.skus.id"], name=op.f("stock_levels_sku_id_fkey")
        ),
        sa.PrimaryKeyConstraint("sku_id", name=op.f("stock_levels_pkey")),
        schema="shop",
    )


def downgrade() -> None:
    op.drop_table("stock_levels", schema="shop")
    op.drop_index(op.f("skus_size_id_idx"), table_name="skus", schema="shop")
    op.drop_table("skus", schema="shop")
    op.drop_table("media", schema="shop")
    op.drop_index(op.f("colourways_style_id_idx"), table_name="colourways", schema="shop")
    op.drop_index("colourways_price_idx", table_name="colourways", schema="shop")
    op.drop_index("colourways_newest_idx", table_name="colourways", schema="shop")
    op.drop_index("colourways_featured_idx", table_name="colourways", schema="shop")
    op.drop_table("colourways", schema="shop")
    op.drop_index(op.f("styles_category_id_idx"), table_name="styles", schema="shop")
    op.drop_index(op.f("styles_brand_id_idx"), table_name="styles", schema="shop")
    op.drop_table("styles", schema="shop")
    op.drop_table("sizes", schema="shop")
    op.drop_table("imports", schema="shop")
    op.drop_index(
        op.f("categories_path_idx"),
        table_name="categories",
        schema="shop",
        postgresql_ops={"path": "text_pattern_ops"},
    )
    op.drop_table("categories", schema="shop")
    op.drop_table("brands", schema="shop")
