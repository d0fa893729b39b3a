"""A job exists if its transaction committed, is done at least once, and is not lost."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from storefront import background
from storefront.db import Database, WriteSession
from storefront.errors import NotFound
from storefront.jobs import queries, service
from storefront.jobs.service import NotGivenUp, Taken
from storefront.jobs.worker import GiveUpError, Handler, Worker, working

Fresh = Callable[[], Database]
MAIL = "orders.confirmation"


@pytest.fixture
async def database(fresh_database: Fresh) -> AsyncIterator[Database]:
    database = fresh_database()
    yield database
    await database.aclose()


async def enqueue(database: Database, key: str = "1", **options: Any) -> bool:
    async with database.writes() as session:
        return await service.enqueue(session, MAIL, key, {"order": key}, **options)


async def take(database: Database, most: int = 10) -> list[Taken]:
    async with database.writes() as session:
        return await service.take(session, [MAIL], most=most)


async def in_one(database: Database, work: Callable[[WriteSession], Awaitable[object]]) -> None:
    async with database.writes() as session:
        await work(session)


async def states(database: Database) -> list[tuple[str, str, int]]:
    rows = await database.fetch("select key, state, attempts from shop.jobs order by id")
    return [tuple(row) for row in rows]


async def make_due(database: Database) -> None:
    async with database.writes() as session:
        await session.execute(text("update shop.jobs set due_at = now()"))


async def test_a_job_is_there_only_if_the_transaction_commits(database: Database) -> None:
    async def enqueue_and_fail() -> None:
        async with database.writes() as session:
            await service.enqueue(session, MAIL, "1", {})
            raise NotFound("changed our mind")

    committed = database.committed("jobs")
    with pytest.raises(NotFound):
        await enqueue_and_fail()
    assert await states(database) == []
    assert not committed.is_set()
    await enqueue(database)
    assert await states(database) == [("1", "waiting", 0)]
    assert committed.is_set()


async def test_a_key_makes_one_job_even_after_it_is_done(database: Database) -> None:
    assert await enqueue(database)
    assert not await enqueue(database)
    [job] = await take(database)
    await in_one(database, lambda session: service.finish(session, job))
    assert not await enqueue(database)
    assert await enqueue(database, "2")
    assert await states(database) == [("1", "done", 1), ("2", "waiting", 0)]


async def test_a_key_makes_one_job_when_it_is_enqueued_many_times_at_once(
    database: Database,
) -> None:
    made = await asyncio.gather(*(enqueue(database) for _ in range(8)))
    assert sorted(made) == [False] * 7 + [True]


async def test_workers_that_take_at_once_never_take_the_same_job(database: Database) -> None:
    for number in range(20):
        await enqueue(database, str(number))
    taken = await asyncio.gather(*(take(database, most=3) for _ in range(8)))
    keys = [job.key for jobs in taken for job in jobs]
    assert len(keys) == len(set(keys)) == 20


async def test_a_taken_job_comes_back_when_its_worker_died(database: Database) -> None:
    await enqueue(database)
    [first] = await take(database)
    assert await take(database) == []
    await make_due(database)  # as when its lease is over
    [second] = await take(database)
    assert (first.attempt, second.attempt) == (1, 2)
    # The first worker lives after all, and is too late to settle what the second has now.
    await in_one(database, lambda session: service.finish(session, first))
    assert await states(database) == [("1", "waiting", 2)]
    await in_one(database, lambda session: service.finish(session, second))
    assert await states(database) == [("1", "done", 2)]


async def test_a_job_of_an_unknown_kind_is_left_to_newer_code(database: Database) -> None:
    async with database.writes() as session:
        await service.enqueue(session, "something.new", "1", {})
    assert await take(database) == []


async def test_a_job_waits_until_it_is_due(database: Database) -> None:
    await enqueue(database, due_in=timedelta(minutes=10))
    assert await take(database) == []
    async with database.reads() as session:
        due_in_s = await queries.due_in_s(session, [MAIL])
        assert await queries.due_in_s(session, ["another"]) is None
    assert due_in_s is not None
    assert 590 < due_in_s <= 600


async def test_a_failed_job_is_tried_again_later_and_given_up_at_last(database: Database) -> None:
    await enqueue(database)
    for attempt in range(1, service.MOST_ATTEMPTS + 1):
        [job] = await take(database)
        async with database.writes() as session:
            is_dead = await service.fail(session, job, f"attempt {attempt}")
        assert is_dead == (attempt == service.MOST_ATTEMPTS)
        assert await take(database) == []  # not at once
        await make_due(database)
    assert await take(database) == []
    [row] = await queries.unfinished(database, most=10)
    assert (row.state, row.attempts, row.last_error) == ("dead", 12, "attempt 12")


def test_pauses_grow_to_an_hour() -> None:
    pauses = [service.pause_s(attempt) for attempt in range(1, service.MOST_ATTEMPTS)]
    assert 3.75 <= pauses[0] <= 5
    assert 7.5 <= pauses[1] <= 10
    assert all(2_700 <= pause <= 3_600 for pause in pauses[10:])


async def test_a_job_that_was_given_up_can_be_retried_by_hand_and_no_other(
    database: Database,
) -> None:
    await enqueue(database)
    [job] = await take(database)
    with pytest.raises(NotGivenUp):
        await in_one(database, lambda session: service.retry(session, job.id))
    await in_one(database, lambda session: service.fail(session, job, "no", is_final=True))
    await in_one(database, lambda session: service.retry(session, job.id))
    [again] = await take(database)
    assert (again.key, again.payload, again.attempt) == ("1", {"order": "1"}, 1)


async def test_a_finished_job_keeps_no_payload_and_is_deleted_after_a_month(
    database: Database,
) -> None:
    for key in ("done", "dead"):
        await enqueue(database, key)
    done, dead = sorted(await take(database), key=lambda job: job.id)
    await in_one(database, lambda session: service.finish(session, done))
    await in_one(database, lambda session: service.fail(session, dead, "no", is_final=True))
    rows = await database.fetch("select key, payload from shop.jobs order by id")
    assert [tuple(row) for row in rows] == [("done", "{}"), ("dead", '{"order": "dead"}')]
    async with database.writes() as session:
        await session.execute(text("update shop.jobs set finished_at = now() - interval '31 days'"))
        await service.tidy(session)
    assert await states(database) == [("dead", "dead", 1)]


# --- the worker -------------------------------------------------------------------------------


class Outbox:
    """A handler that keeps what it was given; failing: the errors of the next calls, first to last."""

    def __init__(self, *failing: Exception) -> None:
        self.sent: list[str] = []
        self.changed = asyncio.Event()
        self._failing = list(failing)

    async def send(self, job: Taken) -> None:
        if self._failing:
            raise self._failing.pop(0)
        self.sent.append(str(job.payload["order"]))
        self.changed.set()

    async def has_sent(self, count: int) -> None:
        """Wait until so many were sent."""
        while len(self.sent) < count:
            self.changed.clear()
            await self.changed.wait()


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Wait until this is so; the test's own timeout is the limit."""
    while not await is_so():  # noqa: ASYNC110 - the database has no event to wait for
        await asyncio.sleep(0.02)


