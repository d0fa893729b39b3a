"""The cache: one mint for all, refreshed ahead, patient in an outage. The clock is moved by hand."""

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from lakepass import Credential, CredentialDenied, CredentialUnavailable
from lakepass.credentials.cache import HOPELESS_S, LOST_AFTER_S, CredentialCache, SystemClock


class HandClock:
    def __init__(self) -> None:
        self.time = 1000.0
        self.slept: list[float] = []
        self.planned: tuple[float, Callable[[], None]] | None = None

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds

    def later(self, seconds: float, call: Callable[[], None]) -> Callable[[], None]:
        self.planned = (self.time + seconds, call)
        return self.forget

    def forget(self) -> None:
        self.planned = None

    def pass_idly(self, seconds: float) -> None:
        """Time goes by, and what is planned happens, while nobody asks for anything."""
        until = self.time + seconds
        while self.planned and self.planned[0] <= until:
            self.time, call = self.planned
            self.planned = None
            call()
            eventually(lambda: "lakepass-mint" not in [t.name for t in threading.enumerate()])
        self.time = until


class Issuer:
    """Mints numbered credentials, or does what it is told to."""

    def __init__(self) -> None:
        self.mints = 0
        self.life_s = 100.0
        self.failure: Exception | None = None
        self.open = threading.Event()
        self.open.set()

    def __call__(self) -> Credential:
        self.mints += 1
        number = self.mints
        assert self.open.wait(10)
        if self.failure is not None:
            raise self.failure
        return Credential(f"password-{number}", life_s=self.life_s)


def unavailable(retry_after_s: float | None = None) -> CredentialUnavailable:
    error = CredentialUnavailable(
        "Down.", code="LP-202", next_step="Wait.", retry_after_s=retry_after_s
    )
    error.__cause__ = OSError("refused")
    return error


def denied() -> CredentialDenied:
    return CredentialDenied("No.", code="LP-213", next_step="Ask.")


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def cache(issuer: Issuer, clock: HandClock) -> CredentialCache:
    return CredentialCache(issuer, clock=clock, chance=lambda: 0.0)


def eventually(happened: Callable[[], bool]) -> None:
    for _ in range(3000):
        if happened():
            return
        time.sleep(0.01)
    raise AssertionError("it never happened")


def test_two_hundred_first_callers_in_threads_and_loops_share_one_mint(issuer: Issuer) -> None:
    cache = CredentialCache(issuer)
    issuer.open.clear()

    async def many() -> list[Credential]:
        return await asyncio.gather(*(cache.credential_async() for _ in range(50)))

    with ThreadPoolExecutor(max_workers=52) as threads:
        loops = [threads.submit(asyncio.run, many()) for _ in range(3)]
        callers = [threads.submit(cache.credential) for _ in range(49)]
        time.sleep(0.2)
        issuer.open.set()
        found = [caller.result().password for caller in callers]
        for loop in loops:
            found += [credential.password for credential in loop.result()]
    assert set(found) == {"password-1"}
    assert len(found) == 199
    assert issuer.mints == 1


def test_a_fresh_credential_is_shared_for_a_tenth_of_its_life(
    cache: CredentialCache, issuer: Issuer, clock: HandClock
) -> None:
    first = cache.credential()
    clock.time += 9.9
    assert cache.credential() is first
    assert issuer.mints == 1


def test_after_that_a_refresh_runs_behind_the_callers_backs(
    cache: CredentialCache, issuer: Issuer, clock: HandClock
) -> None:
    cache.credential()
    issuer.open.clear()
    clock.time += 50
    assert [cache.credential().password for _ in range(5)] == ["password-1"] * 5
    issuer.open.set()
    eventually(lambda: cache.credential().password == "password-2")
    assert issuer.mints == 2


def test_a_credential_is_kept_fresh_while_nobody_asks(
    cache: CredentialCache, issuer: Issuer, clock: HandClock
) -> None:
    cache.credential()
    clock.pass_idly(1000)
    assert 90 <= issuer.mints <= 100
    minted = issuer.mints
    issuer.failure = unavailable()
    clock.pass_idly(85)
    assert cache.credential().password == f"password-{minted}"
    issuer.failure = None
    clock.pass_idly(60)
    assert cache.credential().password != f"password-{minted}"


