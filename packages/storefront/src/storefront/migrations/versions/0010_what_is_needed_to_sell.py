"""What selling needs: stock by location with a ledger and reservations, bags, prices of an order,
customers, checkouts, payments, orders, and the audit log.

Stock that was counted before becomes the stock of one location, with an opening entry in the ledger.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_OFFERED_SIZES = """
    create or replace view shop.offered_sizes as
    select colourway_id, skus.id as sku_id, code, system, label, sort,
        coalesce((
            select sum(greatest(on_hand - reserved - safety, 0))
            from shop.stock_levels join shop.locations on locations.id = location_id
            where stock_levels.sku_id = skus.id and locations.is_active
        ), 0)::int as pieces
    from shop.skus
    join shop.sizes on sizes.id = skus.size_id
    where is_offered
"""

_OFFERED_SIZES_BEFORE = """
    create or replace view shop.offered_sizes as
    select colourway_id, skus.id as sku_id, code, system, label, sort,
        coalesce(on_hand - reserved, 0) as pieces
    from shop.skus
    join shop.sizes on sizes.id = skus.size_id
    left join shop.stock_levels on stock_levels.sku_id = skus.id
    where is_offered
"""

# A listing shows whether a size can be bought, so only a change of that concerns it.
_NOTE_STOCK = """
    create or replace function shop.note_stock_levels_{event}() returns trigger
    language plpgsql as $$ begin
    insert into shop.product_changes (colourway_id) {concerned}; return null; end $$
