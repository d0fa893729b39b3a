"""Processes index words: a table of texts takes the place of text search and of search terms."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "listing_texts",
        sa.Column("colourway_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("colourway_id", name=op.f("listing_texts_pkey")),
        sa.ForeignKeyConstraint(
            ["colourway_id"],
            ["shop.listings.colourway_id"],
            name=op.f("listing_texts_colourway_id_fkey"),
            ondelete="cascade",
        ),
        schema="shop",
    )
    op.execute(
        "insert into shop.listing_texts (colourway_id, title, details) "
        "select id, name, concat_ws(' ', material, fit, description) from shop.live_products "
        "join shop.listings on colourway_id = id"
    )
    op.drop_column("listings", "words", schema="shop")
    op.execute("drop index shop.listings_called_idx")
    op.drop_table("search_terms", schema="shop")
    op.create_index("skus_lower_code_idx", "skus", [sa.text("lower(code)")], schema="shop")


def downgrade() -> None:
    op.drop_index("skus_lower_code_idx", "skus", schema="shop")
    op.create_table(
        "search_terms",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("df", sa.Integer(), nullable=False),
        sa.Column("target", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "kind in ('word', 'brand', 'category', 'colour')",
            name=op.f("search_terms_kind_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("search_terms_pkey")),
        sa.UniqueConstraint(
            "kind", "term", "target", name=op.f("search_terms_kind_term_target_key")
        ),
        schema="shop",
    )
    op.add_column(
        "listings",
        sa.Column("words", postgresql.TSVECTOR(), server_default="", nullable=False),
        schema="shop",
    )
    op.alter_column("listings", "words", server_default=None, schema="shop")
    op.create_index(
        "listings_words_idx", "listings", ["words"], schema="shop", postgresql_using="gin"
    )
    op.create_index(
        "listings_called_idx", "listings", [sa.text("shop.plain(title)")], schema="shop"
    )
    op.drop_table("listing_texts", schema="shop")
    op.execute(
        "insert into shop.product_changes (colourway_id) select colourway_id from shop.listings"
    )
