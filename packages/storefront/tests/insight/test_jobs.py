"""The batch jobs on facts whose answers were computed by hand."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from storefront.insight import jobs
from storefront.insight.engine import Engine, EngineName, engine_named

pytest.importorskip("sqlframe", reason="the extra storefront[insight] is not installed")

UNTIL = date(2026, 11, 28)


def ago(days: int) -> str:
    return (UNTIL - timedelta(days=days)).isoformat()


@pytest.fixture(scope="module", params=["duckdb", "spark"])
def engine(request: pytest.FixtureRequest) -> Engine:
    name: EngineName = request.param
    if name == "spark":
        pytest.importorskip("pyspark", reason="pyspark is not installed: 456 MB, and it needs Java")
    return engine_named(name)


@pytest.fixture
def frames(engine: Engine, tmp_path: Path) -> Any:
    def written(name: str, columns: str, rows: list[tuple[object, ...]]) -> Any:
        names = [column.split()[0] for column in columns.split(", ")]
        lines = [",".join(names), *(",".join(map(str, row)) for row in rows)]
        file = tmp_path / name
        file.write_text("\n".join(lines) + "\n")
        return engine.read(file, columns)

    return written


def pairs_of(engine: Engine, lines: Any) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    rows = jobs.bought_together(engine, lines).collect()
    for row in sorted(rows, key=lambda one: (one["product_id"], one["place"])):
        found.setdefault(row["product_id"], []).append(row["other_id"])
    return found


def test_what_stands_in_the_same_orders_is_bought_together(engine: Engine, frames: Any) -> None:
    # Shirt 1 with tie 2 in three orders, with belt 3 in two; once each with socks 4.
    orders = [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 2), (4, 1), (4, 3), (5, 1), (5, 3),
              (6, 1), (6, 4), (7, 3), (7, 4)]  # fmt: skip
    lines = frames("lines.csv", jobs.LINES, [(o, p, p * 10, 1, ago(1)) for o, p in orders])
    assert pairs_of(engine, lines) == {1: [2, 3], 2: [1], 3: [1]}


def test_a_rare_pair_does_not_stand_before_a_common_one(engine: Engine, frames: Any) -> None:
    # 1 and 2 share 20 of their 25 orders each; 1 and 3 share both orders that 3 has.
    orders = [(n, 1) for n in range(25)] + [(n, 2) for n in range(20)]
    orders += [(n, 2) for n in range(100, 105)] + [(20, 3), (21, 3)]
    lines = frames("lines.csv", jobs.LINES, [(o, p, p * 10, 1, ago(1)) for o, p in orders])
    assert pairs_of(engine, lines)[1] == [2, 3]


def test_other_colours_of_a_design_and_bulk_orders_make_no_pairs(
    engine: Engine, frames: Any
) -> None:
    same = [(order, product, 7, 1, ago(1)) for order in (1, 2, 3) for product in (1, 2)]
    bulk = [(order, 100 + n, 100 + n, 1, ago(1)) for order in (8, 9) for n in range(51)]
    assert pairs_of(engine, frames("lines.csv", jobs.LINES, same + bulk)) == {}


def test_at_most_twelve_products_are_named_and_ties_are_broken_by_id(
    engine: Engine, frames: Any
) -> None:
    lines = [(order, n, n, 1, ago(1)) for order in (1, 2) for n in range(1, 21)]
    found = pairs_of(engine, frames("lines.csv", jobs.LINES, lines))
    assert found[1] == list(range(2, 14))
    assert found[20] == list(range(1, 13))


def test_popularity_is_the_place_among_what_was_sold_and_old_sales_count_less(
    engine: Engine, frames: Any
) -> None:
    sold = [
        (1, 1, 1, 4, ago(90)),
        (2, 2, 2, 3, ago(0)),
        (3, 3, 3, 1, ago(0)),
        (4, 4, 4, 9, ago(-2)),
    ]
    lines = frames("lines.csv", jobs.LINES, sold)
    rows = jobs.popularity(engine, lines, UNTIL).collect()
    # Points 2, 3 and 1; the fourth was sold after that day. Places 1/2, 1 and 0, to the fourth power.
    assert {row["product_id"]: row["popularity"] for row in rows} == {1: 63, 2: 1_000, 3: 1}


def test_what_is_trending_halves_in_a_week_and_saves_count_less_than_purchases(
    engine: Engine, frames: Any
) -> None:
    sold = [(1, 1, 1, 2, ago(7)), (2, 2, 2, 1, ago(0)), (3, 3, 3, 50, ago(28))]
    lines = frames("lines.csv", jobs.LINES, sold)
    saves = frames("saves.csv", jobs.SAVES, [(2, ago(0)), (4, ago(14)), (4, ago(-1))])
    rows = jobs.trending(engine, lines, saves, UNTIL).collect()
    assert {row["product_id"]: row["trend"] for row in rows} == {1: 5.0, 2: 7.0, 4: 0.5}


def test_no_facts_are_no_results(engine: Engine, frames: Any) -> None:
    lines, saves = frames("lines.csv", jobs.LINES, []), frames("saves.csv", jobs.SAVES, [])
    assert jobs.bought_together(engine, lines).collect() == []
    assert jobs.popularity(engine, lines, UNTIL).collect() == []
    assert jobs.trending(engine, lines, saves, UNTIL).collect() == []
