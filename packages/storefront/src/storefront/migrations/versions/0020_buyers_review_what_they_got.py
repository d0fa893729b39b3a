"""Reviews, and the triggers that keep averages, counts and helpful votes in step with their rows."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# The product's row is locked first; the statement after it then sees every review that was committed
# before the lock was given, so that two writers never leave an average that lacks one of them.
_RATE = """
    create function shop.rate_products() returns trigger language plpgsql as $$
    declare
        changed bigint[];
        product bigint;
    begin
        if tg_op = 'INSERT' then
            changed := array(
                select distinct product_id from new_rows where state = 'published' order by 1);
        elsif tg_op = 'DELETE' then
            changed := array(
                select distinct product_id from old_rows where state = 'published' order by 1);
        else
            changed := array(
                select distinct product_id from new_rows as fresh join old_rows as former
                using (id, product_id)
                where (fresh.state = 'published') <> (former.state = 'published')
                or (fresh.state = 'published' and fresh.stars <> former.stars) order by 1);
        end if;
        foreach product in array changed loop
            perform from shop.colourways where id = product for no key update;
            update shop.colourways set (rating_avg, rating_count) = (
                select round(avg(stars), 2), count(*) from shop.reviews
                where product_id = product and state = 'published')
            where id = product;
        end loop;
        return null;
    end $$
"""
_COUNT_VOTES = """
    create function shop.count_votes() returns trigger language plpgsql as $$ begin
        if tg_op = 'INSERT' then
            update shop.reviews set helpful_count = helpful_count + votes from (
                select review_id, count(*) as votes from new_rows group by review_id
            ) as given where id = review_id;
        else
            update shop.reviews set helpful_count = helpful_count - votes from (
                select review_id, count(*) as votes from old_rows group by review_id
            ) as gone where id = review_id;
        end if;
        return null;
    end $$
"""
_QUEUE_REQUESTS = """
    create function shop.queue_review_requests() returns trigger language plpgsql as $$ begin
        insert into shop.jobs (kind, key, payload)
        select 'reviews.delivered', order_id, jsonb_build_object('order_id', order_id) from (
            select distinct order_id from new_rows as fresh join old_rows as former
            using (id, order_id)
            where fresh.state = 'delivered' and former.state <> 'delivered'
        ) as arrived on conflict (kind, key) do nothing;
        return null;
    end $$
