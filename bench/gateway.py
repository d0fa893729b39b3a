"""`python -m bench.gateway`: what the emulator's gateway costs, against Postgres with TLS itself.

Both ways are measured in turns, round by round, and compared by the median of the rounds' ratios.
The Postgres that comes with the emulator is built without TLS, so the other one is whichever with
TLS is installed; how the two servers differ is measured too, past gateway and TLS, through their
unix sockets. Needs `pgbench` and `psql` with TLS and that Postgres: Debian's package `postgresql`.
"""

import asyncio
import contextlib
import json
import os
import platform
import re
import shutil
import signal
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import trustme

from lakepass import Lakebase
from lakepass.emulator.postgres.binaries import Binaries, Runner, runner

RESULTS = Path(__file__).with_name("results-gateway.md")
SCHEMA = "bench"
SCALE = 5  # pgbench: 100,000 accounts each
ROUNDS, ROUND_S = 5, 6
COPY_ROUNDS, COPY_MB = 3, 1024
AT_ONCE = 200
CONNECTS, CONNECTS_AT_ONCE = 18_000, 8  # five a second for an hour

TRIED = """\
What was tried, by the processor time of the emulator's process, which the load of others changes
little (same machine, 2026-11-25):

| what | a select, 16 clients | a connect, 200 at once | memory after these 200 |
| --- | --- | --- | --- |
| asyncio | 20 µs | 0.95 ms | 240 MB |
| uvloop | 16 µs | 0.85 ms | 97 MB |
| and no TLS session tickets | 16 µs | 0.75 ms | 94 MB |

asyncio gives each TLS connection a buffer of 256 KB and fills it with zeros. The goals (half of
direct TLS for selects, 0.8 for `COPY`) need no second process and no other cipher.
"""


@dataclass(frozen=True, slots=True)
class Way:
    """One host of a Postgres: the variables that lead libpq to it."""

    name: str
    variables: dict[str, str] = field(repr=False)

    def run(self, *command: str, into: int = subprocess.PIPE) -> str:
        """What a client program says that was sent this way."""
        environment = {"PATH": os.environ["PATH"], "PGOPTIONS": f"-c search_path={SCHEMA}"}
        done = subprocess.run(
            command,
            env=environment | self.variables,
            stdout=into,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"{command[0]}, {self.name}: {done.stderr.strip()}")
        return done.stdout or ""


