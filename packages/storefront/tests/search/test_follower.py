"""The index of a process is what the table says, whatever has changed since it was read."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from storefront.db import Database
from storefront.errors import Unavailable
from storefront.search.criteria import Criteria, Direction, Sort, conditions_of
from storefront.search.index import ranking
from storefront.search.index.facets import FACETS, Facets
from storefront.search.paging import Paging
from storefront.search.read_model import refresh as service
from storefront.search.read_model.demand import Demand
from storefront.search.read_model.follower import Follower
from storefront.search.read_model.store import ReadModel

PRODUCTS = 400
SORTS: tuple[Sort, ...] = ("newest", "popularity", "price", "rating")


@pytest.fixture
async def database(stocked_database: Callable[[int], Database]) -> AsyncIterator[Database]:
    """Four hundred products, listed."""
    database = stocked_database(PRODUCTS)
    yield database
    await database.aclose()


async def change(database: Database, statement: str) -> None:
    async with database.writes() as session:
        await session.execute(text(statement))
    await service.refresh_all(database)


class Table:
    """The listings as plain rows, asked the plain way."""

    def __init__(self, rows: Iterable[Any], names: Mapping[int, tuple[str, str]]) -> None:
        self.rows = list(rows)
        self._names = names

    def _values(self, row: Any, facet: str) -> set[str]:
        ids = row["sizes_in_stock"] if facet == "size" else row["facets"]
        return {self._names[one][1] for one in ids if self._names[one][0] == facet}

    def _groups(self, criteria: Criteria) -> dict[str, Callable[[Any], bool]]:
        groups: dict[str, Callable[[Any], bool]] = {
            facet: lambda row, facet=facet, values=set(values): bool(  # type: ignore[misc]
                self._values(row, facet) & values
            )
            for facet, values in criteria.filters.items()
        }
        low, high, stars = criteria.min_price, criteria.max_price, criteria.min_rating
        if low is not None or high is not None:
            groups["price"] = lambda row: (low or 0) <= row["price_minor"] <= (high or 10**12)
        if stars is not None:
            groups["rating"] = lambda row: row["rating"] >= stars
        if criteria.since is not None:
            groups["since"] = lambda row: row["published_at"] >= criteria.since
        return groups

    def found(self, criteria: Criteria, *, without: str | None = None) -> list[Any]:
        met = [meets for group, meets in self._groups(criteria).items() if group != without]
        return [row for row in self.rows if all(meets(row) for meets in met)]

    def check(self, facets: Facets, criteria: Criteria) -> None:
        assert facets.total == len(self.found(criteria))
        for facet in FACETS:
            counts: dict[str, int] = {}
            for row in self.found(criteria, without=facet):
                for value in self._values(row, facet):
                    counts[value] = counts.get(value, 0) + 1
            told = {one.value.value: one.count for one in facets.by_name.get(facet, ())}
            assert {value: count for value, count in told.items() if count} == counts
        prices = [row["price_minor"] for row in self.found(criteria, without="price")]
        range_ = facets.price and (facets.price.low.minor, facets.price.high.minor)
        assert range_ == ((min(prices), max(prices)) if prices else None)
        rated = [row for row in self.found(criteria, without="rating") if row["rating"] >= 1]
        for stars, count in facets.stars.items():
            assert count == sum(row["rating"] >= stars for row in rated)
        assert bool(facets.stars) == bool(rated)

    def _merit(self, row: Any, criteria: Criteria) -> tuple[int, int]:
        low, high = criteria.preferred_price or (1, 0)
        wishes = [
            *(bool(self._values(row, name) & set(v)) for name, v in criteria.preferred.items()),
            low <= row["price_minor"] <= high,
        ]
        merit = ranking.merit(
            popularity=row["popularity"],
            is_available=bool(row["sizes_in_stock"]),
            is_pictured=row["is_pictured"],
        )
        return sum(wishes), merit

    def best_first(self, criteria: Criteria) -> list[str]:
        rows = sorted(
            self.found(criteria),
            key=lambda row: (
                *self._merit(row, criteria), _seconds(row["published_at"]), row["colourway_id"]
            ),
            reverse=True,
        )  # fmt: skip
        return [str(row["colourway_id"]) for row in rows]

    def sorted_ids(self, criteria: Criteria) -> list[str]:
        columns = {
            "newest": ("published_at",),
            "price": ("price_minor",),
        }.get(criteria.sort, (criteria.sort,))
        rows = sorted(
            self.found(criteria),
            key=lambda row: (*(_seconds(row[c]) for c in columns), row["colourway_id"]),
            reverse=criteria.direction == "desc",
        )
        return [str(row["colourway_id"]) for row in rows]


def _seconds(value: Any) -> Any:
    return int(value.timestamp()) if isinstance(value, datetime) else value


async def table_of(database: Database) -> Table:
    names = await database.fetch("select id, facet, value from shop.facet_values")
    rows = await database.fetch("select * from shop.listings")
    return Table(rows, {row[0]: (row[1], row[2]) for row in names})


def questions(chance: random.Random, count: int) -> Iterable[Criteria]:
    choices = {
        "gender": ["Men", "Women", "Unisex", "Boys"],
        "category": ["apparel", "apparel/topwear", "footwear", "accessories/bags"],
        "color_family": ["blue", "black", "red", "white"],
        "size": ["alpha:M", "alpha:L", "EU:42", "one size:One size"],
        "season": ["Summer", "Fall"],
        "brand": ["No such house"],
    }
    for _ in range(count):
        filters = {
            name: chance.sample(values, chance.randint(1, min(3, len(values))))
            for name, values in choices.items()
            if chance.random() < (0.05 if name == "brand" else 0.3)
        }
        direction: Direction = chance.choice(("asc", "desc"))
        yield Criteria(
            filters,
            min_price=chance.choice((None, None, 2_000, 4_999)),
            max_price=chance.choice((None, None, 5_000, 9_900)),
            min_rating=chance.choice((None, None, None, 3, 4)),
            since=chance.choice((None, None, None, datetime(2024, 6, 1, tzinfo=UTC))),
            sort=chance.choice(SORTS),
            direction=direction,
        )


async def pages_of(model: ReadModel, criteria: Criteria, *, by_cursor: bool) -> list[str]:
    found = await model.listing(criteria, Paging(page_size=7))
    ids = [product["product_id"] for product in found.products]
    page = 1
    while found.next_cursor:
        page += 1
        if by_cursor:
            found = await model.listing(criteria, Paging(page_size=7, cursor=found.next_cursor))
        else:
            found = await model.listing(criteria, Paging(page_size=7, page=page))
        assert found.page == page
        ids += [product["product_id"] for product in found.products]
    return ids


@pytest.mark.parametrize("seed", range(3))
async def test_counts_and_orders_are_those_of_the_table(database: Database, seed: int) -> None:
    table, model = await table_of(database), ReadModel(database)
    for number, criteria in enumerate(questions(random.Random(seed), 25)):
        table.check(await model.facets(criteria), criteria)
        found = await pages_of(model, criteria, by_cursor=number % 2 == 0)
        assert found == table.sorted_ids(criteria)


async def test_what_is_wished_for_comes_first(database: Database) -> None:
    table, model = await table_of(database), ReadModel(database)
    likes = {"gender": ["Women"], "color_family": ["blue", "red"], "season": ["Summer"]}
    for number, criteria in enumerate(questions(random.Random(9), 12)):
        wishing = replace(
            criteria,
            sort="relevance",
            direction="desc",
            preferred=dict(list(likes.items())[: number % 4]),
            preferred_price=(2_000, 8_000) if number % 2 else None,
        )
        found = await pages_of(model, wishing, by_cursor=number % 3 == 0)
        assert found == table.best_first(wishing)
        [picked] = await model.first_cards([wishing], limit=7)
        assert [json.loads(card)["product_id"] for card in picked] == found[:7]


async def test_whatever_changes_is_followed(database: Database) -> None:
    chance, follower = random.Random(5), Follower(database, Demand())
    await follower.ensure_fresh()
    for statement in (
        "update shop.colourways set price_minor = 1 + price_minor / 2 where id % 7 = 0",
        "update shop.colourways set status = 'hidden' where id % 5 = 0",
        "update shop.stock_levels set on_hand = reserved where sku_id % 3 = 0",
        "update shop.colourways set status = 'live', popularity = 7 where id % 10 = 0",
        "update shop.colourways set rating_avg = 4.5, rating_count = 2, colour_family = 'teal', "
        "published_at = '2026-01-05' where id % 11 = 0",
    ):
        index = follower.index
        await change(database, statement)
        await follower.start_poll()
        assert follower.index is index  # what changed was read again, and not all
        table, rebuilt = await table_of(database), Follower(database, Demand())
        await rebuilt.ensure_fresh()
        for criteria in questions(chance, 10):
            for one in (follower, rebuilt):
                conditions = conditions_of(criteria, one.facet_values)
                table.check(one.index.search(conditions, one.facet_values).facets, criteria)


async def test_texts_are_followed_as_they_change(database: Database) -> None:
    follower = Follower(database, Demand())
    await follower.ensure_texts()
    for statement in (
        "update shop.colourways set name = 'Zebra ' || name where id % 7 = 0",
        "update shop.styles set description = 'A quagga of ' || description where id % 3 = 0",
        "update shop.colourways set status = 'hidden' where id % 5 = 0",
        "update shop.colourways set name = replace(name, 'Zebra ', 'Okapi-') where id % 2 = 0",
        "update shop.colourways set status = 'live' where id % 10 = 0",
        "update shop.colourways set price_minor = 1 where id % 4 = 0",
    ):
        await change(database, statement)
        await follower.start_poll()
        rebuilt = Follower(database, Demand())
        await rebuilt.ensure_texts()
        one, other = follower.index.texts, rebuilt.index.texts
        assert one.counts() == other.counts()
        for word in ("zebra", "quagga", "okapi", "shirt", "okapis"):
            assert one.in_names(word) == other.in_names(word)
            assert one.in_details(word) == other.in_details(word)
    assert follower.index.texts.in_names("zebra")
    assert follower.index.texts.in_details("quagga")


@pytest.fixture
def may_read_texts(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Until it is set, what was read of all texts does not arrive."""
    may_read, fetch = asyncio.Event(), Database.fetch

    async def fetch_late(self: Database, statement: str, *values: Any, **how: bool) -> Any:
        rows = await fetch(self, statement, *values, **how)
        if "from shop.listing_texts where colourway_id >" in statement:
            await may_read.wait()
        return rows

    monkeypatch.setattr(Database, "fetch", fetch_late)
    return may_read


