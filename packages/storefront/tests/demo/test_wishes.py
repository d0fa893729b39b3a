"""What the demo's buyers wait for: there once, and visible."""

from collections.abc import Callable

from packages.storefront.tests.conftest import PRODUCTS
from storefront.alerts import queries as alerts
from storefront.db import Database
from storefront.demo.wishes import write_demo_wishes


async def test_the_demo_has_a_shared_wishlist_searches_with_news_and_people_who_wait(
    stocked_database: Callable[[int], Database],
) -> None:
    database = stocked_database(PRODUCTS)
    written = await write_demo_wishes(database)
    assert written > 10
    assert await write_demo_wishes(database) == 0
    async with database.reads() as session:
        [sizes, prices, _searches] = await alerts.totals(session)
        waiting = await alerts.waiting_sizes(session, most=50)
        cheaper = await alerts.waiting_prices(session, most=50)
    assert sizes.waiting + sizes.unconfirmed + prices.waiting == written
    assert sizes.unconfirmed > 0
    assert [one.waiting for one in waiting] == sorted(
        (one.waiting for one in waiting), reverse=True
    )
    assert all(one.highest < one.price for one in cheaper)
    for table, count in (("wishlist_items", 12), ("wishlist_links", 1), ("saved_searches", 3)):
        rows = await database.fetch(f"select count(*) from shop.{table}")
        assert (table, rows[0][0]) == (table, count)
    await database.aclose()
