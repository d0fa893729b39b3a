"""Reads on a replica: a real standby that lags, stands still and is away, as it is told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import httpx
import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.service.postgres import Endpoint, EndpointSpec, EndpointType
from sqlalchemy import text

from lakepass.emulator import Emulator, Faults
from packages.storefront.tests.conftest import Server, environment, fill, running_shop
from storefront import own_writes
from storefront.db import Database
from storefront.settings import Settings
from storefront.telemetry import metrics
from tests.databases import Databases

WHO_ANSWERS = "select pg_is_in_recovery()"
COUNT = "select count(*) from notes.written"


@pytest.fixture
def faults(extended: Emulator) -> Iterator[Faults]:
    yield extended.faults
    extended.faults.clear()


@pytest.fixture
async def database(extended: Emulator, extended_databases: Databases) -> AsyncIterator[Database]:
    """With a table of notes, which is empty, and a replica that has it and may be far behind."""
    with environment(extended, extended_databases.create()):
        database = Database(Settings(read_replica="auto", read_replica_lag_s=300))
    async with database.writes() as session:
        await session.execute(text("create schema notes"))
        await session.execute(text("create table notes.written (note text)"))
    database.require(await database.position())
    await until(lambda: replica_answers(database))
    yield database
    await database.aclose()


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    """What happens beside the requests is waited for; the suite's own limit ends this."""
    while not await is_so():  # noqa: ASYNC110 - nothing announces a replay
        await asyncio.sleep(0.02)


async def replica_answers(database: Database) -> bool:
    [(is_replica,)] = await database.fetch(WHO_ANSWERS, may_lag=True)
    return bool(is_replica)


async def primary_answers(database: Database) -> bool:
    return not await replica_answers(database)


async def counted(database: Database, *, may_lag: bool = True) -> int:
    [(count,)] = await database.fetch(COUNT, may_lag=may_lag)
    return int(count)


async def write(database: Database) -> int:
    """Write a note. Returns the position after it."""
    async with database.writes() as session:
        await session.execute(text("insert into notes.written values ('a')"))
    return await database.position()


async def test_only_reads_that_may_lag_go_to_the_replica(database: Database) -> None:
    [(is_replica,)] = await database.fetch(WHO_ANSWERS)
    assert (is_replica, await replica_answers(database)) == (False, True)
    async with database.reads() as session:
        assert await session.scalar(text(WHO_ANSWERS)) is False


async def test_who_wrote_sees_it_while_others_see_what_the_replica_has(
    database: Database, faults: Faults
) -> None:
    await asyncio.to_thread(faults.pause_standby)
    position = await write(database)
    with own_writes.of_visitor(position):
        assert await counted(database) == 1
    assert (await counted(database), await replica_answers(database)) == (0, True)
    await asyncio.to_thread(faults.clear)
    with own_writes.of_visitor(position):
        await until(lambda: replica_answers(database))
        assert await counted(database) == 1


async def test_within_the_request_that_writes_only_the_primary_is_read(database: Database) -> None:
    with own_writes.of_visitor(0) as own:
        assert await replica_answers(database)
        await write(database)
        assert (own.has_written, await replica_answers(database)) == (True, False)


async def test_a_write_that_is_rolled_back_is_none(database: Database) -> None:
    with own_writes.of_visitor(0) as own:
        async with database.trial() as session:
            await session.execute(text("insert into notes.written values ('a')"))
        assert (own.has_written, await counted(database, may_lag=False)) == (False, 0)


async def test_nothing_older_than_what_was_shown_is_read(
    database: Database, faults: Faults
) -> None:
    await asyncio.to_thread(faults.pause_standby)
    database.require(await write(database))
    assert await counted(database) == 1
    await asyncio.to_thread(faults.clear)
    await until(lambda: replica_answers(database))
    assert await counted(database) == 1


