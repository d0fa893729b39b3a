"""What a search by photograph costs over HTTP, at the size of the whole catalogue."""

import asyncio
import io
import os
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from PIL import Image

from tools.encoder.catalogue import Shot
from tools.encoder.distortions import WAYS, distorted

_REQUESTS = 200
_WARMING_UP = 5
_SIZE = (600, 800)

# Products without a photograph get the vector of one that has, so that all are compared.
_FILL_UP = """
    insert into shop.embeddings (colourway_id, model, version, picture, vector)
    select bare.id, model, version, 'measured', vector
    from (select id, row_number() over (order by id) as place from shop.colourways
          where not exists (select from shop.embeddings where colourway_id = colourways.id)) as bare
    join (select *, row_number() over (order by colourway_id) as place, count(*) over () as total
          from shop.embeddings) as known on known.place = 1 + bare.place % known.total
"""
_EMPTY_AGAIN = "delete from shop.embeddings where picture = 'measured'"


@dataclass(frozen=True, slots=True)
class Speed:
    """Times in ms; cpu_ms: of one request, by the server and the process that decodes together, which a
    busy machine does not change much. Memory in MB: of the server before and after, of the process that
    decodes."""

    requests: int
    pictures: int
    p50_ms: float
    p95_ms: float
    cpu_ms: float
    before_mb: float
    after_mb: float
    reader_mb: float
    load: float


async def measure(emulator: Any, shots: Sequence[Shot]) -> Speed:
    """Serve the filled database by one process and send it photographs, one after the other."""
    connection = await _connected(emulator)
    try:
        # Without statistics the joins of a database just imported are planned as if it were empty.
        await connection.execute("analyze")
        await connection.execute(_FILL_UP)
        # Else autovacuum does it beside the requests that are measured.
        await connection.execute("vacuum (analyze) shop.embeddings")
        pictures = await connection.fetchval("select count(*) from shop.embeddings")
        photographs = [_photograph(one) for one in shots[: _REQUESTS + _WARMING_UP]]
        return await asyncio.to_thread(_served, photographs, pictures)
    finally:
        await connection.execute(_EMPTY_AGAIN)
        await connection.close()


async def remove_filling(emulator: Any) -> None:
    """Delete what an interrupted measurement left."""
    connection = await _connected(emulator)
    await connection.execute(_EMPTY_AGAIN)
    await connection.close()


async def _connected(emulator: Any) -> Any:
    return await asyncpg.connect(
        **emulator.admin_dsn_kwargs | {"database": os.environ["PGDATABASE"]}
    )


def _served(photographs: Sequence[bytes], pictures: int) -> Speed:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "storefront.cli", "serve", "--port", str(port)],
        stderr=subprocess.DEVNULL,
        env=os.environ | {"STORE_RATE_LIMITS": "false"},
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            _wait(client)
            before_mb = _memory_mb(server.pid)
            for content in photographs[:_WARMING_UP]:
                _ask(client, content)
            processes = [server.pid, *_children(server.pid)]
            began_s = sum(map(_cpu_s, processes))
            times = [_ask(client, content) for content in photographs[_WARMING_UP:]]
            cpu_ms = (sum(map(_cpu_s, processes)) - began_s) * 1_000 / len(times)
        return Speed(
            len(times), pictures,
            statistics.median(times), statistics.quantiles(times, n=20)[-1],
            cpu_ms, before_mb, _memory_mb(server.pid),
            max(map(_memory_mb, _children(server.pid)), default=0), os.getloadavg()[0],
        )  # fmt: skip
    finally:
        server.terminate()
        server.wait()


def _ask(client: httpx.Client, content: bytes) -> float:
    began = time.perf_counter()
    answer = client.post(
        "/api/v1/search/image", files={"image": ("photo.jpg", content, "image/jpeg")}
    )
    answer.raise_for_status()
    return (time.perf_counter() - began) * 1_000


def _wait(client: httpx.Client) -> None:
    for _ in range(300):
        try:
            client.get("/api/v1/products?page_size=1").raise_for_status()
            return
        except httpx.TransportError:
            time.sleep(0.1)
    sys.exit("the shop did not start")


def _photograph(shot: Shot) -> bytes:
    """A distorted copy in the size that a browser sends after reducing a photograph."""
    with Image.open(shot.file) as picture:
        small = Image.open(io.BytesIO(distorted(picture, WAYS["photo"], shot.product_id)))
    buffer = io.BytesIO()
    small.resize(_SIZE, Image.Resampling.BICUBIC).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def _memory_mb(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
