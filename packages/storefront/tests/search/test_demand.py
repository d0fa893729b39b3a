"""A shop that nobody visits lets its database sleep; who comes then sees what has changed meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from sqlalchemy import text

from bench.plans import noted
from bench.sent import Sent
from storefront.db import Database
from storefront.errors import Unavailable
from storefront.search.criteria import Criteria
from storefront.search.read_model.demand import Demand
from storefront.search.read_model.store import ReadModel
from storefront.search.read_model.worker import POLL_EVERY_S, keep_fresh

CHEAPEST = Criteria(sort="price", direction="asc")


@pytest.fixture
async def database(stocked_database: Callable[[int], Database]) -> AsyncIterator[Database]:
    """A hundred products, listed."""
    database = stocked_database(100)
    yield database
    await database.aclose()


async def sent_in(database: Database, seconds: float) -> list[Sent]:
    """What is sent through sessions meanwhile, the background's too."""
    async with noted(database) as sent:
        await asyncio.sleep(seconds)
    return sent


async def cheapen(database: Database, price: int) -> None:
    async with database.writes() as session:
        await session.execute(
            text("update shop.colourways set price_minor = :price where id = 101000001"),
            {"price": price},
        )


async def lowest(model: ReadModel) -> Any:
    return (await model.listing(CHEAPEST)).products[0]["price_minor"]


async def paused(database: Database) -> None:
    """Wait until the background work has paused."""
    async with asyncio.timeout(60):
        while await sent_in(database, 3 * POLL_EVERY_S):
            pass


async def test_it_pauses_without_requests_and_continues_with_the_next_one(
    database: Database,
) -> None:
    demand = Demand(idle_after_s=0.1)
    model = ReadModel(database, demand)
    async with keep_fresh(database, demand):
        await paused(database)
        await cheapen(database, 1)
        async with asyncio.timeout(60):
            while await lowest(model) != 1:  # noqa: ASYNC110 - as a shopper does
                await asyncio.sleep(0.05)


async def test_the_first_request_after_a_pause_sees_what_changed_in_it(database: Database) -> None:
    demand = Demand(idle_after_s=0.1)
    model = ReadModel(database, demand)
    async with keep_fresh(database, demand):
        assert await lowest(model) != 2
        await paused(database)
        await cheapen(database, 2)
        assert await lowest(model) == 2


async def test_waiting_wakes_the_background_work() -> None:
    demand = Demand(idle_after_s=0)
    pause = asyncio.create_task(demand.pause(0))
    await asyncio.sleep(0.01)
    waiting = asyncio.create_task(demand.caught_up())
    await pause
    demand.note_caught_up()
    await waiting


async def test_whoever_waits_for_a_refresh_that_fails_is_told_why() -> None:
    demand = Demand()
    demand.note_behind()
    waiting = asyncio.create_task(demand.caught_up())
    await asyncio.sleep(0)
    demand.note_caught_up(Unavailable("The database is away.", reason="refused"))
    with pytest.raises(Unavailable):
        await waiting
    await demand.caught_up()  # whoever comes later tries for himself


async def test_readers_do_not_write(database: Database) -> None:
    await cheapen(database, 3)
    async with noted(database) as sent:
        assert await lowest(ReadModel(database)) != 3
    assert sent == []  # all of it was read on the bare driver