@dataclass(frozen=True, slots=True)
class Server:
    """A Postgres with two ways in: encrypted, and past everything through its unix socket."""

    version: str
    encrypted: Way
    bare: Way
    process: int

    @property
    def busy_s(self) -> float:
        """Processor time of that process so far."""
        fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def resident_mb(self) -> float:
        """Memory of the process that clients talk to."""
        status = Path(f"/proc/{self.process}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found
        return int(found[1]) / 1024


@contextmanager
def through_the_gateway() -> Iterator[Server]:
    """An emulator in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="lakepass-bench-") as folder:
        command = [sys.executable, "-m", "lakepass.cli", "emulator", "--json", "--data", folder]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        try:
            lake = Lakebase.from_env(json.loads(process.stdout.readline())["env"])
            variables = {**lake.libpq_env(), "PGPASSWORD": lake.password()}
            socket_folder = Path(folder, "postgres", "postmaster.pid").read_text().splitlines()[4]
            bare = variables | {"PGHOST": socket_folder, "PGPORT": "5432", "PGSSLMODE": "disable"}
            yield _server(Way("gateway", variables), Way("its Postgres", bare), process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


@contextmanager
def directly() -> Iterator[Server]:
    """A Postgres with TLS, on loopback, that asks for no password."""
    found = runner(
        Binaries(_bin_with_tls(), share=Path(), headers=Path(), libraries=Path(), major=0)
    )
    with tempfile.TemporaryDirectory(prefix="lakepass-bench-", dir="/tmp") as name:
        folder = Path(name)
        authority = trustme.CA()
        certificate = authority.issue_cert("localhost")
        authority.cert_pem.write_to_path(folder / "ca.pem")
        certificate.private_key_pem.write_to_path(folder / "key.pem")
        (folder / "key.pem").chmod(0o600)
        certificate.cert_chain_pems[0].write_to_path(folder / "certificate.pem")
        data = folder / "data"
        _run(found, "initdb", "-D", str(data), "-U", "postgres", "--auth=trust", "-E", "UTF8")
        settings = {
            "ssl": "on",
            "ssl_cert_file": folder / "certificate.pem",
            "ssl_key_file": folder / "key.pem",
            "listen_addresses": "127.0.0.1",
            "port": _free_port(),
            "unix_socket_directories": folder,
            "max_connections": AT_ONCE + 10,
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        process = subprocess.Popen(
            found.command("postgres", "-D", str(data), *options), stderr=subprocess.DEVNULL
        )
        try:
            _await(lambda: "ready" in (data / "postmaster.pid").read_text())
            common = {
                "PGPORT": str(settings["port"]),
                "PGUSER": "postgres",
                "PGDATABASE": "postgres",
            }
            encrypted = common | {
                "PGHOST": "localhost",
                "PGSSLMODE": "verify-full",
                "PGSSLROOTCERT": str(folder / "ca.pem"),
            }
            bare = common | {"PGHOST": str(folder), "PGSSLMODE": "disable"}
            yield _server(Way("direct TLS", encrypted), Way("Postgres with TLS", bare), process.pid)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()


def _server(encrypted: Way, bare: Way, process: int) -> Server:
    """The server with what pgbench reads in it."""
    bare.run("psql", "-qc", f"create schema {SCHEMA}")
    bare.run("pgbench", "-i", "-s", str(SCALE), "--quiet")
    bare.run("psql", "-qc", "create unlogged table lines (line text)")
    version = bare.run("psql", "-Atc", "show server_version").split()[0]
    return Server(version, encrypted, bare, process)


def _bin_with_tls() -> Path:
    """Where Debian keeps Postgres, the newest, or the one on PATH."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    found = installed[-1] if installed else shutil.which("postgres")
    if found is None or shutil.which("pgbench") is None:
        sys.exit("A Postgres with TLS is needed beside the emulator's: apt-get install postgresql")
    return Path(found).resolve().parent


def _run(found: Runner, program: str, *arguments: str) -> None:
    subprocess.run(found.command(program, *arguments), check=True, stdout=subprocess.DEVNULL)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def _await(condition: Callable[[], bool]) -> None:
    for _ in range(500):
        with contextlib.suppress(FileNotFoundError):
            if condition():
                return
        time.sleep(0.02)
    sys.exit("the Postgres with TLS did not start")


def transactions(*options: str) -> Callable[[Way], float]:
    """How many a second pgbench counts, each one select by primary key."""

    def measure(way: Way) -> float:
        said = way.run("pgbench", "-n", "-S", "-M", "prepared", "-T", str(ROUND_S), *options)
        return _number(r"tps = ([\d.]+)", said)

    return measure


def copy_out(way: Way) -> float:
    """Megabytes a second out of Postgres, lines of one kilobyte."""
    lines = f"select repeat('x', 1023) from generate_series(1, {COPY_MB * 1024})"
    began = time.perf_counter()
    way.run("psql", "-qc", f"copy ({lines}) to stdout", into=subprocess.DEVNULL)
    return COPY_MB / (time.perf_counter() - began)


def copy_in(way: Way) -> float:
    """Megabytes a second into Postgres, which reads the lines and keeps none."""
    source = f"yes {'x' * 1023} | head -c {COPY_MB << 20}"
    began = time.perf_counter()
    way.run("psql", "-qc", f"\\copy lines from program '{source}' where false")
    return COPY_MB / (time.perf_counter() - began)


def connects_at_once(way: Way) -> float:
    """Connections a second, all begun at the same moment and all held until the last is there."""

    async def connect() -> asyncpg.Connection:
        return await asyncpg.connect(
            host="localhost",
            port=way.variables["PGPORT"],
            user=way.variables["PGUSER"],
            password=way.variables.get("PGPASSWORD"),
            database=way.variables["PGDATABASE"],
            ssl=ssl.create_default_context(cafile=way.variables["PGSSLROOTCERT"]),
        )

    async def measure() -> float:
        began = time.perf_counter()
        sessions = await asyncio.gather(*(connect() for _ in range(AT_ONCE)))
        took = time.perf_counter() - began
        await asyncio.gather(*(session.close() for session in sessions))
        return AT_ONCE / took

    return asyncio.run(measure())


def _number(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    assert found, text
    return float(found[1])


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured, how, how often, and in which unit. amount: of a round; None: by the clock."""

    name: str
    of: Callable[[Way], float]
    rounds: int
    unit: str
    amount: int | None = None


MEASURES = (
    Measure("select by key, 16 clients", transactions("-c", "16", "-j", "2"), ROUNDS, "a second"),
    Measure("select by key, 1 client", transactions("-c", "1"), ROUNDS, "a second"),
    Measure("`COPY` out, 1 GB", copy_out, COPY_ROUNDS, "MB/s", COPY_MB),
    Measure("`COPY` in, 1 GB", copy_in, COPY_ROUNDS, "MB/s", COPY_MB),
    Measure("connect, select, close; 8 clients", transactions("-C", "-c", "8"), ROUNDS, "a second"),
    Measure(f"{AT_ONCE} connections at once", connects_at_once, ROUNDS, "a second", AT_ONCE),
)


def compared(measure: Measure, ours: Server, theirs: Server) -> str:
    """A row: both ways and their ratio, what the gateway works for it, and the servers' own ratio."""
    rounds, busy_us = [], []
    for _ in range(measure.rounds):
        before = ours.busy_s
        rate = measure.of(ours.encrypted)
        busy_us.append((ours.busy_s - before) * 1e6 / (measure.amount or rate * ROUND_S))
        rounds.append((rate, measure.of(theirs.encrypted)))
    gateway, direct = (statistics.median(column) for column in zip(*rounds, strict=True))
    ratio = statistics.median(one / other for one, other in rounds)
    servers = ""
    if measure.of is not connects_at_once:  # its client speaks TLS
        bare = [(measure.of(ours.bare), measure.of(theirs.bare)) for _ in range(2)]
        servers = f"{statistics.median(one / other for one, other in bare):.2f}"
    return (
        f"| {measure.name} | {gateway:,.0f} {measure.unit} | {direct:,.0f} {measure.unit} | "
        f"**{ratio:.2f}** | {statistics.median(busy_us):,.0f} | {servers} |"
    )


def memory(server: Server) -> list[tuple[int, float]]:
    """The gateway's memory in MB after so many connects, each with a query of its own."""
    share = CONNECTS // 6 // CONNECTS_AT_ONCE
    readings = []
    for turn in range(1, 7):
        options = ("-S", "-C", "-n", "-c", str(CONNECTS_AT_ONCE), "-t", str(share))
        server.encrypted.run("pgbench", *options)
        readings.append((turn * share * CONNECTS_AT_ONCE, server.resident_mb))
    return readings


def page(rows: list[str], readings: list[tuple[int, float]], ours: Server, theirs: Server) -> str:
    """The results as a page."""
    connects = " | ".join(f"{count:,}" for count, _ in readings)
    return "\n".join(
        [
            "# What the gateway costs",
            "",
            f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
            f"Python {platform.python_version()}; behind the gateway Postgres {ours.version}, "
            f"beside it {theirs.version} with TLS; clients, gateway and servers share the cores. "
            f"Load of the machine at the end: {os.getloadavg()[0]:.0f} (the measuring is 1 to 3). "
            "Made by `python -m bench.gateway`.",
            "",
            "| what | through the gateway | direct TLS | ratio | its own µs each | servers alone |",
            "| --- | --- | --- | --- | --- | --- |",
            *rows,
            "",
            "Each ratio is the median over rounds in turns. Then the processor time of the gateway's",
            "process for each select, megabyte or connection, and the ratio of the two servers alone,",
            "through their unix sockets: where it is not 1.00, the servers differ.",
            "",
            f"| connects | {connects} |",
            f"| --- |{' --- |' * len(readings)}",
            f"| memory, MB | {' | '.join(f'{mb:.1f}' for _, mb in readings)} |",
            "",
            TRIED,
        ]
    )


def main() -> None:
    """Measure both ways in turns, write the page and print it."""
    with through_the_gateway() as ours, directly() as theirs:
        rows = []
        for measure in MEASURES:
            rows.append(compared(measure, ours, theirs))
            print(rows[-1], flush=True)
        text = page(rows, memory(ours), ours, theirs)
    RESULTS.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
