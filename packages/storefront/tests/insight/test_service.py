"""The whole way: from orders in Postgres to what shoppers see."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from sqlalchemy import text

from lakepass.emulator import Emulator
from packages.storefront.tests.conftest import PRODUCTS, Server
from storefront.cli import job, main
from storefront.db import Database
from storefront.insight import service
from storefront.insight.engine import engine_named
from storefront.insight.queries import Computed, computed
from storefront.insight.service import Found, Report
from storefront.search.read_model import refresh
from storefront.settings import Settings

pytest.importorskip("sqlframe", reason="the extra storefront[insight] is not installed")

ROOT = Path(__file__).parents[4]
_INSIGHTS = (
    "select product_id, trend, bought_together from shop.product_insights order by product_id"
)


@pytest.fixture
async def opened(stocked_database: Callable[[int], Database]) -> AsyncIterator[Database]:
    """A database with 300 products and the orders of ninety demo shoppers."""
    database = stocked_database(PRODUCTS)
    yield database
    await database.aclose()


async def run(database: Database, folder: Path) -> Report:
    today = datetime.now(UTC).date()
    return await service.run(database, engine_named("duckdb"), folder, today)


async def test_what_was_bought_is_shown_as_trending_popular_and_bought_together(
    opened: Database, settings: Settings, tmp_path: Path
) -> None:
    report = await run(opened, tmp_path)
    [(sold,)] = await opened.fetch("select sum(quantity)::int from shop.order_lines")
    assert report.sold == sold > service.LEAST_SOLD
    rows = await opened.fetch(_INSIGHTS)
    pairs = {row[0]: list(row[2]) for row in rows if row[2]}
    trends = sorted((row for row in rows if row[1] is not None), key=lambda row: (-row[1], row[0]))
    assert (report.paired, report.trending) == (len(pairs), len(trends))
    await refresh.refresh_all(opened)
    product_id, others = next(iter(pairs.items()))
    with Server(settings) as shop:
        async with httpx.AsyncClient(base_url=shop.url, timeout=60, verify=False) as client:
            together = await shown(client, f"/products/{product_id}/bought-together", limit=12)
            assert together == others
            page = await client.get(f"/p/any-{product_id}/more", follow_redirects=True)
            assert '<h2 id="together">Bought together</h2>' in page.text
            popular = await shown(client, "/products", sort_by="popularity", page_size=5)
            trending = await shown(client, "/products/trending", limit=5)
    best = await opened.fetch(
        "select id from shop.live_products order by popularity desc, published_at desc, id limit 5"
    )
    assert {int(one) for one in popular} == {row[0] for row in best}
    sold_out = {
        row[0] for row in await opened.fetch("select id from shop.live_products where is_sold_out")
    }
    expected = [row[0] for row in trends if row[0] not in sold_out][:5]
    assert expected
    assert trending[: len(expected)] == expected


async def shown(client: httpx.AsyncClient, path: str, **parameters: Any) -> list[int]:
    answer = await client.get(f"/api/v1{path}", params=parameters)
    assert answer.status_code == 200, answer.text
    return [int(product["product_id"]) for product in answer.json()["products"]]


async def test_a_second_run_replaces_the_first_and_the_same_facts_give_the_same(
    opened: Database, tmp_path: Path
) -> None:
    first = await run(opened, tmp_path)
    before = [tuple(row) for row in await opened.fetch(_INSIGHTS)]
    again = await run(opened, tmp_path)
    assert (again.paired, again.popularity_changed) == (first.paired, 0)
    assert [tuple(row) for row in await opened.fetch(_INSIGHTS)] == before
    await service.publish(opened, Found(3, {101000001: [101000002]}, {}, None))
    assert [tuple(row) for row in await opened.fetch(_INSIGHTS)] == [(101000001, None, [101000002])]


async def test_few_sales_leave_the_popularity_of_the_catalogue_alone(
    opened: Database, tmp_path: Path
) -> None:
    async with opened.writes() as session:
        await session.execute(
            text(
                "update shop.order_lines set cancelled_count = quantity, shipped_count = 0 where id > 40"
            )
        )
    before = await opened.fetch("select id, popularity from shop.colourways order by id")
    report = await run(opened, tmp_path)
    assert report.popularity_changed is None
    assert await opened.fetch("select id, popularity from shop.colourways order by id") == before


def test_the_command_reports_what_it_found(
    stocked_database: Callable[[int], Database],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    stocked_database(PRODUCTS)
    assert (
        main(["insight", "--json", "--until", "2020-01-01", "--facts", str(tmp_path / "facts")])
        == 0
    )
    report = json.loads(capsys.readouterr().out)
    assert (report["until"], report["trending"]) == ("2020-01-01", 0)
    assert report["paired"] > 0
    assert sorted(file.name for file in (tmp_path / "facts").iterdir()) == [
        "lines.csv",
        "saves.csv",
    ]
    assert main(["insight"]) == 0
    assert "are trending" in capsys.readouterr().err


def test_the_job_of_the_bundle_computes_and_the_overview_says_when(
    stocked_database: Callable[[int], Database],
    emulator: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    bundle = yaml.safe_load((ROOT / "databricks.yml").read_text(encoding="utf-8"))
    [task] = bundle["targets"]["project"]["resources"]["jobs"]["insight"]["tasks"]
    wheel = task["python_wheel_task"]
    values = {
        "${var.insight_engine}": bundle["variables"]["insight_engine"]["default"],
        "${var.insight_facts}": str(tmp_path),
        "${resources.postgres_endpoints.primary.name}": emulator.endpoint,
    }
    parameters = [values.get(one, one) for one in wheel["parameters"]]
    database = stocked_database(PRODUCTS)
    monkeypatch.setattr(sys, "argv", ["storefront", *parameters])
    [entry] = entry_points(name=wheel["entry_point"])
    entry.load()()

    async def when() -> list[Computed]:
        async with database.reads() as session:
            found = await computed(session)
        await database.aclose()
        return found

    found = asyncio.run(when())
    assert [(one.name, one.is_stale) for one in found] == [
        ("Popular", False),
        ("Trending", False),
        ("Bought together", False),
    ]
    assert {one.at is None for one in found} == {False}


async def test_results_count_as_stale_after_a_day_and_a_half(opened: Database) -> None:
    async with opened.reads() as session:
        assert {(one.at, one.is_stale) for one in await computed(session)} == {(None, True)}
    await service.publish(opened, Found(3, {}, {}, None))
    async with opened.reads() as session:
        popular, trending, _together = await computed(session)
    assert (popular.at, popular.is_stale) == (None, False)  # too little was sold
    assert trending.at is not None
    async with opened.writes() as session:
        await session.execute(
            text("update shop.insight_states set computed_at = now() - interval '37 hours'")
        )
    async with opened.reads() as session:
        assert {one.is_stale for one in await computed(session)} == {True}


def test_a_job_that_fails_ends_with_an_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["storefront", "insight", "--endpoint", "nowhere"])
    with pytest.raises(SystemExit) as stopped:
        job()
    assert stopped.value.code == 1


@pytest.mark.parametrize("arguments", [["--until", "yesterday"], ["--engine", "abacus"]])
def test_the_command_refuses_what_it_cannot_use(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["insight", *arguments])
    assert stopped.value.code == 2
    assert arguments[1] in capsys.readouterr().err
