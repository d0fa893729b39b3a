"""The bag keeps what is put in, says what has changed, and loses nothing when two come at once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from storefront.cart import queries, service
from storefront.cart.queries import CartView
from storefront.cart.service import BagIsFull, Owner, RemovedLine
from storefront.checkout.service import sweep
from storefront.db import Database
from storefront.errors import NotFound
from storefront.inventory import service as inventory
from storefront.inventory.service import OutOfStock, Want
from storefront.money import Money
from storefront.pricing.queries import CouponNotValid

NOW = datetime.now(UTC)
GUEST = Owner(visitor_id="guest")


class Shop:
    """A shop with sizes of known stock, and bags in it."""

    def __init__(self, database: Database, skus: list[tuple[int, str]]) -> None:
        self.database = database
        self.ids = [sku_id for sku_id, _ in skus]
        self.codes = [code for _, code in skus]

    async def add(self, number: int, quantity: int = 1, owner: Owner = GUEST) -> None:
        async with self.database.writes() as session:
            await service.add_line(
                session, owner, sku=self.codes[number], quantity=quantity, currency="USD"
            )

    async def view(self, owner: Owner = GUEST) -> CartView:
        async with self.database.reads() as session:
            return await queries.cart_view(
                session, owner, currency="USD", country="US", now=datetime.now(UTC)
            )

    async def quantities(self, owner: Owner = GUEST) -> dict[str, int]:
        return {line.sku: line.quantity for line in (await self.view(owner)).lines}

    async def execute(self, statement: str, **values: object) -> None:
        async with self.database.writes() as session:
            await session.execute(text(statement), values)


@pytest.fixture
async def shop(stocked_database: Callable[[int], Database]) -> AsyncIterator[Shop]:
    """The first product with three sizes or more: ten pieces of each of its sizes, and of another's."""
    database = stocked_database(20)
    async with database.writes() as session:
        found = await session.execute(
            text(
                "select id, code from shop.skus where colourway_id = (select colourway_id "
                "from shop.skus where is_offered group by 1 having count(*) > 2 order by 1 limit 1) "
                "or id = (select max(id) from shop.skus) order by id"
            )
        )
        skus = [(row.id, row.code) for row in found]
        await inventory.count(session, {sku_id: 10 for sku_id, _ in skus})
    yield Shop(database, skus)
    await database.aclose()


async def test_adding_twice_adds_up_and_is_priced_now(shop: Shop) -> None:
    await shop.add(0, 2)
    await shop.add(0)
    await shop.add(-1)
    view = await shop.view()
    assert [(line.sku, line.quantity) for line in view.lines] == [
        (shop.codes[0], 3),
        (shop.codes[-1], 1),
    ]
    assert view.pieces == 4
    first, last = view.lines
    assert view.totals.items == first.price * 3 + last.price
    assert view.method is not None
    assert view.method.code == "standard"
    assert view.totals.total == view.totals.items + view.totals.delivery
    assert view.can_be_ordered


async def test_an_empty_bag_has_nothing_to_pay(shop: Shop) -> None:
    view = await shop.view()
    assert (view.cart_id, view.pieces, view.totals.total) == (None, 0, Money(0, "USD"))
    assert not view.can_be_ordered


async def test_more_than_is_left_is_refused_and_the_bag_stays(shop: Shop) -> None:
    await shop.add(0, 8)
    with pytest.raises(OutOfStock) as refused:
        await shop.add(0, 3)
    assert refused.value.facts == {"short": [{"sku": shop.codes[0], "left": 10}]}
    assert await shop.quantities() == {shop.codes[0]: 8}


async def test_a_line_has_a_limit_however_much_there_is(shop: Shop) -> None:
    await shop.execute("update shop.stock_levels set on_hand = 1000")
    await shop.add(0, 20)
    with pytest.raises(BagIsFull) as refused:
        await shop.add(0)
    assert refused.value.facts == {"most": 20}


async def test_what_is_taken_out_can_be_put_back(shop: Shop) -> None:
    await shop.add(0, 2)
    async with shop.database.writes() as session:
        removed = await service.remove_line(session, GUEST, sku=shop.codes[0])
    assert removed == RemovedLine(shop.codes[0], 2)
    assert await shop.quantities() == {}
    await shop.add(0, removed.quantity)
    assert await shop.quantities() == {shop.codes[0]: 2}


async def test_another_size_takes_the_pieces_along(shop: Shop) -> None:
    await shop.add(0, 2)
    await shop.add(1, 3)
    async with shop.database.writes() as session:
        await service.change_size(session, GUEST, sku=shop.codes[0], to=shop.codes[1])
    assert await shop.quantities() == {shop.codes[1]: 5}
    with pytest.raises(NotFound):
        async with shop.database.writes() as session:
            await service.change_size(session, GUEST, sku=shop.codes[1], to=shop.codes[-1])


