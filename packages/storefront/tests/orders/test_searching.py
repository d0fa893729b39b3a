"""Staff find orders and returns by what people write and paste."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text

from packages.storefront.tests.checkout.conftest import SellingShop
from storefront.orders import queries
from storefront.orders.shapes import Filter, number_in, sought

from .conftest import STAFF


@pytest.mark.parametrize(
    "typed",
    [
        "K7QF-30M1", "#k7qf-30m1", "  K7QF 30M1 ", "K7QF–30M1", "k7qf30m1", "Order K7QF-30M1",
        "no. K7QF-30M1", "Bestellung: K7QF-3OMl", "k 7 q f 3 0 m 1",
    ],
)  # fmt: skip
def test_a_number_is_read_as_people_write_it(typed: str) -> None:
    assert number_in(typed) == "K7QF-30M1"


def test_a_telephone_number_is_read_by_its_last_digits() -> None:
    typed = ["+1 (202) 555-0123", "001 202 5550123", "1.202.555.0123", "+1 202/555-0123"]
    assert {found.phone for one in typed if (found := sought(one))} == {"12025550123"}
    national = sought("0171 234567")
    assert national is not None
    assert national.phone == "171234567"
    for typed_too in ("12345", "anna12345678@example.com"):
        found = sought(typed_too)
        assert found is not None
        assert found.phone is None
    assert sought("  ") is None


def test_staff_find_an_order(guest: httpx.Client, order: dict[str, Any]) -> None:
    number = order["number"]
    for typed in (
        number.lower(), f" #{number} ", f"Order {number}", number.replace("-", " "),
        "ANN@EXAMPLE.COM", "  ann@ex", "Ann@Example.com", "(202) 555-0123", "001 202 555 0123",
    ):  # fmt: skip
        sent = {"search": typed, "limit": "200"}
        found = guest.get("/api/v1/admin/orders", params=sent, headers=STAFF).json()["orders"]
        assert number in [one["number"] for one in found], typed
        page = guest.get("/admin/orders", params={"q": typed}, headers=STAFF)
        assert f'href="/admin/orders/{number}"' in page.text
    nothing = guest.get("/api/v1/admin/orders", params={"search": "eve@"}, headers=STAFF).json()
    assert nothing["orders"] == []
    everything = guest.get("/api/v1/admin/orders", params={"search": " "}, headers=STAFF).json()
    assert everything["orders"]


async def test_lists_of_orders_are_planned_for_what_is_searched(shop: SellingShop) -> None:
    """With many orders: by one plan for all values, each list would read every order."""
    async with shop.database.writes() as session:
        for statement in (_PAST_BAGS, _PAST_ORDERS, "analyze shop.orders"):
            await session.execute(text(statement))
    async with shop.database.reads() as session:
        for which in (
            Filter(),
            Filter(customer_id=1),
            Filter(search="ann7@"),
            Filter(search="1000007"),
        ):
            for _ in range(8):  # from the sixth time on, Postgres may plan once for all values
                page = await queries.page(session, which, most=20)
                assert bool(page.rows) is (which.customer_id is None)
        generic = (
            "select sum(generic_plans) from pg_prepared_statements where statement like :of_orders"
        )
        of_orders = {"of_orders": "%captured_minor%"}
        assert await session.scalar(text(generic), of_orders) == 0


_PAST_BAGS = """
    insert into shop.carts (visitor_id, currency, state)
    select 'past ' || n, 'USD', 'ordered' from generate_series(1, 3000) as n
"""
_PAST_ORDERS = """
    insert into shop.orders (number, cart_id, email, phone, state, currency, items_minor, discount_minor,
        delivery_minor, tax_minor, is_tax_included, total_minor, delivery_address, billing_address,
        delivery_method, delivery_name)
    select 'PAST-' || n, id, 'ann' || n || '@example.com', '+1202' || 1000000 + n, 'completed', 'USD',
        0, 0, 0, 0, false, 0, '{}', '{}', 'standard', 'Standard'
    from shop.carts cross join lateral (select cast(substr(visitor_id, 6) as int) as n) as past
    where visitor_id like 'past %'
"""
