"""`python -m bench.load PORT CONNECTIONS SECONDS < PATHS`: asks for the paths in turn, tells as JSON.

A process of its own, so that its work is not the server's. Each connection asks again as soon as it is
answered; the first fifth of the time warms up and is not counted.
"""

import asyncio
import json
import sys
import time
from itertools import cycle
from typing import cast

import uvloop

WARM_UP = 0.2


class Load:
    """What many connections measure together."""

    def __init__(self, paths: list[str], seconds: float) -> None:
        self.requests = cycle(
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() for path in paths
        )
        self.counts_from = time.perf_counter() + WARM_UP * seconds
        self.ends_at = time.perf_counter() + seconds
        self.took: list[float] = []
        self.failed = 0
        self.bytes = 0


class Connection(asyncio.Protocol):
    """One kept connection: a request, its answer, the next request."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._answer = bytearray()
        self._length = -1
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    def _ask(self) -> None:
        self._answer.clear()
        self._length = -1
        self._asked_at = time.perf_counter()
        self._transport.write(next(self._load.requests))

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if self._length < 0:
            head = self._answer.find(b"\r\n\r\n")
            if head < 0:
                return
            at = self._answer.index(b"content-length: ") + 16
            self._length = head + 4 + int(self._answer[at : self._answer.index(b"\r", at)])
        if len(self._answer) >= self._length:
            self._answered()

    def _answered(self) -> None:
        load, now = self._load, time.perf_counter()
        if self._asked_at >= load.counts_from and now <= load.ends_at:
            load.took.append(now - self._asked_at)
            load.bytes += self._length
            load.failed += not self._answer.startswith(b"HTTP/1.1 200")
        if now < load.ends_at:
            self._ask()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None:
            self._load.failed += 1
        self.done.set_result(None)


async def run(port: int, connections: int, seconds: float, paths: list[str]) -> dict[str, float]:
    """Requests a second, milliseconds by share, how many failed, and bytes of an answer."""
    load = Load(paths, seconds)
    loop = asyncio.get_running_loop()
    opened = [
        await loop.create_connection(lambda: Connection(load), "127.0.0.1", port)
        for _ in range(connections)
    ]
    async with asyncio.timeout(seconds + 30):
        await asyncio.gather(*(protocol.done for _, protocol in opened))
    took = sorted(load.took)
    count = len(took)

    def share(part: float) -> float:
        return took[min(count - 1, int(part * count))] * 1_000 if took else 0.0

    return {
        "rps": count / (seconds * (1 - WARM_UP)),
        "p50": share(0.5),
        "p95": share(0.95),
        "p99": share(0.99),
        "failed": load.failed,
        "bytes": load.bytes / max(1, count),
    }


if __name__ == "__main__":
    port, connections, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    asked = sys.stdin.read().split()
    print(json.dumps(uvloop.run(run(port, connections, seconds, asked))))
