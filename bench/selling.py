"""A shop that sells, as several server processes over one database: for races and crashes."""

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import text

from lakepass.emulator import Emulator, running_emulator
from storefront import migrations
from storefront.catalog import service as catalog
from storefront.db import Database
from storefront.demo.products import demo_products
from storefront.inventory import queries as stock
from storefront.inventory import service as inventory
from storefront.pricing import service as pricing
from storefront.settings import Settings

STOREFRONT = Path(sys.executable).with_name("storefront")
ADDRESS = {
    "name": "Ann Example",
    "street_address": "1 Main Street",
    "city": "Springfield",
    "country_area": "IL",
    "postal_code": "62701",
    "country_code": "US",
}
_READY_WITHIN_S = 600.0  # the machine may be busy
_PATIENCE_S = 120.0


class SellingShop:
    """The processes of a shop, and its database for preparing and counting."""

    def __init__(self, emulator: Emulator, folder: Path, processes: int) -> None:
        self.emulator = emulator
        self.folder = folder
        self.environ = dict(os.environ) | emulator.environment()
        self.environ |= {
            "STORE_SECRET_KEYS_FILE": str(folder / "keys"),
            "STORE_PICTURES_DIR": str(folder / "pictures"),
            "STORE_MAIL_DIR": str(folder / "mail"),
            "STORE_LOG_LEVEL": "WARNING",
            "STORE_MAX_REQUESTS": "1000",
            "STORE_RATE_LIMITS": "false",
            "STORE_EMBED_IN_BACKGROUND": "false",
        }
        os.environ.update(self.environ)
        self.database = Database(Settings(connect_deadline_s=120))
        self.ports = [_free_port() for _ in range(processes)]
        self.processes: list[subprocess.Popen[bytes]] = []

    @property
    def urls(self) -> list[str]:
        """Where each process listens."""
        return [f"http://127.0.0.1:{port}" for port in self.ports]

    def start(self) -> None:
        """Start every process that is not running."""
        earlier = dict(zip(self.ports, self.processes, strict=False))
        self.processes = [
            earlier[port]
            if port in earlier and earlier[port].poll() is None
            else subprocess.Popen(
                [STOREFRONT, "serve", "--port", str(port)],
                env=self.environ,
                stdout=subprocess.DEVNULL,
                stderr=(self.folder / f"{port}.log").open("ab"),
            )
            for port in self.ports
        ]

    def kill(self, number: int) -> None:
        """End a process at once, as a machine that dies does."""
        self.processes[number].kill()
        self.processes[number].wait()

    def stop(self) -> None:
        """End every process as the platform does."""
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            process.wait()

    async def wait_until_ready(self) -> None:
        """Until every process answers that it is ready."""
        deadline = time.monotonic() + _READY_WITHIN_S
        async with httpx.AsyncClient(timeout=10) as client:
            for url in self.urls:
                while True:
                    try:
                        if (await client.get(f"{url}/ready")).status_code == 200:
                            break
                    except httpx.TransportError:
                        pass
                    if time.monotonic() > deadline:
                        raise TimeoutError(f"{url} was not ready within {_READY_WITHIN_S:.0f} s")
                    await asyncio.sleep(0.2)

    async def stocked(self, *pieces: int) -> list[str]:
        """Codes of SKUs of which there are so many pieces each."""
        async with self.database.writes() as session:
            rows = list(
                await session.execute(
                    text(
                        "select id, code from shop.skus where is_offered order by id desc limit :most"
                    ),
                    {"most": len(pieces)},
                )
            )
            counts = {row.id: count for row, count in zip(rows, pieces, strict=True)}
            await inventory.count(session, counts)
        return [row.code for row in rows]

    async def execute(self, statement: str, **values: object) -> None:
        """Change something in the database."""
        async with self.database.writes() as session:
            await session.execute(text(statement), values)

    async def rows(self, statement: str, **values: object) -> list[tuple[Any, ...]]:
        """Read from the database."""
        async with self.database.reads() as session:
            return [tuple(row) for row in await session.execute(text(statement), values)]

    async def one(self, statement: str, **values: object) -> Any:
        """One value from the database."""
        [(value,)] = await self.rows(statement, **values)
        return value

    async def differences(self) -> list[str]:
        """What does not add up: stock against its books, payments against orders."""
        async with self.database.reads() as session:
            found = [repr(one) for one in await stock.differences(session)]
        unpaid = await self.rows(
            "select number from shop.orders where total_minor <> gift_card_minor + coalesce(("
            "select sum(amount_minor) from shop.payments where order_id = orders.id), 0)"
        )
        negative = await self.rows("select sku_id from shop.stock_levels where on_hand < 0")
        return [*found, *map(repr, unpaid), *map(repr, negative)]


