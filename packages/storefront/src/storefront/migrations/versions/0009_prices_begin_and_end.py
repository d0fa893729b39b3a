"""Prices that hold from one moment to another: what a product costs now is looked up, not written."""

from collections.abc import Sequence

from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Ranges of one number stand for the number: so no extension is needed for the constraint.
_PRICES = """
    create table shop.prices (
        colourway_id bigint not null,
        valid_from timestamptz not null,
        valid_until timestamptz,
        currency text not null,
        price_minor bigint not null,
        list_price_minor bigint,
        turns_at timestamptz,
        constraint prices_pkey primary key (colourway_id, valid_from),
        constraint prices_colourway_id_fkey foreign key (colourway_id) references shop.colourways (id),
        constraint prices_price_sane check (price_minor > 0 and price_minor <= list_price_minor),
        constraint prices_valid_in_order check (valid_from < valid_until),
        constraint prices_one_at_a_time exclude using gist (
            int8range(colourway_id, colourway_id, '[]') with &&,
            tstzrange(valid_from, valid_until) with &&
        ) deferrable initially immediate
    )
"""

# The view of migration 0003, with what a product costs by the clock, and the age of its wearer.
_LIVE_PRODUCTS = """
    create view shop.live_products as
    select
        colourways.id, colourways.style_id, colourways.slug, colourways.name, brands.name as brand,
        styles.gender, master.name as master_category, master.path as master_path,
        sub.name as sub_category, sub.path as sub_path, kind.name as article_type,
        kind.path as category_path, colour_name, colour_family, colour_hex, season, year, usage,
        colourways.currency, held.price_minor, held.list_price_minor,
        case when held.price_minor < held.list_price_minor then (
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
        {more}
    from shop.colourways
    {held}
    join shop.styles on styles.id = colourways.style_id
    join shop.categories as kind on kind.id = styles.category_id
    join shop.categories as sub on sub.id = kind.parent_id
    join shop.categories as master on master.id = sub.parent_id
    left join shop.brands on brands.id = styles.brand_id
    where colourways.status = 'live'
"""

# Of prices that never hold at once, the last that has begun is the only one that may: one step in an
# index, whatever the planner believes of the table.
_HELD_BY_CLOCK = """
    left join lateral (
        select last.* from (
            select * from shop.prices where prices.colourway_id = colourways.id
            and valid_from <= now() order by valid_from desc limit 1
        ) as last
        where last.currency = colourways.currency
        and (last.valid_until is null or now() < last.valid_until)
    ) as prices on true
    cross join lateral (select
        coalesce(prices.price_minor, colourways.price_minor) as price_minor,
        greatest(
            coalesce(prices.list_price_minor, colourways.list_price_minor), prices.price_minor
        ) as list_price_minor) as held
"""

_HELD_BY_PRODUCT = """
    cross join lateral (
        select colourways.price_minor, colourways.list_price_minor) as held
"""

# As in migration 0002, but that a product's own price is no news while another holds.
_NOTE_PRICES = """
    create or replace function shop.note_prices() returns trigger language plpgsql as $$ begin
        if tg_op = 'INSERT' then
            insert into shop.price_history (colourway_id, currency, price_minor, list_price_minor)
            select id, currency, price_minor, list_price_minor from new_rows;
        else
            insert into shop.price_history (colourway_id, currency, price_minor, list_price_minor)
            select id, fresh.currency, fresh.price_minor, fresh.list_price_minor
            from new_rows as fresh join old_rows as former using (id)
            where (fresh.currency, fresh.price_minor, fresh.list_price_minor)
                is distinct from (former.currency, former.price_minor, former.list_price_minor)
            {unless}
            on conflict (colourway_id, recorded_at) do update set
                (currency, price_minor, list_price_minor) =
                (excluded.currency, excluded.price_minor, excluded.list_price_minor);
        end if;
        return null;
    end $$
"""

_UNLESS_HELD = """
    and not exists (
        select from shop.prices
        where prices.colourway_id = id and prices.currency = fresh.currency
        and tstzrange(prices.valid_from, prices.valid_until) @> now())
"""


def upgrade() -> None:
    op.execute(_PRICES)
    op.create_index("prices_turns_at_idx", "prices", ["turns_at"], schema="shop")
    op.execute("drop view shop.live_products")
    op.execute(_LIVE_PRODUCTS.format(more=", styles.age_group", held=_HELD_BY_CLOCK))
    op.execute(_NOTE_PRICES.format(unless=_UNLESS_HELD))


def downgrade() -> None:
    """What was planned is lost; what products cost by themselves stays."""
    op.execute(_NOTE_PRICES.format(unless=""))
    op.execute("drop view shop.live_products")
    op.execute(_LIVE_PRODUCTS.format(more="", held=_HELD_BY_PRODUCT))
    op.execute(
        "insert into shop.product_changes (colourway_id) select distinct colourway_id from shop.prices"
    )
    op.drop_table("prices", schema="shop")
