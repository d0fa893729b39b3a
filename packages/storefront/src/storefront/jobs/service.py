"""Writes of the jobs: enqueue, take, finish, retry later, give up."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from storefront.db import WriteSession, on_commit
from storefront.errors import Conflict
from storefront.telemetry import tracing

MOST_ATTEMPTS = 12  # with the pauses below: given up after some nine hours
LEASE_S = 300  # a worker that has not finished by then has died, or will be stopped
DONE_KEPT_DAYS = 30  # and so long a key cannot be used again
DEAD_KEPT_DAYS = 365
_FIRST_PAUSE_S = 5.0
_LONGEST_PAUSE_S = 3_600.0
_LONGEST_ERROR = 500


class NotGivenUp(Conflict):
    """Only a job that was given up can be retried by hand. This one is waiting, done or gone."""

    slug, title = "job-not-given-up", "This job was not given up"


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job that is to be enqueued; the fields are described at `enqueue`."""

    key: str
    payload: Mapping[str, Any]
    due_in: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Taken:
    """A job that a worker has for LEASE_S. attempt: counted from 1."""

    id: int
    kind: str
    key: str
    payload: Mapping[str, Any]
    traceparent: str | None
    attempt: int


async def enqueue(
    session: WriteSession,
    kind: str,
    key: str,
    payload: Mapping[str, Any],
    *,
    due_in: timedelta = timedelta(),
) -> bool:
    """Store a job in the caller's transaction: it exists if and only if that commits.

    kind: selects the handler, such as ``orders.confirmation``. key: makes the job idempotent, such as an
    order's number: a second job of this kind and key is not stored, even if the first is done.
    payload: JSON; ids rather than copies, which may be outdated when the job runs.
    Returns whether the job is new. One statement. The commit wakes the workers of this process.
    """
    return await enqueue_each(session, kind, [NewJob(key, payload, due_in)]) == 1


async def enqueue_each(session: WriteSession, kind: str, new: Sequence[NewJob]) -> int:
    """Store several jobs of a kind. Returns how many are new. One statement."""
    parameters = {
        "kind": kind,
        "keys": [one.key for one in new],
        "payloads": [json.dumps(dict(one.payload)) for one in new],
        "due_in_s": [one.due_in.total_seconds() for one in new],
        "traceparent": tracing.traceparent(),
    }
    enqueued = (await session.scalars(_ENQUEUE, parameters)).all()
    on_commit(session, "jobs")
    return len(enqueued)


async def take(session: WriteSession, kinds: Sequence[str], *, most: int) -> list[Taken]:
    """Lease due jobs of these kinds, the oldest first; other workers skip them.

    One statement. If the worker dies, they are due again after LEASE_S.
    """
    parameters = {"kinds": list(kinds), "most": most, "lease_s": LEASE_S}
    return [Taken(*row) for row in await session.execute(_TAKE, parameters)]


async def finish(session: WriteSession, job: Taken) -> None:
    """Mark the job as done and delete its payload. One statement."""
    await session.execute(_FINISH, {"id": job.id, "attempt": job.attempt})


async def fail(session: WriteSession, job: Taken, error: str, *, is_final: bool = False) -> bool:
    """Record a failure: retry the job later, or give it up after MOST_ATTEMPTS or if it is final.

    Returns whether it was given up. One statement.
    """
    is_dead = is_final or job.attempt >= MOST_ATTEMPTS
    parameters = {
        "id": job.id,
        "attempt": job.attempt,
        "error": error[:_LONGEST_ERROR],
        "is_dead": is_dead,
        "pause_s": pause_s(job.attempt),
    }
    await session.execute(_FAIL, parameters)
    return is_dead


async def retry(session: WriteSession, job_id: int) -> None:
    """Retry a dead job now. One statement.

    Raises NotGivenUp (409).
    """
    if await session.scalar(_RETRY, {"id": job_id}) is None:
        raise NotGivenUp(f"Job {job_id} is not among those that were given up.")
    on_commit(session, "jobs")


async def tidy(session: WriteSession) -> None:
    """Delete what finished long ago. One statement."""
    await session.execute(_TIDY, {"done_days": DONE_KEPT_DAYS, "dead_days": DEAD_KEPT_DAYS})


def pause_s(attempt: int) -> float:
    """Seconds until the next attempt: twice as long each time, up to an hour, less a random quarter."""
    longest = min(_FIRST_PAUSE_S * 2.0 ** (attempt - 1), _LONGEST_PAUSE_S)
    return longest * random.uniform(0.75, 1)  # noqa: S311 - spreads load, hides nothing


_ENQUEUE = text(
    """
    insert into shop.jobs (kind, key, payload, traceparent, due_at)
    select :kind, key, cast(payload as jsonb), cast(:traceparent as text),
        now() + make_interval(secs => due_in_s)
    from unnest(
        cast(:keys as text[]), cast(:payloads as text[]), cast(:due_in_s as double precision[])
    ) as new (key, payload, due_in_s)
    on conflict (kind, key) do nothing
    returning id
    """
)

_TAKE = text(
    """
    with due as (
        select id from shop.jobs
        where state = 'waiting' and due_at <= now() and kind = any(:kinds)
        order by due_at, id limit :most
        for update skip locked
    )
    update shop.jobs set attempts = attempts + 1, due_at = now() + make_interval(secs => :lease_s)
    from due where jobs.id = due.id
    returning jobs.id, kind, key, payload, traceparent, attempts
    """
)

# `attempts`: a worker whose lease has ended must not settle a job that another worker runs now.
_FINISH = text(
    """
    update shop.jobs set state = 'done', finished_at = now(), payload = '{}', last_error = null
    where id = :id and attempts = :attempt and state = 'waiting'
    """
)
_FAIL = text(
    """
    update shop.jobs set last_error = :error,
        state = case when :is_dead then 'dead' else 'waiting' end,
        finished_at = case when :is_dead then now() end,
        due_at = now() + make_interval(secs => :pause_s)
    where id = :id and attempts = :attempt and state = 'waiting'
    """
)
_RETRY = text(
    """
    update shop.jobs set state = 'waiting', attempts = 0, due_at = now(), finished_at = null
    where id = :id and state = 'dead' returning id
    """
)
_TIDY = text(
    """
    delete from shop.jobs where finished_at < now() - make_interval(
        days => case state when 'done' then cast(:done_days as int) else cast(:dead_days as int) end)
    """
)
