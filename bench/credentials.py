"""`python -m bench.credentials`: how long a credential lives with us, and what logging in costs.

Five hundred hours pass in seconds: the cache is the real one, its clock is moved by hand, and its
issuer fails as it is told to by a seeded chance, so that two runs count the same.
"""

import asyncio
import logging
import math
import random
import statistics
import threading
import time
import timeit
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import asyncpg

from lakepass import Credential, CredentialUnavailable, Lakebase, LakepassError
from lakepass.credentials.cache import DEADLINE_S, CredentialCache
from lakepass.emulator import Emulator, running_emulator

HOURS = 500
LIFE_S = 3600.0
CONNECTS_EVERY_S = 20.0  # on average
FAILING = 0.3  # of all mints
CLOCK_OFF_S = 240.0  # the workspace's, at most
FIRST_CONNECTS = 200
CALLS = 200_000
PAIRS, BLOCKS = 1000, 10


class TwoClocks:
    """Time for one caller and for the mint that flies behind its back, each in a thread.

    The mint's own time runs ahead whenever it sleeps, without waiting; when it has its answer it
    waits until the caller's time, which the simulation moves, has come so far (`land`). So whatever
    the caller does meanwhile happens meanwhile, and no result depends on which thread is quicker.
    A caller that waits for the mint cannot move its time: then the mint moves it (`is_blocked`).
    """

    def __init__(self) -> None:
        self.time = 0.0
        self.is_blocked = False
        self.lands_at: float | None = None
        self._ahead: float | None = None
        self._planned: tuple[float, Callable[[], None]] | None = None
        self._is_over = False
        self._moved = threading.Condition()

    def now(self) -> float:
        if _is_mint() and self._ahead is not None:
            return self._ahead
        return self.time

    def sleep(self, seconds: float) -> None:
        """Called by the mint alone."""
        self._ahead = self.now() + seconds

    def later(self, seconds: float, call: Callable[[], None]) -> Callable[[], None]:
        """Called when a mint is over, for the next one."""
        self._planned = None if self._is_over else (self.now() + seconds, call)
        return self._forget

    def _forget(self) -> None:
        self._planned = None

    def land(self) -> None:
        """For the mint: let the caller's time catch up before the answer is handed over."""
        with self._moved:
            self.lands_at = self.now()
            if self.is_blocked:
                self.time = self.lands_at
            self._moved.notify_all()
            self._moved.wait_for(lambda: self.time >= (self.lands_at or 0.0))
            self._ahead = self.lands_at = None

    def move(self, until: float) -> None:
        """Let time pass for the caller; what is due happens on the way, in its order."""
        while True:
            mint = self._flying()
            lands_at = math.inf if mint is None or self.lands_at is None else self.lands_at
            begins_at, begin = self._planned or (math.inf, self._forget)
            if min(lands_at, begins_at) > until or math.isinf(min(lands_at, begins_at)):
                break
            self._set(min(lands_at, begins_at))
            if mint is not None and lands_at <= begins_at:
                mint.join()
            else:
                self._planned = None
                begin()
                self.settle()
        self._set(until)

    def finish(self) -> None:
        """No mint begins any more, and the one in progress lands."""
        self._is_over, self._planned = True, None
        self.move(math.inf)

    def settle(self) -> None:
        """Wait until a mint that was begun has its answer, or is over."""
        if mint := self._flying():
            while mint.is_alive() and self.lands_at is None:
                mint.join(0.0001)

    def _flying(self) -> threading.Thread | None:
        return next((thread for thread in threading.enumerate() if _is_mint(thread)), None)

    def _set(self, until: float) -> None:
        with self._moved:
            self.time = max(self.time, until)
            self._moved.notify_all()


def _is_mint(thread: threading.Thread | None = None) -> bool:
    return (thread or threading.current_thread()).name == "lakepass-mint"


@dataclass
class Issuer:
    """A workspace on a bad day: slow, failing, busy, down, and its clock is wrong."""

    clock: TwoClocks
    chance: random.Random
    outages: list[tuple[float, float]]
    mints: int = 0
    asked: int = 0
    lives_until: float = -math.inf
    ends: dict[str, float] = field(default_factory=dict)

    def __call__(self) -> Credential:
        asked_at = self.clock.now()
        try:
            return self._answer(asked_at)
        finally:
            self.clock.land()

    def _answer(self, asked_at: float) -> Credential:
        self.asked += 1
        slow = self.chance.random() < 0.05
        self.clock.sleep(self.chance.uniform(8.0, 40.0) if slow else self.chance.uniform(0.1, 1.5))
        if any(begin <= self.clock.now() < end for begin, end in self.outages):
            raise _unavailable("LP-203")
        if self.chance.random() < FAILING:
            busy = self.chance.random() < 0.3
            raise _unavailable("LP-202", self.chance.uniform(1.0, 60.0) if busy else None)
        self.mints += 1
        password = f"password-{self.mints}"
        issued_at = self.clock.now() - 0.05
        self.ends[password] = issued_at + LIFE_S
        # As `Workspace.mint` counts: end less Date, to the second; without a Date by our own clock.
        if self.chance.random() < 0.5:
            life_s = LIFE_S
        else:
            off_s = self.chance.uniform(-CLOCK_OFF_S, CLOCK_OFF_S)
            life_s = min(LIFE_S, issued_at + off_s + LIFE_S - asked_at)
        self.lives_until = asked_at + life_s
        return Credential(password, life_s=life_s)


