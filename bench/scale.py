"""`make scale`: what one, two and four processes carry over one database; writes bench/results-scale.md.

For each: requests a second, how long until every process shows a new price, connections and memory. Then
the steps beyond one process, at small size: two instances of the app, reads on a replica, events in
partitions. Ratios within one run; absolute figures depend on the machine, which also runs the clients
and the database.
"""

import argparse
import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote_plus

import asyncpg
import httpx
from sqlalchemy import text

from bench.load import measured
from bench.plateau import memory_mb
from bench.processes import connections, workers
from lakepass.emulator import Emulator, running_emulator
from storefront import migrations
from storefront.catalog import service as catalog
from storefront.db import Database
from storefront.demo.products import demo_products
from storefront.pricing import service as pricing
from storefront.search.read_model import refresh
from storefront.settings import Settings

_STOREFRONT = Path(sys.executable).with_name("storefront")
_REPORT = Path(__file__).parent / "results-scale.md"
_WORKERS = (1, 2, 4)
_CLIENTS = 16
_WARM_UP_S = 5.0
_CHANGES = 5  # prices; the median is reported
_TOKEN = "scale" * 8
_EVENTS = 200_000


@dataclass(frozen=True, slots=True)
class Row:
    """What one set-up carried."""

    name: str
    rps: float
    p95_ms: float
    failed: float
    fresh_s: float
    slowest_s: float
    connections: Sequence[int]
    memory_mb: Sequence[float]
    replica_share: float | None = None


class Deployment:
    """A running shop: `storefront serve` with some workers, maybe several times."""

    def __init__(self, environ: dict[str, str], count: int) -> None:
        """count: of workers."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.count = count
        command = [str(_STOREFRONT), "serve", "--port", str(self.port), "--workers", str(count)]
        self.process = subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def pids(self) -> list[int]:
        """The processes that serve."""
        return workers(self.process.pid)

    async def wait_until_ready(self) -> None:
        """Until every process has its index: each connection goes to one of them."""
        for _ in range(3_000):  # ten minutes: the machine may be busy
            try:
                answers = [await _get(self.url, "/api/v1/products") for _ in range(_CLIENTS)]
                if all(answer.status_code == 200 for answer in answers):
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.2)
        raise TimeoutError(f"{self.url} was not ready")

    def stop(self) -> None:
        """End it as a platform does."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


async def _get(url: str, path: str) -> httpx.Response:
    """On a connection of its own."""
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        return await client.get(path)


def requests_of(products: Sequence[dict[str, object]]) -> list[str]:
    """What visitors ask: mostly listings that nobody asked for before, products, searches."""
    paths: list[str] = []
    for at in range(2_000):
        product = products[at % len(products)]
        paths += [
            f"/api/v1/products?min_price={at / 37:.2f}&page_size=24",
            f"/products?max_price={20 + at / 11:.2f}",
            f"{product['url']}",
            f"/api/v1/products/{product['product_id']}",
            f"/search?q={quote_plus(str(product['base_color']).lower())}+{at % 200}",
        ]
    return paths


def one_connection_each(deployment: Deployment) -> dict[int, HTTPConnection]:
    """A kept connection to each process of a deployment. Which one has it, the kernel knows."""
    found: dict[int, HTTPConnection] = {}
    while len(found) < deployment.count:
        connection = HTTPConnection("127.0.0.1", deployment.port, timeout=60)
        _json(connection, "/health")
        port = connection.sock.getsockname()[1]
        for pid in deployment.pids():
            if port in {remote for _, remote in connections(pid)}:
                found.setdefault(pid, connection)
    return found


def _json(connection: HTTPConnection, path: str) -> Any:
    connection.request("GET", path)
    return json.loads(connection.getresponse().read())


async def fresh_s(kept: Sequence[HTTPConnection], database: Database, price: int) -> list[float]:
    """Seconds from the commit of a price until each process's listing shows it."""
    path = f"/api/v1/products?min_price={price / 100}&max_price={price / 100}"
    async with database.writes() as session:
        await session.execute(_CHANGE_PRICE, {"price": price})
    began = time.monotonic()

    def until_seen(connection: HTTPConnection) -> float:
        while _json(connection, path)["total"] != 1:
            time.sleep(0.02)
        return time.monotonic() - began

    return list(await asyncio.gather(*(asyncio.to_thread(until_seen, one) for one in kept)))


