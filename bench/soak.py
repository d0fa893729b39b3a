"""`make soak MINUTES=20`: browsing and buying at a fixed rate while every fault is injected in turn.

A request counts as failed where its response is a server error or never comes. Two kinds are counted
beside that: those whose fault lasted longer than the shop waits for its database, and writes that were
answered by 503 with `Retry-After` and succeeded when their sender repeated them, with the same
Idempotency-Key, as it is asked to. Afterwards each payment has its order, once.

Then the memory of a process under requests that are all new (bench/plateau.py; N=requests, 0 for none).
Writes bench/soak.md; the exit code is 1 where something failed, was lost, doubled, or grew.
"""

import argparse
import asyncio
import inspect
import os
import random
import shutil
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from bench import plateau
from bench.crash import is_complete
from bench.plateau import memory_mb
from bench.races import outcome
from bench.selling import Buyer, SellingShop, selling_shop
from lakepass.emulator.faults.table import FAULTS

TITLE = "## Requests while every fault is injected in turn"
_REPORT = Path(__file__).parent / "soak.md"
_LOG = Path(".local/soak.log")
_BROWSING_PER_S = 8.0
_BUYING_PER_S = 0.5
_PATIENCE_S = 60.0  # how long a buyer repeats what was answered by `Retry-After`
_MOST_AT_ONCE = 400
_SAMPLE_S = 2.0
_RECOVERED_WITHIN_S = 12.0  # responses that began before are the fault's
_FLAT = 1.10
_PATHS = (
    "/", "/products", "/products?gender=Women&sort=price", "/search?q=red+shirt", "/cart",
    "/api/v1/products?page_size=48", "/api/v1/search/suggest?q=sh", "/api/v1/products/filters/options",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Injected:
    """A fault: its arguments, and how long until it is cleared. outlives: the shop's deadline."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)
    lasts_s: float = 3.0
    outlives: bool = False

    @property
    def title(self) -> str:
        """As the report names it."""
        given = ", ".join(f"{name}={value}" for name, value in self.arguments.items())
        long = f", for {self.lasts_s:.0f} s" if self.outlives else ""
        return f"{self.name}({given}){long}"


SCHEDULE = (
    Injected("expire_tokens"),
    Injected("set_credential_life", {"seconds": 5}, 8.0),
    Injected("rotate_keys"),
    Injected("fail_credentials", {"status": 503, "count": 3}),
    Injected("fail_credentials", {"status": 429, "retry_after_s": 1, "count": 2}),
    Injected("slow_credentials", {"seconds": 2.0}),
    Injected("throttle_credentials", {"per_minute": 30}),
    Injected("sleep", {"wake_s": 1.0}),
    Injected("sleep_and_refuse", {"wake_s": 1.0}),
    Injected("restart", {"seconds": 1.0}),
    Injected("fail_over", {"seconds": 1.0}),
    Injected("stop_database", {}, 3.0),
    Injected("cut_connections"),
    Injected("cut_connections", {"goodbye": False}),
    Injected("cut_connections", {"mid_query": True}),
    Injected("freeze_connections", {}, 3.0),
    Injected("fill_connections", {"leave": 0}),
    Injected("set_native_login", {"on": True}),
    Injected("set_readable_secondaries", {"on": False}),
    Injected("block_address"),
    Injected("lag_standby", {"seconds": 60.0}),
    Injected("skew_clock", {"seconds": 200.0}),
    Injected("skew_clock", {"seconds": -200.0}),
    Injected("stop_database", {}, 20.0, outlives=True),
)
_UNDOES_ANOTHER = {"start_database"}


def schedule() -> Sequence[Injected]:
    """Every fault of the emulator: those above, and with its defaults any other that has such."""
    known = {one.name for one in SCHEDULE} | _UNDOES_ANOTHER
    others = []
    for one in FAULTS.values():
        name = one.method.__name__
        parameters = list(inspect.signature(one.method).parameters.values())[1:]
        if name not in known and all(one.default is not one.empty for one in parameters):
            others.append(Injected(name))
    return (*SCHEDULE[:-1], *others, SCHEDULE[-1])


@dataclass(slots=True)
class Seen:
    """The outcomes of the requests. latencies: seconds, by kind of request."""

    now: Injected | None = None
    latencies: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failed: Counter[tuple[str, str]] = field(default_factory=Counter)
    outlived: Counter[tuple[str, str]] = field(default_factory=Counter)
    repeated: Counter[str] = field(default_factory=Counter)
    orders: int = 0
    connections: int = 0
    memory: list[float] = field(default_factory=list)

    def note(
        self,
        kind: str,
        took_s: float,
        problem: str | None,
        during: Injected | None,
        said: str = "",
    ) -> None:
        """One request. problem: its status or error; None where it went well. said: by the response."""
        self.latencies[kind].append(took_s)
        if problem is not None:
            cause = during or self.now
            title = cause.title if cause else "no fault"
            counts = self.outlived if cause and cause.outlives else self.failed
            counts[title, f"{kind} {problem}"] += 1
            if counts is self.failed:
                now = f"{datetime.now(UTC):%H:%M:%S}"
                print(f"{now}  {title}: {kind} {problem} after {took_s:.1f} s  {said}", flush=True)


class Watched(Buyer):
    """A buyer whose requests are noted one by one."""

    def __init__(self, urls: Sequence[str], seen: Seen) -> None:
        super().__init__(urls)
        self._seen = seen

    async def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request; again where the response asks for that. Fails once patience ends."""
        gives_up_at = time.monotonic() + _PATIENCE_S
        while True:
            during, began = self._seen.now, time.monotonic()
            answer = await self._client.request(
                method, f"{random.choice(self._urls)}/api/v1{path}", **options
            )
            took_s = time.monotonic() - began
            asks_again = "Retry-After" in answer.headers and time.monotonic() < gives_up_at
            is_error = answer.status_code >= 500
            if asks_again:
                cause = during or self._seen.now
                self._seen.repeated[cause.title if cause else "no fault"] += 1
            problem = str(answer.status_code) if is_error and not asks_again else None
            said = f"{method} {path}: {answer.text}" if problem else ""
            self._seen.note("buying", took_s, problem, during, said)
            if not asks_again:
                return answer
            await asyncio.sleep(min(float(answer.headers["Retry-After"]), 2.0))


async def browse(client: httpx.AsyncClient, path: str, seen: Seen) -> None:
    """One request of somebody who looks around."""
    during, began = seen.now, time.monotonic()
    said = path
    try:
        answer = await client.get(path)
        problem = str(answer.status_code) if answer.status_code >= 500 else None
        said += f": {' '.join(answer.text[-2_000:].split())}"
    except httpx.HTTPError as error:
        problem = type(error).__name__
    seen.note("browsing", time.monotonic() - began, problem, during, said)


async def buy(shop: SellingShop, sku: str, seen: Seen) -> None:
    """One order, from the bag to the payment."""
    during = seen.now
    buyer = Watched(shop.urls, seen)
    try:
        answer = await buyer.prepare(sku)
        if answer.is_success:
            answer = await buyer.pay()
        if answer.is_success:
            seen.orders += 1
        else:
            refused = f"refused: {answer.status_code} {outcome(answer)}"
            seen.note("orders", 0.0, refused, during, f"{answer.request.url.path}: {answer.text}")
    except httpx.HTTPError as error:
        seen.note("buying", 0.0, type(error).__name__, during)
    finally:
        await buyer.aclose()


async def traffic(shop: SellingShop, sku: str, seen: Seen, until: float) -> None:
    """Requests at a fixed rate, whether or not the earlier ones were answered."""
    running: set[asyncio.Task[None]] = set()
    paths = cycle(_PATHS)
    loop = asyncio.get_running_loop()
    began, browsed, bought = loop.time(), 0, 0
    async with httpx.AsyncClient(base_url=shop.urls[0], timeout=60) as client:
        while time.monotonic() < until:
            passed = loop.time() - began
            while browsed < passed * _BROWSING_PER_S and len(running) < _MOST_AT_ONCE:
                running.add(asyncio.create_task(browse(client, next(paths), seen)))
                browsed += 1
            while bought < passed * _BUYING_PER_S and len(running) < _MOST_AT_ONCE:
                running.add(asyncio.create_task(buy(shop, sku, seen)))
                bought += 1
            running = {task for task in running if not task.done() or task.result()}
            await asyncio.sleep(0.02)
        await asyncio.gather(*running)


async def inject(shop: SellingShop, faults: Iterable[Injected], seen: Seen, until: float) -> int:
    """Each fault in turn, in rounds, evenly over the time. Returns how many were injected."""
    count = 0
    for one in faults:
        rest = until - time.monotonic()
        if rest < one.lasts_s + _RECOVERED_WITHIN_S:
            break
        seen.now = one
        count += 1
        await asyncio.to_thread(shop.emulator.faults.cause, one.name, one.arguments)
        await asyncio.sleep(one.lasts_s)
        await asyncio.to_thread(shop.emulator.faults.clear)
        # What began meanwhile is still being answered.
        await asyncio.sleep(_RECOVERED_WITHIN_S if one.outlives else 3.0)
        seen.now = None
        await asyncio.sleep(0.5)
    return count


async def sample(shop: SellingShop, seen: Seen, until: float) -> None:
    """Memory and database connections, every two seconds."""
    while time.monotonic() < until:
        seen.memory.append(memory_mb(shop.processes[0].pid))
        try:
            connection = await asyncpg.connect(**shop.emulator.admin_dsn_kwargs, timeout=2)
            try:
                open_now = await connection.fetchval(
                    "select count(*) from pg_stat_activity where backend_type = 'client backend' "
                    "and pid <> pg_backend_pid()"
                )
                seen.connections = max(seen.connections, open_now)
            finally:
                await connection.close()
        except (OSError, TimeoutError, asyncpg.PostgresError):
            pass  # the server restarts
        await asyncio.sleep(_SAMPLE_S)


async def soak(minutes: float, faults: Sequence[Injected]) -> tuple[str, bool]:
    """The report, and whether all went well."""
    async with selling_shop(processes=1, replica=True) as shop:
        [sku] = await shop.stocked(1_000_000)
        seen = Seen()
        async with httpx.AsyncClient(base_url=shop.urls[0], timeout=60) as client:
            for path in _PATHS:  # what is imported at the first request is not the soak's
                while (await client.get(path)).is_error:  # noqa: ASYNC110 - nothing announces it
                    await asyncio.sleep(1.0)
        until = time.monotonic() + minutes * 60
        *_, count = await asyncio.gather(
            traffic(shop, sku, seen, until),
            sample(shop, seen, until),
            inject(shop, cycle(faults), seen, until),
        )
        is_whole = await is_complete(shop)
        _LOG.parent.mkdir(exist_ok=True)
        shutil.copy(shop.folder / f"{shop.ports[0]}.log", _LOG)
        print(f"The shop's log is in {_LOG}.")
    text = report(seen, minutes, count, is_whole=is_whole)
    return text, not seen.failed and is_whole and (is_flat(seen.memory) or minutes < 10)


def is_flat(memory: Sequence[float]) -> bool:
    """Whether the last quarter holds no more than a tenth above the second."""
    quarter = max(1, len(memory) // 4)
    return max(memory[-quarter:]) <= max(memory[quarter : 2 * quarter]) * _FLAT


def report(seen: Seen, minutes: float, faults: int, *, is_whole: bool) -> str:
    """The report as Markdown."""
    total = sum(map(len, seen.latencies.values()))
    lines = [
        f"{TITLE}\n",
        f"{datetime.now(UTC):%d %B %Y}, {minutes:.0f} minutes, one process with a read replica, "
        f"{faults} faults injected, "
        f"{_BROWSING_PER_S:.0f} pages and {_BUYING_PER_S} orders a second; load of the machine "
        f"{os.getloadavg()[2]:.1f} on {os.cpu_count()} processors.\n",
        f"- {total:,} requests, {sum(seen.failed.values())} failed; besides, "
        f"{sum(seen.outlived.values())} while a fault lasted longer than the shop waits, and "
        f"{sum(seen.repeated.values())} writes succeeded when they were repeated as asked.",
        f"- {seen.orders:,} orders were placed; lost, doubled or stuck: "
        f"{'none' if is_whole else 'SOME'}.",
        f"- Memory: {seen.memory[0]:.0f} MB at first, {max(seen.memory):.0f} MB at most, "
        f"{seen.memory[-1]:.0f} MB at the end, {'flat' if is_flat(seen.memory) else 'GROWING'}.",
        f"- Connections to the database: {seen.connections} at most.\n",
        "| requests | count | p50 ms | p95 ms | p99 ms | slowest ms |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for kind, latencies in seen.latencies.items():
        row = sorted(latencies)
        marks = " | ".join(
            f"{row[int(q * (len(row) - 1))] * 1000:,.0f}" for q in (0.5, 0.95, 0.99, 1)
        )
        lines.append(f"| {kind} | {len(row):,} | {marks} |")
    for title, counts in (
        ("failed", seen.failed),
        ("fault longer than the deadline", seen.outlived),
    ):
        if counts:
            lines += ["", f"| {title} | response | count |", "| --- | --- | ---: |"]
            lines += [f"| {fault} | {what} | {n} |" for (fault, what), n in sorted(counts.items())]
    if seen.repeated:
        lines += ["", "| repeated as asked | count |", "| --- | ---: |"]
        lines += [f"| {fault} | {n} |" for fault, n in sorted(seen.repeated.items())]
    return "\n".join(lines) + "\n"


def write(sections: Iterable[str]) -> None:
    """Put sections into the report, in place of those with the same title."""
    there = _REPORT.read_text(encoding="utf-8") if _REPORT.exists() else "# Soak\n"
    head, *parts = there.split("\n## ")
    kept = {part.partition("\n")[0]: f"## {part}" for part in parts}
    for section in sections:
        kept[section.partition("\n")[0].removeprefix("## ")] = section
    text = "\n\n".join(part.strip() for part in (head, *kept.values()))
    _REPORT.write_text(f"{text}\n", encoding="utf-8")


def main() -> int:
    """Exit code 0 if nothing failed, was lost, doubled, or grew."""
    parser = argparse.ArgumentParser(prog="make soak")
    parser.add_argument("--minutes", type=float, default=20.0, help="with faults (MINUTES=)")
    parser.add_argument(
        "--requests",
        type=int,
        default=plateau.REQUESTS,
        help="for the memory's plateau (N=); 0: none",
    )
    parser.add_argument(
        "--fault",
        action="append",
        metavar="NAME",
        help="inject this alone; the report is not written",
    )
    options = parser.parse_args()
    faults = [one for one in schedule() if one.name in (options.fault or [one.name])]
    if not faults:
        parser.error(
            f"no such fault; there are: {', '.join(sorted({one.name for one in schedule()}))}"
        )
    done = [asyncio.run(soak(options.minutes, faults))] if options.minutes else []
    if options.requests:
        done.append(plateau.run(options.requests))
    if not options.fault:
        write(text for text, _ in done)
    print("\n".join(text for text, _ in done))
    return 0 if all(is_good for _, is_good in done) else 1


if __name__ == "__main__":
    sys.exit(main())
