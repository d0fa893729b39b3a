"""What is sold in full (size charts, price history), and the tables it is found by.

Triggers keep the price history and name every changed product in product_changes, in the transaction
of the change and whoever makes it: there is no code that could forget to.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_CHECKS = {
    "counts_not_negative": "popularity >= 0 and rating_count >= 0",
    "rating_in_stars": "rating_avg between 1 and 5",
    "fit_in_scale": "fit_avg between -2 and 2",
}

# Accents and case away: `Crème` and `creme` are one word.
_PLAIN = r"""
    create function shop.plain(value text) returns text
    language sql immutable strict parallel safe
    return regexp_replace(lower(normalize(value, NFKD)), '[\u0300-\u036f]', '', 'g')
"""

# Where the service lacks an extension, search does without: prefixes instead of trigrams, no vectors.
_EXTENSIONS = """
    do $$ begin
        if exists (select from pg_available_extensions where name = 'pg_trgm') then
            create extension if not exists pg_trgm;
            create index search_terms_like_idx on shop.search_terms using gin (term gin_trgm_ops);
        end if;
        if exists (select from pg_available_extensions where name = 'vector') then
            create extension if not exists vector;
            create table shop.embeddings (
                colourway_id bigint not null
                    constraint embeddings_colourway_id_fkey references shop.colourways,
                model text not null,
                version integer not null,
                embedding halfvec(512) not null,
                constraint embeddings_pkey primary key (model, version, colourway_id)
            );
        end if;
    end $$
"""

# Two prices within one transaction are one change: the last.
_NOTE_PRICES = """
    create function shop.note_prices() returns trigger language plpgsql as $$ begin
        if tg_op = 'INSERT' then
            insert into shop.price_history (colourway_id, currency, price_minor, list_price_minor)
            select id, currency, price_minor, list_price_minor from new_rows;
        else
            insert into shop.price_history (colourway_id, currency, price_minor, list_price_minor)
            select id, fresh.currency, fresh.price_minor, fresh.list_price_minor
            from new_rows as fresh join old_rows as former using (id)
            where (fresh.currency, fresh.price_minor, fresh.list_price_minor)
                is distinct from (former.currency, former.price_minor, former.list_price_minor)
            on conflict (colourway_id, recorded_at) do update set
                (currency, price_minor, list_price_minor) =
                (excluded.currency, excluded.price_minor, excluded.list_price_minor);
        end if;
        return null;
    end $$
