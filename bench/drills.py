"""`python -m bench.drills`: what a service notices of a Lakebase that misbehaves.

Fifty requests a second go to each client by a fixed timetable, however long the answers take. A
request takes a connection, sends one statement of 20 ms, reads the answer. It fails *before* if no
statement of it had been sent, and *amid* if its statement was cut off: that one is the caller's to
repeat, as only the caller knows whether it may be.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.credentials import counted_mints
from lakepass import Lakebase
from lakepass.emulator import Emulator, running_emulator
from lakepass.emulator.faults.switches import Faults

A_SECOND, SECONDS = 50, 6.0
FAULT_AT_S = 1.5
STATEMENT = "select pg_sleep(0.02)"
POOL = 10

Mark = Callable[[], None]
Request = Callable[[Mark], Awaitable[None]]
Client = Callable[[Lakebase], AbstractAsyncContextManager[Request]]
Fault = Callable[[Faults], Coroutine[Any, Any, None]]


@asynccontextmanager
async def _engine(engine: AsyncEngine) -> AsyncIterator[Request]:
    async def request(sending: Mark) -> None:
        async with engine.connect() as connection:
            sending()
            await connection.execute(text(STATEMENT))

    yield request
    await engine.dispose()


def asyncpg_engine(lake: Lakebase) -> AbstractAsyncContextManager[Request]:
    return _engine(lake.async_engine(pool_size=POOL, max_overflow=0, pool_timeout=60))


def psycopg_engine(lake: Lakebase) -> AbstractAsyncContextManager[Request]:
    options = {"pool_size": POOL, "max_overflow": 0, "pool_timeout": 60}
    return _engine(lake.async_engine(driver="psycopg", **options))


@asynccontextmanager
async def asyncpg_pool(lake: Lakebase) -> AsyncIterator[Request]:
    async with await lake.asyncpg_pool(max_size=POOL) as pool:

        async def request(sending: Mark) -> None:
            async with pool.acquire() as connection:
                sending()
                await connection.fetchval(STATEMENT)

        yield request


@asynccontextmanager
async def psycopg_pool(lake: Lakebase) -> AsyncIterator[Request]:
    async with lake.async_psycopg_pool(max_size=POOL, timeout=60) as pool:

        async def request(sending: Mark) -> None:
            async with pool.connection() as connection:
                sending()
                await connection.execute(STATEMENT)

        yield request


CLIENTS: dict[str, Client] = {
    "SQLAlchemy, asyncpg": asyncpg_engine,
    "SQLAlchemy, psycopg": psycopg_engine,
    "asyncpg pool": asyncpg_pool,
    "psycopg pool": psycopg_pool,
}


async def nothing(faults: Faults) -> None:
    """Nothing happens."""


async def all_tokens_expire(faults: Faults) -> None:
    """All credentials end at once, and all sessions with them."""
    faults.expire_tokens()
    faults.cut_connections()


async def short_lives(faults: Faults) -> None:
    """Credentials live 3 s, and sessions are cut every half second."""
    faults.set_credential_life(3)
    faults.expire_tokens()
    for _ in range(7):
        faults.cut_connections()
        await asyncio.sleep(0.5)


async def scale_to_zero(faults: Faults) -> None:
    """The compute goes to sleep and takes 1.5 s to wake."""
    faults.sleep_and_refuse(wake_s=1.5)


async def stop_and_start(faults: Faults) -> None:
    """The database is stopped for 1.5 s."""
    faults.stop_database()
    await asyncio.sleep(1.5)
    faults.start_database()


async def restart(faults: Faults) -> None:
    """The database restarts, which takes 1.5 s."""
    faults.restart(1.5)


async def fail_over(faults: Faults) -> None:
    """Another node takes over within 1.5 s."""
    faults.fail_over(1.5)


async def rotated_keys(faults: Faults) -> None:
    """The workspace signs with a new key, and all sessions are cut."""
    faults.rotate_keys()
    faults.cut_connections()


async def connections_are_taken(faults: Faults) -> None:
    """For 1.5 s no further connection is to be had, and half of ours are cut."""
    faults.fill_connections()
    faults.cut_connections(count=POOL // 2)
    await asyncio.sleep(1.5)
    faults.clear()


async def cut_with_goodbye(faults: Faults) -> None:
    """All sessions are ended with 57P01."""
    faults.cut_connections()


async def cut_without_goodbye(faults: Faults) -> None:
    """All sessions break off."""
    faults.cut_connections(goodbye=False)


async def failing_issuer(faults: Faults) -> None:
    """The workspace fails (503) from here on, and all sessions are cut."""
    faults.fail_credentials(503)
    faults.cut_connections()


async def slow_issuer(faults: Faults) -> None:
    """Credentials take 2 s, all that were issued end, and all sessions are cut."""
    faults.slow_credentials(2.0)
    faults.expire_tokens()
    faults.cut_connections()


async def failing_then_well(faults: Faults) -> None:
    """No credential lives, and the workspace answers 503 three times before it issues one."""
    faults.fail_credentials(503, retry_after_s=1, count=3)
    faults.expire_tokens()
    faults.cut_connections()


DRILLS: tuple[Fault, ...] = (
    nothing,
    all_tokens_expire,
    short_lives,
    rotated_keys,
    scale_to_zero,
    stop_and_start,
    restart,
    fail_over,
    connections_are_taken,
    cut_with_goodbye,
    cut_without_goodbye,
    failing_issuer,
    slow_issuer,
    failing_then_well,
)


@dataclass
class Outcome:
    """The outcomes of the requests of one drill."""

    requests: int = 0
    before: list[str] = field(default_factory=list)
    amid: list[str] = field(default_factory=list)
    slowest_s: float = 0.0
    mints: int = 0


async def ask(request: Request, outcome: Outcome) -> None:
    """One request; notes when it failed, if it did."""
    sent = False

    def sending() -> None:
        nonlocal sent
        sent = True

    began = time.perf_counter()
    outcome.requests += 1
    try:
        await request(sending)
    except Exception as error:  # noqa: BLE001 - whatever it is, the request has failed
        (outcome.amid if sent else outcome.before).append(type(error).__name__)
    outcome.slowest_s = max(outcome.slowest_s, time.perf_counter() - began)


async def drill(emulator: Emulator, client: Client, happens: Fault) -> Outcome:
    """Requests by timetable, and amid them the fault."""
    outcome = Outcome()
    lake = Lakebase.from_env(emulator.environment())

    def later() -> None:
        time.sleep(FAULT_AT_S)
        asyncio.run(happens(emulator.faults))

    # In a thread: a fault returns only once it is in force, which must not hold up the requests.
    fault = asyncio.create_task(asyncio.to_thread(later))
    with counted_mints() as mints:
        async with client(lake) as request, asyncio.TaskGroup() as running:
            began = time.perf_counter()
            for turn in range(int(A_SECOND * SECONDS)):
                await asyncio.sleep(max(0.0, began + turn / A_SECOND - time.perf_counter()))
                running.create_task(ask(request, outcome))
        await fault
    outcome.mints = mints.count
    emulator.faults.clear()
    return outcome


def row(name: str, what: str, outcome: Outcome) -> str:
    kinds = ", ".join(sorted(set(outcome.before + outcome.amid)))
    return (
        f"| {what} | {name} | {outcome.requests} | {len(outcome.before)} | {len(outcome.amid)} | "
        f"{outcome.slowest_s:.1f} | {outcome.mints} | {kinds} |"
    )


def main() -> None:
    """Run every drill with every client and print."""
    for quiet in ("lakepass", "sqlalchemy", "psycopg", "asyncio"):
        logging.getLogger(quiet).addHandler(logging.NullHandler())
        logging.getLogger(quiet).propagate = False
    print(f"{A_SECOND} requests a second for {SECONDS:.0f} s, at most {POOL} connections.\n")
    print(
        "| what happens | client | requests | failed before | cut amid | slowest s | mints | errors |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    with running_emulator() as emulator:
        for happens in DRILLS:
            for name, client in CLIENTS.items():
                outcome = asyncio.run(drill(emulator, client, happens))
                print(row(name, (happens.__doc__ or "").rstrip("."), outcome), flush=True)


if __name__ == "__main__":
    main()
