"""Queries against the database itself: ranking, the learned vocabulary_reader, the log."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable

import pytest
from lakepass.emulator import Emulator
from sqlalchemy import text
from storefront import migrations
from storefront.catalog import service as catalog
from storefront.catalog.source import SourceProduct
from storefront.db import Database
from storefront.search.criteria import Criteria
from storefront.search.engine import Search
from storefront.search.index.ranking import FIELDS, Signals, score
from storefront.search.log import QueryStats, delete_old, report, running_log
from storefront.search.paging import Paging
from storefront.search.read_model import refresh as service
from storefront.search.read_model import terms
from storefront.search.read_model.demand import Demand
from storefront.search.read_model.store import ReadModel
from storefront.search.read_model.vocabulary_reader import VocabularyReader
from storefront.search.read_model.worker import keep_fresh
from storefront.settings import Settings

from packages.storefront.tests.conftest import environment


@pytest.fixture
async def filled(emulator: Emulator, filled_database: str) -> AsyncIterator[Database]:
    """The filled database, to be read."""
    with environment(emulator, filled_database):
        database = Database(Settings())
    yield database
    await database.aclose()


@pytest.fixture
async def own(fresh_database: Callable[[], Database]) -> AsyncIterator[Database]:
    """A migrated database with one product."""
    database = fresh_database()
    await migrations.migrate(database)
    await put(database, SourceProduct(
        7, "Zörbig Men's Rare Shirt", "Men", "Apparel", "Topwear", "Shirts", base_colour="Maroon",
        brand="Zörbig",
    ))  # fmt: skip
    yield database
    await database.aclose()


async def put(database: Database, product: SourceProduct) -> None:
    await catalog.import_products(database, [product])
    await service.refresh_all(database)
    await terms.rebuild(database)


async def test_the_statement_ranks_by_the_sum_that_is_explained(filled: Database) -> None:
    criteria = Criteria(
        sort="relevance",
        ranking_words="(shirt) | (print | printed)",
        preferred={"base_color": ["Black", "White"], "gender": ["Women"]},
        preferred_price=(20_00, 60_00),
    )
    found = await ReadModel(filled).listing(criteria, Paging(page_size=300))
    rows = await filled.fetch(
        "select colourway_id, ts_rank($1::real[], words, to_tsquery('english', $2)) as text, "
        "popularity, sizes_in_stock <> '{}' as is_available, is_pictured, published_at, card "
        "from shop.listings",
        FIELDS,
        criteria.ranking_words,
    )

    def key(row: object) -> tuple[object, ...]:
        product = json.loads(row["card"])  # type: ignore[index]
        exact = [
            product["base_color"] in ("Black", "White"),
            product["gender"] == "Women",
            20_00 <= product["price_minor"] <= 60_00,
        ]
        signals = Signals(
            text=row["text"],  # type: ignore[index]
            exact=sum(exact),
            popularity=row["popularity"],  # type: ignore[index]
            is_available=row["is_available"],  # type: ignore[index]
            is_pictured=row["is_pictured"],  # type: ignore[index]
        )
        return round(score(signals), 6), row["published_at"], row["colourway_id"]  # type: ignore[index]

    expected = [str(key(row)[-1]) for row in sorted(rows, key=key, reverse=True)]
    assert len(expected) == 300
    assert [product["product_id"] for product in found.products] == expected


async def test_pages_of_a_ranked_listing_follow_each_other(filled: Database) -> None:
    model = ReadModel(filled)
    criteria = Criteria(sort="relevance", ranking_words="shirt", preferred={"gender": ["Women"]})
    whole = await model.listing(criteria, Paging(page_size=90))
    seen: list[str] = []
    cursor = None
    for _ in range(3):
        page = await model.listing(criteria, Paging(page_size=30, cursor=cursor))
        seen += page.cards
        cursor = page.next_cursor
    assert seen == whole.cards


async def test_brands_colours_kinds_and_words_are_learned_from_the_catalogue(own: Database) -> None:
    rows = await own.fetch("select kind, term, label, df, target from shop.search_terms")
    assert {tuple(row) for row in rows} == {
        ("brand", "zorbig", "Zörbig", 1, "Zörbig"),
        ("category", "apparel", "Apparel", 1, "apparel"),
        ("category", "topwear", "Topwear", 1, "apparel/topwear"),
        ("category", "shirts", "Shirts", 1, "apparel/topwear/shirts"),
        ("colour", "maroon", "Maroon", 1, "Maroon"),
        ("word", "zorbig", "zorbig", 1, ""),
        ("word", "mens", "mens", 1, ""),
        ("word", "rare", "rare", 1, ""),
        ("word", "shirt", "shirt", 1, ""),
    }


async def test_who_keeps_listings_fresh_learns_what_they_say(
    fresh_database: Callable[[], Database],
) -> None:
    database = fresh_database()
    await migrations.migrate(database)
    await catalog.import_products(
        database, [SourceProduct(7, "Rare Shirt", "Men", "Apparel", "Topwear", "Shirts")]
    )
    async with keep_fresh(database, Demand()), asyncio.timeout(20):
        while not await database.fetch("select from shop.search_terms where term = 'rare'"):  # noqa: ASYNC110 - it happens in the database
            await asyncio.sleep(0.05)
    await database.aclose()


async def test_what_is_gone_is_forgotten_and_the_rest_stays(own: Database) -> None:
    before = await own.fetch("select id, term from shop.search_terms where kind = 'category'")
    await put(own, SourceProduct(
        7, "Zörbig Men's Common Shirt", "Men", "Apparel", "Topwear", "Shirts", base_colour="Blue",
        brand="Zörbig",
    ))  # fmt: skip
    words = await own.fetch("select term from shop.search_terms where kind = 'word'")
    assert {row["term"] for row in words} == {"zorbig", "mens", "common", "shirt"}
    after = await own.fetch("select id, term from shop.search_terms where kind = 'category'")
    assert sorted(map(tuple, before)) == sorted(map(tuple, after))


async def behind_its_back() -> None:
    """Let everything that runs beside this test come to its end."""
    await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})


async def test_the_vocabulary_is_read_once_and_refreshed_in_the_background(own: Database) -> None:
    now = 0.0
    vocabulary_reader = VocabularyReader(own, clock=lambda: now)
    first = await vocabulary_reader.vocabulary()
    assert await vocabulary_reader.vocabulary() is first
    async with own.writes() as session:
        await session.execute(text("insert into shop.synonyms values ('zippy', 'shirts')"))
    now = 61.0
    assert await vocabulary_reader.vocabulary() is first
    await behind_its_back()
    renewed = await vocabulary_reader.vocabulary()
    assert first.meaning("zippy") is None
    meaning = renewed.meaning("zippy")
    assert meaning is not None
    assert meaning.values == ("apparel/topwear/shirts",)
    now = 122.0
    await vocabulary_reader.vocabulary()
    await behind_its_back()
    assert await vocabulary_reader.vocabulary() is renewed  # nothing new was said


async def test_the_merchants_words_for_words_are_found_too(own: Database) -> None:
    async with own.writes() as session:
        await session.execute(text("insert into shop.synonyms values ('seldom', 'rare')"))
    vocabulary_reader = VocabularyReader(own)
    answer = await Search(ReadModel(own), vocabulary_reader).answer(
        "seldom", Criteria(sort="relevance")
    )
    assert [product["product_id"] for product in answer.page.products] == ["7"]


async def test_searches_are_logged_in_the_background(own: Database) -> None:
    async with running_log(own) as log:
        log.record("  Navy  BLUE kurta ", 3, address="a")
        log.record("nothing", 0, address="a")
    rows = await own.fetch(
        "select query, result_count, click_count from shop.search_log order by id"
    )
    assert [tuple(row) for row in rows] == [("navy blue kurta", 3, 0), ("nothing", 0, 0)]


async def test_what_is_opened_counts_for_the_last_search_of_it_within_bounds(own: Database) -> None:
    async with own.writes() as session:
        await session.execute(text(
            "insert into shop.search_log (query, result_count, asked_at) values "
            "('shirt', 9, now() - interval '5 minutes'), ('long ago', 9, now() - interval '2 hours')"
        ))  # fmt: skip
    async with running_log(own) as log:
        log.record("shirt", 300, address="a")
        log.record("scarf", 2, address="a")
        log.record_open(" Shirt ", address="a")
        await log.write()
        for query, times in (("shirt", 100), ("scarf", 100), ("long ago", 1), ("never asked", 1)):
            for _ in range(times):
                log.record_open(query, address=query)
    rows = await own.fetch("select query, click_count from shop.search_log order by id")
    assert [tuple(row) for row in rows] == [
        ("shirt", 0), ("long ago", 0), ("shirt", 24), ("scarf", 2)
    ]  # fmt: skip


async def test_the_report_lists_frequent_searches_and_those_without_results(own: Database) -> None:
    async with own.writes() as session:
        await session.execute(text(
            "insert into shop.search_log (query, result_count, click_count, asked_at) values "
            "('boots', 5, 1, now()), ('boots', 5, 0, now()), ('kilt', 0, 0, now()), "
            "('kilt', 2, 2, now()), ('kilt', 0, 0, now()), ('sari', 9, 1, now()), "
            "('gone', 1, 1, now() - interval '31 days')"
        ))  # fmt: skip
    found = await report(own, most=2)
    assert found.frequent == [QueryStats("kilt", 3, 2, 2), QueryStats("boots", 2, 0, 1)]
    assert found.without_results == [QueryStats("kilt", 3, 2, 2)]
    assert found.frequent[1].click_rate == 0.5


async def test_old_searches_are_forgotten(own: Database) -> None:
    async with own.writes() as session:
        await session.execute(text(
            "insert into shop.search_log (query, result_count, asked_at) values "
            "('old', 1, now() - interval '91 days'), ('young', 1, now() - interval '89 days')"
        ))  # fmt: skip
    await delete_old(own)
    assert [row["query"] for row in await own.fetch("select query from shop.search_log")] == [
        "young"
    ]