async def assert_texts_are_complete(follower: Follower, database: Database) -> None:
    newly_read = Follower(database, Demand())
    await newly_read.ensure_texts()
    assert follower.index.texts.counts() == newly_read.index.texts.counts()
    assert newly_read.index.texts.counts()


async def test_texts_belong_to_the_index_though_all_is_read_again_meanwhile(
    database: Database, may_read_texts: asyncio.Event
) -> None:
    follower = Follower(database, Demand())
    await follower.ensure_fresh()
    await change(database, "update shop.colourways set name = 'Zebra ' || name where id % 7 = 0")
    await forget_changes(database)
    first = follower.index
    await follower.start_poll()
    assert follower.index is not first
    texts = asyncio.create_task(follower.ensure_texts())
    await asyncio.sleep(0)
    may_read_texts.set()
    await texts
    await assert_texts_are_complete(follower, database)


async def test_a_change_is_listed_before_all_texts_are_read(
    database: Database, may_read_texts: asyncio.Event
) -> None:
    follower = Follower(database, Demand())
    await follower.ensure_fresh()
    for statement in (
        "update shop.colourways set name = 'Zebra ' || name where id % 7 = 0",
        "update shop.colourways set status = 'hidden' where id % 5 = 0",
    ):
        version = follower.version
        await change(database, statement)
        async with asyncio.timeout(60):
            await follower.start_poll()
        assert follower.version > version
    assert 0 < len(follower.index) < PRODUCTS
    texts = asyncio.create_task(follower.ensure_texts())
    await asyncio.sleep(0)
    may_read_texts.set()
    await texts
    assert follower.index.texts.in_names("zebra")
    await assert_texts_are_complete(follower, database)


async def forget_changes(database: Database) -> None:
    """Delete what says which products changed, as after an hour."""
    async with database.writes() as session:
        await session.execute(
            text("update shop.listing_versions set made_at = now() - interval '2 hours'")
        )
    await service.delete_old_versions(database)


async def test_who_missed_what_is_forgotten_reads_all(database: Database) -> None:
    follower = Follower(database, Demand())
    await follower.ensure_fresh()
    await change(database, "update shop.colourways set price_minor = 1 where id % 2 = 0")
    await forget_changes(database)
    index = follower.index
    await follower.start_poll()
    assert follower.index is not index
    assert len(follower.index) == PRODUCTS
    assert (await ReadModel(database).facets(Criteria(max_price=1))).total > 0


async def test_a_database_without_the_schema_is_told_to_who_waits(
    empty_database: Callable[[], Database],
) -> None:
    database = empty_database()
    follower = Follower(database, Demand())
    with pytest.raises(Unavailable):
        await follower.ensure_fresh()
    assert not follower.is_current(-1)
    follower.stop()
    await database.aclose()