async def until_one_is(database: Database, state: str) -> None:
    """Wait until a job is in this state."""

    async def is_so() -> bool:
        return state in {found for _, found, _ in await states(database)}

    await until(is_so)


async def test_a_commit_wakes_a_worker_that_rests(database: Database) -> None:
    outbox = Outbox()
    async with working(database, {MAIL: outbox.send}):
        await enqueue(database, "7")
        await outbox.changed.wait()
        await until_one_is(database, "done")
    assert outbox.sent == ["7"]


async def test_a_job_that_becomes_due_wakes_a_worker_that_rests(database: Database) -> None:
    outbox = Outbox()
    await enqueue(database, "7", due_in=timedelta(seconds=0.5))
    async with working(database, {MAIL: outbox.send}):
        await outbox.changed.wait()
    assert outbox.sent == ["7"]


async def test_a_worker_that_rests_sends_nothing(database: Database, statements: Any) -> None:
    await enqueue(database, due_in=timedelta(hours=1))
    worker = Worker(database, {MAIL: Outbox().send})
    assert not await worker.work()
    with statements() as sent:
        resting = asyncio.create_task(worker.pause(3_600))
        await asyncio.sleep(1)
        assert not resting.done()
        await background.stop(resting)
    assert sent == []


async def test_a_failure_is_written_down_and_the_job_retried(database: Database) -> None:
    outbox = Outbox(ConnectionRefusedError("the mail server is away"))
    before = background.FAILURES[f"Job {MAIL}"]
    await enqueue(database)
    async with working(database, {MAIL: outbox.send}):

        async def has_failed() -> bool:
            return (await queries.unfinished(database, most=1))[0].last_error is not None

        await until(has_failed)
    [row] = await queries.unfinished(database, most=1)
    assert row.last_error == "ConnectionRefusedError: the mail server is away"
    assert background.FAILURES[f"Job {MAIL}"] == before + 1
    await make_due(database)
    async with working(database, {MAIL: outbox.send}):
        await until_one_is(database, "done")
    assert outbox.sent == ["1"]