_CHANGE_PRICE = text(
    """
    update shop.colourways set price_minor = :price, list_price_minor = :price
    where id = (select min(colourway_id) from shop.listings)
    """
)


@contextmanager
def deployed(environ: dict[str, str], *counts: int) -> Iterator[list[Deployment]]:
    """Instances of the shop, each with so many workers."""
    with ExitStack() as stack:
        deployments = []
        for count in counts:
            deployments.append(Deployment(environ, count))
            stack.callback(deployments[-1].stop)
        yield deployments


class Scale:
    """One database, and the set-ups that are tried on it."""

    def __init__(self, emulator: Emulator, folder: Path, seconds: float) -> None:
        self.emulator = emulator
        self._seconds = seconds
        self._price = 10_000_00
        self.environ = dict(os.environ) | emulator.environment() | {
            "STORE_SECRET_KEYS": _TOKEN,
            "STORE_METRICS_TOKEN": _TOKEN,
            "STORE_PICTURES_DIR": str(folder / "pictures"),
            "STORE_MAIL_DIR": str(folder / "mail"),
            "STORE_EMBED_IN_BACKGROUND": "false",
            "STORE_MAX_REQUESTS": "1000",
        }  # fmt: skip
        os.environ.update(self.environ)
        self.database = Database(Settings(connect_deadline_s=120, statement_timeout_s=600))

    async def fill(self, products: int) -> None:
        """A migrated shop with a generated catalogue."""
        await migrations.migrate(self.database)
        async with self.database.writes() as session:
            await pricing.install_defaults(session, "USD")
        await catalog.import_products(self.database, demo_products(products))
        await refresh.refresh_all(self.database)
        await catalog.refresh_statistics(self.database)

    async def tried(self, name: str, *counts: int, **settings: str) -> Row:
        """What a deployment carries. counts: workers of each instance. settings: of the environment."""
        with deployed(self.environ | settings, *counts) as deployments:
            for one in deployments:
                await one.wait_until_ready()
            listed = await _get(deployments[0].url, "/api/v1/products?page_size=100")
            asked = requests_of(listed.json()["products"])
            for one in deployments:  # what each process does once is not measured
                await asyncio.to_thread(measured, one.port, _CLIENTS, _WARM_UP_S, asked)
            loads = await asyncio.gather(
                *(
                    asyncio.to_thread(
                        measured,
                        one.port,
                        _CLIENTS // len(deployments),
                        self._seconds,
                        asked[at :: len(deployments)],
                    )
                    for at, one in enumerate(deployments)
                )
            )
            share = self._replica_share(deployments) if settings else None
            kept = {
                pid: one
                for deployment in deployments
                for pid, one in one_connection_each(deployment).items()
            }
            fresh = [await self._fresh(list(kept.values())) for _ in range(_CHANGES)]
            row = Row(
                name,
                rps=sum(one["rps"] for one in loads),
                p95_ms=max(one["p95"] for one in loads),
                failed=sum(one["failed"] for one in loads),
                fresh_s=median(map(max, fresh)),
                slowest_s=max(map(max, fresh)),
                connections=[self._to_the_database(pid) for pid in kept],
                memory_mb=[memory_mb(pid) for pid in kept],
                replica_share=share,
            )
            for connection in kept.values():
                connection.close()
        print(line_of(row), flush=True)
        return row

    async def _fresh(self, kept: Sequence[HTTPConnection]) -> list[float]:
        self._price += 100
        return await fresh_s(kept, self.database, self._price)

    def _to_the_database(self, pid: int) -> int:
        return sum(remote == self.emulator.gateway_port for _, remote in connections(pid))

    def _replica_share(self, deployments: Sequence[Deployment]) -> float:
        """Which share of the reads that it may answer the replica answered."""
        counts = {"replica": 0.0, "primary": 0.0}
        for deployment in deployments:
            told = httpx.get(
                f"{deployment.url}/metrics", headers={"Authorization": f"Bearer {_TOKEN}"}
            )
            for line in told.text.splitlines():
                for source in counts:
                    if line.startswith(f'storefront_reads_total{{source="{source}"}}'):
                        counts[source] += float(line.rpartition(" ")[2])
        return counts["replica"] / sum(counts.values())

    async def partitions(self) -> str:
        """Deleting old events: from one table, and as a partition of another."""
        connection = await asyncpg.connect(**self.emulator.admin_dsn_kwargs)
        try:
            await connection.execute(_EVENT_TABLES.format(count=_EVENTS))
            took = {}
            for name, statement in _DELETIONS.items():
                began = time.perf_counter()
                await connection.execute(statement)
                took[name] = time.perf_counter() - began
        finally:
            await connection.close()
        plain, dropped = took.values()
        return (
            f"Deleting {_EVENTS // 2:,} of {_EVENTS:,} events takes {plain * 1_000:,.0f} ms from one "
            f"table, and {dropped * 1_000:,.0f} ms as a partition that is dropped: "
            f"{plain / dropped:,.0f} times less, and nothing is left to vacuum."
        )


