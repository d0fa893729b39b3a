"""The read model follows the truth: soon, always, and without an empty moment."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable

import pytest
from sqlalchemy import text

from storefront.catalog import queries
from storefront.db import Database
from storefront.search.criteria import Criteria
from storefront.search.paging import ListingPage
from storefront.search.read_model import refresh as service
from storefront.search.read_model.demand import Demand
from storefront.search.read_model.store import ReadModel
from storefront.search.read_model.worker import keep_fresh

FIRST = 101_000_001


@pytest.fixture
async def database(stocked_database: Callable[[int], Database]) -> AsyncIterator[Database]:
    """A hundred products, listed."""
    database = stocked_database(100)
    yield database
    await database.aclose()


async def run(database: Database, statement: str, **values: object) -> None:
    async with database.writes() as session:
        await session.execute(text(statement), values)


async def listed(database: Database, product_id: int = FIRST) -> dict[str, object] | None:
    rows = await database.fetch(
        "select title, price_minor, badges, sizes_in_stock from shop.listings "
        "where colourway_id = $1",
        product_id,
    )
    return dict(rows[0]) if rows else None


async def test_what_changed_is_shown_within_two_seconds_by_a_server_in_use(
    database: Database,
) -> None:
    model = ReadModel(database)
    cheapest = Criteria(sort="price", direction="asc")

    async def first() -> dict[str, object]:
        return (await model.listing(cheapest)).products[0]

    assert (await first())["price_minor"] != 1
    async with keep_fresh(database, Demand()):
        await run(database, f"update shop.colourways set price_minor = 1 where id = {FIRST}")
        async with asyncio.timeout(60):
            while (await first())["product_id"] != str(FIRST):  # noqa: ASYNC110 - as a shopper does
                await asyncio.sleep(0.05)


async def test_name_stock_and_visibility_follow(database: Database) -> None:
    await run(database, f"update shop.colourways set name = 'Renamed' where id = {FIRST}")
    await run(
        database,
        "update shop.stock_levels set on_hand = 0 where sku_id in "
        f"(select id from shop.skus where colourway_id = {FIRST})",
    )
    await service.refresh_all(database)
    row = await listed(database)
    assert row is not None
    assert row["title"] == "Renamed"
    assert row["sizes_in_stock"] == []
    assert "sold-out" in row["badges"]  # type: ignore[operator]
    await run(database, f"update shop.colourways set status = 'hidden' where id = {FIRST}")
    await service.refresh_all(database)
    assert await listed(database) is None


async def test_a_renamed_category_is_called_so_by_its_facet(database: Database) -> None:
    await run(database, "update shop.categories set name = 'Clothes' where path = 'apparel'")
    await service.refresh_all(database)
    facets = await ReadModel(database).facets(Criteria())
    names = {count.value.value: count.value.label for count in facets.by_name["category"]}
    assert names["apparel"] == "Clothes"


async def test_no_change_is_lost_among_many_writers_and_workers(database: Database) -> None:
    """Four workers, while four writers set prices at random; in the end the last of them counts."""
    chance = random.Random(1)

    async def write() -> None:
        for _ in range(40):
            await run(
                database,
                "update shop.colourways set price_minor = :price, list_price_minor = 100000 "
                "where id = :id",
                price=chance.randrange(1, 100_000),
                id=FIRST + chance.randrange(5),
            )

    async def work(stop: asyncio.Event) -> None:
        while not stop.is_set():
            await service.refresh(database)
            await asyncio.sleep(0)

    stop = asyncio.Event()
    async with asyncio.TaskGroup() as workers:
        for _ in range(4):
            workers.create_task(work(stop))
        await asyncio.gather(*(write() for _ in range(4)))
        stop.set()
    await service.refresh_all(database)
    wrong = await database.fetch(
        "select count(*) from shop.listings join shop.colourways on id = colourway_id "
        "where listings.price_minor <> colourways.price_minor"
    )
    assert wrong[0][0] == 0


async def test_what_is_noted_of_a_product_by_an_import_is_made_once(database: Database) -> None:
    """As an import notes two batches: products, their SKUs, and the stock of all but one."""
    for first in (1, 2_001):
        for last in (first + 1_999, first + 1_999, first + 1_998):
            await run(
                database,
                "insert into shop.product_changes (colourway_id) "
                f"select generate_series({first}, {last})",
            )
    assert [await service.refresh(database) for _ in range(3)] == [2_000, 2_000, 0]


async def test_a_full_rebuild_mends_everything_and_has_no_empty_moment(database: Database) -> None:
    await run(database, "update shop.listings set title = 'wrong', price_minor = 1")
    await run(
        database,
        "insert into shop.listings select 7, style_id, title, brand, currency, price_minor, "
        "list_price_minor, lowest_price_minor, popularity, published_at, rating, rating_count, "
        "is_pictured, thumb, badges, facets, sizes_in_stock, card "
        f"from shop.listings where colourway_id = {FIRST}",
    )
    fewest = 100
    await service.rebuild(database)
    rebuilding = asyncio.create_task(service.refresh_all(database))
    while not rebuilding.done():
        rows = await database.fetch("select count(*) from shop.listings")
        fewest = min(fewest, rows[0][0])
    await rebuilding
    assert fewest == 100
    wrong = await database.fetch("select count(*) from shop.listings where title = 'wrong'")
    assert wrong[0][0] == 0
    assert await listed(database, 7) is None


async def test_nothing_changed_makes_no_new_version(database: Database) -> None:
    before = await database.fetch("select version from shop.listing_states")
    await service.rebuild(database)
    await service.refresh_all(database)
    assert await database.fetch("select version from shop.listing_states") == before


async def priced(database: Database, history: dict[int, int], *, now: int, before: int) -> None:
    """Prices of a product, by days ago, then today's, from a list price."""
    await run(database, f"delete from shop.price_history where colourway_id = {FIRST}")
    await run(
        database,
        "insert into shop.price_history "
        "select :id, now() - make_interval(days => days), 'USD', price, price "
        "from unnest(cast(:days as int[]), cast(:prices as int[])) as one (days, price)",
        id=FIRST,
        days=list(history),
        prices=list(history.values()),
    )
    await run(
        database,
        "update shop.colourways set list_price_minor = :before, price_minor = :now where id = :id",
        id=FIRST,
        before=before,
        now=now,
    )