async def test_a_replica_too_far_behind_is_not_read_until_it_has_caught_up(
    extended: Emulator, database: Database, faults: Faults
) -> None:
    name = str((await database.fetch("select current_database()"))[0][0])
    with environment(extended, name):
        strict = Database(Settings(read_replica="auto", read_replica_lag_s=0.2))
    await until(lambda: replica_answers(strict))
    await asyncio.to_thread(faults.lag_standby, 3600)
    await write(database)
    await until(lambda: primary_answers(strict))
    assert await counted(strict) == 1
    await asyncio.to_thread(faults.clear)
    await until(lambda: replica_answers(strict))
    assert await counted(strict) == 1
    await strict.aclose()


async def test_the_primary_answers_while_the_replica_is_gone(
    database: Database, faults: Faults
) -> None:
    await write(database)
    await asyncio.to_thread(faults.stop_standby)
    for _ in range(20):
        assert await counted(database) == 1
    assert await primary_answers(database)
    await asyncio.to_thread(faults.clear)
    await until(lambda: replica_answers(database))


async def test_without_a_standby_behind_the_host_the_primary_is_read(
    emulator: Emulator, databases: Databases
) -> None:
    with environment(emulator, databases.create()):
        database = Database(Settings(read_replica="auto"))
    for _ in range(5):
        assert await primary_answers(database)
        await asyncio.sleep(0)
    await database.aclose()


async def test_a_read_replica_of_the_branch_is_read_by_its_name(
    extended: Emulator, extended_databases: Databases
) -> None:
    branch = extended.endpoint.partition("/endpoints/")[0]
    workspace = WorkspaceClient(
        host=extended.workspace_url, token=extended.personal_access_token
    ).postgres
    spec = EndpointSpec(endpoint_type=EndpointType.ENDPOINT_TYPE_READ_ONLY)
    made = await asyncio.to_thread(
        lambda: workspace.create_endpoint(branch, Endpoint(spec=spec), "replica").wait()
    )
    assert made.name == f"{branch}/endpoints/replica"
    with environment(extended, extended_databases.create()):
        named = Database(Settings(read_replica=made.name, read_replica_lag_s=300))
        nowhere = Database(Settings(read_replica=f"{branch}/endpoints/nowhere"))
    await until(lambda: replica_answers(named))
    # Of a name that is none the log says so, and the primary answers.
    for _ in range(5):
        assert await primary_answers(nowhere)
        await asyncio.sleep(0)
    await named.aclose()
    await nowhere.aclose()
    await asyncio.to_thread(lambda: workspace.delete_endpoint(str(made.name)).wait())


@pytest.fixture(scope="module")
def shop(
    extended: Emulator, extended_databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The shop with a replica that may be far behind."""
    settings = Settings(
        pictures_dir=tmp_path_factory.mktemp("pictures"),
        embed_in_background=False,
        read_replica="auto",
        read_replica_lag_s=300,
    )
    name = extended_databases.create()
    with environment(extended, name):
        asyncio.run(_fill())
    with running_shop(settings, extended, name) as server:
        yield server


async def _fill() -> None:
    database = Database(Settings(connect_deadline_s=60))
    await fill(database, 20)
    await database.aclose()


def answered_by(source: str) -> float:
    """How many reads it has answered."""
    return float(metrics.READS.labels(source)._value.get())


async def test_pages_come_from_the_replica_and_after_a_write_from_the_primary(
    shop: Server, faults: Faults
) -> None:
    async with (
        httpx.AsyncClient(base_url=shop.url, timeout=60) as other,
        httpx.AsyncClient(base_url=shop.url, timeout=60) as buyer,
    ):
        listing = (await other.get("/api/v1/products")).json()
        product = f"/api/v1/products/{listing['products'][0]['product_id']}"

        async def read_from(client: httpx.AsyncClient) -> str:
            before = answered_by("replica")
            (await client.get(product)).raise_for_status()
            return "replica" if answered_by("replica") > before else "primary"

        async def is_replica() -> bool:
            return await read_from(other) == "replica"

        await until(is_replica)
        await asyncio.to_thread(faults.pause_standby)
        sizes = (await buyer.get(product)).json()["sizes"]
        sku = next(size["sku"] for size in sizes if size["in_stock"])
        added = await buyer.post("/api/v1/cart/lines", json={"sku": sku, "quantity": 1})
        assert added.status_code == 201, added.text
        assert "written" in added.cookies
        assert (await read_from(buyer), await read_from(other)) == ("primary", "replica")
