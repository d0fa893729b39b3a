"""Reviews of the demo catalogue by its buyers, and the past orders that they are verified by.

The orders are written in bulk, as a shop would bring them along from its former system: delivered, paid
through the test provider, shipped before the present stock was counted. Their books add up.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from storefront.db import Database, WriteSession
from storefront.demo.opinions import Bought, Opinion, opinions
from storefront.demo.orders import number_like

SHOPPERS = 90
"""How many people the reviews are by."""

PRODUCTS = 2_000
"""How many products they have reviewed at most: so few people buy no more, and a large catalogue
would take long to fill."""

_WEEK = 7


async def write_demo_reviews(database: Database, *, seed: int, currency: str) -> int:
    """Write the reviews, where there are none of demo buyers yet; returns how many.

    One transaction, some twenty statements.
    """
    async with database.writes() as session:
        if await session.scalar(_IS_DONE, {"email": _email(0)}):
            return 0
        products = [
            Bought(
                row.id,
                row.gender,
                row.sub_category,
                row.colour_name or "",
                row.system,
                [tuple(one) for one in row.sizes],
            )
            for row in await session.execute(_PRODUCTS, {"most": PRODUCTS})
        ]
        found = opinions(products, seed=seed, shoppers=SHOPPERS)
        if found:
            await _write(session, found, currency)
    return len(found)


async def _write(session: WriteSession, found: Sequence[Opinion], currency: str) -> None:
    await session.execute(_CUSTOMERS, {"emails": [_email(n) for n in range(SHOPPERS)]})
    for statement in _STAGE:
        await session.execute(statement)
    await session.execute(_LINES, {"lines": json.dumps(_lines(found))})
    await session.execute(_GROUP)
    for statement in (_CARTS, _ORDERS):
        await session.execute(statement, {"currency": currency})
    for statement in _REST:
        await session.execute(statement)


def _lines(found: Sequence[Opinion]) -> list[dict[str, Any]]:
    """One for each review. What a shopper bought within a week is one order."""
    now = datetime.now(UTC)
    places: dict[str, int] = {}
    lines: list[dict[str, Any]] = []
    for one in found:
        number = _number(one.shopper, one.days_ago // _WEEK)
        places[number] = places.get(number, 0) + 1
        arrived = (one.days_ago // _WEEK + 1) * _WEEK + 3
        lines.append(
            {
                "number": number,
                "email": _email(one.shopper),
                "placed_at": (now - timedelta(days=arrived + 3)).isoformat(),
                "written_at": (now - timedelta(days=one.days_ago)).isoformat(),
                "position": places[number],
                "sku_id": one.sku_id,
                "stars": one.stars,
                "fit": one.fit,
                "height_mm": one.height_mm,
                "author": one.author,
                "title": one.title,
                "body": one.body,
                "helpful": one.helpful,
            }
        )
    return lines


def _email(shopper: int) -> str:
    """Its domain receives no e-mail (RFC 2606)."""
    return f"shopper-{shopper}@example.com"


def _number(shopper: int, week: int) -> str:
    return number_like(hashlib.sha256(f"demo review {shopper} {week}".encode()).digest())


_IS_DONE = text("select exists (select from shop.customers where email = :email)")
_PRODUCTS = text(
    """
    select live_products.id, gender, sub_category, colour_name, min(system) as system,
        json_agg(json_build_array(sku_id, label) order by system, sort) as sizes
    from shop.live_products join shop.offered_sizes on colourway_id = live_products.id
    group by live_products.id, gender, sub_category, colour_name order by live_products.id limit :most
    """
)
_CUSTOMERS = text(
    """
    insert into shop.customers (email) select unnest(cast(:emails as text[]))
    on conflict (email) do nothing
    """
)
# Dropped with the transaction.
_STAGE = (
    text(
        """
        create temp table demo_lines (
            number text, email text, placed_at timestamptz, written_at timestamptz, position int,
            sku_id bigint, stars int, fit text, height_mm int, author text, title text, body text,
            helpful int) on commit drop
        """
    ),
    text(
        """
        create temp table demo_orders (number text, email text, placed_at timestamptz) on commit drop
        """
    ),
)
_LINES = text(
    """
    insert into demo_lines select * from jsonb_to_recordset(cast(:lines as jsonb)) as line (
        number text, email text, placed_at timestamptz, written_at timestamptz, position int,
        sku_id bigint, stars int, fit text, height_mm int, author text, title text, body text,
        helpful int)
    """
)
_GROUP = text(
    """
    insert into demo_orders
    select number, min(email), min(placed_at) from demo_lines group by number
    """
)
_CARTS = text(
    """
    insert into shop.carts (visitor_id, customer_id, currency, state, created_at, updated_at)
    select 'demo ' || number, customers.id, :currency, 'ordered', placed_at, placed_at
    from demo_orders join shop.customers using (email) order by number
    """
)
_ORDERS = text(
    """
    insert into shop.orders (
        number, cart_id, customer_id, email, state, currency, items_minor, discount_minor,
        delivery_minor, tax_minor, is_tax_included, total_minor, delivery_address, billing_address,
        delivery_method, delivery_name, promised_from, promised_until, placed_at)
    select number, carts.id, customer_id, email, 'completed', :currency, total, 0, 0, 0, true, total,
        address, address, 'standard', 'Standard', placed_at::date + 2, placed_at::date + 4, placed_at
    from demo_orders
    join shop.carts on visitor_id = 'demo ' || number
    cross join lateral (
        select sum(price_minor) as total from demo_lines as line
        join shop.skus on skus.id = sku_id join shop.colourways on colourways.id = colourway_id
        where line.number = demo_orders.number
    ) as bought
    cross join (select cast('{"country_code": "US", "country_area": "IL"}' as jsonb) as address) as a
    order by placed_at, number
    """
)
_ORDER_LINES = text(
    """
    insert into shop.order_lines (
        order_id, position, sku_id, sku, product_id, slug, name, brand, colour, size_system,
        size_label, picture, quantity, list_price_minor, price_minor, discount_minor, tax_rate,
        tax_minor, total_minor, shipped_count)
    select orders.id, line.position, line.sku_id, code, colourways.id, colourways.slug, colourways.name,
        brands.name, colour_name, system, label,
        (select key from shop.media where colourway_id = colourways.id and media.position = 0), 1,
        list_price_minor, price_minor, 0, 0, 0, price_minor, 1
    from demo_lines as line join shop.orders using (number)
    join shop.skus on skus.id = line.sku_id
    join shop.sizes on sizes.id = size_id
    join shop.colourways on colourways.id = colourway_id
    join shop.styles on styles.id = style_id
    left join shop.brands on brands.id = brand_id
    order by orders.id, line.position
    """
)
_CHECKOUTS = text(
    """
    insert into shop.checkouts (cart_id, email, state, created_at, updated_at)
    select cart_id, demo_orders.email, 'completed', demo_orders.placed_at, demo_orders.placed_at
    from demo_orders join shop.orders using (number) order by cart_id
    """
)
_PAYMENTS = text(
    """
    insert into shop.payments (
        checkout_id, order_id, provider, provider_ref, idempotency_key, currency, amount_minor, draft,
        state, created_at, updated_at)
    select checkouts.id, orders.id, 'test', 'demo-' || number, 'demo ' || number, currency,
        total_minor, '{}', 'captured', orders.placed_at, orders.placed_at
    from demo_orders join shop.orders using (number) join shop.checkouts using (cart_id)
    order by orders.id
    """
)
_BANK = text(
    """
    insert into shop.test_payments (
        ref, key, token, return_url, currency, amount_minor, state, created_at)
    select 'demo-' || number, 'demo ' || number, 'approve', '/', currency, total_minor, 'captured',
        orders.placed_at
    from demo_orders join shop.orders using (number)
    """
)
_EVENTS = text(
    """
    insert into shop.order_events (order_id, kind, actor, data, created_at)
    select orders.id, kind, 'shop', '{}', orders.placed_at + after
    from demo_orders join shop.orders using (number)
    cross join (values
        ('placed', interval '0'), ('paid', interval '1 minute'), ('shipped', interval '1 day'),
        ('delivered', interval '3 days'), ('completed', interval '3 days')
    ) as event (kind, after)
    order by orders.id, after, kind desc
    """
)
_SHIPMENTS = text(
    """
    with parcel as (
        insert into shop.shipments (order_id, state, shipped_at, delivered_at)
        select orders.id, 'delivered', orders.placed_at + interval '1 day',
            orders.placed_at + interval '3 days'
        from demo_orders join shop.orders using (number) order by orders.id returning id, order_id
    )
    insert into shop.shipment_lines (shipment_id, order_line_id, quantity)
    select parcel.id, order_lines.id, 1 from parcel join shop.order_lines using (order_id)
    """
)
_REVIEWS = text(
    """
    insert into shop.reviews (
        order_line_id, product_id, size_system, size_label, author, stars, fit, height_mm, title,
        body, language, state, created_at)
    select order_lines.id, product_id, size_system, size_label, author, stars, fit, height_mm, title,
        body, 'en', 'published', written_at
    from demo_lines as line join shop.orders using (number)
    join shop.order_lines on order_id = orders.id and order_lines.position = line.position
    order by written_at, order_lines.id
    """
)
_VOTES = text(
    """
    insert into shop.review_votes (review_id, customer_id)
    select reviews.id, voter.id
    from demo_lines as line join shop.orders using (number)
    join shop.order_lines on order_id = orders.id and order_lines.position = line.position
    join shop.reviews on order_line_id = order_lines.id
    cross join lateral (
        select id from shop.customers
        where starts_with(email, 'shopper-') and id <> orders.customer_id order by id limit helpful
    ) as voter
    """
)
# What staff see: the newest reviews wait for them, and two bad ones were reported.
_QUEUE = text(
    """
    with newest as (select id from shop.reviews order by id desc limit 3), reported as (
        insert into shop.review_reports (review_id, visitor_id, reason)
        select id, 'demo', 'false' from shop.reviews
        where stars = 1 and id not in (select id from newest) order by id desc limit 2
    )
    update shop.reviews set state = 'held', held_for = '{everything}'
    where id in (select id from newest)
    """
)
_REST = (
    _ORDER_LINES, _CHECKOUTS, _PAYMENTS, _BANK, _EVENTS, _SHIPMENTS, _REVIEWS, _VOTES, _QUEUE,
)  # fmt: skip
