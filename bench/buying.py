"""`python -m bench.buying`: what add to bag, the bag and an order cost; writes
bench/results-buying-speed.md.

Asked for by 1 and 16 connections of one server process, beside an empty answer (/health) of the same
process, and beside the same SQL by `pgbench -M prepared`; then how many orders a minute two processes
place. The SQL is recorded from the shop itself. Each client of pgbench has a copy of the database, and
repeats the statements of one answer in a transaction that is rolled back.
"""

import argparse
import asyncio
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncpg

from bench.__main__ import make_database
from bench.load import measured
from bench.recorded import Recorded, RecordingShop, recording_shop
from bench.selling import ADDRESS, Buyer, SellingShop, selling_shop
from lakepass.emulator import Emulator
from lakepass.emulator.postgres.binaries import find_binaries
from storefront import migrations
from storefront.catalog import service as catalog
from storefront.db import Database
from storefront.demo.products import demo_products
from storefront.inventory import service as inventory
from storefront.pricing import service as pricing
from storefront.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "results-buying-speed.md"
CONNECTIONS = (1, 16)
SECONDS = 6.0
PAID_EACH = {1: 60, 16: 160}  # orders that are placed at so many connections
MINUTE_S = 15.0  # how long orders a minute are counted
_STOCK = 1_000_000
_BARE = "bare"


def load(
    port: int, connections: int, requests: Sequence[Any], *, is_once: bool
) -> dict[str, float]:
    """What these requests cost: for SECONDS, or each of them once."""
    seconds = 60.0 if is_once else SECONDS
    return measured(port, connections, seconds, list(map(json.dumps, requests)), is_once=is_once)


async def prepared(shop: SellingShop, skus: Sequence[str], count: int) -> list[Buyer]:
    """So many buyers who have only to pay."""
    buyers = [Buyer(shop.urls[:1]) for _ in range(count)]
    free = asyncio.Semaphore(16)

    async def prepare(number: int, buyer: Buyer) -> None:
        async with free:
            (await buyer.prepare(skus[number % len(skus)])).raise_for_status()

    await asyncio.gather(*(prepare(number, buyer) for number, buyer in enumerate(buyers)))
    return buyers


def paying(buyer: Buyer) -> dict[str, Any]:
    """The request that places a buyer's order."""
    return {
        "method": "POST",
        "path": f"/api/v1/checkout/{buyer.token}/pay",
        "headers": {"Cookie": buyer.cookie, "Idempotency-Key": buyer.key},
        "body": json.dumps({"payment_token": "webhook-never", "total_minor": buyer.total}),
    }


async def measure(shop: SellingShop, skus: Sequence[str]) -> dict[str, dict[int, dict[str, float]]]:
    """By answer and connections, what bench.load reports."""
    port = shop.ports[0]
    with_bag = await prepared(shop, skus, 16)
    empty = [{"path": "/health"}]
    adding = [
        {"method": "POST", "path": "/api/v1/cart/lines", "body": json.dumps({"sku": sku})}
        for sku in skus
    ]
    bags = [{"path": "/api/v1/cart", "headers": {"Cookie": one.cookie}} for one in with_bag]
    got: dict[str, dict[int, dict[str, float]]] = {}
    for name, requests in (("nothing", empty), ("add to bag", adding), ("bag", bags)):
        got[name] = {
            n: await asyncio.to_thread(load, port, n, requests, is_once=False) for n in CONNECTIONS
        }
    got["place an order"] = {}
    for n in CONNECTIONS:
        buyers = await prepared(shop, skus, PAID_EACH[n])
        requests = [paying(buyer) for buyer in buyers]
        got["place an order"][n] = await asyncio.to_thread(load, port, n, requests, is_once=True)
        for buyer in buyers:
            await buyer.aclose()
    for buyer in with_bag:
        await buyer.aclose()
    return got


async def orders_a_minute(shop: SellingShop, skus: Sequence[str], buyers: int) -> float:
    """Whole orders, from the empty bag to the payment, that two processes place for so many buyers."""
    ends_at = time.monotonic() + MINUTE_S
    placed = 0

    async def buy(number: int) -> None:
        nonlocal placed
        while time.monotonic() < ends_at:
            buyer = Buyer(shop.urls)
            (await buyer.prepare(skus[number % len(skus)])).raise_for_status()
            paid = await buyer.pay()
            placed += paid.is_success and time.monotonic() < ends_at
            await buyer.aclose()

    await asyncio.gather(*(buy(number) for number in range(buyers)))
    return placed / MINUTE_S * 60


async def fill_bare() -> None:
    """The database that is recorded in: the smallest demo catalogue, with stock."""
    database = Database(Settings(connect_deadline_s=120))
    await migrations.migrate(database)
    await catalog.import_products(database, demo_products(20))
    async with database.writes() as session:
        await pricing.install_defaults(session, "USD")
    await database.aclose()


async def sku_of(database: Database) -> str:
    """A SKU with stock."""
    [(sku_id, code)] = await database.fetch("select id, code from shop.skus order by id limit 1")
    async with database.writes() as session:
        await inventory.count(session, {sku_id: _STOCK})
    return str(code)


