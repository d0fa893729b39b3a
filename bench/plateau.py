"""Whether the memory of a serving process reaches a plateau: the second part of `make soak`.

Nearly every request is new, so that every cache fills to its limit. Records the resident memory twenty
times; on a plateau it grows by less than five percent over the second half. With WITHIN_S=170 it stops
after that time and reports what was measured.
"""

import asyncio
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx

from lakepass.emulator import running_emulator

REQUESTS = 20_000
PRODUCTS = 2_000
_CLIENTS = 8
_SAMPLES = 20
_PLATEAU = 1.05
TITLE = "## Memory of a serving process under mixed requests"
_WORDS = (
    "red", "navy", "blue", "black", "shirt", "dress", "shoes", "bag", "linen", "cotton", "men",
    "women", "summer", "wool", "jacket", "skirt", "watch", "leather", "casual", "formal",
)  # fmt: skip


def memory_mb(pid: int) -> float:
    """Resident memory of a process, in MB."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError(pid)


def paths(chance: random.Random) -> Iterator[str]:
    """An endless mix of requests, hardly any of them twice."""
    while True:
        words = "+".join(chance.sample(_WORDS, 3))
        number = chance.randrange(100_000_000)
        product = 101_000_001 + chance.randrange(PRODUCTS)
        yield f"/api/v1/products?min_price={number / 1_000_000:.2f}&page_size=48"
        yield f"/products?max_price={number / 500_000:.2f}&gender={chance.choice(('Men', 'Women'))}"
        yield f"/search?q={words}+{number}"
        yield f"/search?q={words}"
        yield f"/api/v1/search/suggest?q={words[: 3 + number % 9]}{number % 1000}"
        yield f"/api/v1/products/{product}"
        yield f"/api/v1/products/{product}/similar"
        yield f"/api/v1/products/{product}/complete-the-look"
        yield f"/p/x-{product}/more"
        yield f"/nowhere/{number}"


@contextmanager
def shop(folder: Path) -> Iterator[tuple[str, int]]:
    """The demo shop in a process of its own: its address, and its process id."""
    with running_emulator() as emulator, socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        free.close()
        environment = os.environ | emulator.environment() | {"STORE_PICTURES_DIR": str(folder)}
        command = [sys.executable, "-m", "storefront.cli", "run", "--port", str(port)]
        with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
            url = f"http://127.0.0.1:{port}"
            try:
                while not _is_ready(url):
                    time.sleep(0.5)
                yield url, process.pid
            finally:
                process.terminate()


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/ready", timeout=20).status_code == 200
    except httpx.TransportError:
        return False


async def soak(
    url: str, pid: int, requests: int, within_s: float
) -> tuple[list[tuple[int, float]], Counter[int]]:
    """Send requests, for a limited time. Returns memory by number of requests, and counts by status."""
    until = time.monotonic() + within_s
    waiting = paths(random.Random(1))
    statuses: Counter[int] = Counter()
    memory = [(0, memory_mb(pid))]

    async def ask(client: httpx.AsyncClient, count: int) -> None:
        for _ in range(count):
            try:
                statuses[(await client.get(next(waiting))).status_code] += 1
            except httpx.TransportError:  # a connection that the server closed just then
                statuses[0] += 1

    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        for sample in range(1, _SAMPLES + 1):
            if time.monotonic() > until:
                break
            share = requests // _SAMPLES // _CLIENTS
            await asyncio.gather(*(ask(client, share) for _ in range(_CLIENTS)))
            memory.append((share * _CLIENTS * sample, memory_mb(pid)))
            print(f"{memory[-1][0]:>8,} requests {memory[-1][1]:6.1f} MB", flush=True)
    return memory, statuses


def report(memory: list[tuple[int, float]], statuses: Counter[int]) -> str:
    """The report as Markdown."""
    half, last = memory[len(memory) // 2][1], memory[-1][1]
    rows = "\n".join(f"| {count:,} | {size:.0f} |" for count, size in memory)
    answered = ", ".join(f"{count:,} x {status}" for status, count in sorted(statuses.items()))
    (before, earlier), (count, _) = memory[-2], memory[-1]
    slope = (last - earlier) / (count - before) * 1000
    verdict = "a plateau" if last <= half * _PLATEAU else "STILL GROWING"
    if len(memory) <= _SAMPLES:
        verdict = "too short to tell"
    return (
        f"{TITLE}\n\n"
        f"{datetime.now(UTC):%d %B %Y}, {PRODUCTS:,} products, "
        f"{_CLIENTS} clients, {memory[-1][0]:,} requests, hardly any twice.\n"
        f"Second half: {half:.0f} MB to {last:.0f} MB, {verdict}; "
        f"at the end {slope:.1f} MB per 1,000 requests.\n"
        f"Responses: {answered}.\n\n"
        f"| requests | MB |\n| ---: | ---: |\n{rows}\n"
    )


def run(requests: int) -> tuple[str, bool]:
    """The report, and whether the memory reached a plateau."""
    within_s = float(os.environ.get("WITHIN_S", "inf"))
    with tempfile.TemporaryDirectory() as folder, shop(Path(folder)) as (url, pid):
        memory, statuses = asyncio.run(soak(url, pid, requests, within_s))
    text = report(memory, statuses)
    return text, "a plateau" in text