"""

# By table and event: whose listings a change of these rows concerns. Stock counts only where it begins
# or ends, since a listing tells whether there is any, not how much.
_CONCERNED = {
    ("colourways", "insert"): "select id from new_rows",
    ("colourways", "update"): "select id from new_rows",
    (
        "styles",
        "update",
    ): "select c.id from shop.colourways as c join new_rows on c.style_id = new_rows.id",
    ("brands", "update"): """
        select c.id from shop.colourways as c join shop.styles on styles.id = c.style_id
        join new_rows on new_rows.id = styles.brand_id""",
    ("categories", "update"): """
        select c.id from shop.colourways as c join shop.styles on styles.id = c.style_id
        join shop.categories on categories.id = styles.category_id
        join new_rows on starts_with(categories.path || '/', new_rows.path || '/')""",
    ("skus", "update"): "select distinct colourway_id from new_rows",
    ("media", "insert"): "select distinct colourway_id from new_rows",
    ("media", "update"): "select distinct colourway_id from new_rows",
    ("media", "delete"): "select distinct colourway_id from old_rows",
    ("stock_levels", "insert"): """
        select distinct colourway_id from new_rows join shop.skus on skus.id = sku_id
        where on_hand > reserved""",
    ("stock_levels", "update"): """
        select distinct colourway_id from new_rows as fresh join old_rows as former using (sku_id)
        join shop.skus on skus.id = sku_id
        where (fresh.on_hand > fresh.reserved) <> (former.on_hand > former.reserved)""",
}
_ROWS = {
    "insert": "new table as new_rows",
    "update": "old table as old_rows new table as new_rows",
    "delete": "old table as old_rows",
}


def upgrade() -> None:
    op.create_table(
        "facet_values",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("facet", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("sort", sa.Integer(), server_default="0", nullable=False),
        sa.Column("hex", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("facet_values_pkey")),
        sa.UniqueConstraint("facet", "value", name=op.f("facet_values_facet_value_key")),
        schema="shop",
    )
    op.create_table(
        "listing_states",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("listing_states_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("listing_states_pkey")),
        schema="shop",
    )
    op.create_table(
        "listings",
        sa.Column("colourway_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("style_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("list_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("lowest_price_minor", sa.BigInteger(), nullable=True),
        sa.Column("popularity", sa.Integer(), nullable=False),
        sa.Column("published_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("rating", sa.Numeric(precision=3, scale=2), nullable=False),
        sa.Column("rating_count", sa.Integer(), nullable=False),
        sa.Column("is_pictured", sa.Boolean(), nullable=False),
        sa.Column("thumb", sa.Text(), nullable=True),
        sa.Column("badges", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("facets", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("sizes_in_stock", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.Column("card", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("colourway_id", name=op.f("listings_pkey")),
        schema="shop",
        postgresql_with={"fillfactor": "90"},
    )
    op.create_index(
        "listings_facets_idx",
        "listings",
        ["facets"],
        unique=False,
        schema="shop",
        postgresql_using="gin",
    )
    op.create_index(
        "listings_featured_idx",
        "listings",
        [
            sa.literal_column("is_pictured desc"),
            sa.literal_column("published_at desc"),
            sa.literal_column("colourway_id desc"),
        ],
        unique=False,
        schema="shop",
    )
    op.create_index(
        "listings_newest_idx",
        "listings",
        [sa.literal_column("published_at desc"), sa.literal_column("colourway_id desc")],
        unique=False,
        schema="shop",
    )
    op.create_index(
        "listings_popularity_idx",
        "listings",
        [sa.literal_column("popularity desc"), sa.literal_column("colourway_id desc")],
        unique=False,
        schema="shop",
    )
    op.create_index(
        "listings_price_idx",
        "listings",
        ["price_minor", "colourway_id"],
        unique=False,
        schema="shop",
    )
    op.create_index(
        "listings_rating_idx",
        "listings",
        [sa.literal_column("rating desc"), sa.literal_column("colourway_id desc")],
        unique=False,
        schema="shop",
    )
    op.create_index(
        "listings_sizes_in_stock_idx",
        "listings",
        ["sizes_in_stock"],
        unique=False,
        schema="shop",
        postgresql_using="gin",
    )
    op.create_index("listings_style_idx", "listings", ["style_id"], unique=False, schema="shop")
    op.create_index(
        "listings_title_idx", "listings", ["title", "colourway_id"], unique=False, schema="shop"
    )
    op.create_index(
        "listings_words_idx",
        "listings",
        ["words"],
        unique=False,
        schema="shop",
        postgresql_using="gin",
    )
    op.create_table(
        "product_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("colourway_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "recorded_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("product_changes_pkey")),
        schema="shop",
    )
    op.create_table(
        "search_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "asked_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("result_count", sa.Integer(), nullable=False),
        sa.Column("click_count", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("search_log_pkey")),
        schema="shop",
    )
    op.create_index(
        op.f("search_log_asked_at_idx"), "search_log", ["asked_at"], unique=False, schema="shop"
    )
    op.create_table(
        "search_terms",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("df", sa.Integer(), nullable=False),
        sa.Column("target", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "kind in ('word', 'brand', 'category', 'colour', 'product')",
            name=op.f("search_terms_kind_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("search_terms_pkey")),
        sa.UniqueConstraint(
            "kind", "term", "target", name=op.f("search_terms_kind_term_target_key")
        ),
        schema="shop",
    )
    op.create_index(
        "search_terms_prefix_idx",
        "search_terms",
        ["term"],
        unique=False,
        schema="shop",
        postgresql_ops={"term": "text_pattern_ops"},
    )
    op.create_table(
        "size_charts",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("size_charts_pkey")),
        sa.UniqueConstraint("key", name=op.f("size_charts_key_key")),
        schema="shop",
    )
    op.create_table(
        "synonyms",
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("means", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("term", "means", name=op.f("synonyms_pkey")),
        schema="shop",
    )
    op.create_table(
        "size_chart_rows",
        sa.Column("size_chart_id", sa.Integer(), nullable=False),
        sa.Column("size_id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("low_mm", sa.SmallInteger(), nullable=False),
        sa.Column("high_mm", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint(
            "measure in ('chest', 'waist', 'hip', 'foot', 'height')",
            name=op.f("size_chart_rows_measure_known"),
        ),
        sa.CheckConstraint(
            "0 < low_mm and low_mm <= high_mm", name=op.f("size_chart_rows_range_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["size_chart_id"],
            ["shop.size_charts.id"],
            name=op.f("size_chart_rows_size_chart_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["size_id"], ["shop.sizes.id"], name=op.f("size_chart_rows_size_id_fkey")
        ),
        sa.PrimaryKeyConstraint(
            "size_chart_id", "size_id", "measure", name=op.f("size_chart_rows_pkey")
        ),
        schema="shop",
    )
    op.create_table(
        "price_history",
        sa.Column("colourway_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "recorded_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("list_price_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["colourway_id"], ["shop.colourways.id"], name=op.f("price_history_colourway_id_fkey")
        ),
        sa.PrimaryKeyConstraint("colourway_id", "recorded_at", name=op.f("price_history_pkey")),
        schema="shop",
    )
    op.add_column("colourways", sa.Column("colour_hex", sa.Text(), nullable=True), schema="shop")
    op.add_column(
        "colourways",
        sa.Column("popularity", sa.Integer(), server_default="0", nullable=False),
        schema="shop",
    )
    op.add_column(
        "colourways",
        sa.Column("rating_avg", sa.Numeric(precision=3, scale=2), nullable=True),
        schema="shop",
    )
    op.add_column(
        "colourways",
        sa.Column("rating_count", sa.Integer(), server_default="0", nullable=False),
        schema="shop",
    )
    op.add_column(
        "colourways",
        sa.Column("fit_avg", sa.Numeric(precision=3, scale=2), nullable=True),
        schema="shop",
    )
    op.add_column("skus", sa.Column("gtin", sa.Text(), nullable=True), schema="shop")
    op.add_column("skus", sa.Column("weight_g", sa.Integer(), nullable=True), schema="shop")
    op.create_unique_constraint(op.f("skus_gtin_key"), "skus", ["gtin"], schema="shop")
    op.add_column("styles", sa.Column("fit", sa.Text(), nullable=True), schema="shop")
    op.add_column("styles", sa.Column("care", sa.Text(), nullable=True), schema="shop")
    op.add_column("styles", sa.Column("size_chart_id", sa.Integer(), nullable=True), schema="shop")
    op.add_column(
        "styles",
        sa.Column("tax_class", sa.Text(), server_default="standard", nullable=False),
        schema="shop",
    )
    op.create_foreign_key(
        op.f("styles_size_chart_id_fkey"),
        "styles",
        "size_charts",
        ["size_chart_id"],
        ["id"],
        source_schema="shop",
        referent_schema="shop",
    )
    for name, condition in _CHECKS.items():
        op.create_check_constraint(
            op.f(f"colourways_{name}"), "colourways", condition, schema="shop"
        )
    op.execute(_PLAIN)
    op.execute(_EXTENSIONS)
    op.execute("insert into shop.listing_states (id) values (1)")
    op.execute(
        "insert into shop.price_history (colourway_id, currency, price_minor, list_price_minor) "
        "select id, currency, price_minor, list_price_minor from shop.colourways"
    )
    op.execute("insert into shop.product_changes (colourway_id) select id from shop.colourways")
    op.execute(_NOTE_PRICES)
    for event in ("insert", "update"):
        op.execute(_trigger("note_prices", "colourways", event))
    for (table, event), concerned in _CONCERNED.items():
        op.execute(
            f"create function shop.note_{table}_{event}() returns trigger language plpgsql as $$ begin "
            f"insert into shop.product_changes (colourway_id) {concerned}; return null; end $$"
        )
        op.execute(_trigger(f"note_{table}_{event}", table, event))


def _trigger(function: str, table: str, event: str) -> str:
    return (
        f"create trigger {function}_{event} after {event} on shop.{table} referencing {_ROWS[event]} "
        f"for each statement execute function shop.{function}()"
    )


def downgrade() -> None:
    for table, event in _CONCERNED:
        op.execute(f"drop function shop.note_{table}_{event}() cascade")
    op.execute("drop function shop.note_prices() cascade")
    op.execute("drop table if exists shop.embeddings")
    op.execute("drop function shop.plain(text)")
    for name in _CHECKS:
        op.drop_constraint(op.f(f"colourways_{name}"), "colourways", schema="shop")
    op.drop_constraint(
        op.f("styles_size_chart_id_fkey"), "styles", schema="shop", type_="foreignkey"
    )
    op.drop_column("styles", "tax_class", schema="shop")
    op.drop_column("styles", "size_chart_id", schema="shop")
    op.drop_column("styles", "care", schema="shop")
    op.drop_column("styles", "fit", schema="shop")
    op.drop_constraint(op.f("skus_gtin_key"), "skus", schema="shop", type_="unique")
    op.drop_column("skus", "weight_g", schema="shop")
    op.drop_column("skus", "gtin", schema="shop")
    op.drop_column("colourways", "fit_avg", schema="shop")
    op.drop_column("colourways", "rating_count", schema="shop")
    op.drop_column("colourways", "rating_avg", schema="shop")
    op.drop_column("colourways", "popularity", schema="shop")
    op.drop_column("colourways", "colour_hex", schema="shop")
    op.drop_table("price_history", schema="shop")
    op.drop_table("size_chart_rows", schema="shop")
    op.drop_table("synonyms", schema="shop")
    op.drop_table("size_charts", schema="shop")
    op.drop_index(
        "search_terms_prefix_idx",
        table_name="search_terms",
        schema="shop",
        postgresql_ops={"term": "text_pattern_ops"},
    )
    op.drop_table("search_terms", schema="shop")
    op.drop_index(op.f("search_log_asked_at_idx"), table_name="search_log", schema="shop")
    op.drop_table("search_log", schema="shop")
    op.drop_table("product_changes", schema="shop")
    op.drop_index(
        "listings_words_idx", table_name="listings", schema="shop", postgresql_using="gin"
    )
    op.drop_index("listings_title_idx", table_name="listings", schema="shop")
    op.drop_index("listings_style_idx", table_name="listings", schema="shop")
    op.drop_index(
        "listings_sizes_in_stock_idx", table_name="listings", schema="shop", postgresql_using="gin"
    )
    op.drop_index("listings_rating_idx", table_name="listings", schema="shop")
    op.drop_index("listings_price_idx", table_name="listings", schema="shop")
    op.drop_index("listings_popularity_idx", table_name="listings", schema="shop")
    op.drop_index("listings_newest_idx", table_name="listings", schema="shop")
    op.drop_index("listings_featured_idx", table_name="listings", schema="shop")
    op.drop_index(
        "listings_facets_idx", table_name="listings", schema="shop", postgresql_using="gin"
    )
    op.drop_table("listings", schema="shop")
    op.drop_table("listing_states", schema="shop")
    op.drop_table("facet_values", schema="shop")