async def bare_statements(emulator: Emulator) -> dict[str, Recorded]:
    """By answer, its statements; they fit the copies of the database that were made before."""
    await make_database(emulator, _BARE)
    os.environ["PGDATABASE"] = _BARE
    await fill_bare()
    async with recording_shop() as shop:
        sku = await sku_of(shop.database)
        buyer = await shop.buyer()
        await buyer.post("/api/v1/cart/lines", json={"sku": sku})
        token = (await buyer.post("/api/v1/checkout")).json()["token"]
        entered = {
            "email": "a@example.com",
            "delivery_address": ADDRESS,
            "delivery_method": "standard",
        }
        checkout = (await buyer.patch(f"/api/v1/checkout/{token}", json=entered)).json()
        cookies = buyer.cookies
    await copy(emulator, max(CONNECTIONS))
    async with recording_shop() as shop:
        buyer = await shop.buyer(cookies)
        await buyer.get("/api/v1/cart")  # the first request also opens connections
        other = await shop.buyer()
        return {
            "bag": await shop.record(buyer, "GET", "/api/v1/cart"),
            "place an order": await pay(shop, buyer, token, checkout["totals"]["total"]["minor"]),
            "add to bag": await shop.record(other, "POST", "/api/v1/cart/lines", json={"sku": sku}),
        }


async def pay(shop: RecordingShop, buyer: Any, token: str, total: int) -> Recorded:
    """The statements that place an order."""
    return await shop.record(
        buyer,
        "POST",
        f"/api/v1/checkout/{token}/pay",
        json={"payment_token": "webhook-never", "total_minor": total},
        headers={"Idempotency-Key": "recorded"},
    )


async def copy(emulator: Emulator, copies: int) -> None:
    """A copy of the database for each client of pgbench."""
    connection = await asyncpg.connect(**emulator.admin_dsn_kwargs)
    for number in range(copies):
        await connection.execute(f'create database "{_BARE}_{number}" template "{_BARE}"')
    await connection.close()


async def pgbench(emulator: Emulator, recorded: Recorded, clients: int) -> float:
    """How often a second bare Postgres does these statements, by so many clients."""
    login = emulator.admin_dsn_kwargs
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "script.sql")
        await asyncio.to_thread(script.write_text, recorded.script(), encoding="utf-8")
        running = [
            await asyncio.create_subprocess_exec(
                str(find_binaries().bin / "pgbench"), "-n", "-M", "prepared", "-c", "1",
                "-T", str(int(SECONDS)), "-f", str(script), "-h", str(login["host"]),
                "-p", str(login.get("port", 5432)), "-U", str(login["user"]), f"{_BARE}_{number}",
                env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )
            for number in range(clients)
        ]  # fmt: skip
        total = 0.0
        for process in running:
            told, complained = await process.communicate()
            found = re.search(r"tps = ([\d.]+)", told.decode())
            if found is None or process.returncode:
                sys.exit(f"pgbench: {complained.decode()}")
            total += float(found[1])
    return total


def table(
    got: dict[str, dict[int, dict[str, float]]],
    bare: dict[str, dict[int, float]],
    recorded: dict[str, Recorded],
) -> str:
    """What was measured, by connections."""
    lines = []
    for n in CONNECTIONS:
        lines += [
            f"### {n} connection{'s' if n > 1 else ''}",
            "",
            "| answer | statements | a second | of empty | p50 ms | p95 ms | p99 ms "
            "| its SQL by pgbench, a second | of that |",
            "| --- " * 9 + "|",
        ]
        for name, by_connections in got.items():
            one = by_connections[n]
            failed = f" **{one['failed']:.0f} failed**" if one["failed"] else ""
            cells = [
                name,
                str(len(recorded[name].statements)) if name in recorded else "0",
                f"{one['rps']:,.0f}{failed}",
                f"{one['rps'] / got['nothing'][n]['rps']:.3f}",
                *(f"{one[part]:.2f}" for part in ("p50", "p95", "p99")),
            ]
            if name in bare:
                cells += [f"{bare[name][n]:,.0f}", f"{one['rps'] / bare[name][n]:.2f}"]
            else:
                cells += ["–", "–"]
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


async def run() -> None:
    """Measure, print, write."""
    machine = (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores shared by server, database "
        f"and load, Python {platform.python_version()}, load average {os.getloadavg()[0]:.1f} at the "
        "start. Made by `make bench`."
    )
    async with selling_shop() as shop:
        skus = await shop.stocked(*[_STOCK] * 16)
        got = await measure(shop, skus)
        minute = {n: await orders_a_minute(shop, skus, n) for n in CONNECTIONS}
        differences = await shop.differences()
        shop.stop()
        recorded = await bare_statements(shop.emulator)
        bare = {
            name: {n: await pgbench(shop.emulator, one, n) for n in CONNECTIONS}
            for name, one in recorded.items()
        }
    rates = " and ".join(f"**{minute[n]:,.0f}** with {n} buyer{'s' * (n > 1)}" for n in CONNECTIONS)
    page = "\n".join(
        [
            "# Buying: speed",
            "",
            machine,
            "",
            __doc__.split("\n\n")[1].replace("\n", " "),
            "",
            table(got, bare, recorded),
            f"Orders a minute, from the empty bag to the paid order, two processes: {rates}. "
            f"Books that do not add up afterwards: {len(differences)}.",
            "",
        ]
    )
    print(page)
    await asyncio.to_thread(RESULTS.write_text, page, encoding="utf-8")


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    asyncio.run(run())
