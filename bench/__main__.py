"""`make bench`: what responses of the shop cost at two sizes of catalogue; writes bench/results.md.

Each response is requested over 1, 16 and 64 connections from another process (bench.load), and, in the
same run, an empty response of the same server (/health) and the same SQL by
`pgbench -M prepared`.
One server process, or as many as `--workers` says: these are reported in a file of their own.
A million products take ten minutes to fill; `--data DIR` keeps them.
"""

import argparse
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
from collections.abc import Callable
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import asyncpg

from bench import processes, sent
from bench.answers import ANSWERS
from bench.load import measured
from lakepass.emulator import Emulator, running_emulator
from lakepass.emulator.postgres.binaries import find_binaries

ROOT = Path(__file__).resolve().parents[1]
CATALOG = ROOT.parent / "shared" / "catalog" / "styles.csv"
RESULTS = ROOT / "bench" / "results.md"
REAL, BIG = 44_446, 1_000_000
CONNECTIONS = (1, 16, 64)
BARE_CLIENTS = 16
SECONDS = 3.0
START_WITHIN_S = 120.0  # a million products are read in half a minute
STOREFRONT = [sys.executable, "-m", "storefront.cli"]


@dataclass
class Filled:
    """A catalogue and what it took to fill it. most_mb: the importing process at its greatest."""

    products: int
    seconds: float
    most_mb: float


def fill(products: int, *, is_real: bool) -> Filled:
    """Migrate, and import the real catalogue or a generated one."""
    subprocess.run([*STOREFRONT, "migrate"], check=True, capture_output=True)
    source = ["import", str(CATALOG)] if is_real else ["demo", "--products", str(products)]
    began = time.perf_counter()
    process = subprocess.Popen([*STOREFRONT, *source], stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"storefront {' '.join(source)} failed")
    return Filled(products, time.perf_counter() - began, usage.ru_maxrss / 1024)


def json_at(port: int, path: str) -> Any:
    """The JSON at a path; waits until the server responds, and until it has read what it serves."""
    deadline = time.monotonic() + START_WITHIN_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code != HTTPStatus.SERVICE_UNAVAILABLE:
                raise
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError):
                raise
        time.sleep(0.1)
    sys.exit(f"the shop did not answer within {START_WITHIN_S:.0f} s")


