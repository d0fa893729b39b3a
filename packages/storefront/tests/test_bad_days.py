"""The database asleep, absent, refusing, or set up wrongly: what the shop says, and that it recovers."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence

import httpx
import pytest

from lakepass.emulator import Emulator, running_emulator
from packages.storefront.tests.conftest import Server, environment
from storefront import migrations
from storefront.catalog import service
from storefront.db import Database
from storefront.demo.products import demo_products
from storefront.search.read_model import refresh as search_service
from storefront.settings import Settings

ACCESS_TOKEN = "dapi" + "0123456789abcdef" * 2


@pytest.fixture(scope="module")
def ill() -> Iterator[Emulator]:
    """A local Lakebase of our own to make ill, with a migrated and filled database."""
    with running_emulator() as emulator:
        with environment(emulator, "databricks_postgres"):

            async def fill() -> None:
                database = Database(Settings())
                await migrations.migrate(database)
                await service.import_products(database, demo_products(100))
                await search_service.refresh_all(database)
                await database.aclose()

            asyncio.run(fill())
        yield emulator


@pytest.fixture(autouse=True)
def _well_again(ill: Emulator) -> Iterator[None]:
    yield
    ill.faults.clear()


@pytest.fixture
def patch(ill: Emulator) -> Iterator[pytest.MonkeyPatch]:
    with environment(ill, "databricks_postgres") as patch:
        yield patch


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"connect_deadline_s": 2.0})


@pytest.fixture
def patient(settings: Settings) -> Settings:
    """For tests in which no request may be given up, however busy the machine is."""
    return settings.model_copy(update={"connect_deadline_s": 60.0})


async def statuses(url: str, *paths: str) -> list[int]:
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        return [(await client.get(path)).status_code for path in paths]


async def until(url: str, paths: Sequence[str], wanted: Callable[[list[int]], bool]) -> None:
    """Ask until the answers are as wanted. Raises TimeoutError, which fails the test."""
    async with asyncio.timeout(60):
        while not wanted(await statuses(url, *paths)):  # noqa: ASYNC110
            await asyncio.sleep(0.2)


async def test_a_database_absent_at_start_stops_nothing_and_is_used_once_there(
    ill: Emulator, patch: pytest.MonkeyPatch, settings: Settings
) -> None:
    ill.faults.stop_database()
    with Server(settings) as shop:
        paths = ("/health", "/ready", "/", "/api/v1/products")
        assert await statuses(shop.url, *paths) == [200, 503, 503, 503]
        ill.faults.start_database()
        await until(shop.url, paths, lambda seen: seen == [200, 200, 200, 200])


async def test_a_database_that_falls_silent_is_given_up_and_used_again_once_it_speaks(
    ill: Emulator, patch: pytest.MonkeyPatch, settings: Settings
) -> None:
    paths = ("/", "/api/v1/products/1", "/api/v1/products?q=shirt")
    with Server(settings.model_copy(update={"statement_timeout_s": 0.1})) as shop:
        await until(shop.url, paths, lambda seen: 503 not in seen)
        ill.faults.freeze_connections()
        fresh = ("/api/v1/products?brand=Nobody", "/api/v1/products/2", "/ready")
        assert 200 in await statuses(shop.url, *fresh)
        ill.faults.clear()
        await until(shop.url, paths, lambda seen: 503 not in seen)


async def answers_to(url: str, paths: Sequence[str]) -> list[httpx.Response]:
    """The answers to all of these at once; none may be missing after twenty seconds."""
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        return await asyncio.gather(*(client.get(path) for path in paths))


async def test_every_request_is_answered_while_connections_are_frozen(
    ill: Emulator, patch: pytest.MonkeyPatch, settings: Settings
) -> None:
    with Server(settings) as shop:
        pages = ("/", "/api/v1/products?q=shirt")
        await until(shop.url, pages, lambda seen: seen == [200, 200])
        ill.faults.freeze_connections()
        paths = [
            path
            for n in range(20)
            for path in (f"/products?brand=No{n}", f"/search?q=red{n}", f"/api/v1/products/{n + 1}")
        ]
        answers = await answers_to(shop.url, paths)
        assert {answer.status_code for answer in answers} <= {200, 404, 503}
        assert [a for a in answers if a.status_code == 503 and "retry-after" not in a.headers] == []
        ill.faults.clear()
        await until(shop.url, pages, lambda seen: seen == [200, 200])


async def test_a_restart_of_the_database_makes_nothing_a_bug(
    ill: Emulator, patch: pytest.MonkeyPatch, settings: Settings
) -> None:
    """Sixty requests a second, while it goes and comes back twice."""
    with Server(settings) as shop:
        await until(shop.url, ["/"], lambda seen: seen == [200])
        answers: list[httpx.Response] = []
        async with httpx.AsyncClient(base_url=shop.url, timeout=60) as client:

            async def ask(path: str) -> None:
                answers.append(await client.get(path))

            async with asyncio.TaskGroup() as asking:
                for second in range(4):
                    if second % 2 == 0:
                        await asyncio.to_thread(ill.faults.restart, 0.5)
                    for n in range(60):
                        path = ("/", "/api/v1/products/%d", "/search?q=red%d", "/ready")[n % 4]
                        asking.create_task(ask(path.replace("%d", f"{second + 1}{n}")))
                        await asyncio.sleep(1 / 60)
    assert {answer.status_code for answer in answers} <= {200, 404, 503}
    assert 200 in {answer.status_code for answer in answers}
    assert [a for a in answers if a.status_code == 503 and "retry-after" not in a.headers] == []


async def test_what_people_and_programs_are_told_meanwhile(
    ill: Emulator, patch: pytest.MonkeyPatch, settings: Settings
) -> None:
    ill.faults.stop_database()
    with Server(settings) as shop:
        async with httpx.AsyncClient(base_url=shop.url, timeout=60) as client:
            page, api, ready = [await client.get(p) for p in ("/", "/api/v1/products", "/ready")]
    assert "The shop is not available right now" in page.text
    assert "External authorization" not in page.text  # the reason is for operators
    assert api.headers["retry-after"] == "5"
    assert api.json()["type"].endswith("/problems/unavailable")
    assert "External authorization failed" in ready.json()["detail"]


async def test_a_sleeping_database_is_waited_for(
    ill: Emulator, patch: pytest.MonkeyPatch, patient: Settings
) -> None:
    with Server(patient) as shop:
        assert await statuses(shop.url, "/") == [200]
        ill.faults.sleep_and_refuse(wake_s=0.5)
        assert await statuses(shop.url, "/") == [200]


async def test_no_request_fails_while_tokens_expire(
    ill: Emulator, patch: pytest.MonkeyPatch, patient: Settings
) -> None:
    ill.faults.set_credential_life(10)  # longer than a login takes on a busy machine
    # All but one connection are opened for a request and closed after it: each logs in again.
    busy = patient.model_copy(update={"pool_size": 1, "pool_overflow": 8})
    with Server(busy) as shop:
        async with httpx.AsyncClient(base_url=shop.url, timeout=60) as client:
            answers: list[int] = []
            # A login that met two expiries on its way would be refused, and rightly.
            together = asyncio.Barrier(5)

            async def browse(visitor: int) -> None:
                paths = ("/", "/products?gender=Women", "/api/v1/products/101000001")
                for turn in range(40):
                    if turn % 5 == 4:
                        await together.wait()
                    answer = await client.get(paths[(visitor + turn) % 3])
                    answers.append(answer.status_code)

            async def misbehave() -> None:
                for _ in range(8):
                    await together.wait()
                    ill.faults.expire_tokens()

            await asyncio.gather(misbehave(), *(browse(visitor) for visitor in range(4)))
    assert answers == [200] * 160


async def test_an_unmigrated_database_is_not_ready_and_says_how_to_mend_it(
    ill: Emulator, patch: pytest.MonkeyPatch, patient: Settings
) -> None:
    ill.create_database("unmigrated")
    patch.setenv("PGDATABASE", "unmigrated")
    with Server(patient) as shop:
        async with httpx.AsyncClient(base_url=shop.url, timeout=60) as client:
            ready = await client.get("/ready")
    assert ready.status_code == 503
    assert "run `storefront migrate`" in ready.json()["detail"]


async def test_an_access_token_as_password_is_told_at_the_start_and_never_shown(
    patch: pytest.MonkeyPatch, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("DATABRICKS_HOST", "DATABRICKS_CLIENT_ID", "DATABRICKS_CLIENT_SECRET"):
        patch.delenv(name)
    patch.setenv("PGPASSWORD", ACCESS_TOKEN)
    with caplog.at_level(logging.INFO), Server(settings) as shop:
        async with httpx.AsyncClient(base_url=shop.url, timeout=60) as client:
            health, ready, page = [await client.get(p) for p in ("/health", "/ready", "/")]
    assert (health.status_code, ready.status_code, page.status_code) == (200, 503, 503)
    assert "personal access token" in ready.json()["detail"]
    assert "PGPASSWORD" in ready.json()["detail"]
    [told] = [record.message for record in caplog.records if record.message.startswith("✗")]
    assert "personal access token" in told
    assert ACCESS_TOKEN not in caplog.text + ready.text + page.text


async def test_the_start_report_names_identity_place_and_strategy_without_a_secret(
    ill: Emulator,
    patch: pytest.MonkeyPatch,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    ill.faults.stop_database()  # nothing of it needs the database
    with caplog.at_level(logging.INFO), Server(settings):
        pass
    environment = ill.environment()
    for told in (
        environment["DATABRICKS_CLIENT_ID"],
        f"databricks_postgres on localhost:{environment['PGPORT']}",
        "verify-full",
        "database credential",
        "service principal",
        "neither PGPASSWORD nor LAKEBASE_PASSWORD is set",
        "asyncpg",
    ):
        assert told in caplog.text
    assert environment["DATABRICKS_CLIENT_SECRET"] not in caplog.text
