"""Background work goes on after failures, is shared by who waits for it, and stops when told to."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from storefront.background import FAILURES, Recent, SingleFlight, every, last_time, note_failure
from storefront.db import Database
from storefront.errors import Unavailable
from storefront.locks import lock, lock_key, try_lock

Fresh = Callable[[], Database]


async def at_once(_pause_s: float) -> None:
    await asyncio.sleep(0)


async def test_work_goes_on_after_a_failure_which_is_counted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    done, rounds = asyncio.Event(), 0

    async def work() -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 1:
            raise ValueError("a bug")
        if rounds == 2:
            raise Unavailable("away", reason="asleep")
        done.set()

    before = FAILURES["Sweeping"]
    async with every(3_600, "Sweeping", work, pause=at_once):
        await done.wait()
    assert FAILURES["Sweeping"] == before + 2
    bug, away = caplog.records
    assert (bug.levelname, bug.getMessage()) == ("ERROR", "Sweeping: failed, will be retried")
    assert bug.exc_info
    assert (away.levelname, away.getMessage()) == (
        "WARNING",
        "Sweeping: waiting for the database: asleep",
    )
    assert not away.exc_info


async def test_work_ends_when_it_is_stopped_though_its_driver_reports_a_lost_connection() -> None:
    in_progress = asyncio.Event()

    async def work() -> None:
        try:
            in_progress.set()
            await asyncio.sleep(3_600)
        except asyncio.CancelledError:
            raise Unavailable("away", reason="The connection was lost (cut).") from None

    before = FAILURES["Sweeping"]
    async with asyncio.timeout(30), every(3_600, "Sweeping", work, pause=at_once):
        await in_progress.wait()
    assert FAILURES["Sweeping"] == before


async def test_there_is_no_pause_while_more_is_waiting() -> None:
    left, pauses = [1, 2, 3], 0

    async def work() -> bool:
        left.pop()
        return bool(left)

    async def pause(_pause_s: float) -> None:
        nonlocal pauses
        pauses += 1
        paused.set()
        await asyncio.sleep(3_600)

    paused = asyncio.Event()
    async with every(1, "Sweeping", work, pause=pause):
        await paused.wait()
    assert (left, pauses) == ([], 1)


async def test_work_has_stopped_when_it_is_left() -> None:
    events: list[str] = []
    begun = asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.sleep(3_600)
        finally:
            await asyncio.sleep(0.01)
            events.append("stopped")

    async with every(1, "Sweeping", work):
        await begun.wait()
    events.append("left")
    assert events == ["stopped", "left"]


async def test_who_asks_meanwhile_shares_a_run_and_who_gives_up_does_not_end_it() -> None:
    runs, go_on = 0, asyncio.Event()

    async def work() -> int:
        nonlocal runs
        runs += 1
        await go_on.wait()
        return runs

    refresh = SingleFlight("Vocabulary", work)
    waiting = [asyncio.create_task(refresh.result()) for _ in range(5)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    go_on.set()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(results[0], asyncio.CancelledError)
    assert results[1:] == [1, 1, 1, 1]
    assert await refresh.result() == 2


async def test_a_failed_run_is_raised_to_all_and_counted_once() -> None:
    async def work() -> None:
        raise Unavailable("away", reason="asleep")

    refresh = SingleFlight("Vocabulary", work)
    before = FAILURES["Vocabulary"]
    results = await asyncio.gather(*(refresh.result() for _ in range(3)), return_exceptions=True)
    assert [type(result) for result in results] == [Unavailable] * 3
    assert FAILURES["Vocabulary"] == before + 1


async def test_what_changes_while_it_is_read_is_read_again_for_all_who_wait() -> None:
    values, may_read = ["old", "new", "newest"], asyncio.Event()

    async def read() -> str:
        value = values.pop(0)
        await may_read.wait()
        return value

    recent = Recent("Pages", read, every_s=3_600)
    waiting = [asyncio.create_task(recent.get()) for _ in range(3)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert values == ["new", "newest"]
    recent.invalidate()
    may_read.set()
    assert await asyncio.gather(*waiting) == ["new"] * 3
    assert await recent.get() == "new"
    recent.invalidate()
    assert await recent.get() == "newest"


def test_a_failure_can_be_noted_from_anywhere(caplog: pytest.LogCaptureFixture) -> None:
    before = FAILURES["Mail"]
    note_failure("Mail", OSError("no route"))
    assert FAILURES["Mail"] == before + 1
    assert "no route" in caplog.text


# --- locks ------------------------------------------------------------------------------------


@pytest.fixture
async def database(fresh_database: Fresh) -> AsyncIterator[Database]:
    database = fresh_database()
    yield database
    await database.aclose()


async def test_a_lock_is_held_by_one_transaction_until_it_ends(database: Database) -> None:
    async with database.writes() as holder, database.writes() as other:
        await lock(holder, "books")
        assert not await try_lock(other, "books")
        assert await try_lock(other, "shelves")
        assert await try_lock(holder, "books")
    async with database.writes() as other:
        assert await try_lock(other, "books")


def test_a_key_is_the_same_everywhere_and_fits_postgres() -> None:
    assert lock_key("books") == lock_key("books")
    names = [f"name {number}" for number in range(10_000)]
    keys = {lock_key(name) for name in names}
    assert len(keys) == len(names)
    assert all(-(2**63) <= key < 2**63 for key in keys)


async def test_work_that_hangs_as_the_app_stops_is_left_and_what_fails_is_counted() -> None:
    never = asyncio.Event()
    await last_time("hangs", never.wait)
    before = FAILURES["fails"]

    async def fail() -> None:
        raise OSError("disk")

    await last_time("fails", fail)
    assert FAILURES["fails"] == before + 1