def _unavailable(code: str, retry_after_s: float | None = None) -> CredentialUnavailable:
    return CredentialUnavailable(
        "The workspace fails.", code=code, next_step="Wait.", retry_after_s=retry_after_s
    )


@dataclass
class Life:
    """The outcomes of the connects in so many hours."""

    connects: int = 0
    without_credential: int = 0
    refused: int = 0  # the server found the credential expired
    longest_wait_s: float = 0.0
    mints: int = 0
    asked: int = 0


def live(*, seed: int, longest_outage_s: float, pauses: bool, hours: int = HOURS) -> Life:
    """Connect for so many simulated hours. pauses: for hours at a time nobody connects."""
    chance = random.Random(seed)
    clock = TwoClocks()
    outages = _outages(chance, hours * 3600.0, longest_outage_s)
    issuer = Issuer(clock, chance, outages)
    cache = CredentialCache(issuer, clock=clock, chance=chance.random)
    life = Life()
    at = 0.0
    while at < hours * 3600.0:
        clock.move(at)
        _connect(cache, clock, issuer, life)
        at = max(at, clock.time) + chance.expovariate(1 / CONNECTS_EVERY_S)
        if pauses and chance.random() < 0.001:
            at += chance.uniform(0.5, 4.0) * 3600.0
    clock.finish()
    life.mints, life.asked = issuer.mints, issuer.asked
    return life


def _connect(cache: CredentialCache, clock: TwoClocks, issuer: Issuer, life: Life) -> None:
    life.connects += 1
    began = clock.time
    if issuer.lives_until <= began and clock.lands_at is not None:
        # It would wait for the mint in progress: come when that has landed, with the patience left.
        clock.move(min(clock.lands_at, began + DEADLINE_S))
    clock.is_blocked = issuer.lives_until <= clock.time
    try:
        credential = cache.credential(began + DEADLINE_S - clock.time)
    except LakepassError:
        life.without_credential += 1
        return
    finally:
        clock.is_blocked = False
        clock.settle()
        waited_s = min(clock.time - began, DEADLINE_S)
        life.longest_wait_s = max(life.longest_wait_s, waited_s)
    if clock.time - began > DEADLINE_S:
        life.without_credential += 1
    elif issuer.ends[credential.password] <= clock.time:
        life.refused += 1
        cache.invalidate(credential)
    else:
        cache.accept(credential)


def _outages(chance: random.Random, until: float, longest_s: float) -> list[tuple[float, float]]:
    """One about every six hours, each as long as chance has it, at most `longest_s`."""
    outages, at = [], 3600.0
    while longest_s and (at := at + chance.expovariate(1 / (6 * 3600.0))) < until:
        outages.append((at, at + chance.uniform(0.1, 1.0) * longest_s))
        at = outages[-1][1]
    return outages