async def test_saved_for_later_is_not_paid_for(shop: Shop) -> None:
    await shop.add(0)
    await shop.add(1)
    async with shop.database.writes() as session:
        await service.save_for_later(session, GUEST, sku=shop.codes[0])
    view = await shop.view()
    assert [line.sku for line in view.lines] == [shop.codes[1]]
    assert [line.sku for line in view.saved] == [shop.codes[0]]
    assert view.totals.items == view.lines[0].price


async def test_a_new_price_and_a_lower_stock_are_announced(shop: Shop) -> None:
    await shop.add(0, 5)
    before = (await shop.view()).lines[0].price
    await shop.execute(
        "update shop.colourways set price_minor = price_minor - 1 "
        "where id = (select colourway_id from shop.skus where id = :sku_id)",
        sku_id=shop.ids[0],
    )
    await shop.execute(
        "update shop.stock_levels set on_hand = 3 where sku_id = :sku_id", sku_id=shop.ids[0]
    )
    [line] = (await shop.view()).lines
    assert (line.has_new_price, line.seen_price, line.price.minor) == (
        True,
        before,
        before.minor - 1,
    )
    assert (line.left, line.is_for_sale) == (3, False)


async def test_what_its_own_checkout_holds_is_left_for_a_bag(shop: Shop) -> None:
    await shop.add(0, 10)
    cart_id = (await shop.view()).cart_id
    assert cart_id is not None
    async with shop.database.writes() as session:
        await inventory.reserve(
            session,
            [Want(shop.ids[0], 10)],
            cart_id=cart_id,
            expires_at=NOW + timedelta(days=1),
        )
    assert (await shop.view()).can_be_ordered


async def test_a_coupon_takes_off_what_its_promotion_says(shop: Shop) -> None:
    await shop.execute(
        "with promotion as (insert into shop.promotions (label, kind, percent) "
        "values ('Half', 'percentage', 50) returning id) "
        "insert into shop.coupons (promotion_id, code) select id, 'HALF' from promotion"
    )
    await shop.add(0, 2)
    async with shop.database.writes() as session:
        await service.apply_coupon(session, GUEST, code="half", now=NOW)
        with pytest.raises(CouponNotValid):
            await service.apply_coupon(session, GUEST, code="quarter", now=NOW)
    view = await shop.view()
    assert view.totals.discount.minor * 2 == view.totals.items.minor
    await shop.execute("update shop.coupons set is_active = false")
    view = await shop.view()
    assert (view.totals.discount.minor, view.coupon_problem) == (0, "HALF is not valid now.")


async def test_two_devices_that_sign_in_at_once_lose_nothing(shop: Shop) -> None:
    await shop.execute("insert into shop.customers (email) values ('ann@example.com')")
    phone, laptop = Owner(visitor_id="phone"), Owner(visitor_id="laptop")
    customer = Owner(customer_id=1)
    await shop.add(0, 2, phone)
    await shop.add(1, 1, phone)
    await shop.add(0, 3, laptop)
    await shop.add(-1, 1, customer)

    async def sign_in(visitor_id: str) -> None:
        async with shop.database.writes() as session:
            await service.merge(session, visitor_id=visitor_id, customer_id=1)

    await asyncio.gather(*(sign_in(one) for one in ("phone", "laptop", "phone", "laptop")))
    assert await shop.quantities(customer) == {
        shop.codes[0]: 5,
        shop.codes[1]: 1,
        shop.codes[-1]: 1,
    }
    assert await shop.quantities(phone) == {}


async def test_many_tabs_that_add_at_once_make_one_bag(shop: Shop) -> None:
    await asyncio.gather(*(shop.add(0) for _ in range(8)), *(shop.add(1) for _ in range(5)))
    assert await shop.quantities() == {shop.codes[0]: 8, shop.codes[1]: 5}


async def test_what_was_saved_goes_on_in_a_new_bag_after_the_order(shop: Shop) -> None:
    await shop.add(0)
    await shop.add(1)
    async with shop.database.writes() as session:
        await service.save_for_later(session, GUEST, sku=shop.codes[1])
        cart_id = await service.open_cart(session, GUEST, currency="USD")
        await service.close(session, cart_id, bought={shop.ids[0]: 1})
    view = await shop.view()
    assert (view.lines, [line.sku for line in view.saved]) == ([], [shop.codes[1]])
    assert view.cart_id != cart_id


async def test_bags_of_guests_are_deleted_400_days_after_their_last_change(shop: Shop) -> None:
    old, recent, customers = GUEST, Owner(visitor_id="recent"), Owner(customer_id=1)
    await shop.execute(
        "insert into shop.customers (id, email) overriding system value values (1, 'a@example.com')"
    )
    for owner in (old, recent, customers):
        await shop.add(0, owner=owner)
    await shop.execute(
        "update shop.carts set updated_at = now() - "
        "case when visitor_id = 'recent' then interval '399 days' else interval '401 days' end"
    )
    await sweep(shop.database)
    assert (await shop.view(old)).cart_id is None
    for owner in (recent, customers):
        assert await shop.quantities(owner) == {shop.codes[0]: 1}
