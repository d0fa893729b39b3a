"""A process of a large shop starts from a stored index, and sees what one sees that reads everything."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

import pytest
from sqlalchemy import text

from storefront.db import Database
from storefront.search.criteria import Criteria, conditions_of
from storefront.search.read_model import index_snapshot
from storefront.search.read_model import refresh as service
from storefront.search.read_model.demand import Demand
from storefront.search.read_model.follower import Follower

FIRST = 101_000_001
STORED = "select distinct version, layout from shop.index_sets"


@pytest.fixture
async def database(
    stocked_database: Callable[[int], Database], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Database]:
    """A hundred products, which are enough to be stored, renewed after three changes."""
    monkeypatch.setattr(index_snapshot, "WORTHWHILE_FROM", 50)
    monkeypatch.setattr(index_snapshot, "RENEWED_AFTER", 3)
    database = stocked_database(100)
    yield database
    await database.aclose()


async def started(database: Database) -> Follower:
    """A process that has read the index, and stored it if it had to."""
    follower = Follower(database, Demand())
    await follower.ensure_fresh()
    await follower.ensure_texts()
    await stored()
    return follower


async def stored() -> None:
    """Wait for what is being stored."""
    await asyncio.gather(
        *(one for one in asyncio.all_tasks() if one.get_name() == "Index snapshot")
    )


async def cheapen(database: Database, *product_ids: int) -> None:
    async with database.writes() as session:
        await session.execute(
            text("update shop.colourways set price_minor = 1 where id = any(:ids)"),
            {"ids": list(product_ids)},
        )
    await service.refresh_all(database)


async def reads_of(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that a starting process sends."""
    sent: list[str] = []
    fetch = Database.fetch

    async def noting(self: Database, statement: str, *values: object, **how: bool) -> object:
        sent.append(statement)
        return await fetch(self, statement, *values, **how)

    with monkeypatch.context() as patch:
        patch.setattr(Database, "fetch", noting)
        await Follower(database, Demand()).ensure_fresh()
    return sent


async def test_the_first_process_stores_and_the_next_one_reads_no_product(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await started(database)
    [(version, layout)] = await database.fetch(STORED)
    assert (version, layout) == (first.version, index_snapshot.layout())
    second = await started(database)
    assert second.index.serialized() == first.index.serialized()
    assert (second.version, second.cursor_key) == (first.version, first.cursor_key)
    assert second.index.texts.counts() == first.index.texts.counts()
    sent = await reads_of(database, monkeypatch)
    assert not any("shop.listings" in statement for statement in sent)


async def test_what_changed_since_is_read_again(database: Database) -> None:
    await started(database)
    await cheapen(database, FIRST)
    follower = await started(database)
    cheap = conditions_of(Criteria(max_price=1), follower.facet_values)
    assert list(follower.index.matching(cheap, follower.facet_values)) == [FIRST]
    async with database.writes() as session:
        await session.execute(text("delete from shop.index_sets"))
    read_whole = await started(database)
    assert follower.index.serialized() == read_whole.index.serialized()


async def test_it_is_renewed_after_enough_changes_and_not_before(database: Database) -> None:
    follower = await started(database)
    [(version, _)] = await database.fetch(STORED)
    for product_ids, is_renewed in (((FIRST,), False), ((FIRST + 1, FIRST + 2), True)):
        await cheapen(database, *product_ids)
        await follower.start_poll()
        await stored()
        [(now, _)] = await database.fetch(STORED)
        assert (now > version) == is_renewed
        assert not is_renewed or now == follower.version


async def test_one_process_of_several_renews_it(database: Database) -> None:
    followers = [await started(database), await started(database)]
    await cheapen(database, FIRST, FIRST + 1, FIRST + 2)
    for follower in followers:
        await follower.start_poll()
    await stored()
    [(version, _)] = await database.fetch(STORED)
    assert version == followers[0].version == followers[1].version


@pytest.mark.parametrize(
    "damage",
    [
        "update shop.index_sets set layout = 'of another release'",
        "delete from shop.index_sets where name = 'pictured'",
        "update shop.index_sets set products = '' where name = 'pictured'",
        "update shop.index_sets set version = version - 1000",  # its changes are forgotten
    ],
)
async def test_what_cannot_be_used_is_replaced(
    database: Database, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    first = await started(database)
    async with database.writes() as session:
        await session.execute(text(damage))
    with caplog.at_level(logging.ERROR):
        second = await started(database)
    assert second.index.serialized() == first.index.serialized()
    assert ("cannot be used" in caplog.text) == ("pictured" in damage)
    third = await started(database)
    assert third.index.serialized() == first.index.serialized()
    [(version, layout)] = await database.fetch(STORED)
    assert (version, layout) == (first.version, index_snapshot.layout())


async def test_changes_since_it_was_stored_are_not_forgotten_after_an_hour(
    database: Database,
) -> None:
    await started(database)
    await cheapen(database, FIRST)
    async with database.writes() as session:
        await session.execute(
            text("update shop.listing_versions set made_at = now() - interval '2 hours'")
        )
    await service.delete_old_versions(database)
    [(version, _)] = await database.fetch(STORED)
    kept = await database.fetch("select version from shop.listing_versions order by version")
    assert [version for (version,) in kept] == [version + 1]


async def test_a_small_shop_stores_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_snapshot, "WORTHWHILE_FROM", 101)
    await started(database)
    assert await database.fetch(STORED) == []
