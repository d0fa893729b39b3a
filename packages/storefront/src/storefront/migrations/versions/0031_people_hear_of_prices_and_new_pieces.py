"""Price alerts and alerts on saved searches beside stock alerts; wishlists that are shared and compared."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0031"
down_revision: str | None = "0030"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_UTC = postgresql.TIMESTAMP(timezone=True)

# A price that was recorded: one set by staff or an import at once, a scheduled one by whoever makes the
# listing. The e-mail's job looks again at what the product costs by then.
_QUEUE_PRICE_ALERTS = """
    create function shop.queue_price_alerts() returns trigger language plpgsql as $$ begin
        with due as (
            update shop.stock_alerts as alert set queued_at = now()
            from changed
            where alert.colourway_id = changed.colourway_id
            and alert.currency = changed.currency and changed.price_minor <= alert.at_most_minor
            and confirmed_at is not null and queued_at is null
            and sent_at is null and ended_at is null
            returning alert.id
        )
        insert into shop.jobs (kind, key, payload)
        select 'alerts.price', id || ' ' || extract(epoch from now()), jsonb_build_object('alert_id', id)
        from due on conflict (kind, key) do nothing;
        return null;
    end $$
"""

# A scheduled price begins and ends by the clock, whether or not anybody visits: a job for each such
# moment of a product that somebody waits for.
_PLAN_PRICE_ALERTS = """
    create function shop.plan_price_alerts() returns trigger language plpgsql as $$ begin
        insert into shop.jobs (kind, key, payload, due_at)
        select 'alerts.turn', product_id || ' ' || extract(epoch from turns_at),
            jsonb_build_object('product_id', product_id), turns_at
        from (
            select colourway_id as product_id, greatest(valid_from, now()) as turns_at from changed
            union select colourway_id, valid_until from changed where valid_until >= now()
        ) as turn
        where exists (
            select from shop.stock_alerts as alert
            where alert.colourway_id = product_id and sent_at is null and ended_at is null)
        on conflict (kind, key) do nothing;
        return null;
    end $$
"""
_TRIGGER = """
    create trigger {function}_{event} after {event} on shop.{table}
    referencing new table as changed for each statement execute function shop.{function}()
"""
_TRIGGERS = (
    ("queue_price_alerts", "price_history"),
    ("plan_price_alerts", "prices"),
)

# Few rows each, so that no visitor waits for these indexes.
_ONE_WAITING = """
    -- squawk-ignore require-concurrent-index-creation
    create unique index stock_alerts_waiting_{name}_key on shop.stock_alerts ({column}, email)
    where sent_at is null and ended_at is null
"""


def _moment(name: str, *, is_required: bool = False) -> sa.Column[object]:
    return sa.Column(
        name,
        _UTC,
        server_default=sa.text("now()") if is_required else None,
        nullable=not is_required,
    )


def upgrade() -> None:
    _create_saved_searches()
    _extend_alerts()
    _extend_wishlists()


def _create_saved_searches() -> None:
    op.create_table(
        "saved_searches",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("visitor_id", sa.Text(), nullable=True),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("seen", sa.LargeBinary(), nullable=False),
        sa.Column("mailed", sa.LargeBinary(), server_default="", nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=True),
        _moment("created_at", is_required=True),
        sa.CheckConstraint(
            "(visitor_id is null) <> (customer_id is null)", name=op.f("saved_searches_one_owner")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["shop.customers.id"], name=op.f("saved_searches_customer_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("saved_searches_pkey")),
        schema="shop",
    )
    for column in ("visitor_id", "customer_id"):
        op.create_index(
            f"saved_searches_{column}_idx",
            "saved_searches",
            [column],
            schema="shop",
            postgresql_where=sa.text(f"{column} is not null"),
        )


def _extend_alerts() -> None:
    # The code of before reads alerts by the ids of its jobs: those of new kinds it cannot do are retried.
    op.execute(
        "-- squawk-ignore ban-drop-not-null\n"
        "alter table shop.stock_alerts alter column sku_id drop not null"
    )
    for column in (
        sa.Column("colourway_id", sa.BigInteger(), nullable=True),
        sa.Column("at_most_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("saved_search_id", sa.BigInteger(), nullable=True),
    ):
        op.add_column("stock_alerts", column, schema="shop")
    for column_name, table in (
        ("colourway_id", "colourways"),
        ("saved_search_id", "saved_searches"),
    ):
        op.create_foreign_key(
            op.f(f"stock_alerts_{column_name}_fkey"),
            "stock_alerts",
            table,
            [column_name],
            ["id"],
            source_schema="shop",
            referent_schema="shop",
            ondelete="cascade",
            postgresql_not_valid=True,
        )
    op.execute(
        "alter table shop.stock_alerts add constraint stock_alerts_one_subject "
        "check (num_nonnulls(sku_id, colourway_id, saved_search_id) = 1) not valid"
    )
    op.execute(
        "alter table shop.stock_alerts add constraint stock_alerts_price_with_product "
        "check (num_nonnulls(colourway_id, at_most_minor, currency) in (0, 3)) not valid"
    )
    op.execute(_ONE_WAITING.format(name="price", column="colourway_id"))
    op.execute(_ONE_WAITING.format(name="search", column="saved_search_id"))
    op.execute(_QUEUE_PRICE_ALERTS)
    op.execute(_PLAN_PRICE_ALERTS)
    for function, table in _TRIGGERS:
        for event in ("insert", "update"):
            op.execute(_TRIGGER.format(function=function, event=event, table=table))


def _extend_wishlists() -> None:
    for column in (
        sa.Column("price_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("was_sold_out", sa.Boolean(), nullable=True),
        sa.Column("sku_id", sa.BigInteger(), nullable=True),
    ):
        op.add_column("wishlist_items", column, schema="shop")
    op.create_foreign_key(
        op.f("wishlist_items_sku_id_fkey"),
        "wishlist_items",
        "skus",
        ["sku_id"],
        ["id"],
        source_schema="shop",
        referent_schema="shop",
        ondelete="set null",
        postgresql_not_valid=True,
    )
    op.create_table(
        "wishlist_links",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("visitor_id", sa.Text(), nullable=True),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        _moment("created_at", is_required=True),
        sa.CheckConstraint(
            "(visitor_id is null) <> (customer_id is null)", name=op.f("wishlist_links_one_owner")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["shop.customers.id"], name=op.f("wishlist_links_customer_id_fkey")
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("wishlist_links_pkey")),
        schema="shop",
    )
    for owner in ("visitor", "customer"):
        op.create_index(
            f"wishlist_links_of_{owner}_key",
            "wishlist_links",
            [f"{owner}_id"],
            unique=True,
            schema="shop",
            postgresql_where=sa.text(f"{owner}_id is not null"),
        )


def downgrade() -> None:
    """Alerts on prices and searches are lost, and so are saved searches and links to wishlists."""
    op.drop_table("wishlist_links", schema="shop")
    for column in ("sku_id", "was_sold_out", "currency", "price_minor"):
        op.drop_column("wishlist_items", column, schema="shop")
    for function, _table in _TRIGGERS:
        op.execute(f"drop function shop.{function}() cascade")
    op.execute("delete from shop.stock_alerts where sku_id is null")
    for column in ("saved_search_id", "currency", "at_most_minor", "colourway_id"):
        op.drop_column("stock_alerts", column, schema="shop")
    op.alter_column("stock_alerts", "sku_id", nullable=False, schema="shop")
    op.drop_table("saved_searches", schema="shop")