_EVENT_TABLES = """
    create schema scale;
    create table scale.plain (at timestamptz not null, query text not null);
    create index on scale.plain (at);
    create table scale.parted (at timestamptz not null, query text not null) partition by range (at);
    create table scale.parted_old partition of scale.parted for values from (minvalue) to ('2026-06-01');
    create table scale.parted_new partition of scale.parted for values from ('2026-06-01') to (maxvalue);
    create index on scale.parted (at);
    insert into scale.plain
    select timestamptz '2026-05-01' + interval '62 days' * n / {count}, 'red shirt ' || n
    from generate_series(1, {count}) as n;
    insert into scale.parted select * from scale.plain;
"""
_DELETIONS = {
    "plain": "delete from scale.plain where at < '2026-06-01'",
    "parted": "alter table scale.parted detach partition scale.parted_old; drop table scale.parted_old",
}


def line_of(row: Row) -> str:
    """A row of the report's table."""
    each = " + ".join(map(str, row.connections))
    memory = " + ".join(f"{one:.0f}" for one in row.memory_mb)
    return (
        f"| {row.name} | {row.rps:,.0f} | {row.p95_ms:.0f} ms | {row.failed:.0f} | {row.fresh_s:.2f} s, "
        f"at most {row.slowest_s:.2f} s | {each} | {memory} MB |"
    )


def report(rows: Sequence[Row], partitions: str, products: int) -> str:
    """The page."""
    first = rows[0]
    ratios = ", ".join(f"{row.name}: {row.rps / first.rps:.2f}" for row in rows[1:])
    shares = [
        f"The replica answered {row.replica_share:.0%} of the reads that may lag."
        for row in rows
        if row.replica_share is not None
    ]
    return "\n".join(
        [
            "# Several processes over one database",
            "",
            f"Made by `make scale` on {datetime.now(UTC):%d %B %Y}, {products:,} products, {_CLIENTS} "
            f"connections that ask without a pause, {os.cpu_count()} cores for clients, shop and "
            f"database together; the load of the machine was {os.getloadavg()[1]:.1f} at the end.",
            "",
            "| processes | requests/s | p95 | failed | a new price is in every listing after | database "
            "connections of each | memory of each |",
            "| --- | ---: | ---: | ---: | --- | --- | --- |",
            *map(line_of, rows),
            "",
            f"Requests a second against one process: {ratios}.",
            *shares,
            partitions,
            "",
        ]
    )


async def main(products: int, seconds: float) -> int:
    """Try everything, print and write the report. Returns the exit code: 1 if a request failed."""
    with tempfile.TemporaryDirectory() as folder, running_emulator(standby=True) as emulator:
        scale = Scale(emulator, Path(folder), seconds)
        await scale.fill(products)
        rows = [
            await scale.tried(f"{count} worker{'s' * (count > 1)}", count) for count in _WORKERS
        ]
        rows.append(await scale.tried("2 instances of 1", 1, 1))
        rows.append(await scale.tried("2 workers, replica", 2, STORE_READ_REPLICA="auto"))
        partitions = await scale.partitions()
        await scale.database.aclose()
    page = report(rows, partitions, products)
    print(page)
    _REPORT.write_text(page, encoding="utf-8")
    return 1 if any(row.failed for row in rows) else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=2_000)
    parser.add_argument("--seconds", type=float, default=10.0, help="of load on each set-up")
    chosen = parser.parse_args()
    sys.exit(asyncio.run(main(chosen.products, chosen.seconds)))
