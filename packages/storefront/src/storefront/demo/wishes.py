"""What the demo's buyers wait for: wishlists, saved searches, alerts on sizes and prices.

By position, so the same for the same catalogue. Their addresses receive no e-mail (RFC 2606).
"""

from pyroaring import BitMap64
from sqlalchemy import text

from storefront.db import Database

_SEARCHES = (
    ("Everything new for women", "?gender=Women"),
    ("Blue, at most 50", "?base_color=Blue&max_price=50"),
    ("Black shoes", "?q=black+shoes"),
)


async def write_demo_wishes(database: Database) -> int:
    """Write them, where nobody waits for anything yet; returns the number of alerts.

    One transaction, seven statements.
    """
    async with database.writes() as session:
        if await session.scalar(_IS_DONE):
            return 0
        await session.execute(_WISHES)
        await session.execute(_LINK)
        for name, query in _SEARCHES:
            parameters = {"name": name, "query": query, "seen": BitMap64().serialize()}
            await session.execute(_SEARCH, parameters)
        sizes = len((await session.scalars(_SIZE_ALERTS)).all())
        prices = len((await session.scalars(_PRICE_ALERTS)).all())
    return sizes + prices


_IS_DONE = text(
    """
    select exists (select from shop.stock_alerts) or exists (select from shop.saved_searches)
        or not exists (select from shop.customers where email = 'shopper-0@example.com')
    """
)
# Saved two weeks ago, when some cost more or less than today, and some were sold out.
_WISHES = text(
    """
    insert into shop.wishlist_items (
        customer_id, colourway_id, added_at, price_minor, currency, was_sold_out, sku_id)
    select customers.id, product.id, now() - interval '14 days',
        case place % 3 when 0 then price_minor when 1 then price_minor + price_minor / 5
            else price_minor - price_minor / 10 end,
        currency, place % 4 = 0, (
            select sku_id from shop.offered_sizes where colourway_id = product.id
            order by pieces, sku_id limit 1)
    from shop.customers
    cross join lateral (
        select *, row_number() over (order by id) as place from (
            select id, price_minor, currency from shop.live_products
            order by popularity desc, id limit 12
        ) as popular
    ) as product
    where email = 'shopper-0@example.com'
    on conflict do nothing
    """
)
_LINK = text(
    """
    insert into shop.wishlist_links (token, customer_id)
    select translate(encode(uuid_send(gen_random_uuid()), 'base64'), '+/=', '-_'), id
    from shop.customers where email = 'shopper-0@example.com'
    on conflict do nothing
    """
)
_SEARCH = text(
    """
    insert into shop.saved_searches (customer_id, name, query, seen, created_at)
    select id, :name, :query, :seen, now() - interval '14 days'
    from shop.customers where email = 'shopper-0@example.com'
    """
)
# Of the sizes that are sold out, the first have the most people who wait; one in five has not confirmed.
_SIZE_ALERTS = text(
    """
    insert into shop.stock_alerts (sku_id, email, language, created_at, confirmed_at)
    select sku_id, 'shopper-' || person || '@example.com', 'en',
        now() - make_interval(hours => 3 * person),
        case when person % 5 > 0 then now() - make_interval(hours => 2 * person) end
    from (
        select sku_id, row_number() over (order by sku_id) as place
        from shop.offered_sizes where pieces = 0 order by sku_id limit 8
    ) as sold_out
    cross join generate_series(1, 9) as person
    where person <= 10 - place
    on conflict do nothing returning id
    """
)
_PRICE_ALERTS = text(
    """
    insert into shop.stock_alerts (
        colourway_id, at_most_minor, currency, email, language, created_at, confirmed_at)
    select id, price_minor * (95 - 5 * person) / 100, currency,
        'shopper-' || person || '@example.com', 'en', now() - make_interval(days => person), now()
    from (
        select id, price_minor, currency, row_number() over (order by popularity desc, id) as place
        from shop.live_products order by popularity desc, id limit 6
    ) as popular
    cross join generate_series(1, 6) as person
    where person <= 7 - place and price_minor * (95 - 5 * person) / 100 > 0
    on conflict do nothing returning id
    """
)
