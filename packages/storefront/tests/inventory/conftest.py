"""A shop with a few SKUs of known stock, and carts that may hold some of it."""

from collections.abc import AsyncIterator, Callable
from uuid import uuid4

import pytest
from sqlalchemy import text

from storefront.db import Database
from storefront.inventory import service as inventory


class Stock:
    """The database, and what tests ask of it."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def skus(self, *pieces: int) -> list[int]:
        """SKUs of which there are so many pieces each, distinct ones for each call's numbers."""
        async with self.database.writes() as session:
            found = list(
                await session.scalars(
                    text("select id from shop.skus order by id limit :most"), {"most": len(pieces)}
                )
            )
            await inventory.count(session, dict(zip(found, pieces, strict=True)))
        return found

    async def cart(self) -> int:
        """A new open cart of a visitor of its own."""
        async with self.database.writes() as session:
            cart_id: int | None = await session.scalar(
                text(
                    "insert into shop.carts (visitor_id, currency) values (:visitor, 'USD') "
                    "returning id"
                ),
                {"visitor": uuid4().hex},
            )
        assert cart_id is not None
        return cart_id

    async def levels(self, sku_id: int) -> list[tuple[int, int, int]]:
        """Location, on hand and reserved of a SKU."""
        async with self.database.reads() as session:
            rows = await session.execute(
                text(
                    "select location_id, on_hand, reserved from shop.stock_levels "
                    "where sku_id = :sku_id order by location_id"
                ),
                {"sku_id": sku_id},
            )
            return [(row.location_id, row.on_hand, row.reserved) for row in rows]


@pytest.fixture
async def stock(stocked_database: Callable[[int], Database]) -> AsyncIterator[Stock]:
    database = stocked_database(5)
    yield Stock(database)
    await database.aclose()
