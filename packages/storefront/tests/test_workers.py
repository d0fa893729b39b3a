"""Several processes that serve: real ones, started, killed and stopped as a platform does."""

import contextlib
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from bench import processes
from lakepass.emulator import Emulator
from packages.storefront.tests.conftest import environment
from storefront import budget, locks
from storefront.budget import Limits
from storefront.db import Database
from storefront.settings import Settings
from tests.databases import Databases

STOP_WITHIN_S = 15.0  # of Databricks Apps
TOKEN = "t" * 32


class Served:
    """`storefront serve` with several workers."""

    def __init__(self, environ: dict[str, str], *arguments: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        serve = ["serve", "--port", str(self.port), *arguments]
        command = [sys.executable, "-m", "storefront.cli", *serve]
        self.process = subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True)

    def workers(self) -> set[int]:
        """Process ids of those that serve."""
        return set(processes.workers(self.process.pid)) - {self.process.pid}

    def wait_for(self, path: str) -> httpx.Response:
        while True:
            assert self.process.poll() is None, self.process.communicate()[1]
            try:
                answer = httpx.get(f"{self.url}{path}", timeout=60)
                if answer.status_code == 200:
                    return answer
            except httpx.TransportError:
                pass
            time.sleep(0.1)


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and was not waited for does not."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


@pytest.fixture
def environ(emulator: Emulator, filled_database: str, tmp_path: Path) -> dict[str, str]:
    return dict(os.environ) | emulator.environment() | {
        "PGDATABASE": filled_database,
        "STORE_PICTURES_DIR": str(tmp_path / "pictures"),
        "STORE_SECRET_KEYS": "k" * 32,
        "STORE_EMBED_IN_BACKGROUND": "false",
        "STORE_METRICS_TOKEN": TOKEN,
    }  # fmt: skip


@pytest.fixture
def served(environ: dict[str, str]) -> Iterator[Served]:
    served = Served(environ, "--workers", "2")
    with served.process:
        yield served
        served.process.kill()


