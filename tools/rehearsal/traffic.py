"""People who browse and buy while something happens to the app."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from uuid import uuid4

import httpx

from bench.selling import ADDRESS
from tools.rehearsal.proxy import SESSION

_PATHS = ("/", "/products", "/api/v1/products?gender=Women", "/search?q=shirt", "/cart", "/health")
_BROWSERS = 4
_PAUSE_S = 0.05


def visitor(url: str, who: str) -> httpx.AsyncClient:
    """A browser of somebody signed in. It reaches the proxy by https, which this one stands in for."""
    jar = CookieJar(DefaultCookiePolicy(secure_protocols=("http", "https")))
    client = httpx.AsyncClient(base_url=url, timeout=60, cookies=jar)
    client.cookies.set(SESSION, who)
    return client


@dataclass
class Traffic:
    """The outcome. failed: by the status, or by the name of the error."""

    requests: int = 0
    slowest_s: float = 0.0
    failed: Counter[str] = field(default_factory=Counter)

    def told(self) -> str:
        """In a few words, for the report."""
        failed = ", ".join(f"{times} × {what}" for what, times in self.failed.items()) or "0 failed"
        return f"{self.requests} requests, {failed}, slowest {self.slowest_s:.1f} s"


@asynccontextmanager
async def traffic(url: str, who: str) -> AsyncIterator[Traffic]:
    """Meanwhile, four people browse without a pause that matters."""
    seen, is_over = Traffic(), asyncio.Event()

    async def browse(number: int) -> None:
        async with visitor(url, who) as client:
            turn = number
            while not is_over.is_set():
                await _ask(client, _PATHS[turn % len(_PATHS)], seen)
                turn += 1
                await asyncio.sleep(_PAUSE_S)

    tasks = [asyncio.create_task(browse(number)) for number in range(_BROWSERS)]
    try:
        yield seen
    finally:
        is_over.set()
        await asyncio.gather(*tasks)


async def _ask(client: httpx.AsyncClient, path: str, seen: Traffic) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        status = (await client.get(path)).status_code
    except httpx.HTTPError as error:
        seen.failed[type(error).__name__] += 1
    else:
        if status != 200:
            seen.failed[str(status)] += 1
    seen.requests += 1
    seen.slowest_s = max(seen.slowest_s, loop.time() - began)


async def buy(url: str, who: str) -> str:
    """Buy one piece, as somebody whom the proxy has signed in. Returns the order's number."""
    async with visitor(f"{url}/api/v1", who) as client:
        listed = (await client.get("/products", params={"page_size": 50})).json()["products"]
        for product in listed:
            page = (await client.get(f"/products/{product['product_id']}")).json()
            codes = [size["sku"] for size in page["sizes"] if size["in_stock"]]
            if codes:
                break
        else:
            raise AssertionError("nothing can be bought")
        _good(await client.post("/cart/lines", json={"sku": codes[0], "quantity": 1}))
        token = _good(await client.post("/checkout")).json()["token"]
        entered = _good(
            await client.patch(
                f"/checkout/{token}",
                json={
                    "email": who,
                    "delivery_address": ADDRESS,
                    "delivery_method": "standard",
                },
            )
        )
        paid = _good(
            await client.post(
                f"/checkout/{token}/pay",
                json={
                    "payment_token": "approve",
                    "total_minor": entered.json()["totals"]["total"]["minor"],
                },
                headers={"Idempotency-Key": uuid4().hex},
            )
        )
        number: str = paid.json()["order_number"]
        orders = _good(await client.get("/orders")).json()["orders"]
        assert number in [order["number"] for order in orders], "the order is not in the account"
        return number


def _good(answer: httpx.Response) -> httpx.Response:
    assert answer.is_success, f"{answer.request.url.path}: {answer.status_code} {answer.text}"
    return answer