async def test_a_reduced_product_names_the_lowest_price_of_thirty_days(database: Database) -> None:
    await priced(database, {60: 50, 40: 70, 20: 80, 10: 90}, now=60, before=90)
    rows = await database.fetch(
        "select lowest_price_minor from shop.live_products where id = $1", FIRST
    )
    assert rows[0][0] == 70  # the 50 ended 40 days ago


@pytest.mark.parametrize(("now", "is_reduced"), [(60, True), (70, False), (80, False)])
async def test_a_product_is_reduced_from_the_lowest_price_of_thirty_days(
    database: Database, now: int, is_reduced: bool
) -> None:
    """In listings, their filter and the product itself alike, whatever the list price is."""
    await priced(database, {40: 75, 20: 70, 10: 90}, now=now, before=100)
    await service.refresh_all(database)
    reduced = ["reduced"] if is_reduced else []
    found = await listed(database)
    assert found is not None
    assert found["badges"] == reduced
    model = ReadModel(database)
    offers = await model.listing(Criteria({"offer": ["reduced"]}))
    assert (str(FIRST) in [one["product_id"] for one in offers.products]) is is_reduced
    page = await queries.product_page(database, FIRST)
    assert page.card.badges == reduced


async def test_the_same_answer_is_asked_for_once_by_all_who_want_it(
    database: Database, statements: object
) -> None:
    model = ReadModel(database)
    criteria = Criteria({"gender": ["Men"]})
    with statements(with_polls=True) as sent:  # type: ignore[operator]
        answers: list[ListingPage] = await asyncio.gather(
            *(model.listing(criteria) for _ in range(20))
        )
    assert len([one for one in sent if "select colourway_id, card" in one]) == 1
    assert len([one for one in sent if "listing_states" in one]) == 1
    assert all(answer is answers[0] for answer in answers)