def test_an_outage_that_outlasts_the_credential_is_not_asked_about_while_nobody_asks(
    cache: CredentialCache, issuer: Issuer, clock: HandClock
) -> None:
    cache.credential()
    issuer.failure = unavailable()
    clock.pass_idly(200)
    asked = issuer.mints
    clock.pass_idly(10_000)
    assert issuer.mints == asked
    issuer.failure = None
    assert cache.credential().password == f"password-{asked + 1}"


def test_what_is_not_to_be_kept_fresh_is_refreshed_by_who_asks(
    issuer: Issuer, clock: HandClock
) -> None:
    cache = CredentialCache(issuer, keeps=False, clock=clock, chance=lambda: 0.0)
    cache.credential()
    assert clock.planned is None
    clock.time += 50
    assert cache.credential().password == "password-1"
    eventually(lambda: cache.credential().password == "password-2")


@pytest.mark.parametrize("end", [CredentialCache.clear, CredentialCache.__del__])
def test_nothing_is_refreshed_after_the_end(
    cache: CredentialCache, clock: HandClock, end: Callable[[CredentialCache], None]
) -> None:
    cache.credential()
    assert clock.planned is not None
    end(cache)
    assert clock.planned is None


def test_what_lands_after_the_end_is_not_kept(cache: CredentialCache, issuer: Issuer) -> None:
    issuer.open.clear()
    with pytest.raises(CredentialUnavailable):
        cache.credential(within_s=0.0)
    cache.clear()
    issuer.open.set()
    eventually(lambda: "lakepass-mint" not in [t.name for t in threading.enumerate()])
    assert cache.credential().password == "password-2"


def test_the_machines_own_clock_keeps_a_credential_fresh(issuer: Issuer) -> None:
    issuer.life_s = 0.5
    cache = CredentialCache(issuer)
    cache.credential()
    eventually(lambda: issuer.mints >= 3)
    cache.clear()


def test_a_failed_refresh_leaves_the_living_credential_and_is_retried_later(
    cache: CredentialCache, issuer: Issuer, clock: HandClock
) -> None:
    cache.credential()
    issuer.failure = unavailable()
    clock.time += 80
    assert cache.credential().password == "password-1"
    eventually(lambda: cache._failed is not None)
    assert cache.credential().password == "password-1"  # in the pause: no further mint
    assert issuer.mints == 2
    issuer.failure = None
    clock.time += 1
    assert cache.credential().password == "password-1"
    eventually(lambda: cache.credential().password == "password-3")


def test_when_nothing_lives_callers_wait_until_the_deadline(
    cache: CredentialCache, issuer: Issuer, clock: HandClock
) -> None:
    issuer.failure = unavailable()
    with pytest.raises(CredentialUnavailable) as caught:
        cache.credential(within_s=20)
    assert "Down." in str(caught.value)
    assert isinstance(caught.value.__cause__, OSError)
    assert clock.slept == [0.5, 1.0, 2.0, 4.0, 8.0]  # doubling; half of the pause is jitter
    assert clock.time <= 1020


async def test_when_nothing_lives_tasks_wait_too(cache: CredentialCache, issuer: Issuer) -> None:
    issuer.failure = unavailable()
    with pytest.raises(CredentialUnavailable):
        await cache.credential_async(within_s=3)
    issuer.failure = None
    assert (await cache.credential_async()).password.startswith("password-")


def test_a_silent_issuer_is_waited_for_no_longer_than_asked(issuer: Issuer) -> None:
    cache = CredentialCache(issuer)
    issuer.open.clear()
    with pytest.raises(CredentialUnavailable) as caught:
        cache.credential(within_s=0.1)
    assert caught.value.code == "LP-201"
    issuer.open.set()


