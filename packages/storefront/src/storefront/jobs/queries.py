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


@dataclass(frozen=True, slots=True)
class JobCounts:
    """Jobs of a kind. done: in the last month; dead: given up, in the last year."""

    kind: str
    waiting: int
    done: int
    dead: int


async def due_in_s(session: ReadSession, kinds: Sequence[str]) -> float | None:
    """Seconds until the next job of these kinds is due, not above 0 where one is; None without any.

    One statement.
    """
    seconds: float | None = await session.scalar(_DUE_IN, {"kinds": list(kinds)})
    return seconds


async def unfinished(database: Database, *, most: int) -> list[JobRow]:
    """Jobs that were given up, newest first, then those that wait, the longest first. One statement."""
    return [JobRow(*row) for row in await database.fetch(_UNFINISHED, most)]


async def counts(session: ReadSession, kinds: Sequence[str]) -> list[JobCounts]:
    """How many jobs of these kinds there are, in the order of the kinds. One statement."""
    return [JobCounts(*row) for row in await session.execute(_COUNTS, {"kinds": list(kinds)})]


async def failed(session: ReadSession, kinds: Sequence[str], *, most: int) -> list[JobRow]:
    """Jobs of these kinds that failed: given up, or to be retried; newest first. One statement."""
    parameters = {"kinds": list(kinds), "most": most}
    return [JobRow(*row) for row in await session.execute(_FAILED, parameters)]


_COUNTS = text(
    """
    select wanted.kind, count(*) filter (where state = 'waiting'),
        count(*) filter (where state = 'done'), count(*) filter (where state = 'dead')
    from unnest(cast(:kinds as text[])) with ordinality as wanted (kind, place)
    left join shop.jobs on jobs.kind = wanted.kind
    group by wanted.kind, place order by place
    """
)
_FAILED = text(
    """
    select id, kind, key, state, attempts, due_at, last_error, created_at
    from shop.jobs
    where kind = any(cast(:kinds as text[])) and last_error is not null and state <> 'done'
    order by id desc limit :most
    """
)
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
