"""Computes what the sales say, and publishes it in one transaction."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from storefront.catalog.popularity import set_popularity
from storefront.db import Database
from storefront.insight import facts, jobs
from storefront.insight.engine import Engine
from storefront.insight.facts import Facts
from storefront.locks import lock

LEAST_SOLD = 500
"""Pieces; below, the popularity that the catalogue expects says more than the sales."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the jobs found. together: by product, others, the best first; popularity: None where too
    little was sold to say."""

    sold: int
    together: dict[int, list[int]]
    trend: dict[int, float]
    popularity: dict[int, int] | None


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did. sold: pieces; paired, trending: products; popularity_changed: products, or None
    where popularity was left alone since fewer than `LEAST_SOLD` pieces were sold."""

    until: date
    sold: int
    paired: int
    trending: int
    popularity_changed: int | None


async def run(database: Database, engine: Engine, folder: Path, until: date) -> Report:
    """Export the facts to a folder that the engine reads, compute, publish.

    Readers see the old results or the new ones, never a mixture. Raises Unavailable (503).
    """
    exported = await facts.export(database, folder)
    found = await asyncio.to_thread(compute, engine, exported, until)
    changed = await publish(database, found)
    return Report(until, found.sold, len(found.together), len(found.trend), changed)


def compute(engine: Engine, exported: Facts, until: date) -> Found:
    """All jobs over these facts. Blocks; run it outside of the event loop."""
    lines = engine.read(exported.lines, jobs.LINES)
    saves = engine.read(exported.saves, jobs.SAVES)
    [total] = lines.agg(engine.functions.sum("quantity").alias("sold")).collect()
    sold = int(total["sold"] or 0)
    together: dict[int, list[int]] = {}
    for row in sorted(jobs.bought_together(engine, lines).collect(), key=_by_place):
        together.setdefault(row["product_id"], []).append(row["other_id"])
    trend = {
        row["product_id"]: row["trend"]
        for row in jobs.trending(engine, lines, saves, until).collect()
    }
    popularity = None
    if sold >= LEAST_SOLD:
        popularity = {
            row["product_id"]: row["popularity"]
            for row in jobs.popularity(engine, lines, until).collect()
        }
    return Found(sold, together, trend, popularity)


async def publish(database: Database, found: Found) -> int | None:
    """Replace the results of the last run. Five statements.

    Returns how many products have another popularity, None where it was left alone.
    """
    product_ids = sorted({*found.together, *found.trend})
    now = datetime.now(UTC)
    rows = {
        "ids": product_ids,
        "trends": [found.trend.get(one) for one in product_ids],
        "pairs": [_array(found.together.get(one, [])) for one in product_ids],
        "now": now,
    }
    async with database.writes() as session:
        await lock(session, "insight")
        await session.execute(_UPSERT, rows)
        await session.execute(_DELETE, {"ids": product_ids})
        await session.execute(
            _NOTE, {"now": now, "popularity_at": None if found.popularity is None else now}
        )
        if found.popularity is None:
            return None
        return await set_popularity(session, found.popularity)


def _by_place(row: Any) -> tuple[int, int]:
    return row["product_id"], row["place"]


def _array(ids: list[int]) -> str:
    """An array as text: Postgres has no type for lists of lists of different lengths."""
    return f"{{{','.join(map(str, ids))}}}"


_UPSERT = text(
    """
    insert into shop.product_insights (product_id, trend, bought_together, computed_at)
    select product_id, trend, cast(pair as bigint[]), :now
    from unnest(
        cast(:ids as bigint[]), cast(:trends as double precision[]), cast(:pairs as text[])
    ) as found (product_id, trend, pair)
    on conflict (product_id) do update set
        (trend, bought_together, computed_at)
        = (excluded.trend, excluded.bought_together, excluded.computed_at)
    """
)
_NOTE = text(
    """
    insert into shop.insight_states as known (id, computed_at, popularity_at)
    values (1, :now, cast(:popularity_at as timestamptz))
    on conflict (id) do update set
        computed_at = excluded.computed_at,
        popularity_at = coalesce(excluded.popularity_at, known.popularity_at)
    """
)
_DELETE = text("delete from shop.product_insights where product_id <> all(cast(:ids as bigint[]))")
