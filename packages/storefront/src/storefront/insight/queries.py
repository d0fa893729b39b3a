"""What the shop reads of the results: by product, what is trending, and when it was computed."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from storefront.db import Database, ReadSession

STALE_AFTER = timedelta(hours=36)
"""A result should be renewed once a night: after this the job has failed at least once."""

_TRENDING = """
    select product_id from shop.product_insights
    where trend is not null and computed_at > now() - interval '7 days'
    order by trend desc, product_id limit 200
"""
_TOGETHER = "select bought_together from shop.product_insights where product_id = $1"
_STATE = text("select computed_at, popularity_at from shop.insight_states")


@dataclass(frozen=True, slots=True)
class Computed:
    """A result of the batch jobs. at: when it was last computed; None for never.

    is_stale: whether that is longer ago than STALE_AFTER. Popularity that too few sales keep from being
    computed is not.
    """

    name: str
    at: datetime | None
    is_stale: bool


async def bought_together(database: Database, product_id: int) -> list[int]:
    """Products that were bought with one, the best first; empty where none are known. One statement."""
    rows = await database.fetch(_TOGETHER, product_id)
    return list(rows[0][0]) if rows else []


async def trending(database: Database) -> list[int]:
    """Products that are wanted now, 200 at most, the most wanted first. One statement.

    Empty where the last run is a week old: nothing is better than an old trend.
    """
    return [row[0] for row in await database.fetch(_TRENDING)]


async def computed(session: ReadSession) -> list[Computed]:
    """When each result was last computed. One statement."""
    row = (await session.execute(_STATE)).one_or_none()
    run_at, popularity_at = row or (None, None)
    is_stale = run_at is None or datetime.now(UTC) - run_at > STALE_AFTER
    return [
        Computed("Popular", popularity_at, is_stale),
        Computed("Trending", run_at, is_stale),
        Computed("Bought together", run_at, is_stale),
    ]
