"""Views through which catalog and inventory tell search of a product; what listings need to be quick.

Listings are read from their own table from here on: the indexes that served them on colourways go.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# ISO 4217: digits after the point, as storefront/money.py has them.
_MAJOR = """
    create function shop.major(minor bigint, currency text) returns numeric
    language sql immutable strict parallel safe
    return case
        when currency in ('JPY', 'KRW') then minor
        when currency in ('KWD', 'BHD') then round(minor / 1000.0, 3)
        else round(minor / 100.0, 2) end
"""

# The lowest price is that of the thirty days before the present one was set (Directive 98/6/EC, 6a).
_LIVE_PRODUCTS = """
    create view shop.live_products as
    select
        colourways.id, colourways.style_id, colourways.slug, colourways.name, brands.name as brand,
        styles.gender, master.name as master_category, master.path as master_path,
        sub.name as sub_category, sub.path as sub_path, kind.name as article_type,
        kind.path as category_path, colour_name, colour_family, colour_hex, season, year, usage,
        currency, price_minor, list_price_minor,
        case when price_minor < list_price_minor then (
            select min(earlier.price_minor) from shop.price_history as earlier
            where earlier.colourway_id = colourways.id
            and earlier.recorded_at < (
                select max(recorded_at) from shop.price_history
                where colourway_id = colourways.id)
            and earlier.recorded_at >= coalesce((
                select max(older.recorded_at) from shop.price_history as older
                where older.colourway_id = colourways.id
                and older.recorded_at <= (
                    select max(recorded_at) - interval '30 days' from shop.price_history
                    where colourway_id = colourways.id)), '-infinity')
        ) end as lowest_price_minor,
        popularity, rating_avg, rating_count, fit_avg, is_pictured, published_at, imported_at,
        description, material, fit, care, size_chart_id,
        not exists (
            select from shop.offered_sizes where colourway_id = colourways.id and pieces > 0
        ) as is_sold_out,
        (select key from shop.media where colourway_id = colourways.id and position = 0) as picture
    from shop.colourways
    join shop.styles on styles.id = colourways.style_id
    join shop.categories as kind on kind.id = styles.category_id
    join shop.categories as sub on sub.id = kind.parent_id
    join shop.categories as master on master.id = sub.parent_id
    left join shop.brands on brands.id = styles.brand_id
    where colourways.status = 'live'
"""

_OFFERED_SIZES = """
    create view shop.offered_sizes as
    select colourway_id, skus.id as sku_id, code, system, label, sort,
        coalesce(on_hand - reserved, 0) as pieces
    from shop.skus
    join shop.sizes on sizes.id = skus.size_id
    left join shop.stock_levels on stock_levels.sku_id = skus.id
    where is_offered
"""

_REPLACED = {
    "colourways_featured_idx": ("is_pictured desc", "published_at desc", "id desc"),
    "colourways_newest_idx": ("published_at desc", "id desc"),
    "colourways_price_idx": ("price_minor", "id"),
}


def upgrade() -> None:
    op.execute(_MAJOR)
    op.execute(_OFFERED_SIZES)
    op.execute(_LIVE_PRODUCTS)
    op.add_column(
        "listing_states",
        sa.Column(
            "cursor_key",
            sa.Text(),
            server_default=sa.text("(gen_random_uuid())::text"),
            nullable=False,
        ),
        schema="shop",
    )
    op.create_index(
        "listings_counts_idx",
        "listings",
        ["colourway_id"],
        schema="shop",
        postgresql_include=["facets", "sizes_in_stock", "price_minor", "rating"],
    )
    # JSON has no equality, which tells whether a listing has changed.
    op.alter_column(
        "listings", "card", type_=sa.Text(), postgresql_using="card::text", schema="shop"
    )
    for name in _REPLACED:
        op.drop_index(name, table_name="colourways", schema="shop")


def downgrade() -> None:
    for name, columns in _REPLACED.items():
        op.create_index(name, "colourways", [sa.text(c) for c in columns], schema="shop")
    op.alter_column(
        "listings", "card", type_=sa.JSON(), postgresql_using="card::json", schema="shop"
    )
    op.drop_index("listings_counts_idx", table_name="listings", schema="shop")
    op.drop_column("listing_states", "cursor_key", schema="shop")
    op.execute("drop view shop.live_products")
    op.execute("drop view shop.offered_sizes")
    op.execute("drop function shop.major(bigint, text)")
