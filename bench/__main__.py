"""`make bench`: what the shop's answers cost at two sizes of catalogue; writes bench/results.md.

Each answer is asked for by 1, 16 and 64 connections from a process of its own (bench.load), and
beside it, in the same run, an empty answer of the same server (/health) and the same SQL by
`pgbench -M prepared`.
One server process. About ten minutes; sizes: `python -m bench 44446 1000000`.
"""

import asyncio
import json
import os
import platform
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.answers import ANSWERS, Answer, paths_of, statements
from lakepass.emulator import Emulator, running_emulator
from lakepass.emulator.binaries import find_binaries

ROOT = Path(__file__).resolve().parents[1]
CATALOG = ROOT.parent / "shared" / "catalog" / "styles.csv"
RESULTS = ROOT / "bench" / "results.md"
REAL, BIG = 44_446, 200_000
CONNECTIONS = (1, 16, 64)
SECONDS = 2.0
STOREFRONT = [sys.executable, "-m", "storefront.cli"]


@dataclass
class Filled:
    """A catalogue and what it took to fill it. most_mb: the importing process at its greatest."""

    products: int
    seconds: float
    most_mb: float


def fill(products: int) -> Filled:
    """Migrate, and import the real catalogue where it is there and has so many, else a generated one."""
    subprocess.run([*STOREFRONT, "migrate"], check=True, capture_output=True)
    is_real = products == REAL and CATALOG.is_file()
    source = ["import", str(CATALOG)] if is_real else ["demo", "--products", str(products)]
    began = time.perf_counter()
    process = subprocess.Popen([*STOREFRONT, *source], stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"storefront {' '.join(source)} failed")
    return Filled(products, time.perf_counter() - began, usage.ru_maxrss / 1024)


def asked(port: int, path: str) -> Any:
    """The JSON at a path; waits until the server answers."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
                return json.load(answer)
        except ConnectionRefusedError:
            time.sleep(0.1)
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError):
                raise
            time.sleep(0.1)
    sys.exit("the shop did not start")


def load(port: int, connections: int, paths: list[str]) -> dict[str, float]:
    """What bench.load measures, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.load", str(port), str(connections), str(SECONDS)],
        input="\n".join(paths),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def pgbench(emulator: Emulator, database: str, sql: list[str]) -> float:
    """How often a second 16 clients get all of these statements answered, prepared, by bare Postgres."""
    login = emulator.admin_dsn_kwargs
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write("".join(f"{' '.join(statement.split())};\n" for statement in sql))
        script.flush()
        done = subprocess.run(
            [
                str(find_binaries().bin / "pgbench"), "-n", "-M", "prepared", "-c", "16", "-j", "1",
                "-T", str(int(SECONDS)), "-f", script.name, "-h", str(login["host"]),
                "-p", str(login.get("port", 5432)), "-U", str(login["user"]), database,
            ],
            env={name: value for name, value in os.environ.items() if not name.startswith("PG")},
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if found is None:
        sys.exit(f"pgbench: {done.stderr}")
    return float(found[1])


def memory_mb(pid: int) -> float:
    """Resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]


def measure(emulator: Emulator, products: int) -> str:
    """Fill a database of its own, serve it, ask it. Returns a section of the results."""
    database = f"bench_{products}"
    asyncio.run(make_database(emulator, database))
    os.environ["PGDATABASE"] = database
    filled = fill(products)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [*STOREFRONT, "serve", "--port", str(port)], stderr=subprocess.DEVNULL
    )
    try:
        asked(port, "/api/v1/products?page_size=1")
        rows = [f"| {answer.name} " for answer in ANSWERS]
        empty: dict[int, dict[str, float]] = {}
        for number, answer in enumerate(ANSWERS):
            paths = paths_of(answer, lambda path: asked(port, path))
            for connections in CONNECTIONS:
                got = load(port, connections, paths)
                empty.setdefault(connections, got)
                rows[number] += cells(got, empty[connections])
            rows[number] += f"| {bare(emulator, database, answer)} |"
        used = memory_mb(server.pid)
    finally:
        server.terminate()
        server.wait()
    return section(filled, rows, used)


def bare(emulator: Emulator, database: str, answer: Answer) -> str:
    """Transactions a second of the answer's statements alone; a dash where it sends none."""
    sql = asyncio.run(statements(answer)) if answer.wanted else []
    return f"{pgbench(emulator, database, sql):,.0f}" if sql else "–"


def cells(got: dict[str, float], empty: dict[str, float]) -> str:
    failed = f" **{got['failed']:.0f} failed**" if got["failed"] else ""
    return (
        f"| {got['rps']:,.0f}{failed} | {got['rps'] / empty['rps']:.2f} "
        f"| {got['p50']:.2f} / {got['p95']:.2f} / {got['p99']:.2f} "
    )


async def make_database(emulator: Emulator, name: str) -> None:
    """A database of that name in which the app's service principal may create."""
    import asyncpg  # noqa: PLC0415 - the rest runs without a driver

    connection = await asyncpg.connect(**emulator.admin_dsn_kwargs)
    await connection.execute(f'create database "{name}"')
    role = emulator.environment()["PGUSER"]
    await connection.execute(f'grant connect, create on database "{name}" to "{role}"')
    await connection.close()


def section(filled: Filled, rows: list[str], used_mb: float) -> str:
    heads = "".join(f"| {n} conn.: a second | of empty | p50 / p95 / p99 ms " for n in CONNECTIONS)
    return "\n".join(
        [
            f"## {filled.products:,} products",
            "",
            f"Filled in {filled.seconds:.0f} s ({filled.products / filled.seconds:,.0f} a second), "
            f"the importing process at most {filled.most_mb:.0f} MB. The server at the end: "
            f"{used_mb:.0f} MB.",
            "",
            f"| answer {heads}| its SQL by pgbench, 16 clients, a second |",
            "| --- " + "| --- | --- | --- " * len(CONNECTIONS) + "| --- |",
            *rows,
            "",
        ]
    )


def main() -> None:
    """Measure each size, print, write."""
    sizes = [int(size) for size in sys.argv[1:]] or [REAL, BIG]
    page = [
        "# Measured",
        "",
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores shared by server, database "
        f"and load, Python {platform.python_version()}, load average {os.getloadavg()[0]:.1f} at the "
        f"start; one server process, {SECONDS:.0f} s each. Made by `make bench`.",
        "",
        '"Each new" answers were never asked for before. All others are asked for again and again, so '
        "most are sent as they were kept; pages by cursor and number too. Ratios compare with the empty "
        "answer of the same server to as many connections.",
        "",
    ]
    with running_emulator() as emulator, tempfile.TemporaryDirectory() as pictures:
        os.environ.update(emulator.environment() | {"STORE_PICTURES_DIR": pictures})
        for size in sizes:
            page.append(measure(emulator, size))
            print(page[-1], flush=True)
    RESULTS.write_text("\n".join(page), encoding="utf-8")


if __name__ == "__main__":
    main()