def test_workers_serve_are_replaced_and_end_with_their_parent(served: Served) -> None:
    served.wait_for("/ready")
    first = served.workers()
    assert len(first) == 2

    metrics = httpx.get(f"{served.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert metrics.status_code == 200
    assert 'storefront_requests_total{method="GET",route="/ready",status="200"}' in metrics.text
    assert metrics.text.count("\nprocess_resident_memory_bytes ") == 1

    killed = next(iter(first))
    os.kill(killed, signal.SIGKILL)
    while len(served.workers() - {killed}) < 2:
        time.sleep(0.1)
    assert served.wait_for("/api/v1/products").json()["total"] > 0

    last = served.workers()
    began = time.monotonic()
    served.process.send_signal(signal.SIGTERM)
    _, printed = served.process.communicate(timeout=STOP_WITHIN_S)
    assert time.monotonic() - began < STOP_WITHIN_S
    assert served.process.returncode == 0, printed
    assert not [pid for pid in last if is_alive(pid)]
    assert "2 processes: at most 40 of 201 database connections (20 each)" in printed


def test_connections_opened_at_once_are_divided_equally(served: Served) -> None:
    served.wait_for("/ready")
    address = "127.0.0.1", served.port
    with contextlib.ExitStack() as stack:
        opened = [stack.enter_context(socket.create_connection(address)) for _ in range(10)]
        for one in opened:
            one.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert all(one.recv(12) == b"HTTP/1.1 200" for one in opened)
        taken = [
            sum(local == served.port for local, _ in processes.connections(worker))
            for worker in served.workers()
        ]
    assert taken == [5, 5]


def test_connections_go_to_the_other_worker_while_one_is_replaced(served: Served) -> None:
    served.wait_for("/ready")
    killed = next(iter(served.workers()))
    os.kill(killed, signal.SIGKILL)
    while is_alive(killed):  # what it is given until then is lost with it
        time.sleep(0.01)
    for _ in range(10):
        assert httpx.get(f"{served.url}/health", timeout=60).status_code == 200


def test_workers_take_connections_again_after_they_had_no_descriptor_left(served: Served) -> None:
    served.wait_for("/ready")
    workers = served.workers()
    limits = {one: resource.prlimit(one, resource.RLIMIT_NOFILE) for one in workers}
    for worker, (_, most) in limits.items():
        resource.prlimit(worker, resource.RLIMIT_NOFILE, (0, most))
    for _ in workers:
        with socket.create_connection(("127.0.0.1", served.port)) as lost:
            assert lost.recv(1) == b""
    for worker, before in limits.items():
        resource.prlimit(worker, resource.RLIMIT_NOFILE, before)
    for _ in workers:
        assert httpx.get(f"{served.url}/health", timeout=60).status_code == 200
    assert served.workers() == workers
    served.process.terminate()
    _, printed = served.process.communicate(timeout=STOP_WITHIN_S)
    assert printed.count("too many open files") == len(workers)


def test_workers_are_replaced_one_by_one_at_sighup(served: Served) -> None:
    served.wait_for("/ready")
    first = served.workers()
    served.process.send_signal(signal.SIGHUP)
    while served.workers() & first:
        assert httpx.get(f"{served.url}/health", timeout=60).status_code == 200
    assert len(served.workers()) == 2


def test_workers_end_when_their_parent_is_killed(served: Served) -> None:
    served.wait_for("/health")
    workers = served.workers()
    served.process.kill()
    while any(map(is_alive, workers)):
        time.sleep(0.1)


def test_more_workers_than_the_database_has_connections_for_are_refused(
    environ: dict[str, str],
) -> None:
    with Served(environ, "--workers", "20").process as process:
        _, printed = process.communicate()
    assert process.returncode == 1
    assert (
        "20 workers need up to 400 database connections, but the database has 201 for them. Use at "
        "most 10 (STORE_WORKERS, or --workers), make the pools smaller"
    ) in " ".join(printed.split())


SETTINGS = {"workers": 4, "memory_mb": 6_000}


@pytest.mark.parametrize(
    ("settings", "limits", "refusal"),
    [
        (SETTINGS, Limits(201, 1_000_000, 6_000), None),
        (SETTINGS, Limits(None, 0, 6_000), None),
        ({"workers": 1}, Limits(None, 0, 100), None),
        (
            SETTINGS,
            Limits(201, 0, 2_000),
            "4 workers need about 2,300 MB of memory, but there are 2,000 MB (STORE_MEMORY_MB). Use at "
            "most 3 (STORE_WORKERS, or --workers), or take a larger app or machine.",
        ),
        (
            SETTINGS | {"instances": 3},
            Limits(201, 0, 6_000),
            "4 workers in each of 3 instances need up to 240 database connections, but the database has "
            "201 for them. Use at most 3 (STORE_WORKERS, or --workers), make the pools smaller "
            "(STORE_POOL_SIZE, STORE_POOL_OVERFLOW), or take a larger compute.",
        ),
    ],
)
def test_a_budget_is_refused_with_what_would_fit(
    settings: dict[str, int], limits: Limits, refusal: str | None
) -> None:
    assert budget.budget(Settings.model_validate(settings), limits).refusal() == refusal


def test_a_budget_says_when_a_deployment_will_need_more_than_there_is() -> None:
    planned = budget.budget(Settings(workers=2, instances=3), Limits(201, 0, 6_000))
    assert planned.lines() == [
        "2 processes of 3 instances: at most 120 of 201 database connections (20 each), about "
        "1,260 of 6,000 MB memory.",
        "While a deployment replaces the app, both need connections: 240 at most, more than there are.",
    ]


async def test_limits_are_those_of_server_role_and_database(
    emulator: Emulator, databases: Databases
) -> None:
    name = databases.create()
    with environment(emulator, name):
        database = Database(Settings(memory_mb=500))
    assert await budget.limits(Settings(memory_mb=500), database) == Limits(201, 0, 500)
    await database.aclose()


async def test_a_held_lock_is_held_once_and_let_go(fresh_database: Callable[[], Database]) -> None:
    one, other = fresh_database(), fresh_database()
    async with locks.held(one, "x") as is_ours, locks.held(other, "x") as is_others:
        assert (is_ours, is_others) == (True, False)
        async with locks.held(other, "y") as is_free:
            assert is_free
    async with locks.held(other, "x") as is_ours:
        assert is_ours
    for database in (one, other):
        await database.aclose()