def test_a_mint_that_never_returns_is_given_up(
    cache: CredentialCache, issuer: Issuer, clock: HandClock
) -> None:
    issuer.open.clear()
    with pytest.raises(CredentialUnavailable):
        cache.credential(within_s=0.0)
    clock.time += LOST_AFTER_S
    issuer.open.set()
    assert cache.credential().password in {"password-1", "password-2"}


def test_a_mint_given_up_for_lost_disturbs_nothing_when_it_fails_at_last(
    cache: CredentialCache, issuer: Issuer, clock: HandClock
) -> None:
    issuer.open.clear()
    with pytest.raises(CredentialUnavailable):
        cache.credential(within_s=0.0)
    lost, lost_open = cache._flight, issuer.open
    assert lost is not None
    clock.time += LOST_AFTER_S
    issuer.open = threading.Event()
    issuer.open.set()
    cache.credential()
    planned = clock.planned
    issuer.failure = denied()
    lost_open.set()
    assert isinstance(lost.exception(timeout=10), CredentialDenied)
    assert clock.planned == planned  # the refresh of what is held now
    issuer.failure = None
    cache.clear()
    assert cache.credential().password == "password-3"


def test_what_lives_is_handed_out_where_no_thread_can_be_had(
    cache: CredentialCache, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = cache.credential()
    clock.time += 80
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_thread)
        assert cache.credential() is first
    clock.time += 1
    cache.credential()
    eventually(lambda: cache.credential().password == "password-2")


def test_a_mint_that_found_no_thread_is_not_waited_for(
    cache: CredentialCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_thread)
        with pytest.raises(RuntimeError, match="new thread"):
            cache.credential()
    assert cache.credential().password == "password-1"


def test_a_credential_is_handed_out_though_no_timer_can_be_had(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threading.Timer, "start", no_thread)
    assert CredentialCache(issuer).credential(within_s=5).password == "password-1"


def no_thread(_: threading.Thread) -> None:
    """What Python says when the system has no thread left, or it is about to end."""
    raise RuntimeError("can't start new thread")


def test_a_refusal_is_final_and_is_not_asked_for_again_at_once(
    cache: CredentialCache, issuer: Issuer, clock: HandClock
) -> None:
    issuer.failure = denied()
    for _ in range(3):
        with pytest.raises(CredentialDenied):
            cache.credential()
    assert issuer.mints == 1
    issuer.failure = None
    clock.time += 1
    assert cache.credential().password == "password-2"


def test_retry_after_is_honoured(cache: CredentialCache, issuer: Issuer, clock: HandClock) -> None:
    issuer.failure = unavailable(retry_after_s=7)
    with pytest.raises(CredentialUnavailable) as caught:
        cache.credential(within_s=5)
    assert caught.value.retry_after_s == 7
    assert clock.slept == []
    assert issuer.mints == 1
    issuer.failure = None
    assert cache.credential(within_s=10).password == "password-2"
    assert clock.slept == [7.0]


def test_only_the_credential_that_was_refused_is_dropped(
    cache: CredentialCache, issuer: Issuer
) -> None:
    first = cache.credential()
    assert cache.invalidate(first)
    second = cache.credential()
    assert cache.invalidate(first)
    assert cache.credential() is second
    assert issuer.mints == 2


def test_credentials_that_no_server_takes_are_not_minted_one_after_the_other(
    cache: CredentialCache, issuer: Issuer, clock: HandClock
) -> None:
    assert cache.invalidate(cache.credential())
    second = cache.credential()
    assert not cache.invalidate(second)
    assert cache.credential() is second
    clock.time += HOPELESS_S
    assert cache.invalidate(second)
    third = cache.credential()
    cache.accept(third)
    assert cache.invalidate(third)
    assert issuer.mints == 3


def test_a_cancelled_caller_takes_nothing_from_the_others(issuer: Issuer) -> None:
    cache = CredentialCache(issuer)
    issuer.open.clear()

    async def one_gives_up() -> str:
        impatient = asyncio.create_task(cache.credential_async())
        patient = asyncio.create_task(cache.credential_async())
        await asyncio.sleep(0.05)
        impatient.cancel()
        await asyncio.sleep(0.05)
        issuer.open.set()
        return (await patient).password

    assert asyncio.run(one_gives_up()) == "password-1"
    assert issuer.mints == 1


