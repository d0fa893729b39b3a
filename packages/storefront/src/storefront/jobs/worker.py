"""Runs the jobs: in any number of server processes, with or without visitors.

A worker sends no statement while no job is due: it knows when the next one is, and a commit that
enqueues one wakes it. Jobs of another process that died are found within LOOK_EVERY_S.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from storefront.background import is_cancelled, note_failure, repeat, stop
from storefront.db import Database, WriteSession
from storefront.errors import Unavailable
from storefront.jobs import queries, service
from storefront.jobs.service import Taken
from storefront.telemetry import metrics, tracing

log = logging.getLogger(__name__)

Handler = Callable[[Taken], Awaitable[None]]
"""Runs one job. It may be called again after it succeeded, if the process dies before that is stored.

It opens its own transactions, and waits for no network inside them (docs/decisions/0023). Raising
retries the job later; raising GiveUpError does not.
"""

LOOK_EVERY_S = 3_600.0
_AT_ONCE = 4
_SHORTEST_PAUSE_S = 0.1
_STOPPED_AFTER_S = service.LEASE_S - 60.0


class GiveUpError(Exception):
    """Raised by a handler if a retry would not help. The message tells staff why."""


class Worker:
    """Takes due jobs and runs their handlers. handlers: by kind; jobs of other kinds stay."""

    def __init__(self, database: Database, handlers: Mapping[str, Handler]) -> None:
        self._database = database
        self._handlers = dict(handlers)
        self._kinds = sorted(handlers)
        self._running: set[asyncio.Task[None]] = set()
        self._woken = database.committed("jobs")
        self._due_in_s: float | None = None
        self._tidied_at = float("-inf")

    async def work(self) -> bool:
        """Start due jobs, up to _AT_ONCE at the same time. Returns whether there were any.

        One transaction to take them, later one to settle each of them, none around a handler.
        Raises Unavailable (503).
        """
        self._woken.clear()  # what is enqueued or ends from now on wakes the worker
        free = _AT_ONCE - len(self._running)
        if not free:
            self._due_in_s = None
            return False
        async with self._database.writes() as session:
            jobs = await service.take(session, self._kinds, most=free)
            if not jobs:
                self._due_in_s = await queries.due_in_s(session, self._kinds)
                await self._tidy(session)
        for job in jobs:
            task = asyncio.create_task(self._do(job), name=f"job {job.kind}")
            self._running.add(task)
            task.add_done_callback(self._running.discard)
            task.add_done_callback(lambda _: self._woken.set())
        return bool(jobs)

    async def pause(self, pause_s: float) -> None:
        """Wait until a job is due, is enqueued or ends, for at most pause_s."""
        if self._due_in_s is not None:
            pause_s = max(_SHORTEST_PAUSE_S, min(pause_s, self._due_in_s))
        # Not asyncio.wait_for: on Python 3.11 it loses a cancellation that comes as the event is set.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self._woken.wait()

    async def end(self) -> None:
        """Cancel the running jobs: other workers take them over when their leases end."""
        for task in list(self._running):
            await stop(task)

    async def _tidy(self, session: WriteSession) -> None:
        if time.monotonic() - self._tidied_at >= LOOK_EVERY_S:
            await service.tidy(session)
            self._tidied_at = time.monotonic()

    async def _do(self, job: Taken) -> None:
        try:
            await self._settle(job)
        except Unavailable as error:  # done or not, it is due again when its lease ends
            note_failure("Jobs", error)

    async def _settle(self, job: Taken) -> None:
        began, outcome = time.perf_counter(), "failed"
        with tracing.job_span(job.kind, job.traceparent):
            try:
                async with asyncio.timeout(_STOPPED_AFTER_S):
                    await self._handlers[job.kind](job)
            except GiveUpError as error:
                await self._fail(job, error, is_final=True)
            except Exception as error:
                if is_cancelled():
                    raise
                await self._fail(job, error)
            else:
                outcome = "done"
                async with self._database.writes() as session:
                    await service.finish(session, job)
            finally:
                seconds = time.perf_counter() - began
                metrics.JOB_DURATION.labels(job.kind, outcome).observe(seconds)

    async def _fail(self, job: Taken, error: Exception, *, is_final: bool = False) -> None:
        note_failure(f"Job {job.kind}", error)
        reason = error.reason if isinstance(error, Unavailable) else str(error)
        async with self._database.writes() as session:
            is_dead = await service.fail(
                session, job, f"{type(error).__name__}: {reason}", is_final=is_final
            )
        if is_dead:
            log.error("Job %s %s was given up: see /admin/jobs", job.kind, job.key)


@asynccontextmanager
async def working(database: Database, handlers: Mapping[str, Handler]) -> AsyncIterator[None]:
    """Run jobs as they become due, until the block ends; then none is running."""
    if not handlers:
        yield
        return
    worker = Worker(database, handlers)
    task = asyncio.create_task(
        repeat("Jobs", worker.work, every_s=LOOK_EVERY_S, pause=worker.pause), name="jobs"
    )
    try:
        yield
    finally:
        await stop(task)
        await worker.end()
