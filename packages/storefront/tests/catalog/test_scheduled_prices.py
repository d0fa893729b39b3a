"""Prices for a while: their CSV form, and that they begin and end by the clock, everywhere."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from storefront.catalog import queries, scheduled_prices, service
from storefront.catalog.rows import Rejected
from storefront.catalog.scheduled_prices import ScheduledPrice
from storefront.catalog.source import SourcePrice, SourceProduct
from storefront.db import Database
from storefront.errors import InvalidInput
from storefront.search.read_model import refresh as search
from storefront.search.read_model.demand import Demand
from storefront.search.read_model.worker import keep_fresh

NOW = datetime.now(UTC)
DAY = timedelta(days=1)  # much longer than any run of all tests
SHIRT = SourceProduct(
    7, "A shirt", "Men", "Apparel", "Topwear", "Shirts", price=SourcePrice(8000, 8000, "USD")
)
SALE = ScheduledPrice(2, 7, "USD", 5000, None, NOW - DAY, NOW + DAY)


@pytest.fixture
async def database(fresh_database: Callable[[], Database]) -> AsyncIterator[Database]:
    """One shirt for 80 dollars, and its listing made."""
    database = fresh_database()
    await service.import_products(database, [SHIRT])
    await search.refresh_all(database)
    yield database
    await database.aclose()


async def brought(database: Database, *periods: ScheduledPrice) -> tuple[int, int, int]:
    report = await scheduled_prices.import_prices(database, periods)
    assert report.rejected == []
    return report.added, report.changed, report.unchanged


async def passes(database: Database, time: timedelta) -> None:
    """Time, seen from what is planned and was recorded: both lie so much earlier then."""
    async with database.writes() as session:
        for statement in (
            "set constraints shop.prices_one_at_a_time deferred",
            "update shop.prices set valid_from = valid_from - cast(:time as interval), "
            "valid_until = valid_until - cast(:time as interval), "
            "turns_at = turns_at - cast(:time as interval)",
            "update shop.price_history set recorded_at = recorded_at - cast(:time as interval)",
        ):
            is_update = statement.startswith("update")
            await session.execute(text(statement), {"time": time} if is_update else {})


async def rows(database: Database, statement: str) -> list[tuple[object, ...]]:
    async with database.reads() as session:
        return [tuple(row) for row in await session.execute(text(statement))]


async def shown_prices(database: Database) -> tuple[int, int, int | None]:
    """(price, list price, lowest price before) of the product page, which listings must show too."""
    card = (await queries.product_page(database, 7)).card
    lowest = card.lowest_price.minor if card.lowest_price else None
    return card.price.minor, card.list_price.minor, lowest


async def listed(database: Database) -> list[tuple[object, ...]]:
    return await rows(
        database, "select price_minor, list_price_minor, lowest_price_minor from shop.listings"
    )


async def ends_at(database: Database) -> datetime:
    [(moment,)] = await rows(database, "select valid_until from shop.prices")
    assert isinstance(moment, datetime)
    return moment


async def history(database: Database) -> list[object]:
    past = await rows(database, "select price_minor from shop.price_history order by recorded_at")
    return [price for (price,) in past]


async def test_a_price_holds_begins_and_ends_on_page_in_listing_and_history(
    database: Database,
) -> None:
    await brought(database, replace(SALE, since=NOW + DAY, until=NOW + 2 * DAY))
    await search.refresh_all(database)
    assert (await shown_prices(database), await history(database)) == ((8000, 8000, None), [8000])

    await passes(database, 1.5 * DAY)
    assert (await shown_prices(database))[:2] == (5000, 8000)  # whether or not a worker is there
    await search.refresh_all(database)
    assert await shown_prices(database) == (5000, 8000, 8000)
    assert await listed(database) == [(5000, 8000, 8000)]
    assert await history(database) == [8000, 5000]

    await passes(database, DAY)
    assert await shown_prices(database) == (8000, 8000, None)
    await search.refresh_all(database)
    assert await listed(database) == [(8000, 8000, None)]
    assert await history(database) == [8000, 5000, 8000]
    assert (
        await rows(database, "select colourway_id from shop.prices where turns_at is not null")
        == []
    )


async def test_a_worker_shows_that_a_price_begins_and_ends(database: Database) -> None:
    def soon() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=0.3)

    async def listed_at(price: int) -> None:
        while (await listed(database))[0][0] != price:  # noqa: ASYNC110 - as a shopper would look
            await asyncio.sleep(0.05)

    sale = replace(SALE, since=soon(), until=None)
    async with keep_fresh(database, Demand()), asyncio.timeout(60):
        await brought(database, sale)
        await listed_at(5000)
        await brought(database, replace(sale, until=soon()))
        await listed_at(8000)
        assert await history(database) == [8000, 5000, 8000]  # at once: one transaction says both


async def test_a_price_that_began_and_ended_unnoticed_is_listed_and_recorded_in_one_pass(
    database: Database,
) -> None:
    await brought(database, replace(SALE, since=NOW + DAY, until=NOW + 2 * DAY))
    await search.refresh_all(database)
    await passes(database, 3 * DAY)
    await search.refresh(database)  # a single pass
    assert await listed(database) == [(8000, 8000, None)]
    assert await history(database) == [8000, 5000, 8000]


async def test_a_price_that_ends_while_its_listing_waits_for_a_lock_is_listed_again(
    database: Database,
) -> None:
    await brought(database, replace(SALE, until=datetime.now(UTC) + timedelta(seconds=1)))
    async with database.writes() as late:
        await late.execute(text("select now()"))  # its clock stands still here
        while datetime.now(UTC) < await ends_at(database):  # noqa: ASYNC110 - until the sale is over
            await asyncio.sleep(0.05)
        await search.refresh_all(database)  # another process is faster
        assert await listed(database) == [(8000, 8000, None)]
        await search.refresh_products(late, [7])
    await search.refresh_all(database)
    assert await listed(database) == [(8000, 8000, None)]
    assert await history(database) == [8000, 5000, 8000]


async def test_what_begins_and_ends_while_nobody_works_is_recorded_in_its_order(
    database: Database,
) -> None:
    first = replace(SALE, since=NOW + DAY, until=NOW + 2 * DAY)
    second = replace(SALE, since=NOW + 3 * DAY, until=None)
    await brought(database, first, second)
    await passes(database, 4 * DAY)
    await search.refresh_all(database)
    assert await history(database) == [8000, 5000, 8000, 5000]
    assert await listed(database) == [(5000, 8000, 5000)]


async def test_a_price_that_is_extended_or_told_again_is_no_new_price(database: Database) -> None:
    assert await brought(database, SALE) == (1, 0, 0)
    await search.refresh_all(database)
    assert await brought(database, SALE) == (0, 0, 1)
    assert await brought(database, replace(SALE, until=NOW + 2 * DAY)) == (0, 1, 0)
    await search.refresh_all(database)
    assert await history(database) == [8000, 5000]
    assert await brought(database, replace(SALE, now=4000, before=9000)) == (0, 1, 0)
    await search.refresh_all(database)
    assert (await shown_prices(database))[:2] == (4000, 9000)
    assert await history(database) == [8000, 5000, 4000]


async def test_a_price_is_taken_back(database: Database) -> None:
    later = replace(SALE, line=3, since=NOW + DAY, until=None)
    await brought(database, SALE, later)
    await search.refresh_all(database)
    gone = [replace(SALE, now=None), replace(later, now=None)]
    assert await brought(database, *gone) == (0, 2, 0)
    await search.refresh_all(database)
    assert await listed(database) == [(8000, 8000, None)]
    assert await history(database) == [8000, 5000, 8000]
    assert (
        len(await rows(database, "select colourway_id from shop.prices")) == 1
    )  # what has been stays
    assert await brought(database, *gone) == (0, 0, 2)


async def test_the_products_own_price_counts_again_when_the_other_ends(database: Database) -> None:
    await brought(database, SALE)
    await search.refresh_all(database)
    dearer = replace(SHIRT, price=SourcePrice(9000, 9000, "USD"))
    await service.import_products(database, [dearer])
    await search.refresh_all(database)
    assert (await shown_prices(database))[:2] == (5000, 9000)
    assert await history(database) == [8000, 5000]
    await brought(database, replace(SALE, now=None))
    await search.refresh_all(database)
    assert await shown_prices(database) == (9000, 9000, None)
    assert await history(database) == [8000, 5000, 9000]


async def test_two_prices_never_hold_at_once(database: Database) -> None:
    inside = replace(SALE, line=3, since=NOW, until=NOW + 2 * DAY)
    with pytest.raises(InvalidInput, match="Two prices of a product would overlap"):
        await scheduled_prices.import_prices(database, [SALE, inside])
    with pytest.raises(InvalidInput, match="Two prices"):
        await scheduled_prices.import_prices(database, [SALE, inside], is_trial=True)
    assert await rows(database, "select colourway_id from shop.prices") == []
    await brought(database, SALE)
    with pytest.raises(InvalidInput) as refused:
        await scheduled_prices.import_prices(database, [inside])
    moments = (SALE.since, NOW + DAY, NOW, NOW + 2 * DAY)
    times = [f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in moments]
    assert refused.value.detail == (
        f"Two prices of a product would overlap: product {SALE.product_id} has one from {times[0]} "
        f"until {times[1]} (scheduled already) and one from {times[2]} until {times[3]} (line 3). "
        "Nothing was written; end the first before the second starts."
    )
    with pytest.raises(IntegrityError, match="prices_one_at_a_time"):
        async with database.writes() as session:
            await session.execute(
                text(
                    "insert into shop.prices select colourway_id, valid_from + interval '1 minute', "
                    "valid_until, currency, price_minor from shop.prices"
                )
            )
    # The one may end earlier and the other begin then, in whatever order the file has them.
    sooner, after = replace(SALE, until=NOW), replace(SALE, line=3, since=NOW, until=None)
    assert await brought(database, after, sooner) == (1, 1, 0)


async def test_products_that_are_not_there_or_have_another_currency_are_rejected(
    database: Database,
) -> None:
    periods = [SALE, replace(SALE, line=3, product_id=8), replace(SALE, line=4, currency="EUR")]
    report = await scheduled_prices.import_prices(database, [Rejected(9, "x"), *periods])
    assert report.rejected == [
        Rejected(3, "there is no product 8"),
        Rejected(4, "currency EUR is not that of the product, USD"),
        Rejected(9, "x"),
    ]
    assert (report.added, report.changed, report.unchanged) == (1, 0, 0)


async def test_an_export_can_be_imported_and_says_the_same(
    database: Database, tmp_path: Path
) -> None:
    later = replace(SALE, line=3, before=9000, since=NOW + DAY, until=None)
    await brought(database, SALE, later)
    file = tmp_path / "prices.csv"
    await scheduled_prices.export_prices(database, file)
    assert list(scheduled_prices.read_prices(file, currency="USD")) == [SALE, later]
    report = await scheduled_prices.import_prices(
        database, scheduled_prices.read_prices(file, currency="USD")
    )
    assert (report.added, report.changed, report.unchanged) == (0, 0, 2)
    assert scheduled_prices.is_price_format(file)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("x,USD,5,,2026-01-02,", "product_id 'x' is not a whole number"),
        ("7,usd,5,,2026-01-02,", "currency 'usd' is not a code of ISO 4217 such as USD"),
        ("7,USD,5,4,2026-01-02,", "list_price 4 is below price 5"),
        ("7,USD,5,,,", "valid_from is empty"),
        (
            "7,USD,5,,Friday,",
            "valid_from 'Friday' is not an ISO 8601 time such as 2026-11-27T18:00Z",
        ),
        (
            "7,USD,5,,2026-01-02,2026-01-02",
            "valid_until 2026-01-02 is not after valid_from 2026-01-02",
        ),
        ("7,USD,6,,2026-01-01,", "product 7 already has a price from then on"),
    ],
)
def test_a_bad_row_is_rejected_with_its_line_and_reason(
    tmp_path: Path, row: str, reason: str
) -> None:
    file = tmp_path / "prices.csv"
    file.write_text(f"{','.join(scheduled_prices.COLUMNS)}\n7,USD,5,,2026-01-01,\n{row}\n")
    good, rejected = scheduled_prices.read_prices(file, currency="USD")
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    assert good == ScheduledPrice(2, 7, "USD", 500, None, begins, None)
    assert rejected == Rejected(3, reason)