def test_a_mistake_in_the_issuer_is_not_hidden(cache: CredentialCache, issuer: Issuer) -> None:
    issuer.failure = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        cache.credential()


def test_a_password_that_does_not_end_is_asked_for_once(
    cache: CredentialCache, issuer: Issuer, clock: HandClock
) -> None:
    issuer.life_s = float("inf")
    cache.credential()
    clock.time += 10**9
    assert cache.credential().password == "password-1"
    cache.clear()
    assert cache.credential().password == "password-2"


def test_the_password_is_hidden() -> None:
    assert "hunter2" not in repr(Credential("hunter2"))


def test_the_systems_clock_goes_on() -> None:
    clock = SystemClock()
    before = clock.now()
    clock.sleep(0.01)
    assert clock.now() - before >= 0.01


def test_a_forked_child_keeps_the_credential_and_can_mint() -> None:
    """The fork happens while a mint is in progress, whose thread the child does not have."""
    code = """
import os, threading, time
from lakepass.credentials.cache import Credential, CredentialCache
held_up = threading.Event()
parent = os.getpid()
def mint():
    if os.getpid() == parent:
        held_up.wait()
    return Credential(f"minted in {'parent' if os.getpid() == parent else 'child'}")
cache = CredentialCache(mint)
threading.Thread(target=cache.credential, daemon=True).start()
time.sleep(0.2)
child = os.fork()
if child == 0:
    print(cache.credential(within_s=50).password, flush=True)
    os._exit(0)
os.waitpid(child, 0)
held_up.set()
print(cache.credential().password)
"""
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, timeout=55
    )
    assert ran.stdout.splitlines() == ["minted in child", "minted in parent"], ran.stderr


class MeanwhileClock(HandClock):
    """A clock that lets something happen just before it tells the time."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: list[Callable[[], object]] = []  # one for each time it is asked

    def now(self) -> float:
        if self.meanwhile:
            self.meanwhile.pop(0)()
        return super().now()


def test_a_caller_overtaken_by_a_refresh_starts_no_second_one(issuer: Issuer) -> None:
    clock = MeanwhileClock()
    cache = CredentialCache(issuer, clock=clock, chance=lambda: 0.0)
    cache.credential()
    clock.time += 80

    def another_refreshes() -> None:
        cache.credential()
        eventually(lambda: cache.credential().password == "password-2")

    clock.meanwhile = [lambda: None, another_refreshes]  # the caller has looked at the old one
    assert cache.credential().password == "password-1"
    time.sleep(0.05)
    assert issuer.mints == 2


def test_a_caller_overtaken_by_the_first_mint_starts_no_second_one(issuer: Issuer) -> None:
    clock = MeanwhileClock()
    cache = CredentialCache(issuer, clock=clock, chance=lambda: 0.0)
    clock.meanwhile = [lambda: None, cache.credential]  # the caller has found that there is none
    assert cache.credential().password == "password-1"
    assert issuer.mints == 1


async def test_a_task_overtaken_by_the_first_mint_starts_no_second_one(issuer: Issuer) -> None:
    clock = MeanwhileClock()
    cache = CredentialCache(issuer, clock=clock, chance=lambda: 0.0)
    clock.meanwhile = [lambda: None, cache.credential]
    assert (await cache.credential_async()).password == "password-1"
    assert issuer.mints == 1


async def test_a_cancellation_that_comes_with_the_credential_is_not_lost(
    cache: CredentialCache, issuer: Issuer
) -> None:
    issuer.open.clear()
    caller = asyncio.create_task(cache.credential_async())
    await asyncio.sleep(0)
    flight = cache._flight
    assert flight is not None
    issuer.open.set()
    flight.result(10)  # blocks the loop, so that the caller does not run yet
    await asyncio.sleep(0)  # the caller's future has the result, the caller itself is not awake
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
