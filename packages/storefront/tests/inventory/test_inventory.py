"""Stock is never sold twice, and its books always add up."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from packages.storefront.tests.inventory.conftest import Stock
from storefront.differences import Difference
from storefront.inventory import queries
from storefront.inventory import service as inventory
from storefront.inventory.service import NotEnoughToRemove, OutOfStock, Want

SOON = timedelta(minutes=15)


async def reserve(stock: Stock, cart_id: int, *wants: Want, ends_in: timedelta = SOON) -> None:
    async with stock.database.writes() as session:
        await inventory.reserve(
            session, wants, cart_id=cart_id, expires_at=datetime.now(UTC) + ends_in
        )


async def assert_books_balance(stock: Stock) -> None:
    async with stock.database.reads() as session:
        assert await queries.differences(session) == []


async def test_the_last_piece_goes_to_one_of_twenty_buyers(stock: Stock) -> None:
    shirt, socks = await stock.skus(1, 100)
    carts = [await stock.cart() for _ in range(20)]
    orders = [(shirt, socks), (socks, shirt)] * 10  # opposite orders, to provoke deadlocks

    async def buy(cart_id: int, order: tuple[int, int]) -> None:
        await reserve(stock, cart_id, *(Want(sku_id, 1) for sku_id in order))

    results = await asyncio.gather(*map(buy, carts, orders), return_exceptions=True)

    assert [result for result in results if result is None] == [None]
    assert {type(result) for result in results if result is not None} == {OutOfStock}
    assert await stock.levels(shirt) == [(1, 1, 1)]
    assert await stock.levels(socks) == [(1, 100, 1)]
    await assert_books_balance(stock)


async def test_what_is_short_is_named_and_nothing_is_held(stock: Stock) -> None:
    shirt, socks = await stock.skus(2, 5)
    with pytest.raises(OutOfStock) as refused:
        await reserve(stock, await stock.cart(), Want(shirt, 3), Want(socks, 1))
    assert refused.value.facts == {"short": [{"sku_id": shirt, "left": 2}]}
    assert await stock.levels(socks) == [(1, 5, 0)]


async def test_reserving_again_replaces_what_a_cart_held(stock: Stock) -> None:
    shirt, socks = await stock.skus(3, 3)
    cart_id = await stock.cart()
    await reserve(stock, cart_id, Want(shirt, 3), Want(socks, 1))
    await reserve(stock, cart_id, Want(shirt, 2))
    async with stock.database.reads() as session:
        own = await queries.available(session, [shirt, socks], cart_id=cart_id)
        assert own == {shirt: 3, socks: 3}
        assert await queries.available(session, [shirt, socks]) == {shirt: 1, socks: 3}
    await assert_books_balance(stock)


async def test_an_expired_reservation_is_released_once_by_any_number_of_sweepers(
    stock: Stock,
) -> None:
    [shirt] = await stock.skus(40)
    for _ in range(20):
        await reserve(stock, await stock.cart(), Want(shirt, 2), ends_in=timedelta(seconds=-1))

    async def sweep() -> int:
        async with stock.database.writes() as session:
            return await inventory.release_expired(session, most=7)

    ended = 0
    while round_ended := sum(await asyncio.gather(*(sweep() for _ in range(4)))):
        ended += round_ended
    assert ended == 20
    assert await stock.levels(shirt) == [(1, 40, 0)]
    await assert_books_balance(stock)


async def test_a_sale_leaves_the_stock_and_a_cancellation_puts_it_back(stock: Stock) -> None:
    [shirt] = await stock.skus(5)
    cart_id = await stock.cart()
    await reserve(stock, cart_id, Want(shirt, 2), ends_in=timedelta(seconds=-1))
    async with stock.database.writes() as session:
        assert await inventory.sell(session, cart_id=cart_id, reference="A1") == {shirt: 2}
        assert await inventory.sell(session, cart_id=cart_id, reference="A1") == {}
    assert await stock.levels(shirt) == [(1, 3, 0)]
    async with stock.database.writes() as session:
        await inventory.put_back(session, [Want(shirt, 2)], kind="cancellation", reference="A1")
    assert await stock.levels(shirt) == [(1, 5, 0)]
    async with stock.database.reads() as session:
        rows = await session.execute(
            text(
                "select delta, kind, reference from shop.stock_movements where sku_id = :sku_id "
                "order by id desc limit 2"
            ),
            {"sku_id": shirt},
        )
        assert [tuple(row) for row in rows] == [(2, "cancellation", "A1"), (-2, "sale", "A1")]
    await assert_books_balance(stock)


async def test_pieces_come_from_several_locations_where_none_has_enough(stock: Stock) -> None:
    [shirt] = await stock.skus(2)
    async with stock.database.writes() as session:
        await session.execute(
            text("insert into shop.locations (code, name, priority) values ('north', 'North', 5)")
        )
        await session.execute(
            text(
                "insert into shop.stock_levels (sku_id, location_id, on_hand, safety) "
                "values (:sku_id, 2, 4, 1)"
            ),
            {"sku_id": shirt},
        )
        await session.execute(
            text(
                "insert into shop.stock_movements (sku_id, location_id, delta, kind) "
                "values (:sku_id, 2, 4, 'receipt')"
            ),
            {"sku_id": shirt},
        )
    await reserve(stock, await stock.cart(), Want(shirt, 3))
    assert await stock.levels(shirt) == [(1, 2, 0), (2, 4, 3)]  # all from the one that has enough
    await reserve(stock, await stock.cart(), Want(shirt, 2))
    assert await stock.levels(shirt) == [(1, 2, 2), (2, 4, 3)]
    with pytest.raises(OutOfStock):  # the fourth piece of the second location is kept back
        await reserve(stock, await stock.cart(), Want(shirt, 1))
    await assert_books_balance(stock)


async def test_a_count_keeps_what_is_reserved_and_notes_the_difference(stock: Stock) -> None:
    [shirt] = await stock.skus(5)
    await reserve(stock, await stock.cart(), Want(shirt, 2))
    async with stock.database.writes() as session:
        assert await inventory.count(session, {shirt: 7}) == {shirt}
        assert await inventory.count(session, {shirt: 7}) == set()
    assert await stock.levels(shirt) == [(1, 9, 2)]
    await assert_books_balance(stock)


async def test_staff_cannot_remove_what_is_reserved(stock: Stock) -> None:
    [shirt] = await stock.skus(5)
    await reserve(stock, await stock.cart(), Want(shirt, 2))
    async with stock.database.writes() as session:
        left = await inventory.adjust(
            session, shirt, delta=-3, reason="damaged", actor="tailor@example.com"
        )
    assert left == 2
    with pytest.raises(NotEnoughToRemove):
        async with stock.database.writes() as session:
            await inventory.adjust(
                session, shirt, delta=-1, reason="damaged", actor="tailor@example.com"
            )
    assert await stock.levels(shirt) == [(1, 2, 2)]
    await assert_books_balance(stock)


async def test_the_audit_names_rows_that_do_not_add_up(stock: Stock) -> None:
    [shirt] = await stock.skus(5)
    async with stock.database.writes() as session:
        await session.execute(
            text("update shop.stock_levels set on_hand = 6, reserved = 1 where sku_id = :sku_id"),
            {"sku_id": shirt},
        )
    async with stock.database.reads() as session:
        assert await queries.differences(session) == [
            Difference(f"SKU {shirt} at location 1", "on_hand", 6, 5),
            Difference(f"SKU {shirt} at location 1", "reserved", 1, 0),
        ]
