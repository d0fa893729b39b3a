"""`python -m bench.load PORT CONNECTIONS SECONDS [once] < REQUESTS`: sends requests, reports as JSON.

A process of its own, so that its work is not the server's. A request is a path, or a JSON object with
method, path, headers and body, on a line of its own. They are sent in turn, again and again, or each of
them once. Each connection sends the next one as soon as it is answered; the first fifth of the time
warms up and is not counted, except where each is sent once.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import Any, cast

import uvloop

ROOT = Path(__file__).resolve().parents[1]
WARM_UP = 0.2


class Load:
    """What many connections measure together."""

    def __init__(self, requests: list[bytes], seconds: float, *, is_once: bool) -> None:
        self.requests = iter(requests) if is_once else cycle(requests)
        self.counts_from = time.perf_counter() + (0 if is_once else WARM_UP * seconds)
        self.ends_at = time.perf_counter() + seconds
        self.last_at = self.counts_from
        self.took: list[float] = []
        self.failed = 0
        self.bytes = 0


class Connection(asyncio.Protocol):
    """One kept connection: a request, its answer, the next request."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._answer = bytearray()
        self._length = -1
        self._is_waiting = False
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    def _ask(self) -> None:
        self._answer.clear()
        self._length = -1
        self._asked_at = time.perf_counter()
        request = next(self._load.requests, None)
        if request is None:
            self._transport.close()
        else:
            self._is_waiting = True
            self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if self._length < 0:
            head = self._answer.find(b"\r\n\r\n")
            if head < 0:
                return
            if self._answer.find(b"transfer-encoding: chunked", 0, head) >= 0:
                if self._answer.endswith(b"\r\n0\r\n\r\n"):
                    self._length = len(self._answer)
                    self._answered()
                return
            at = self._answer.find(b"content-length: ", 0, head)  # 204 has none
            size = self._answer[at + 16 : self._answer.index(b"\r", at)] if at >= 0 else b"0"
            self._length = head + 4 + int(size)
        if len(self._answer) >= self._length:
            self._answered()

    def _answered(self) -> None:
        load, now = self._load, time.perf_counter()
        self._is_waiting = False
        if self._asked_at >= load.counts_from and now <= load.ends_at:
            load.took.append(now - self._asked_at)
            load.bytes += self._length
            load.failed += not self._answer.startswith(b"HTTP/1.1 2")
            load.last_at = now
        if now < load.ends_at:
            self._ask()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None or self._is_waiting:
            self._load.failed += 1
        self.done.set_result(None)


def request_of(line: str) -> bytes:
    """A request as it is sent."""
    asked: dict[str, Any] = json.loads(line) if line.startswith("{") else {"path": line}
    body: bytes = asked.get("body", "").encode()
    headers = {"Host": "localhost", **asked.get("headers", {})}
    if "body" in asked:
        headers |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    lines = [f"{asked.get('method', 'GET')} {asked['path']} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    head = "\r\n".join([*lines, "", ""])
    return head.encode() + body


async def run(
    port: int, connections: int, seconds: float, requests: list[bytes], *, is_once: bool
) -> dict[str, float]:
    """Requests a second, milliseconds by share, how many failed, and bytes of an answer."""
    load = Load(requests, seconds, is_once=is_once)
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
        "rps": count / (load.last_at - load.counts_from) if count else 0.0,
        "p50": share(0.5),
        "p95": share(0.95),
        "p99": share(0.99),
        "failed": load.failed,
        "bytes": load.bytes / max(1, count),
    }


def measured(
    port: int, connections: int, seconds: float, requests: Sequence[str], *, is_once: bool = False
) -> dict[str, float]:
    """The same of a server on this machine, in a process of its own. requests: a line each."""
    command = [sys.executable, "-m", "bench.load", str(port), str(connections), str(seconds)]
    done = subprocess.run(
        [*command, "once"] if is_once else command,
        input="\n".join(requests),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    port, connections, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    requests = [request_of(line) for line in sys.stdin.read().splitlines()]
    print(
        json.dumps(
            uvloop.run(run(port, connections, seconds, requests, is_once="once" in sys.argv))
        )
    )