class Buyer:
    """A guest with a cookie jar, whose requests go to any of the processes."""

    def __init__(self, urls: Sequence[str]) -> None:
        self._urls = list(urls)
        self._client = httpx.AsyncClient(timeout=60)
        self.name = uuid4().hex
        self.key = uuid4().hex
        self.token = ""
        self.total = 0

    @property
    def cookie(self) -> str:
        """What the browser of this buyer sends as ``Cookie``."""
        return "; ".join(f"{one.name}={one.value}" for one in self._client.cookies.jar)

    async def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request to one of the processes; again for as long as the answer asks for that."""
        gives_up_at = time.monotonic() + _PATIENCE_S
        while True:
            url = random.choice(self._urls)
            answer = await self._client.request(method, f"{url}/api/v1{path}", **options)
            if "Retry-After" not in answer.headers or time.monotonic() > gives_up_at:
                return answer
            await asyncio.sleep(min(float(answer.headers["Retry-After"]), 2.0))

    async def prepare(self, sku: str, *, quantity: int = 1) -> httpx.Response:
        """Fill the bag and the checkout; returns the answer that refused something, or the last."""
        added = await self.add(sku, quantity=quantity)
        if added.is_error:
            return added
        return await self.check_out()

    async def add(self, sku: str, *, quantity: int = 1) -> httpx.Response:
        """Put something into the bag, once, however often the request is repeated."""
        line = {"sku": sku, "quantity": quantity}
        headers = {"Idempotency-Key": uuid4().hex}
        return await self.request("POST", "/cart/lines", json=line, headers=headers)

    async def check_out(self) -> httpx.Response:
        """Enter everything that the checkout needs."""
        started = await self.request("POST", "/checkout")
        if started.is_error:
            return started
        self.token = started.json()["token"]
        entered = await self.request(
            "PATCH",
            f"/checkout/{self.token}",
            json={
                "email": f"{self.name}@example.com",
                "delivery_address": ADDRESS,
                "delivery_method": "standard",
            },
        )
        if entered.is_success:
            self.total = entered.json()["totals"]["total"]["minor"]
        return entered

    async def pay(self, payment_token: str = "approve") -> httpx.Response:
        """Pay what was shown, with the same key each time."""
        return await self.request(
            "POST",
            f"/checkout/{self.token}/pay",
            json={"payment_token": payment_token, "total_minor": self.total},
            headers={"Idempotency-Key": self.key},
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


@asynccontextmanager
async def selling_shop(*, processes: int = 2, replica: bool = False) -> AsyncIterator[SellingShop]:
    """A shop with the smallest demo catalogue, running; its data is thrown away afterwards.

    replica: read from a standby what may lag.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        running_emulator(standby=replica) as emulator,
    ):
        shop = SellingShop(emulator, Path(folder), processes)
        if replica:
            shop.environ["STORE_READ_REPLICA"] = "auto"
        await migrations.migrate(shop.database)
        await catalog.import_products(shop.database, demo_products(20))
        async with shop.database.writes() as session:
            await pricing.install_defaults(session, "USD")
        shop.start()
        try:
            await shop.wait_until_ready()
            yield shop
        finally:
            shop.stop()
            await shop.database.aclose()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port
