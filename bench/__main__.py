"""`make bench`: what answers and an import cost, written to bench/results.md and printed.

An answer's cost is its median time on one kept connection, as a multiple of /health, which does
nothing: the same server, the same machine, the same minute.
"""

import asyncio
import http.client
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from lakepass.emulator import running_emulator
from storefront import migrations
from storefront.catalog import dataset, service
from storefront.db import Database
from storefront.demo.products import demo_products
from storefront.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
CATALOG = ROOT.parent / "shared" / "catalog" / "styles.csv"
RESULTS = ROOT / "bench" / "results.md"
DEMO_PRODUCTS = 44_446
REQUESTS = 300

ANSWERS = {
    "nothing (/health)": "/health",
    "API: first page": "/api/v1/products",
    "API: three filters": "/api/v1/products?gender=Women&master_category=Apparel&base_color=Blue",
    "API: page 900": "/api/v1/products?page=900",
    "API: one product": "/api/v1/products/{id}",
    "page: home": "/",
    "page: listing": "/products",
    "page: product": "/p/any-{id}",
}


async def fill() -> tuple[int, float]:
    """Import a catalogue into an empty database; returns products and seconds."""
    database = Database(Settings())
    await migrations.migrate(database)
    began = time.perf_counter()
    if CATALOG.is_file():
        rows = dataset.read_products(CATALOG, dataset.learn_brands(CATALOG), {})
        report = await service.import_products(database, rows)
    else:
        report = await service.import_products(database, demo_products(DEMO_PRODUCTS))
    took = time.perf_counter() - began
    await service.refresh_statistics(database)
    await database.aclose()
    return report.added, took


def median_ms(connection: http.client.HTTPConnection, path: str) -> float:
    """Median milliseconds of a request for this path, after a tenth as many to warm up."""
    times = []
    for turn in range(REQUESTS + REQUESTS // 10):
        began = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            sys.exit(f"{path} answered {answer.status}")
        if turn >= REQUESTS // 10:
            times.append(time.perf_counter() - began)
    return statistics.median(times) * 1_000


def measure(port: int, product: int, slug: str) -> dict[str, float]:
    """Median milliseconds by answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    paths = {
        name: path.replace("/p/any-{id}", slug).format(id=product) for name, path in ANSWERS.items()
    }
    return {name: median_ms(connection, path) for name, path in paths.items()}


def first_product(port: int) -> tuple[int, str]:
    """Number and page of the newest product; waits until the server answers."""
    for _ in range(200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", "/api/v1/products?page_size=1")
            product = json.load(connection.getresponse())["products"][0]
            return int(product["product_id"]), product["url"]
        except ConnectionRefusedError:
            time.sleep(0.1)
    sys.exit("the shop did not start")


def report(products: int, took: float, medians: dict[str, float]) -> str:
    """The results as a page."""
    nothing = medians["nothing (/health)"]
    rows = [f"| {name} | {ms:.2f} | {ms / nothing:.1f} |" for name, ms in medians.items()]
    return "\n".join(
        [
            "# Measured",
            "",
            f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
            f"Python {platform.python_version()}; {products:,} products; one connection, "
            f"{REQUESTS} requests each. Made by `make bench`.",
            "",
            "| answer | median ms | times an empty answer |",
            "| --- | --- | --- |",
            *rows,
            "",
            f"Import: {products:,} products in {took:.1f} s, {products / took:,.0f} a second.",
            "",
        ]
    )


def main() -> None:
    """Fill, serve, measure, write."""
    with running_emulator() as emulator, tempfile.TemporaryDirectory() as pictures:
        os.environ.update(emulator.environment() | {"STORE_PICTURES_DIR": pictures})
        products, took = asyncio.run(fill())
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        server = subprocess.Popen(
            [sys.executable, "-m", "storefront.cli", "serve", "--port", str(port)],
            stderr=subprocess.DEVNULL,
        )
        try:
            number, slug = first_product(port)
            page = report(products, took, measure(port, number, slug))
        finally:
            server.terminate()
            server.wait()
    RESULTS.write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