async def test_a_handler_can_give_a_job_up(database: Database) -> None:
    await enqueue(database)
    async with working(database, {MAIL: Outbox(GiveUpError("no such order")).send}):
        await until_one_is(database, "dead")
    assert await states(database) == [("1", "dead", 1)]


async def test_a_slow_job_does_not_hold_up_the_others(database: Database) -> None:
    outbox, released = Outbox(), asyncio.Event()

    async def send(job: Taken) -> None:
        if job.key == "slow":
            await released.wait()
        await outbox.send(job)

    await enqueue(database, "slow")
    async with working(database, {MAIL: send}):
        for number in range(10):
            await enqueue(database, str(number))
        await outbox.has_sent(10)
        assert "slow" not in outbox.sent
        released.set()
        await outbox.has_sent(11)
    assert outbox.sent[-1] == "slow"


async def test_two_processes_share_the_jobs(database: Database) -> None:
    outbox = Outbox()
    handlers: dict[str, Handler] = {MAIL: outbox.send}
    for number in range(30):
        await enqueue(database, str(number))
    async with working(database, handlers), working(database, handlers):
        await outbox.has_sent(30)
    assert sorted(outbox.sent) == sorted(str(number) for number in range(30))


@pytest.mark.parametrize("steps", range(6))
async def test_a_worker_that_is_just_being_woken_stops(database: Database, steps: int) -> None:
    """Whatever step of the event loop the cancellation comes in."""
    worker = Worker(database, {MAIL: Outbox().send})
    is_pausing = asyncio.Event()

    async def pause(pause_s: float) -> None:
        is_pausing.set()
        await worker.pause(pause_s)

    work = background.repeat("Jobs", worker.work, every_s=3_600, pause=pause)
    task = asyncio.create_task(work)
    await is_pausing.wait()
    await asyncio.sleep(0)
    worker._woken.set()  # as the end of a job does
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    assert await asyncio.wait([task], timeout=30) == ({task}, set())


async def test_a_worker_that_is_stopped_leaves_its_job_to_others(database: Database) -> None:
    begun = asyncio.Event()

    async def hang(_job: Taken) -> None:
        begun.set()
        await asyncio.sleep(3_600)

    await enqueue(database)
    async with working(database, {MAIL: hang}):
        await begun.wait()
    assert await states(database) == [("1", "waiting", 1)]


async def test_no_transaction_is_open_while_a_handler_runs(database: Database) -> None:
    open_ones: list[int] = []

    async def count(_job: Taken) -> None:
        rows = await database.fetch(
            "select count(*) from pg_stat_activity where datname = current_database() "
            "and state like 'idle in transaction%'"
        )
        open_ones.append(rows[0][0])

    await enqueue(database)
    assert await Worker(database, {MAIL: count}).work()
    await until_one_is(database, "done")
    assert open_ones == [0]