class _Mints(logging.Handler):
    """Counts what the library says it minted."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += record.getMessage().startswith("Minted a credential")


@contextmanager
def counted_mints() -> Iterator[_Mints]:
    log = logging.getLogger("lakepass.credentials")
    handler, level = _Mints(), log.level
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    yield handler
    log.removeHandler(handler)
    log.setLevel(level)


def first_connects(emulator: Emulator) -> tuple[int, int, int]:
    """Half in threads with a loop each, half as tasks of one loop. Returns connects, fails, mints."""
    lake = Lakebase.from_env(emulator.environment())
    together = threading.Barrier(FIRST_CONNECTS // 2 + 1)

    async def one() -> int:
        connection = await lake.asyncpg_connect()
        await connection.close()
        return 1

    async def many() -> int:
        together.wait()
        tasks = (one() for _ in range(FIRST_CONNECTS // 2))
        results = await asyncio.gather(*tasks, return_exceptions=True)
        return sum(result == 1 for result in results)

    def alone() -> int:
        together.wait()
        return asyncio.run(one())

    with counted_mints() as mints, ThreadPoolExecutor(FIRST_CONNECTS // 2 + 1) as threads:
        runs = [threads.submit(asyncio.run, many())]
        runs += [threads.submit(alone) for _ in range(FIRST_CONNECTS // 2)]
        done = sum(run.result() for run in runs if run.exception() is None)
    return FIRST_CONNECTS, FIRST_CONNECTS - done, mints.count


def handing_out(emulator: Emulator) -> dict[str, float]:
    """Nanoseconds a call, the best of seven rounds, while a credential is held."""
    lake = Lakebase.from_env(emulator.environment())
    lake.password()
    cache = CredentialCache(lambda: Credential("password", life_s=LIFE_S))
    cache.credential()
    calls: dict[str, Callable[[], object]] = {
        "CredentialCache.credential()": cache.credential,
        "Lakebase.password()": lake.password,
        "Lakebase.login()": lake.login,
    }
    return {
        name: min(timeit.repeat(call, number=CALLS, repeat=7)) / CALLS * 1e9
        for name, call in calls.items()
    }


async def connecting(emulator: Emulator) -> list[tuple[float, float]]:
    """Seconds of connects in turn: by lakepass, and by bare asyncpg with a fixed password."""
    lake = Lakebase.from_env(emulator.environment())
    login = await lake.login_async()

    async def ours() -> float:
        began = time.perf_counter()
        connection = await lake.asyncpg_connect()
        took = time.perf_counter() - began
        await connection.close()
        return took

    async def bare() -> float:
        began = time.perf_counter()
        connection = await asyncpg.connect(
            host=login.host,
            port=login.port,
            database=login.database,
            user=login.user,
            password=login.credential.password,
            ssl=login.tls,
            server_settings={"application_name": login.application_name},
        )
        took = time.perf_counter() - began
        await connection.close()
        return took

    pairs = []
    for turn in range(PAIRS + PAIRS // 10):
        first_is_ours = turn % 2 == 0
        a = await ours() if first_is_ours else await bare()
        b = await bare() if first_is_ours else await ours()
        if turn >= PAIRS // 10:  # the first tenth warms up
            pairs.append((a, b) if first_is_ours else (b, a))
    return pairs


def _ratio(pairs: list[tuple[float, float]]) -> float:
    """The median of the pairs' ratios: it holds still where times fall into two heaps."""
    return statistics.median(ours / bare for ours, bare in pairs)


def lives_table() -> Iterator[str]:
    yield (
        f"| {HOURS} h, a connect every {CONNECTS_EVERY_S:.0f} s, one after the other | connects | "
        "without credential | expired at login | longest wait s | mints an hour | asked an hour |"
    )
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for minutes in (0, 5, 15, 30, 50, 55):
        for pauses in (False, True):
            life = live(seed=1, longest_outage_s=minutes * 60.0, pauses=pauses)
            name = f"outages up to {minutes} min" if minutes else "no outages"
            yield (
                f"| {name}{', idle for hours between' if pauses else ''} | {life.connects:,} | "
                f"{life.without_credential} | {life.refused} | {life.longest_wait_s:.0f} | "
                f"{life.mints / HOURS:.2f} | {life.asked / HOURS:.2f} |"
            )


def costs_table(emulator: Emulator) -> Iterator[str]:
    yield "| measured | result | goal |"
    yield "| --- | --- | --- |"
    connects, failed, mints = first_connects(emulator)
    yield f"| {connects} first connects at once, in threads and tasks: mints | {mints} | 1 |"
    yield f"| … of them failed | {failed} | 0 |"
    for name, ns in handing_out(emulator).items():
        yield f"| `{name}` with one held, ns | {ns:,.0f} | < 2,000 |"
    pairs = asyncio.run(connecting(emulator))
    size = len(pairs) // BLOCKS
    blocks = sorted(_ratio(pairs[i * size : (i + 1) * size]) for i in range(BLOCKS))
    ours_ms, bare_ms = (statistics.median(times) * 1000 for times in zip(*pairs, strict=True))
    yield (
        f"| connect, lakepass / bare asyncpg: median ratio of {len(pairs)} pairs | "
        f"{_ratio(pairs):.3f} | ≤ 1.02 |"
    )
    yield f"| … over {BLOCKS} blocks of them | {blocks[0]:.3f} to {blocks[-1]:.3f} | |"
    yield (
        f"| … ratio of medians, {ours_ms:.1f} / {bare_ms:.1f} ms | {ours_ms / bare_ms:.3f} | ≤ 1.02 |"
    )


def main() -> None:
    """Measure and print."""
    logging.getLogger("lakepass").addHandler(logging.NullHandler())
    logging.getLogger("lakepass").propagate = False
    began = time.perf_counter()
    for line in lives_table():
        print(line, flush=True)
    print(f"\n{12 * HOURS:,} hours in {time.perf_counter() - began:.1f} s.\n")
    with running_emulator() as emulator:
        for line in costs_table(emulator):
            print(line, flush=True)


if __name__ == "__main__":
    main()
