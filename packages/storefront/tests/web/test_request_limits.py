"""What one client may take: bytes, time and connections. Refusals are problem documents."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress

import httpx
import pytest
from fastapi import FastAPI, Request

from lakepass.emulator import Emulator
from packages.storefront.tests.conftest import Server, running_shop, sent, wait_for_menu
from storefront.app import create_app
from storefront.settings import Settings
from storefront.web import connection
from storefront.web.middleware.request_limits import MAX_BODY_BYTES

SEARCH = "/api/v1/search/text"
LONGEST_IDLE_OF_PROXIES_S = 60


def with_more_routes(app: FastAPI) -> FastAPI:
    @app.post("/api/photographs", max_body_size=200_000)
    async def photograph(request: Request) -> int:
        return len(await request.body())

    @app.get("/api/slow")
    async def slow() -> None:
        """Never ends, and does not let itself be cancelled at once, as a frozen driver does."""
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.5)

    return app


@contextmanager
def shop_with_more_routes(
    emulator: Emulator, database: str, settings: Settings, **changes: object
) -> Iterator[Server]:
    settings = settings.model_copy(update={"connect_deadline_s": 3.0, **changes})
    app = with_more_routes(create_app(settings))
    with running_shop(settings, emulator, database, app) as server:
        wait_for_menu(server.url)  # the first connection may take longer than the deadline
        yield server


@pytest.fixture(scope="module")
def limited(emulator: Emulator, filled_database: str, settings: Settings) -> Iterator[Server]:
    """A shop with two more routes and a deadline of three seconds."""
    with shop_with_more_routes(emulator, filled_database, settings) as server:
        yield server


@pytest.fixture
def small(emulator: Emulator, filled_database: str, settings: Settings) -> Iterator[Server]:
    """The same with room for three requests."""
    with shop_with_more_routes(emulator, filled_database, settings, max_requests=3) as server:
        yield server


@pytest.fixture
async def browser(limited: Server) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=limited.url, timeout=60, verify=False) as client:
        yield client


async def response_to(server: Server, request: bytes) -> tuple[int, dict[str, object]]:
    """Status and JSON body of the answer to exactly these bytes."""
    async with sent(server, request) as reader:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        body = await reader.readexactly(length)
    return int(head.split()[1]), json.loads(body)


async def until_closed(reader: asyncio.StreamReader) -> bytes:
    """All that comes until the server closes the connection.

    On a busy machine the server may close it before the test's bytes arrive: they are answered with a
    reset, and no test can tell that from a closed connection.
    """
    with suppress(ConnectionResetError):
        return await asyncio.wait_for(reader.read(), 20)
    return b""


# --- bodies -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        (SEARCH, MAX_BODY_BYTES),
        ("/api/nowhere", MAX_BODY_BYTES),
        ("/api/v1/products", MAX_BODY_BYTES),
        ("/api/v1/search/image", 20_100_000),
    ],
)
async def test_a_body_that_is_declared_too_large_is_refused_before_it_is_sent(
    limited: Server, path: str, limit: int
) -> None:
    head = f"POST {path} HTTP/1.1\r\nHost: shop\r\nContent-Length: 209715200\r\n\r\n"
    status, problem = await response_to(limited, head.encode())
    assert status == 413
    assert str(problem["type"]).endswith("/problems/body-too-large")
    assert problem["max_bytes"] == limit


def test_idle_connections_are_not_closed_before_those_of_proxies() -> None:
    config = connection.config(FastAPI())
    assert config.timeout_keep_alive > LONGEST_IDLE_OF_PROXIES_S


async def test_a_body_of_unknown_length_is_refused_once_it_is_too_large(limited: Server) -> None:
    head = f"POST {SEARCH} HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n"
    head += "Content-Type: application/json\r\n\r\n"
    chunk = b"%x\r\n%s\r\n" % (40_000, b" " * 40_000)
    status, problem = await response_to(limited, head.encode() + chunk * 2)
    assert (status, problem["max_bytes"]) == (413, MAX_BODY_BYTES)


async def test_a_length_of_5000_digits_is_too_large(limited: Server) -> None:
    head = f"POST {SEARCH} HTTP/1.1\r\nHost: shop\r\nContent-Length: {'9' * 19}\r\n\r\n"
    assert (await response_to(limited, head.encode()))[0] == 413


async def test_a_route_that_says_so_accepts_more(browser: httpx.AsyncClient) -> None:
    whole = await browser.post("/api/photographs", content=b"x" * 200_000)
    assert (whole.status_code, whole.json()) == (200, 200_000)
    more = await browser.post("/api/photographs", content=b"x" * 200_001)
    assert (more.status_code, more.json()["max_bytes"]) == (413, 200_000)


async def test_a_client_that_sends_all_the_same_gets_its_answer(browser: httpx.AsyncClient) -> None:
    answer = await browser.post(SEARCH, content=b" " * 20_000_000)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (await browser.get("/health")).status_code == 200


async def test_bodies_up_to_the_limit_are_read(browser: httpx.AsyncClient) -> None:
    text, headers = json.dumps({"query": "shirt"}), {"Content-Type": "application/json"}
    for size, status in ((MAX_BODY_BYTES, 200), (MAX_BODY_BYTES + 1, 413)):
        answer = await browser.post(SEARCH, content=text.ljust(size), headers=headers)
        assert answer.status_code == status


# --- time -------------------------------------------------------------------------------------


async def test_an_answer_that_takes_too_long_is_503_although_the_route_goes_on(
    browser: httpx.AsyncClient,
) -> None:
    answer = await browser.get("/api/slow")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert answer.json()["type"].endswith("/problems/unavailable")


async def test_a_body_that_does_not_arrive_is_408(limited: Server) -> None:
    head = f"POST {SEARCH} HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n"
    status, problem = await response_to(
        limited, head.encode() + b'Content-Length: 20\r\n\r\n{"query"'
    )
    assert status == 408
    assert str(problem["type"]).endswith("/problems/request-too-slow")


@pytest.fixture
def hasty(limited: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.setattr(connection, "HEAD_WITHIN_S", 0.5)
    monkeypatch.setattr(connection, "BODY_WITHIN_S", 0.5)
    return limited


@pytest.mark.parametrize(
    ("half", "statuses"),
    [
        (b"", []),
        (b"GET / HT", []),
        (b"GET / HTTP/1.1\r\nHost: shop\r\n", []),
        (b"\r\n\r\n", []),
        (b"GET /health HTTP/1.1\r\nHost: shop\r\n\r\nGET / HTTP/1.1\r\n", [b"200"]),
        (b"POST /nowhere HTTP/1.1\r\nHost: shop\r\nContent-Length: 9\r\n\r\nhalf", [b"404"]),
    ],
    ids=["nothing", "line", "headers", "line breaks", "second head", "body"],
)
async def test_what_is_sent_by_half_is_dropped(
    hasty: Server, half: bytes, statuses: list[bytes]
) -> None:
    async with sent(hasty, half) as reader:
        answer = await until_closed(reader)
    assert re.findall(rb"^HTTP/1\.1 (\d+) ", answer, re.MULTILINE) in (statuses, [])


async def test_hundreds_of_half_heads_are_dropped_and_keep_nobody_out(
    hasty: Server, browser: httpx.AsyncClient
) -> None:
    half = b"GET / HTTP/1.1\r\nHost: shop\r\nX: "
    async with AsyncExitStack() as connections:
        readers = [await connections.enter_async_context(sent(hasty, half)) for _ in range(300)]
        assert (await browser.get("/health")).status_code == 200
        assert await asyncio.gather(*map(until_closed, readers)) == [b""] * 300


async def test_a_head_without_end_is_refused(limited: Server) -> None:
    async with sent(limited, b"GET / HTTP/1.1\r\nHost: shop\r\nX: " + b"x" * 64_000) as reader:
        answer = await until_closed(reader)
    assert answer.startswith(b"HTTP/1.1 431 ")


# --- crowds -----------------------------------------------------------------------------------


async def test_more_requests_than_there_is_room_for_are_asked_to_come_again(small: Server) -> None:
    async with httpx.AsyncClient(base_url=small.url, timeout=60, verify=False) as client:
        slow = [asyncio.create_task(client.get("/api/slow")) for _ in range(9)]
        await asyncio.wait(slow, return_when=asyncio.FIRST_COMPLETED)  # the house is full
        assert (await client.get("/health")).status_code == 200
        answers = await asyncio.gather(*slow)
    assert [answer.status_code for answer in answers] == [503] * 9
    assert sorted(answer.headers["retry-after"] for answer in answers) == ["1"] * 6 + ["5"] * 3


# --- bodies that cannot be read -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"query": "\xff"}', "not UTF-8"),
        (b'{"query": ' + b"[" * 30_000, ""),
        (b'{"query": "shirt", "limit": ' + b"9" * 5_000 + b"}", ""),
        (b'{"query": ', ""),
        (b"\x00", ""),
    ],
    ids=["invalid UTF-8", "deep", "long number", "cut off", "NUL"],
)
async def test_a_body_that_cannot_be_read_is_invalid_input(
    client: httpx.AsyncClient, body: bytes, reason: str
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await client.post(SEARCH, content=body, headers=headers)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"].endswith("/problems/invalid-input")
    assert problem["errors"][0]["pointer"]
    assert reason in problem["detail"]
