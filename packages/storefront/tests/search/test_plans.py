"""Every statement of a listing can be answered from an index, however large the table is."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bench import plans
from lakepass.emulator import Emulator
from packages.storefront.tests.conftest import environment
from storefront.catalog import queries as catalog
from storefront.db import Database
from storefront.search.criteria import Criteria, Direction, conditions_of
from storefront.search.index.facets import FacetValues, Value
from storefront.search.log import REPORT, REPORT_DAYS
from storefront.search.read_model.statements import page_by_name
from storefront.search.read_model.store import _WITH_CODE
from storefront.settings import Settings


@pytest.fixture
async def database(emulator: Emulator, filled_database: str) -> AsyncIterator[Database]:
    with environment(emulator, filled_database):
        database = Database(Settings())
    yield database
    await database.aclose()


async def values_of(database: Database) -> FacetValues:
    rows = await database.fetch("select id, facet, value, label, sort, hex from shop.facet_values")
    return FacetValues([Value(*row) for row in rows])


async def nodes(database: Database, statement: str, values: list[object]) -> set[tuple[str, str]]:
    """What the planner does where it may read no table from end to end: node and table or index."""
    async with database.connection() as connection:
        await connection.execute(text("set local enable_seqscan = off"))
        raw = await connection.get_raw_connection()
        driver = raw.driver_connection
        assert driver is not None
        [(plan,)] = await driver.fetch(f"explain (format json) {statement}", *values)
    found: set[tuple[str, str]] = set()

    def walk(node: dict[str, object]) -> None:
        found.add((str(node["Node Type"]), str(node.get("Relation Name", node.get("Index Name")))))
        for child in node.get("Plans", []):  # type: ignore[attr-defined]
            walk(child)

    walk(plan[0]["Plan"])
    return found


@pytest.mark.parametrize("direction", ["asc", "desc"])
async def test_the_order_of_names_is_an_index_from_its_first_page_to_its_last(
    database: Database, direction: Direction
) -> None:
    statement, values = page_by_name([], None, direction, (), 0, 25)
    rows = await database.fetch(statement, *values)
    after = list(rows[-1])[1:]
    deep = page_by_name([], None, direction, after, 0, 25)
    by_number = page_by_name([], None, direction, (), 200, 25)
    for one in ((statement, values), deep):
        found = await nodes(database, *one)
        assert {kind for kind, _ in found} <= {"Limit", "Index Scan"}
    assert ("Seq Scan", "listings") not in await nodes(database, *by_number)


@pytest.mark.parametrize(
    "criteria",
    [
        Criteria(),
        Criteria({"gender": ["Men"]}),
        Criteria({"gender": ["Men"], "category": ["apparel"], "color_family": ["blue"]}),
        Criteria({"size": ["M"]}, max_price=50_00),
        Criteria({"brand": ["No such house"]}, min_rating=4),
        Criteria({"gender": ["Men"]}, excluded={"color_family": ["blue"]}),
    ],
)
async def test_filters_read_no_table_from_end_to_end(
    database: Database, criteria: Criteria
) -> None:
    conditions = conditions_of(criteria, await values_of(database))
    for product_ids in (None, [101000001, 101000002]):
        page = page_by_name(conditions, product_ids, "asc", (), 0, 25)
        assert ("Seq Scan", "listings") not in await nodes(database, *page)


async def test_codes_are_looked_up_in_indexes(database: Database) -> None:
    assert {kind for kind, _ in await nodes(database, _WITH_CODE, ["x"])} & {"Seq Scan"} == set()


PAGE = Path(__file__).resolve().parents[2] / "docs" / "plans.md"
SMALL = {"sizes", "brands", "categories", "facet_values", "listing_states", "synonyms"}
# Read whole where few rows are there or all are wanted: scheduled prices (the demo has none), and the
# vectors of the pictures, which each process holds. Collections and what staff wrote: every ten seconds
# at most, and few. The stored index: once, by a process that starts.
READ_WHOLE = {"prices", "embeddings", "collections", "content_versions", "index_sets"}


def test_no_plan_of_the_page_reads_a_growing_table_from_end_to_end() -> None:
    read = set(re.findall(r"Seq Scan on (\w+)", PAGE.read_text(encoding="utf-8")))
    assert read <= SMALL | READ_WHOLE


async def test_every_statement_that_is_sent_is_on_the_page(
    emulator: Emulator, filled_database: str
) -> None:
    """Where words are read the statement depends on the catalogue, so these addresses are left out."""
    page = PAGE.read_text(encoding="utf-8")
    with environment(emulator, filled_database):
        sent = [one async for one in plans.statements()]
    assert len(sent) > len(plans.PATHS)
    missing = {
        (asker, one.shape)
        for asker, made in sent
        for one in made
        if "q=" not in asker and one.shape not in page
    }
    assert not missing, "make plans"


async def test_the_search_report_reads_an_index(database: Database) -> None:
    scans = {
        node for node in await nodes(database, REPORT, [REPORT_DAYS, 50]) if node[1] == "search_log"
    }
    assert scans == {("Index Scan", "search_log")}


async def test_what_lies_in_a_bag_is_read_without_the_rest_of_the_catalogue(
    database: Database,
) -> None:
    async with database.reads() as session:
        sku_ids = list(await session.scalars(text("select id from shop.skus order by id limit 2")))
        explained = text(f"explain (analyze, format json) {catalog._SKUS.text}")
        values = {"sku_ids": sku_ids, "code": None}
        [plan] = await session.scalar(explained, values)
        whole = await session.scalar(text("select count(*) from shop.styles"))
    read: dict[str, int] = {}

    def walk(node: dict[str, Any]) -> None:
        if table := node.get("Relation Name"):
            read[table] = max(read.get(table, 0), node["Actual Rows"] * node["Actual Loops"])
        for child in node.get("Plans", []):
            walk(child)

    walk(plan["Plan"])
    assert whole > 100
    assert read["skus"] <= 20
    assert read["colourways"] <= 2
    assert read["styles"] <= 2
