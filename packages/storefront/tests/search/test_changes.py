"""What the database itself notes of a change: the price history, and whose listing is out of date."""

from collections.abc import AsyncIterator, Callable

import pytest
from sqlalchemy import text

from storefront.catalog import service
from storefront.db import Database
from storefront.demo.products import demo_products

FIRST, SECOND = 101_000_001, 101_000_002


@pytest.fixture
async def database(fresh_database: Callable[[], Database]) -> AsyncIterator[Database]:
    """Two products, and no change noted yet."""
    database = fresh_database()
    await service.import_products(database, demo_products(2))
    await run(database, "delete from shop.product_changes")
    yield database
    await database.aclose()


async def run(database: Database, *statements: str) -> None:
    async with database.writes() as session:
        for statement in statements:
            await session.execute(text(statement))


async def column(database: Database, statement: str) -> list[object]:
    async with database.reads() as session:
        return list(await session.scalars(text(statement)))


async def changed(database: Database) -> set[object]:
    return set(await column(database, "select colourway_id from shop.product_changes"))


async def test_every_price_is_kept_and_the_same_price_again_is_not(database: Database) -> None:
    first = await column(database, "select price_minor from shop.colourways order by id")
    update = f"update shop.colourways set price_minor = 7 where id = {FIRST}"
    await run(database, update)
    await run(database, update)
    kept = "select price_minor from shop.price_history order by colourway_id, recorded_at"
    assert await column(database, kept) == [first[0], 7, first[1]]


async def test_two_prices_in_one_transaction_are_one_change(database: Database) -> None:
    both = [
        f"update shop.colourways set price_minor = {price} where id = {FIRST}" for price in (7, 8)
    ]
    await run(database, *both)
    kept = f"select price_minor from shop.price_history where colourway_id = {FIRST} order by 1"
    assert 8 in await column(database, kept)
    assert 7 not in await column(database, kept)


@pytest.mark.parametrize(
    "statement",
    [
        f"update shop.colourways set status = 'hidden' where id = {FIRST}",
        f"update shop.media set alt = 'x' where colourway_id = {FIRST}",
        f"delete from shop.media where colourway_id = {FIRST}",
        f"update shop.skus set is_offered = false where colourway_id = {FIRST}",
        "update shop.stock_levels set on_hand = 0 where on_hand > 0 and sku_id in "
        f"(select id from shop.skus where colourway_id = {FIRST})",
    ],
)
async def test_a_change_names_its_product_alone(database: Database, statement: str) -> None:
    await run(database, statement)
    assert await changed(database) == {FIRST}


@pytest.mark.parametrize(
    "statement",
    [
        "update shop.brands set name = 'Another House'",
        "update shop.styles set material = 'Wool'",
        "update shop.categories set name = name || '!'",
    ],
)
async def test_a_change_of_what_they_share_names_all(database: Database, statement: str) -> None:
    await run(database, statement)
    assert await changed(database) == {FIRST, SECOND}


async def test_fewer_pieces_of_what_is_still_there_change_no_listing(database: Database) -> None:
    await run(database, "update shop.stock_levels set on_hand = on_hand + 5 where on_hand > 0")
    assert await changed(database) == set()


async def test_plain_takes_accents_and_case_away(database: Database) -> None:
    assert await column(database, "select shop.plain('Crème BRÛLÉE Œuvre Ågren')") == [
        "creme brulee œuvre agren"
    ]
