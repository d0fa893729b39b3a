"""A shop that nobody visits lets its database sleep; who comes then sees what has changed meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from sqlalchemy import text
from storefront.db import Database
from storefront.search.criteria import Criteria
from storefront.search.read_model import follower as follower
from storefront.search.read_model.demand import Demand
from storefront.search.read_model.store import ReadModel
from storefront.search.read_model.worker import LOOK_EVERY_S, keep_fresh

from bench.plans import noted
from bench.sent import Sent
from packages.storefront.tests.conftest import fill

CHEAPEST = Criteria(sort="price", order="asc")


@pytest.fixture
async def database(fresh_database: Callable[[], Database]) -> AsyncIterator[Database]:
    """A hundred products, listed."""
    database = fresh_database()
    await fill(database, 100)
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


async def test_it_rests_while_nobody_asks_and_works_again_when_somebody_does(
    database: Database,
) -> None:
    demand = Demand(rests_after_s=0.1)
    model = ReadModel(database, demand)
    async with keep_fresh(database, demand):
        async with asyncio.timeout(15):  # else it never rests
            while await sent_in(database, 3 * LOOK_EVERY_S):
                pass
        await cheapen(database, 1)
        async with asyncio.timeout(2):
            while await lowest(model) != 1:  # noqa: ASYNC110 - as a shopper does
                await asyncio.sleep(0.05)


async def test_the_first_after_a_rest_sees_what_changed_in_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = ReadModel(database)
    assert await lowest(model) != 2
    monkeypatch.setattr(follower, "RESTS_AFTER_S", 0.6)
    await asyncio.sleep(0.7)
    await cheapen(database, 2)
    assert await lowest(model) == 2