"""
_ROWS = {
    "insert": "new table as new_rows",
    "update": "old table as old_rows new table as new_rows",
    "delete": "old table as old_rows",
}


def _trigger(function: str, table: str, event: str) -> str:
    return (
        f"create trigger {function}_{event} after {event} on shop.{table} referencing {_ROWS[event]} "
        f"for each statement execute function shop.{function}()"
    )


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _moment(name: str, *, is_required: bool = False) -> sa.Column[object]:
    return sa.Column(
        name,
        postgresql.TIMESTAMP(timezone=True),
        server_default=sa.text("now()") if is_required else None,
        nullable=not is_required,
    )


def _by_whom(table: str) -> list[sa.schema.SchemaItem]:
    """Which review, and which visitor or customer: once each."""
    return [
        sa.Column("review_id", sa.BigInteger(), nullable=False),
        sa.Column("visitor_id", sa.Text(), nullable=True),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        _moment("created_at", is_required=True),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["shop.reviews.id"],
            name=op.f(f"{table}_review_id_fkey"),
            ondelete="cascade",
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["shop.customers.id"], name=op.f(f"{table}_customer_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"{table}_pkey")),
        sa.UniqueConstraint(
            "review_id", "visitor_id", name=op.f(f"{table}_review_id_visitor_id_key")
        ),
        sa.UniqueConstraint(
            "review_id", "customer_id", name=op.f(f"{table}_review_id_customer_id_key")
        ),
    ]


def upgrade() -> None:
    op.create_table(
        "reviews",
        _id(),
        sa.Column("order_line_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("size_system", sa.Text(), nullable=False),
        sa.Column("size_label", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("fit", sa.Text(), nullable=True),
        sa.Column("height_mm", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column(
            "held_for",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'::text[]"),
            nullable=False,
        ),
        sa.Column("rejected_reason", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("helpful_count", sa.Integer(), server_default="0", nullable=False),
        _moment("created_at", is_required=True),
        _moment("edited_at"),
        sa.CheckConstraint("stars between 1 and 5", name=op.f("reviews_stars_in_scale")),
        sa.CheckConstraint("fit in ('small', 'true', 'large')", name=op.f("reviews_fit_known")),
        sa.CheckConstraint(
            "state in ('held', 'published', 'rejected')", name=op.f("reviews_state_known")
        ),
        sa.CheckConstraint(
            "height_mm between 400 and 2700", name=op.f("reviews_height_of_a_person")
        ),
        sa.CheckConstraint(
            "char_length(body) between 1 and 4000", name=op.f("reviews_body_in_bounds")
        ),
        sa.CheckConstraint(
            "char_length(title) between 1 and 120 and char_length(author) between 1 and 60",
            name=op.f("reviews_title_and_author_in_bounds"),
        ),
        sa.CheckConstraint(
            "(state = 'rejected') = (rejected_reason is not null)",
            name=op.f("reviews_rejected_has_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["shop.order_lines.id"], name=op.f("reviews_order_line_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("reviews_pkey")),
        sa.UniqueConstraint("order_line_id", name=op.f("reviews_order_line_id_key")),
        schema="shop",
    )
    op.create_index(
        "reviews_shown_idx",
        "reviews",
        ["product_id", "id"],
        schema="shop",
        postgresql_where=sa.text("state = 'published'"),
        postgresql_include=["stars", "fit"],
    )
    op.create_index(
        "reviews_held_idx",
        "reviews",
        ["id"],
        schema="shop",
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_table(
        "review_photographs",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("review_id", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("thumbnail", sa.LargeBinary(), nullable=False),
        _moment("created_at", is_required=True),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["shop.reviews.id"],
            name=op.f("review_photographs_review_id_fkey"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("review_photographs_pkey")),
        schema="shop",
    )
    op.create_table(
        "review_votes",
        _id(),
        *_by_whom("review_votes"),
        sa.CheckConstraint(
            "(visitor_id is null) <> (customer_id is null)", name=op.f("review_votes_one_voter")
        ),
        schema="shop",
    )
    op.create_table(
        "review_reports",
        _id(),
        *_by_whom("review_reports"),
        sa.Column("reason", sa.Text(), nullable=False),
        _moment("settled_at"),
        sa.CheckConstraint(
            "(visitor_id is null) <> (customer_id is null)",
            name=op.f("review_reports_one_reporter"),
        ),
        sa.CheckConstraint(
            "reason in ('offensive', 'false', 'advertising', 'personal', 'other')",
            name=op.f("review_reports_reason_known"),
        ),
        schema="shop",
    )
    op.create_index(
        "review_reports_open_idx",
        "review_reports",
        ["review_id"],
        schema="shop",
        postgresql_where=sa.text("settled_at is null"),
    )
    op.create_index(
        op.f("review_photographs_review_id_idx"), "review_photographs", ["review_id"], schema="shop"
    )
    for table in ("review_votes", "review_reports"):
        for column in ("visitor_id", "customer_id"):
            op.create_index(op.f(f"{table}_{column}_idx"), table, [column], schema="shop")
    for function in (_RATE, _COUNT_VOTES, _QUEUE_REQUESTS):
        op.execute(function)
    for event in ("insert", "update", "delete"):
        op.execute(_trigger("rate_products", "reviews", event))
    for event in ("insert", "delete"):
        op.execute(_trigger("count_votes", "review_votes", event))
    op.execute(_trigger("queue_review_requests", "shipments", "update"))
    # Averages that came with a catalogue had no reviews behind them.
    op.execute(
        "update shop.colourways set rating_avg = null, rating_count = 0, fit_avg = null "
        "where rating_count > 0"
    )


def downgrade() -> None:
    op.execute("drop function shop.queue_review_requests() cascade")
    op.execute("drop function shop.count_votes() cascade")
    op.execute("drop function shop.rate_products() cascade")
    for table in ("review_reports", "review_votes", "review_photographs", "reviews"):
        op.drop_table(table, schema="shop")
