"""Reads of the jobs: what is due next, what is waiting, and what was given up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from storefront.db import Database, ReadSession


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as staff see it. The payload stays out of sight: it may name people."""

    id: int
    kind: str
    key: str
    state: str
    attempts: int
    due_at: datetime
    last_error: str | None
    created_at: datetime


async def due_in_s(session: ReadSession, kinds: Sequence[str]) -> float | None:
    """Seconds until the next job of these kinds is due, not above 0 where one is; None without any.

    One statement.
    """
    seconds: float | None = await session.scalar(_DUE_IN, {"kinds": list(kinds)})
    return seconds


async def unfinished(database: Database, *, most: int) -> list[JobRow]:
    """Jobs that were given up, newest first, then those that wait, the longest first. One statement."""
    return [JobRow(*row) for row in await database.fetch(_UNFINISHED, most)]


_DUE_IN = text(
    """
    select cast(extract(epoch from min(due_at) - now()) as double precision)
    from shop.jobs where state = 'waiting' and kind = any(:kinds)
    """
)
_UNFINISHED = """
    (select id, kind, key, state, attempts, due_at, last_error, created_at
     from shop.jobs where state = 'dead' order by id desc limit $1)
    union all
    (select id, kind, key, state, attempts, due_at, last_error, created_at
     from shop.jobs where state = 'waiting' order by due_at, id limit $1)
"""
