"""Wishlists; listings by style, for the swatches of a tile; pictures' sizes in the cards."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Every listing is made again: its card tells how large the picture is.
_MARK_ALL = """
    insert into shop.product_changes (colourway_id) select colourway_id from shop.listings
"""


def upgrade() -> None:
    op.create_table(
        "wishlist_items",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("visitor_id", sa.Text(), nullable=True),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("colourway_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "added_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(visitor_id is null) <> (customer_id is null)",
            name=op.f("wishlist_items_one_owner"),
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["shop.customers.id"],
            name=op.f("wishlist_items_customer_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["colourway_id"],
            ["shop.colourways.id"],
            name=op.f("wishlist_items_colourway_id_fkey"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("wishlist_items_pkey")),
        schema="shop",
    )
    for owner in ("visitor", "customer"):
        op.create_index(
            f"wishlist_items_of_{owner}_key",
            "wishlist_items",
            [f"{owner}_id", "colourway_id"],
            unique=True,
            schema="shop",
            postgresql_where=sa.text(f"{owner}_id is not null"),
        )
    op.create_index(
        "wishlist_items_colourway_id_idx", "wishlist_items", ["colourway_id"], schema="shop"
    )
    op.create_index("listings_style_id_idx", "listings", ["style_id"], schema="shop")
    op.execute(_MARK_ALL)


def downgrade() -> None:
    op.drop_index("listings_style_id_idx", "listings", schema="shop")
    op.drop_table("wishlist_items", schema="shop")
