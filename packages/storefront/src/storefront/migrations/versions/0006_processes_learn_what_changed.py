"""Each version of the read model says which products it concerns, for the processes that follow it."""

from collections.abc import Sequence

from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute(
        """
        create table shop.listing_versions (
            version bigint not null,
            product_ids bigint[] not null,
            made_at timestamptz not null default now(),
            constraint listing_versions_pkey primary key (version)
        )
        """
    )
    # What a process reads when it starts, and nothing else of a row.
    op.execute("drop index shop.listings_counts_idx")
    op.execute(
        """
        create index listings_entries_idx on shop.listings (colourway_id) include (
            facets, sizes_in_stock, price_minor, popularity, published_at, rating, is_pictured)
        """
    )


def downgrade() -> None:
    op.execute("drop index shop.listings_entries_idx")
    op.execute(
        """
        create index listings_counts_idx on shop.listings (colourway_id)
            include (facets, sizes_in_stock, price_minor, rating)
        """
    )
    op.execute("drop table shop.listing_versions")
