"""`python -m bench.lighthouse [URL]`: how a browser on a phone sees the pages of a running shop.

Runs Lighthouse (npm, in .local/lighthouse) with its mobile profile on home, listing, product, search,
bag and checkout, and compares the time to the first byte of a listing with that of its API answer.
Writes bench/lighthouse.md. The figures are of this machine while it does whatever else it does.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[1]
_PROGRAM = ROOT / ".local/lighthouse/node_modules/.bin/lighthouse"
_REPORT = Path(__file__).with_suffix(".md")
_CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
_REQUESTS = 40
_FLAGS = "--headless=new --no-sandbox --disable-gpu"


def pages(shop: httpx.Client) -> dict[str, str]:
    """What to look at, by name; fills the bag of this visitor and begins a checkout."""
    listing = shop.get("/api/v1/products", params={"page_size": 20}).raise_for_status().json()
    product = listing["products"][0]
    sizes = shop.get(f"/api/v1/products/{product['product_id']}").json()["sizes"]
    sku = next(size["sku"] for size in sizes if size["in_stock"])
    shop.post("/cart/lines", data={"sku": sku})
    begun = shop.post("/checkout").headers["location"]
    step = shop.get(begun).headers["location"]
    return {
        "home": "/",
        "listing": "/products?gender=Women",
        "product": product["url"],
        "search": "/search?q=blue+shirt",
        "bag": "/cart",
        "checkout": step,
    }


def looked_at(shop: httpx.Client, path: str) -> dict[str, Any]:
    """Lighthouse's report of a page, seen as this visitor."""
    cookies = "; ".join(f"{name}={value}" for name, value in shop.cookies.items())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.json"
        command = [
            str(_PROGRAM), f"{shop.base_url}".rstrip("/") + path, "--quiet", "--output=json",
            f"--output-path={file}", f"--chrome-flags={_FLAGS}",
            f"--only-categories={','.join(_CATEGORIES)}",
            f"--extra-headers={json.dumps({'Cookie': cookies})}",
        ]  # fmt: skip
        environment = os.environ | {"CHROME_PATH": shutil.which("chromium") or "chromium"}
        subprocess.run(command, check=True, env=environment)
        report: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return report


def row(name: str, report: dict[str, Any]) -> str:
    """A page's line of the table; prints what Lighthouse complains of."""
    scores = [round(100 * report["categories"][one]["score"]) for one in _CATEGORIES]
    audits = report["audits"]
    weights = {one["resourceType"]: one for one in audits["resource-summary"]["details"]["items"]}
    for category in _CATEGORIES:
        for reference in report["categories"][category]["auditRefs"]:
            audit = audits[reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                print(f"  {category}: {audit['title']} {audit.get('displayValue', '')}")
    facts = [
        f"{audits['largest-contentful-paint']['numericValue'] / 1000:.1f} s",
        f"{audits['cumulative-layout-shift']['numericValue']:.3f}",
        f"{weights['script']['transferSize'] / 1000:.0f} KB",
        f"{weights['total']['transferSize'] / 1000:.0f} KB",
    ]
    return f"| {name} | {' | '.join(map(str, scores))} | {' | '.join(facts)} |"


def answered_ms(shop: httpx.Client, *paths: str) -> list[tuple[float, float]]:
    """The median time until the first and the last byte of a response are there, by path.

    They are asked in turn, each time with another filter: what a filter leaves is cached, for pages and
    the API alike.
    """
    times: list[list[tuple[float, float]]] = [[] for _ in paths]
    for number in range(_REQUESTS * len(paths)):
        which = number % len(paths)
        began = time.perf_counter()
        with shop.stream("GET", f"{paths[which]}&min_price={number / 100:.2f}") as answer:
            parts = answer.iter_raw()
            next(parts)
            first = time.perf_counter() - began
            for _ in parts:
                pass
            times[which].append((1000 * first, 1000 * (time.perf_counter() - began)))
    return [
        (statistics.median(first for first, _ in each), statistics.median(last for _, last in each))
        for each in times
    ]


def main() -> None:
    """Measure, and write the report."""
    url = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000"
    if not _PROGRAM.exists():
        sys.exit(
            "Lighthouse is not installed: make lighthouse-setup (it needs Node.js 18 or newer)."
        )
    with httpx.Client(base_url=url, timeout=60) as shop:
        try:
            shop.get("/ready").raise_for_status()
        except httpx.HTTPError as error:
            sys.exit(f"No shop answers at {url} ({error}). Start one with `make run`.")
        rows = []
        for name, path in pages(shop).items():
            print(name, path)
            looked_at(shop, path)  # its pictures are made in their widths when they are first shown
            rows.append(row(name, looked_at(shop, path)))
    with httpx.Client(base_url=url, timeout=60) as nobody:
        page, answer = answered_ms(
            nobody, "/products?gender=Women", "/api/v1/products?gender=Women"
        )
    _REPORT.write_text(
        "\n".join(
            [
                "<!-- Made by `make lighthouse`. -->",
                "",
                "# Lighthouse, mobile profile",
                "",
                f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, load {os.getloadavg()[0]:.0f} on "
                f"{os.cpu_count()} cores. Above a load of 2, performance is measured too low: the "
                "profile slows the processor down to a quarter of what the machine has left. Each page "
                "is looked at twice and the second time counts: then its pictures exist in all widths.",
                "",
                "| page | performance | accessibility | practices | SEO | LCP | CLS | script | all |",
                "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
                *rows,
                "",
                "Search results, bag and checkout ask search engines not to list them, which Lighthouse "
                "counts against SEO.",
                "",
                f"First byte of a listing that nobody asked for before: {page[0]:.1f} ms as a page, "
                f"{answer[0]:.1f} ms from the API, {page[0] / answer[0]:.2f} times as long. Last byte: "
                f"{page[1]:.1f} ms and {answer[1]:.1f} ms.",
                "",
            ]
        ),
        encoding="utf-8",
    )
    print(_REPORT.read_text("utf-8"))


if __name__ == "__main__":
    main()
