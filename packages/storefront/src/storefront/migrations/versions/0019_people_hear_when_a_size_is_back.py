"""Stock alerts, and the trigger that enqueues their e-mails when a size can be sold again."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Whatever writes stock: a return, a count, a reservation that expired. The job's key differs each time,
# since one whose size was gone again before the e-mail went out is queued anew.
_FUNCTION = """
    create function shop.queue_stock_alerts() returns trigger language plpgsql as $$ begin
        with due as (
            update shop.stock_alerts as alert set queued_at = now()
            from changed
            where alert.sku_id = changed.sku_id
            and changed.on_hand - changed.reserved - changed.safety > 0
            and confirmed_at is not null and queued_at is null
            and sent_at is null and ended_at is null
            returning alert.id
        )
        insert into shop.jobs (kind, key, payload)
        select 'alerts.back', id || ' ' || extract(epoch from now()), jsonb_build_object('alert_id', id)
        from due on conflict (kind, key) do nothing;
        return null;
    end $$
"""
_TRIGGER = """
    create trigger queue_stock_alerts_{event} after {event} on shop.stock_levels
    referencing new table as changed for each statement execute function shop.queue_stock_alerts()
"""


def _moment(name: str, *, is_required: bool = False) -> sa.Column[object]:
    return sa.Column(
        name,
        postgresql.TIMESTAMP(timezone=True),
        server_default=sa.text("now()") if is_required else None,
        nullable=not is_required,
    )


def upgrade() -> None:
    op.create_table(
        "stock_alerts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        _moment("created_at", is_required=True),
        *(_moment(name) for name in ("confirmed_at", "queued_at", "sent_at", "ended_at")),
        sa.ForeignKeyConstraint(
            ["sku_id"], ["shop.skus.id"], name=op.f("stock_alerts_sku_id_fkey"), ondelete="cascade"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("stock_alerts_pkey")),
        schema="shop",
    )
    op.create_index(
        "stock_alerts_waiting_key",
        "stock_alerts",
        ["sku_id", "email"],
        unique=True,
        schema="shop",
        postgresql_where=sa.text("sent_at is null and ended_at is null"),
    )
    op.create_index("stock_alerts_email_idx", "stock_alerts", ["email"], schema="shop")
    op.execute(_FUNCTION)
    for event in ("insert", "update"):
        op.execute(_TRIGGER.format(event=event))


def downgrade() -> None:
    op.execute("drop function shop.queue_stock_alerts() cascade")
    op.drop_table("stock_alerts", schema="shop")