"""
_CONCERNED = {
    "insert": """
        select distinct colourway_id from new_rows join shop.skus on skus.id = sku_id
        where on_hand > reserved + safety""",
    "update": """
        select distinct colourway_id
        from new_rows as fresh join old_rows as former using (sku_id, location_id)
        join shop.skus on skus.id = sku_id
        where (fresh.on_hand > fresh.reserved + fresh.safety)
            <> (former.on_hand > former.reserved + former.safety)""",
}
_CONCERNED_BEFORE = {
    "insert": """
        select distinct colourway_id from new_rows join shop.skus on skus.id = sku_id
        where on_hand > reserved""",
    "update": """
        select distinct colourway_id from new_rows as fresh join old_rows as former using (sku_id)
        join shop.skus on skus.id = sku_id
        where (fresh.on_hand > fresh.reserved) <> (former.on_hand > former.reserved)""",
}


def upgrade() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("audit_log_pkey")),
        schema="shop",
    )
    op.create_index(
        op.f("audit_log_actor_id_idx"), "audit_log", ["actor", "id"], unique=False, schema="shop"
    )
    op.create_index(
        op.f("audit_log_entity_entity_id_id_idx"),
        "audit_log",
        ["entity", "entity_id", "id"],
        unique=False,
        schema="shop",
    )
    op.create_table(
        "customers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("deleted_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(email is null) = (deleted_at is not null)", name=op.f("customers_email_until_deleted")
        ),
        sa.CheckConstraint("email = lower(email)", name=op.f("customers_email_in_lower_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("customers_pkey")),
        sa.UniqueConstraint("email", name=op.f("customers_email_key")),
        schema="shop",
    )
    op.create_table(
        "delivery_methods",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "countries", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False
        ),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("free_from_minor", sa.BigInteger(), nullable=True),
        sa.Column("cutoff", sa.Time(), nullable=False),
        sa.Column("time_zone", sa.Text(), server_default="UTC", nullable=False),
        sa.Column("min_days", sa.Integer(), nullable=False),
        sa.Column("max_days", sa.Integer(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=True),
        sa.Column("sort", sa.Integer(), server_default="0", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default="true", nullable=False),
        sa.CheckConstraint(
            "0 <= min_days and min_days <= max_days", name=op.f("delivery_methods_days_in_order")
        ),
        sa.CheckConstraint(
            "price_minor >= 0 and free_from_minor >= 0",
            name=op.f("delivery_methods_amounts_not_negative"),
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("delivery_methods_pkey")),
        schema="shop",
    )
    op.create_table(
        "gift_cards",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("last_four", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("balance_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("balance_minor >= 0", name=op.f("gift_cards_balance_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("gift_cards_pkey")),
        sa.UniqueConstraint("code_hash", name=op.f("gift_cards_code_hash_key")),
        schema="shop",
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="running", nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("locked_until", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state in ('running', 'done')", name=op.f("idempotency_keys_state_known")
        ),
        sa.PrimaryKeyConstraint("scope", "key", name=op.f("idempotency_keys_pkey")),
        schema="shop",
    )
    op.create_index(
        op.f("idempotency_keys_expires_at_idx"),
        "idempotency_keys",
        ["expires_at"],
        unique=False,
        schema="shop",
    )
    op.create_table(
        "locations",
        sa.Column("id", sa.Integer(), sa.Identity(always=False, start=2), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("priority", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("locations_pkey")),
        sa.UniqueConstraint("code", name=op.f("locations_code_key")),
        schema="shop",
    )
    op.execute("insert into shop.locations (id, code, name) values (1, 'main', 'Main warehouse')")
    op.create_table(
        "test_payments",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("return_url", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column(
            "refund_keys",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'::text[]"),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("ref", name=op.f("test_payments_pkey")),
        sa.UniqueConstraint("key", name=op.f("test_payments_key_key")),
        schema="shop",
    )
    op.create_table(
        "promotions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("percent", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("buy_quantity", sa.Integer(), server_default="0", nullable=False),
        sa.Column("get_quantity", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "category_paths",
            sa.ARRAY(sa.Text()),
            server_default=sa.text("'{}'::text[]"),
            nullable=False,
        ),
        sa.Column(
            "brands", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False
        ),
        sa.Column(
            "product_ids",
            sa.ARRAY(sa.BigInteger()),
            server_default=sa.text("'{}'::bigint[]"),
            nullable=False,
        ),
        sa.Column("minimum_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("is_automatic", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("is_exclusive", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("stack_group", sa.Text(), server_default="order", nullable=False),
        sa.Column("priority", sa.Integer(), server_default="0", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("starts_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("ends_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'amount') = (amount_minor is not null)",
            name=op.f("promotions_amount_where_needed"),
        ),
        sa.CheckConstraint(
            "(kind = 'buy_x_get_y') = (buy_quantity > 0 and get_quantity > 0)",
            name=op.f("promotions_quantities_where_needed"),
        ),
        sa.CheckConstraint(
            "(kind in ('percentage', 'buy_x_get_y')) = (percent is not null)",
            name=op.f("promotions_percent_where_needed"),
        ),
        sa.CheckConstraint(
            "kind in ('percentage', 'amount', 'free_delivery', 'buy_x_get_y')",
            name=op.f("promotions_kind_known"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("promotions_amount_positive")),
        sa.CheckConstraint("minimum_minor >= 0", name=op.f("promotions_minimum_not_negative")),
        sa.CheckConstraint(
            "percent > 0 and percent <= 100", name=op.f("promotions_percent_in_range")
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("promotions_in_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("promotions_pkey")),
        schema="shop",
    )
    op.create_table(
        "sign_in_codes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("used_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("sign_in_codes_pkey")),
        schema="shop",
    )
    op.create_index(
        op.f("sign_in_codes_address_created_at_idx"),
        "sign_in_codes",
        ["address", "created_at"],
        unique=False,
        schema="shop",
    )
    op.create_index(
        op.f("sign_in_codes_email_created_at_idx"),
        "sign_in_codes",
        ["email", "created_at"],
        unique=False,
        schema="shop",
    )
    op.create_table(
        "tax_rates",
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("tax_class", sa.Text(), nullable=False),
        sa.Column("rate", sa.Numeric(precision=6, scale=5), nullable=False),
        sa.Column("is_included", sa.Boolean(), nullable=False),
        sa.CheckConstraint("rate >= 0 and rate < 1", name=op.f("tax_rates_rate_in_range")),
        sa.PrimaryKeyConstraint("country", "tax_class", name=op.f("tax_rates_pkey")),
        schema="shop",
    )
    op.create_table(
        "addresses",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("is_default", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["shop.customers.id"],
            name=op.f("addresses_customer_id_fkey"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("addresses_pkey")),
        schema="shop",
    )
    op.create_index(
        op.f("addresses_customer_id_idx"), "addresses", ["customer_id"], unique=False, schema="shop"
    )
    op.create_index(
        "addresses_default_key",
        "addresses",
        ["customer_id"],
        unique=True,
        schema="shop",
        postgresql_where="is_default",
    )
    op.create_table(
        "consents",
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("granted_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("withdrawn_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["shop.customers.id"],
            name=op.f("consents_customer_id_fkey"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("customer_id", "kind", name=op.f("consents_pkey")),
        schema="shop",
    )
    op.create_table(
        "coupons",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("promotion_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("budget", sa.Integer(), nullable=True),
        sa.Column("used_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("is_once_per_customer", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("starts_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("ends_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "code = upper(code) and code <> ''", name=op.f("coupons_code_in_capitals")
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("coupons_in_order")),
        sa.CheckConstraint(
            "used_count >= 0 and used_count <= budget", name=op.f("coupons_within_budget")
        ),
        sa.ForeignKeyConstraint(
            ["promotion_id"], ["shop.promotions.id"], name=op.f("coupons_promotion_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("coupons_pkey")),
        sa.UniqueConstraint("code", name=op.f("coupons_code_key")),
        schema="shop",
    )
    op.create_index(
        op.f("coupons_promotion_id_idx"), "coupons", ["promotion_id"], unique=False, schema="shop"
    )
    op.create_table(
        "gift_card_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("gift_card_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("delta_minor", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind in ('issue', 'hold', 'release', 'refund')",
            name=op.f("gift_card_entries_kind_known"),
        ),
        sa.CheckConstraint("delta_minor <> 0", name=op.f("gift_card_entries_delta_not_zero")),
        sa.ForeignKeyConstraint(
            ["gift_card_id"],
            ["shop.gift_cards.id"],
            name=op.f("gift_card_entries_gift_card_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("gift_card_entries_pkey")),
        schema="shop",
    )
    op.create_index(
        op.f("gift_card_entries_gift_card_id_id_idx"),
        "gift_card_entries",
        ["gift_card_id", "id"],
        unique=False,
        schema="shop",
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "last_seen_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ended_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["shop.customers.id"],
            name=op.f("sessions_customer_id_fkey"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("sessions_pkey")),
        schema="shop",
    )
    op.create_index(
        op.f("sessions_customer_id_idx"), "sessions", ["customer_id"], unique=False, schema="shop"
    )
    op.create_table(
        "carts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("visitor_id", sa.Text(), nullable=True),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("coupon_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state in ('open', 'ordered', 'merged')", name=op.f("carts_state_known")
        ),
        sa.CheckConstraint(
            "visitor_id is not null or customer_id is not null", name=op.f("carts_has_owner")
        ),
        sa.ForeignKeyConstraint(
            ["coupon_id"], ["shop.coupons.id"], name=op.f("carts_coupon_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["shop.customers.id"], name=op.f("carts_customer_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("carts_pkey")),
        schema="shop",
    )
    op.create_index(
        "carts_open_of_customer_key",
        "carts",
        ["customer_id"],
        unique=True,
        schema="shop",
        postgresql_where="state = 'open' and customer_id is not null",
    )
    op.create_index(
        "carts_open_of_visitor_key",
        "carts",
        ["visitor_id"],
        unique=True,
        schema="shop",
        postgresql_where="state = 'open' and customer_id is null",
    )
    op.create_index("carts_updated_at_idx", "carts", ["updated_at"], unique=False, schema="shop")
    op.create_table(
        "cart_gift_cards",
        sa.Column("cart_id", sa.BigInteger(), nullable=False),
        sa.Column("gift_card_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "added_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["cart_id"],
            ["shop.carts.id"],
            name=op.f("cart_gift_cards_cart_id_fkey"),
            ondelete="cascade",
        ),
        sa.ForeignKeyConstraint(
            ["gift_card_id"], ["shop.gift_cards.id"], name=op.f("cart_gift_cards_gift_card_id_fkey")
        ),
        sa.PrimaryKeyConstraint("cart_id", "gift_card_id", name=op.f("cart_gift_cards_pkey")),
        schema="shop",
    )
    op.create_table(
        "checkouts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("token", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("cart_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("delivery_address", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("billing_address", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("delivery_method", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state in ('open', 'paying', 'completed')", name=op.f("checkouts_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["cart_id"], ["shop.carts.id"], name=op.f("checkouts_cart_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["delivery_method"],
            ["shop.delivery_methods.code"],
            name=op.f("checkouts_delivery_method_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("checkouts_pkey")),
        sa.UniqueConstraint("cart_id", name=op.f("checkouts_cart_id_key")),
        sa.UniqueConstraint("token", name=op.f("checkouts_token_key")),
        schema="shop",
    )
    op.create_index(
        "checkouts_paying_idx",
        "checkouts",
        ["updated_at"],
        unique=False,
        schema="shop",
        postgresql_where="state = 'paying'",
    )
    op.create_table(
        "coupon_redemptions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("coupon_id", sa.BigInteger(), nullable=False),
        sa.Column("cart_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_key", sa.Text(), nullable=False),
        sa.Column("is_once_per_customer", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), server_default="held", nullable=False),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state in ('held', 'used', 'released')", name=op.f("coupon_redemptions_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["cart_id"], ["shop.carts.id"], name=op.f("coupon_redemptions_cart_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["coupon_id"], ["shop.coupons.id"], name=op.f("coupon_redemptions_coupon_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("coupon_redemptions_pkey")),
        schema="shop",
    )
    op.create_index(
        op.f("coupon_redemptions_cart_id_idx"),
        "coupon_redemptions",
        ["cart_id"],
        unique=False,
        schema="shop",
    )
    op.create_index(
        "coupon_redemptions_expires_at_idx",
        "coupon_redemptions",
        ["expires_at"],
        unique=False,
        schema="shop",
        postgresql_where="state = 'held'",
    )
    op.create_index(
        "coupon_redemptions_of_cart_key",
        "coupon_redemptions",
        ["coupon_id", "cart_id"],
        unique=True,
        schema="shop",
        postgresql_where="state <> 'released'",
    )
    op.create_index(
        "coupon_redemptions_once_key",
        "coupon_redemptions",
        ["coupon_id", "customer_key"],
        unique=True,
        schema="shop",
        postgresql_where="state <> 'released' and is_once_per_customer",
    )
    op.create_table(
        "gift_card_holds",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("gift_card_id", sa.BigInteger(), nullable=False),
        sa.Column("cart_id", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default="held", nullable=False),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state in ('held', 'used', 'released')", name=op.f("gift_card_holds_state_known")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("gift_card_holds_amount_positive")),
        sa.ForeignKeyConstraint(
            ["cart_id"], ["shop.carts.id"], name=op.f("gift_card_holds_cart_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["gift_card_id"], ["shop.gift_cards.id"], name=op.f("gift_card_holds_gift_card_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("gift_card_holds_pkey")),
        schema="shop",
    )
    op.create_index(
        op.f("gift_card_holds_cart_id_idx"),
        "gift_card_holds",
        ["cart_id"],
        unique=False,
        schema="shop",
    )
    op.create_index(
        "gift_card_holds_expires_at_idx",
        "gift_card_holds",
        ["expires_at"],
        unique=False,
        schema="shop",
        postgresql_where="state = 'held'",
    )
    op.create_index(
        "gift_card_holds_of_cart_key",
        "gift_card_holds",
        ["gift_card_id", "cart_id"],
        unique=True,
        schema="shop",
        postgresql_where="state = 'held'",
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("cart_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default="placed", nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("items_minor", sa.BigInteger(), nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), nullable=False),
        sa.Column("delivery_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("is_tax_included", sa.Boolean(), nullable=False),
        sa.Column("gift_card_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("delivery_address", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("billing_address", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("delivery_method", sa.Text(), nullable=False),
        sa.Column("delivery_name", sa.Text(), nullable=False),
        sa.Column("promised_from", sa.Date(), nullable=True),
        sa.Column("promised_until", sa.Date(), nullable=True),
        sa.Column(
            "placed_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state in ('placed', 'cancelled', 'completed')", name=op.f("orders_state_known")
        ),
        sa.CheckConstraint(
            "gift_card_minor >= 0 and gift_card_minor <= total_minor",
            name=op.f("orders_gift_cards_in_total"),
        ),
        sa.CheckConstraint(
            "total_minor = items_minor - discount_minor + delivery_minor + case when is_tax_included then 0 else tax_minor end",
            name=op.f("orders_total_adds_up"),
        ),
        sa.ForeignKeyConstraint(["cart_id"], ["shop.carts.id"], name=op.f("orders_cart_id_fkey")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["shop.customers.id"], name=op.f("orders_customer_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("orders_pkey")),
        sa.UniqueConstraint("cart_id", name=op.f("orders_cart_id_key")),
        sa.UniqueConstraint("number", name=op.f("orders_number_key")),
        schema="shop",
    )
    op.create_index(
        op.f("orders_customer_id_placed_at_idx"),
        "orders",
        ["customer_id", "placed_at"],
        unique=False,
        schema="shop",
    )
    op.create_index("orders_email_idx", "orders", ["email"], unique=False, schema="shop")
    op.create_index("orders_placed_at_idx", "orders", ["placed_at"], unique=False, schema="shop")
    op.create_table(
        "cart_lines",
        sa.Column("cart_id", sa.BigInteger(), nullable=False),
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("is_saved", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column(
            "added_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("quantity between 1 and 20", name=op.f("cart_lines_quantity_in_limits")),
        sa.ForeignKeyConstraint(
            ["cart_id"], ["shop.carts.id"], name=op.f("cart_lines_cart_id_fkey"), ondelete="cascade"
        ),
        sa.ForeignKeyConstraint(["sku_id"], ["shop.skus.id"], name=op.f("cart_lines_sku_id_fkey")),
        sa.PrimaryKeyConstraint("cart_id", "sku_id", name=op.f("cart_lines_pkey")),
        schema="shop",
    )
    op.create_table(
        "order_discounts",
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop.orders.id"], name=op.f("order_discounts_order_id_fkey")
        ),
        sa.PrimaryKeyConstraint("order_id", "position", name=op.f("order_discounts_pkey")),
        schema="shop",
    )
    op.create_table(
        "order_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop.orders.id"], name=op.f("order_events_order_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("order_events_pkey")),
        schema="shop",
    )
    op.create_index(
        op.f("order_events_order_id_id_idx"),
        "order_events",
        ["order_id", "id"],
        unique=False,
        schema="shop",
    )
    op.create_table(
        "order_lines",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=True),
        sa.Column("colour", sa.Text(), nullable=True),
        sa.Column("size_system", sa.Text(), nullable=False),
        sa.Column("size_label", sa.Text(), nullable=False),
        sa.Column("picture", sa.Text(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("list_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_rate", sa.Numeric(precision=6, scale=5), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("shipped_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cancelled_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("returned_count", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("order_lines_quantity_positive")),
        sa.CheckConstraint(
            "refunded_minor >= 0 and refunded_minor <= total_minor",
            name=op.f("order_lines_not_over_refunded"),
        ),
        sa.CheckConstraint(
            "returned_count >= 0 and returned_count <= shipped_count",
            name=op.f("order_lines_returned_were_shipped"),
        ),
        sa.CheckConstraint(
            "shipped_count >= 0 and cancelled_count >= 0 and shipped_count + cancelled_count <= quantity",
            name=op.f("order_lines_pieces_add_up"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop.orders.id"], name=op.f("order_lines_order_id_fkey")
        ),
        sa.ForeignKeyConstraint(["sku_id"], ["shop.skus.id"], name=op.f("order_lines_sku_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("order_lines_pkey")),
        sa.UniqueConstraint("order_id", "position", name=op.f("order_lines_order_id_position_key")),
        schema="shop",
    )
    op.create_index(
        op.f("order_lines_product_id_idx"),
        "order_lines",
        ["product_id"],
        unique=False,
        schema="shop",
    )
    op.create_index(
        op.f("order_lines_sku_id_idx"), "order_lines", ["sku_id"], unique=False, schema="shop"
    )
    op.create_table(
        "payments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("checkout_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("provider_ref", sa.Text(), nullable=True),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("draft", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), server_default="created", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state in ('created', 'action_required', 'authorized', 'captured', 'declined', 'cancelled')",
            name=op.f("payments_state_known"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("payments_amount_positive")),
        sa.CheckConstraint(
            "refunded_minor >= 0 and refunded_minor <= amount_minor",
            name=op.f("payments_not_over_refunded"),
        ),
        sa.ForeignKeyConstraint(
            ["checkout_id"], ["shop.checkouts.id"], name=op.f("payments_checkout_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop.orders.id"], name=op.f("payments_order_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("payments_pkey")),
        sa.UniqueConstraint("idempotency_key", name=op.f("payments_idempotency_key_key")),
        sa.UniqueConstraint(
            "provider", "provider_ref", name=op.f("payments_provider_provider_ref_key")
        ),
        schema="shop",
    )
    op.create_index(
        op.f("payments_checkout_id_idx"), "payments", ["checkout_id"], unique=False, schema="shop"
    )
    op.create_index(
        op.f("payments_order_id_idx"), "payments", ["order_id"], unique=False, schema="shop"
    )
    op.create_index(
        "payments_unfinished_idx",
        "payments",
        ["updated_at"],
        unique=False,
        schema="shop",
        postgresql_where="state in ('created', 'action_required', 'authorized')",
    )
    op.create_table(
        "shipments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=True),
        sa.Column("tracking_number", sa.Text(), nullable=True),
        sa.Column("tracking_url", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default="shipped", nullable=False),
        sa.Column(
            "shipped_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("delivered_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'delivered') = (delivered_at is not null)",
            name=op.f("shipments_delivered_has_time"),
        ),
        sa.CheckConstraint("state in ('shipped', 'delivered')", name=op.f("shipments_state_known")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop.orders.id"], name=op.f("shipments_order_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("shipments_pkey")),
        schema="shop",
    )
    op.create_index(
        op.f("shipments_order_id_idx"), "shipments", ["order_id"], unique=False, schema="shop"
    )
    op.create_table(
        "stock_movements",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind in ('count', 'adjustment', 'sale', 'cancellation', 'return', 'receipt')",
            name=op.f("stock_movements_kind_known"),
        ),
        sa.CheckConstraint("delta <> 0", name=op.f("stock_movements_delta_not_zero")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["shop.locations.id"], name=op.f("stock_movements_location_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["sku_id"], ["shop.skus.id"], name=op.f("stock_movements_sku_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("stock_movements_pkey")),
        schema="shop",
    )
    op.create_index(
        op.f("stock_movements_sku_id_location_id_id_idx"),
        "stock_movements",
        ["sku_id", "location_id", "id"],
        unique=False,
        schema="shop",
    )
    op.create_table(
        "stock_reservations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("cart_id", sa.BigInteger(), nullable=False),
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default="active", nullable=False),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state in ('active', 'committed', 'released')",
            name=op.f("stock_reservations_state_known"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("stock_reservations_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["cart_id"], ["shop.carts.id"], name=op.f("stock_reservations_cart_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["shop.locations.id"], name=op.f("stock_reservations_location_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["sku_id"], ["shop.skus.id"], name=op.f("stock_reservations_sku_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("stock_reservations_pkey")),
        schema="shop",
    )
    op.create_index(
        "stock_reservations_active_key",
        "stock_reservations",
        ["cart_id", "sku_id", "location_id"],
        unique=True,
        schema="shop",
        postgresql_where="state = 'active'",
    )
    op.create_index(
        op.f("stock_reservations_cart_id_idx"),
        "stock_reservations",
        ["cart_id"],
        unique=False,
        schema="shop",
    )
    op.create_index(
        "stock_reservations_expires_at_idx",
        "stock_reservations",
        ["expires_at"],
        unique=False,
        schema="shop",
        postgresql_where="state = 'active'",
    )
    op.create_table(
        "payment_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("payment_id", sa.BigInteger(), nullable=True),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["shop.payments.id"], name=op.f("payment_events_payment_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("payment_events_pkey")),
        sa.UniqueConstraint(
            "provider", "event_id", name=op.f("payment_events_provider_event_id_key")
        ),
        schema="shop",
    )
    op.create_index(
        op.f("payment_events_payment_id_idx"),
        "payment_events",
        ["payment_id"],
        unique=False,
        schema="shop",
    )
    op.create_table(
        "refunds",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("payment_id", sa.BigInteger(), nullable=True),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("provider_ref", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state in ('pending', 'done', 'failed')", name=op.f("refunds_state_known")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("refunds_amount_positive")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop.orders.id"], name=op.f("refunds_order_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["shop.payments.id"], name=op.f("refunds_payment_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("refunds_pkey")),
        sa.UniqueConstraint("idempotency_key", name=op.f("refunds_idempotency_key_key")),
        schema="shop",
    )
    op.create_index(
        op.f("refunds_order_id_idx"), "refunds", ["order_id"], unique=False, schema="shop"
    )
    op.create_index(
        op.f("refunds_payment_id_idx"), "refunds", ["payment_id"], unique=False, schema="shop"
    )
    op.create_table(
        "shipment_lines",
        sa.Column("shipment_id", sa.BigInteger(), nullable=False),
        sa.Column("order_line_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("shipment_lines_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["shop.order_lines.id"],
            name=op.f("shipment_lines_order_line_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shop.shipments.id"], name=op.f("shipment_lines_shipment_id_fkey")
        ),
        sa.PrimaryKeyConstraint("shipment_id", "order_line_id", name=op.f("shipment_lines_pkey")),
        schema="shop",
    )
    op.add_column(
        "stock_levels",
        sa.Column(
            "location_id", sa.Integer(), server_default="1", autoincrement=False, nullable=False
        ),
        schema="shop",
    )
    op.add_column(
        "stock_levels",
        sa.Column("safety", sa.Integer(), server_default="0", nullable=False),
        schema="shop",
    )
    op.create_foreign_key(
        op.f("stock_levels_location_id_fkey"),
        "stock_levels",
        "locations",
        ["location_id"],
        ["id"],
        source_schema="shop",
        referent_schema="shop",
    )
    op.create_check_constraint(
        op.f("stock_levels_safety_not_negative"), "stock_levels", "safety >= 0", schema="shop"
    )
    op.drop_constraint(op.f("stock_levels_pkey"), "stock_levels", schema="shop", type_="primary")
    op.create_primary_key(
        op.f("stock_levels_pkey"), "stock_levels", ["sku_id", "location_id"], schema="shop"
    )
    op.execute(_OFFERED_SIZES)
    for event, concerned in _CONCERNED.items():
        op.execute(_NOTE_STOCK.format(event=event, concerned=concerned))
    op.execute("update shop.stock_levels set reserved = 0 where reserved <> 0")
    op.execute(
        "insert into shop.stock_movements (sku_id, location_id, delta, kind) "
        "select sku_id, location_id, on_hand, 'count' from shop.stock_levels where on_hand <> 0"
    )


def downgrade() -> None:
    for event, concerned in _CONCERNED_BEFORE.items():
        op.execute(_NOTE_STOCK.format(event=event, concerned=concerned))
    op.execute(_OFFERED_SIZES_BEFORE)
    op.execute("delete from shop.stock_levels where location_id <> 1")
    op.drop_constraint(op.f("stock_levels_pkey"), "stock_levels", schema="shop", type_="primary")
    op.create_primary_key(op.f("stock_levels_pkey"), "stock_levels", ["sku_id"], schema="shop")
    op.drop_constraint(
        op.f("stock_levels_location_id_fkey"), "stock_levels", schema="shop", type_="foreignkey"
    )
    op.drop_column("stock_levels", "safety", schema="shop")
    op.drop_column("stock_levels", "location_id", schema="shop")
    op.drop_table("shipment_lines", schema="shop")
    op.drop_index(op.f("refunds_payment_id_idx"), table_name="refunds", schema="shop")
    op.drop_index(op.f("refunds_order_id_idx"), table_name="refunds", schema="shop")
    op.drop_table("refunds", schema="shop")
    op.drop_index(op.f("payment_events_payment_id_idx"), table_name="payment_events", schema="shop")
    op.drop_table("payment_events", schema="shop")
    op.drop_index(
        "stock_reservations_expires_at_idx",
        table_name="stock_reservations",
        schema="shop",
        postgresql_where="state = 'active'",
    )
    op.drop_index(
        op.f("stock_reservations_cart_id_idx"), table_name="stock_reservations", schema="shop"
    )
    op.drop_index(
        "stock_reservations_active_key",
        table_name="stock_reservations",
        schema="shop",
        postgresql_where="state = 'active'",
    )
    op.drop_table("stock_reservations", schema="shop")
    op.drop_index(
        op.f("stock_movements_sku_id_location_id_id_idx"),
        table_name="stock_movements",
        schema="shop",
    )
    op.drop_table("stock_movements", schema="shop")
    op.drop_index(op.f("shipments_order_id_idx"), table_name="shipments", schema="shop")
    op.drop_table("shipments", schema="shop")
    op.drop_index(
        "payments_unfinished_idx",
        table_name="payments",
        schema="shop",
        postgresql_where="state in ('created', 'action_required', 'authorized')",
    )
    op.drop_index(op.f("payments_order_id_idx"), table_name="payments", schema="shop")
    op.drop_index(op.f("payments_checkout_id_idx"), table_name="payments", schema="shop")
    op.drop_table("payments", schema="shop")
    op.drop_index(op.f("order_lines_sku_id_idx"), table_name="order_lines", schema="shop")
    op.drop_index(op.f("order_lines_product_id_idx"), table_name="order_lines", schema="shop")
    op.drop_table("order_lines", schema="shop")
    op.drop_index(op.f("order_events_order_id_id_idx"), table_name="order_events", schema="shop")
    op.drop_table("order_events", schema="shop")
    op.drop_table("order_discounts", schema="shop")
    op.drop_table("cart_lines", schema="shop")
    op.drop_index("orders_placed_at_idx", table_name="orders", schema="shop")
    op.drop_index("orders_email_idx", table_name="orders", schema="shop")
    op.drop_index(op.f("orders_customer_id_placed_at_idx"), table_name="orders", schema="shop")
    op.drop_table("orders", schema="shop")
    op.drop_index(
        "gift_card_holds_of_cart_key",
        table_name="gift_card_holds",
        schema="shop",
        postgresql_where="state = 'held'",
    )
    op.drop_index(
        "gift_card_holds_expires_at_idx",
        table_name="gift_card_holds",
        schema="shop",
        postgresql_where="state = 'held'",
    )
    op.drop_index(op.f("gift_card_holds_cart_id_idx"), table_name="gift_card_holds", schema="shop")
    op.drop_table("gift_card_holds", schema="shop")
    op.drop_index(
        "coupon_redemptions_once_key",
        table_name="coupon_redemptions",
        schema="shop",
        postgresql_where="state <> 'released' and is_once_per_customer",
    )
    op.drop_index(
        "coupon_redemptions_of_cart_key",
        table_name="coupon_redemptions",
        schema="shop",
        postgresql_where="state <> 'released'",
    )
    op.drop_index(
        "coupon_redemptions_expires_at_idx",
        table_name="coupon_redemptions",
        schema="shop",
        postgresql_where="state = 'held'",
    )
    op.drop_index(
        op.f("coupon_redemptions_cart_id_idx"), table_name="coupon_redemptions", schema="shop"
    )
    op.drop_table("coupon_redemptions", schema="shop")
    op.drop_index(
        "checkouts_paying_idx",
        table_name="checkouts",
        schema="shop",
        postgresql_where="state = 'paying'",
    )
    op.drop_table("checkouts", schema="shop")
    op.drop_table("cart_gift_cards", schema="shop")
    op.drop_index("carts_updated_at_idx", table_name="carts", schema="shop")
    op.drop_index(
        "carts_open_of_visitor_key",
        table_name="carts",
        schema="shop",
        postgresql_where="state = 'open' and customer_id is null",
    )
    op.drop_index(
        "carts_open_of_customer_key",
        table_name="carts",
        schema="shop",
        postgresql_where="state = 'open' and customer_id is not null",
    )
    op.drop_table("carts", schema="shop")
    op.drop_index(op.f("sessions_customer_id_idx"), table_name="sessions", schema="shop")
    op.drop_table("sessions", schema="shop")
    op.drop_index(
        op.f("gift_card_entries_gift_card_id_id_idx"), table_name="gift_card_entries", schema="shop"
    )
    op.drop_table("gift_card_entries", schema="shop")
    op.drop_index(op.f("coupons_promotion_id_idx"), table_name="coupons", schema="shop")
    op.drop_table("coupons", schema="shop")
    op.drop_table("consents", schema="shop")
    op.drop_index(
        "addresses_default_key",
        table_name="addresses",
        schema="shop",
        postgresql_where="is_default",
    )
    op.drop_index(op.f("addresses_customer_id_idx"), table_name="addresses", schema="shop")
    op.drop_table("addresses", schema="shop")
    op.drop_table("tax_rates", schema="shop")
    op.drop_index(
        op.f("sign_in_codes_email_created_at_idx"), table_name="sign_in_codes", schema="shop"
    )
    op.drop_index(
        op.f("sign_in_codes_address_created_at_idx"), table_name="sign_in_codes", schema="shop"
    )
    op.drop_table("sign_in_codes", schema="shop")
    op.drop_table("test_payments", schema="shop")
    op.drop_table("promotions", schema="shop")
    op.drop_table("locations", schema="shop")
    op.drop_index(
        op.f("idempotency_keys_expires_at_idx"), table_name="idempotency_keys", schema="shop"
    )
    op.drop_table("idempotency_keys", schema="shop")
    op.drop_table("gift_cards", schema="shop")
    op.drop_table("delivery_methods", schema="shop")
    op.drop_table("customers", schema="shop")
    op.drop_index(op.f("audit_log_entity_entity_id_id_idx"), table_name="audit_log", schema="shop")
    op.drop_index(op.f("audit_log_actor_id_idx"), table_name="audit_log", schema="shop")
    op.drop_table("audit_log", schema="shop")
