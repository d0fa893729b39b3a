"""The demo's past orders: the same each time, of every kind, and their books add up."""

from collections import Counter
from collections.abc import Callable

from sqlalchemy import text

from storefront.audit import audit
from storefront.catalog import service as catalog
from storefront.db import Database
from storefront.demo.orders import DEMO_ORDERS, number_of, place_demo_orders
from storefront.demo.products import demo_products
from storefront.orders import queries
from storefront.orders.shapes import Filter
from storefront.payments.test_provider import TestProvider
from storefront.pricing import service as pricing
from storefront.returns import queries as returns
from storefront.settings import Settings
from storefront.web.signing import Signer


async def test_the_demo_shoppers_have_ordered_and_the_books_add_up(
    fresh_database: Callable[[], Database],
) -> None:
    del fresh_database  # only for the environment that it sets
    database = Database(Settings(connect_deadline_s=60))
    await catalog.import_products(database, demo_products(100), currency="USD")
    async with database.writes() as session:
        await pricing.install_defaults(session, "USD")

    async def nothing(*_: object) -> None:
        return None

    provider = TestProvider(database, signer=Signer(["x" * 32]), deliver=nothing)
    assert await place_demo_orders(database, provider, currency="USD") == len(DEMO_ORDERS)
    assert await place_demo_orders(database, provider, currency="USD") == 0
    assert await audit(database) == []
    async with database.reads() as reads:
        page = await queries.page(reads, Filter(), most=100)
        came_back = await returns.page(reads, state=None, search=None, most=100)
        customers = await reads.scalar(text("select count(*) from shop.customers"))
        mails = await reads.scalar(
            text("select count(*) from shop.jobs where kind in ('orders.mail', 'returns.mail')")
        )
    states = Counter(one.state for one in came_back.rows)
    await database.aclose()
    numbers = {number_of(n) for n in range(len(DEMO_ORDERS))}
    replacements = [one for one in page.rows if one.number not in numbers]
    assert len(page.rows) == len(DEMO_ORDERS) + len(replacements)
    assert [(one.state, one.payment) for one in replacements] == [("placed", "paid")]
    assert (customers, mails) == (5, 0)
    fates = Counter((one.state, one.fulfilment) for one in page.rows)
    assert fates == {
        ("completed", "delivered"): 15,
        ("placed", "shipped"): 3,
        ("placed", "unshipped"): 3,
        ("cancelled", "cancelled"): 1,
    }
    payments = Counter(one.payment for one in page.rows)
    assert payments == {"paid": 18, "partially_refunded": 3, "refunded": 1}
    assert states == {"completed": 4, "approved": 1, "received": 1}