def pgbench(emulator: Emulator, database: str, answers: list[list[str]]) -> float:
    """How many of these responses per second 16 clients get from bare Postgres: all statements of one of
    them at a time, prepared."""
    login = emulator.admin_dsn_kwargs
    with tempfile.TemporaryDirectory() as folder:
        scripts = []
        for number, statements in enumerate(answers):
            script = Path(folder, f"{number}.sql")
            script.write_text("".join(f"{statement};\n" for statement in statements))
            scripts += ["-f", str(script)]
        done = subprocess.run(
            [
                str(find_binaries().bin / "pgbench"), "-n", "-M", "prepared", "-c", "16", "-j", "1",
                "-T", str(int(SECONDS)), *scripts, "-h", str(login["host"]),
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


@dataclass
class Measured:
    """The responses of a catalogue.

    first_start_s, restart_s: until the first listing after a start, without and with a stored index.
    got: by response and connections, the result of bench.load. bare: by response, how often per second
    its statements alone run. statements: how many it sends.
    """

    filled: Filled
    first_start_s: float
    restart_s: float
    got: dict[str, dict[int, dict[str, float]]]
    bare: dict[str, float]
    statements: dict[str, int]
    used_mb: float

    def of_empty(self, answer: str, connections: int = 16) -> float:
        """Its rate as a share of an empty response's."""
        empty = self.got[ANSWERS[0].name][connections]["rps"]
        return self.got[answer][connections]["rps"] / empty


def measure(emulator: Emulator, products: int, workers: int) -> Measured:
    """Fill a database of its own, unless it is filled already, serve it, ask it."""
    filled = filled_database(emulator, products, is_real=products == REAL and CATALOG.is_file())
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    asyncio.run(forget_index(emulator))
    server, first_start_s = started(port, workers)
    json_at(port, "/api/v1/products?q=shirt")  # now it has read everything, and stored its index
    server.terminate()
    server.wait()
    server, restart_s = started(port, workers)
    try:
        for _ in range(10 * (workers - 1)):  # so that each worker has read everything
            json_at(port, "/api/v1/products?q=shirt")
        paths = {one.name: list(one.paths(lambda path: json_at(port, path))) for one in ANSWERS}
        sent = asyncio.run(statements_of(paths))
        got: dict[str, dict[int, dict[str, float]]] = {}
        bare: dict[str, float] = {}
        for answer in ANSWERS:
            print(f"{products:,}: {answer.name}", file=sys.stderr, flush=True)
            got[answer.name] = {
                n: measured(port, n, SECONDS, paths[answer.name]) for n in CONNECTIONS
            }
            if scripts := [statements for statements in sent[answer.name] if statements]:
                bare[answer.name] = pgbench(emulator, os.environ["PGDATABASE"], scripts)
        used_mb = sum(map(memory_mb, processes.workers(server.pid)))
    finally:
        server.terminate()
        server.wait()
    most = {name: max(map(len, of_paths)) for name, of_paths in sent.items()}
    return Measured(filled, first_start_s, restart_s, got, bare, most, used_mb)


def started(port: int, workers: int) -> tuple["subprocess.Popen[bytes]", float]:
    """A server, and the seconds until it answered a listing."""
    began = time.perf_counter()
    server = subprocess.Popen(
        [*STOREFRONT, "serve", "--port", str(port), "--workers", str(workers)],
        stderr=subprocess.DEVNULL,
    )
    json_at(port, "/api/v1/products?page_size=1")
    return server, time.perf_counter() - began


async def forget_index(emulator: Emulator) -> None:
    """Delete the stored index, as in a shop that was never started."""
    login = emulator.admin_dsn_kwargs | {"database": os.environ["PGDATABASE"]}
    connection = await asyncpg.connect(**login)
    await connection.execute("delete from shop.index_sets")
    await connection.close()


def filled_database(emulator: Emulator, products: int, *, is_real: bool) -> Filled:
    """A database with so many products, the one that the environment names from here on."""
    database = f"{'real' if is_real else 'generated'}_{products}"
    os.environ["PGDATABASE"] = database
    filled = asyncio.run(filled_already(emulator, database))
    if filled is None:
        asyncio.run(make_database(emulator, database))
        filled = fill(products, is_real=is_real)
        asyncio.run(note_filled(emulator, database, filled))
    else:
        subprocess.run([*STOREFRONT, "migrate"], check=True, capture_output=True)
    return filled


async def statements_of(paths: dict[str, list[str]]) -> dict[str, list[list[str]]]:
    """By response, the statements of some of its paths."""
    async with sent.shop() as shop:
        return {
            name: [[one.inlined for one in await shop.statements(path)] for path in sample(some)]
            for name, some in paths.items()
        }


def sample(paths: list[str]) -> list[str]:
    """Eight of them at most, from all over."""
    return paths[:: max(1, len(paths) // 8)][:8]


async def make_database(emulator: Emulator, name: str) -> None:
    """A database of that name in which the app's service principal may create; one that was not
    filled completely is replaced."""
    connection = await asyncpg.connect(**emulator.admin_dsn_kwargs)
    await connection.execute(f'drop database if exists "{name}"')
    await connection.execute(f'create database "{name}"')
    role = emulator.environment()["PGUSER"]
    await connection.execute(f'grant connect, create on database "{name}" to "{role}"')
    await connection.close()


async def note_filled(emulator: Emulator, name: str, filled: Filled) -> None:
    """Remember, with the database, how it was filled."""
    connection = await asyncpg.connect(**emulator.admin_dsn_kwargs)
    said = json.dumps(asdict(filled))
    await connection.execute(f"comment on database \"{name}\" is '{said}'")
    await connection.close()


async def filled_already(emulator: Emulator, name: str) -> Filled | None:
    """How this database was filled, if it was."""
    connection = await asyncpg.connect(**emulator.admin_dsn_kwargs)
    said = await connection.fetchval(
        "select shobj_description(oid, 'pg_database') from pg_database where datname = $1", name
    )
    await connection.close()
    return Filled(**json.loads(said)) if said else None


def section(measured: Measured) -> str:
    """A size of catalogue, as tables by how many connections ask."""
    filled = measured.filled
    lines = [
        f"## {filled.products:,} products",
        "",
        f"Filled in {filled.seconds:.0f} s ({filled.products / filled.seconds:,.0f} a second), the "
        f"importing process at most {filled.most_mb:.0f} MB. The server answered a listing "
        f"{measured.first_start_s:.1f} s after its first start and {measured.restart_s:.1f} s after a "
        f"restart; at the end it had {measured.used_mb:.0f} MB.",
    ]
    for connections in CONNECTIONS:
        is_bare = connections == BARE_CLIENTS
        head = " | its SQL by pgbench, a second | of that" if is_bare else ""
        lines += [
            "",
            f"### {connections} connection{'s' if connections > 1 else ''}",
            "",
            "| response | statements | per second | of empty | p50 ms | p95 ms | p99 ms | "
            f"p99 / p50{head} |",
            "| --- " * (10 if is_bare else 8) + "|",
        ]
        for answer in ANSWERS:
            got = measured.got[answer.name][connections]
            failed = f" **{got['failed']:.0f} failed**" if got["failed"] else ""
            cells = [
                answer.name,
                str(measured.statements[answer.name]),
                f"{got['rps']:,.0f}{failed}",
                f"{measured.of_empty(answer.name, connections):.2f}",
                *(f"{got[part]:.2f}" for part in ("p50", "p95", "p99")),
                f"{got['p99'] / got['p50']:.1f}" if got["p50"] else "–",
            ]
            if is_bare:
                bare = measured.bare.get(answer.name)
                cells += [f"{bare:,.0f}", f"{got['rps'] / bare:.2f}"] if bare else ["–", "–"]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def slower(small: dict[str, float], big: dict[str, float]) -> str:
    """How many times as slow; in words if there was no response."""
    return f"{small['rps'] / big['rps']:.2f}" if big["rps"] else "no response"


def goals(measured: list[Measured]) -> str:
    """What was aimed at, and what was measured."""
    lines = ["| goal, at 16 connections | " + " | ".join(
        f"{one.filled.products:,}" for one in measured) + " |"]  # fmt: skip
    lines.append("| --- " * (1 + len(measured)) + "|")

    def row(goal: str, told: Callable[[Measured], str]) -> None:
        lines.append(f"| {goal} | {' | '.join(map(told, measured))} |")

    def share(answer: str) -> Callable[[Measured], str]:
        return lambda one: f"{one.of_empty(answer):.2f}"

    def spread(answer: str) -> Callable[[Measured], str]:
        return lambda one: f"{one.got[answer][16]['p99'] / one.got[answer][16]['p50']:.1f}"

    for name in ("listing", "listing, each new", "five filters", "five filters, each new"):
        row(f"{name}, with facets: 0.6 of an empty response", share(name))
    for name in ("suggestions", "suggestions, each new"):
        row(f"{name}: 0.7 of an empty response", share(name))
    for name in ("listing", "five filters", "five filters, each new", "suggestions"):
        row(f"{name}: p99 under 3 times p50", spread(name))
    first, deep = "first pages by cursor, each new", "deepest pages by cursor, each new"
    row(
        "deepest page by cursor as fast as the first, within a tenth",
        lambda one: f"{one.got[deep][16]['rps'] / one.got[first][16]['rps']:.2f}",
    )
    row("statements per response: at most three", lambda one: str(max(one.statements.values())))
    small = measured[0]
    for answer in ANSWERS[1:] if len(measured) > 1 else ():
        row(
            f"{answer.name}: at most twice as slow as at {small.filled.products:,}",
            lambda one, name=answer.name: (  # type: ignore[misc]
                "–" if one is small else slower(small.got[name][16], one.got[name][16])
            ),
        )
    return "\n".join([*lines, ""])


def main() -> None:
    """Measure each size, print, write."""
    parser = argparse.ArgumentParser(description="Measure the shop; writes bench/results.md.")
    parser.add_argument("sizes", nargs="*", type=int, default=[REAL, BIG])
    parser.add_argument(
        "--data", type=Path, help="keep the filled databases here, for the next time"
    )
    parser.add_argument(
        "--workers", type=int, default=1, help="processes of the server (default: 1)"
    )
    given = parser.parse_args()
    machine = (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores shared by server, database "
        f"and load, Python {platform.python_version()}, load average {os.getloadavg()[0]:.1f} at the "
        f"start; server processes: {given.workers}; {SECONDS:.0f} s each. Made by `make bench`."
    )
    measured = []
    with (
        tempfile.TemporaryDirectory() as folder,
        running_emulator(data=given.data) as emulator,
    ):
        os.environ.update(emulator.environment() | {"STORE_PICTURES_DIR": folder})
        for size in given.sizes:
            measured.append(measure(emulator, size, given.workers))
            print(section(measured[-1]), flush=True)
    page = ["# Measured", "", machine, "", LEGEND, "", goals(measured), *map(section, measured)]
    report = (
        RESULTS if given.workers == 1 else RESULTS.with_stem(f"results-{given.workers}-workers")
    )
    report.write_text("\n".join(page), encoding="utf-8")


LEGEND = """\
Responses marked "each new" were never requested before, or are no longer cached: they are made from the
process's index and the database. All others are requested repeatedly, and most come from the cache.
Ratios compare with an empty response of the same server with the same number of connections, and with
`pgbench -M prepared` running the statements of an uncached response. 44,446 products are the public data
set where it is available, a million are generated."""


if __name__ == "__main__":
    main()
