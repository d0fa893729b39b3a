"""The standby behind read-only hosts: it streams, lags as it is told, and is away when it is stopped."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from lakepass import ConnectError, Lakebase
from lakepass.emulator import Emulator, EmulatorError, Faults
from lakepass.emulator.postgres.cluster import SUPERUSER, Cluster
from lakepass.emulator.postgres.standby import Standby


@pytest.fixture
def faults(extended: Emulator) -> Iterator[Faults]:
    yield extended.faults
    extended.faults.clear()


@pytest.fixture
def lake(extended: Emulator) -> Lakebase:
    return Lakebase.from_env(extended.environment())


@pytest.fixture
async def writer(extended: Emulator, lake: Lakebase) -> Any:
    connection = await lake.asyncpg_connect()
    await connection.execute(
        "create schema if not exists s; create table if not exists s.t (n int); truncate s.t"
    )
    yield connection
    await connection.close()


async def _until(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Replay is asynchronous, so what it leads to is waited for; the suite's own limit ends this."""
    while not await is_so():  # noqa: ASYNC110 - nothing announces a replay
        await asyncio.sleep(0.02)


async def _count(reader: Any) -> int:
    return int(await reader.fetchval("select count(*) from s.t"))


@pytest.fixture
async def reader(lake: Lakebase, writer: Any) -> Any:
    connection = await lake.read_only().asyncpg_connect()
    await _until(lambda: _has_table(connection))
    yield connection
    await connection.close()


async def _has_table(connection: Any) -> bool:
    return await connection.fetchval("select to_regclass('s.t')") is not None


async def test_what_is_written_appears_on_the_standby_which_takes_no_writes(
    writer: Any, reader: Any
) -> None:
    await _until(lambda: _is(reader, 0))
    await writer.execute("insert into s.t values (1)")
    await _until(lambda: _is(reader, 1))
    assert await reader.fetchval("select pg_is_in_recovery()") is True
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError, match="cannot execute INSERT"):
        await reader.execute("insert into s.t values (2)")
    with pytest.raises(asyncpg.PostgresError, match="read-write mode during recovery"):
        await reader.execute("begin read write")


async def _is(reader: Any, count: int) -> bool:
    return await _count(reader) == count


async def test_a_paused_standby_shows_what_it_showed_and_catches_up(
    faults: Faults, writer: Any, reader: Any
) -> None:
    await _until(lambda: _is(reader, 0))
    await asyncio.to_thread(faults.pause_standby)
    await writer.execute("insert into s.t values (1)")
    behind = await writer.fetchval("select pg_current_wal_insert_lsn()::text")
    assert await reader.fetchval("select pg_last_wal_replay_lsn() < $1::text::pg_lsn", behind)
    assert await _count(reader) == 0
    assert list(faults.in_force) == ["pause-standby"]
    await asyncio.to_thread(faults.clear, "pause-standby")
    await _until(lambda: _is(reader, 1))
    assert faults.in_force == {}


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Cluster, Standby]]:
    """A Postgres and its standby, without anything in front of them."""
    primary = Cluster(tmp_path, [], name="postgres", temporary=True)
    standby = Standby(primary, [])
    primary.start()
    try:
        standby.start()
        yield primary, standby
    finally:
        standby.stop()
        primary.stop()


async def test_what_was_committed_is_on_a_standby_that_caught_up(
    pair: tuple[Cluster, Standby],
) -> None:
    async with _admin(pair[0]) as primary, _admin(pair[1]) as admin:
        standby = pair[1]
        standby.admin = admin
        await standby.pause()
        await primary.execute("create database late")
        catching_up = asyncio.create_task(standby.catch_up(primary))
        await asyncio.sleep(0.2)
        assert not catching_up.done()
        await standby.resume()
        await catching_up
        assert await admin.fetchval("select true from pg_database where datname = 'late'")


def _admin(cluster: Cluster) -> Any:
    return asyncpg.create_pool(
        host=str(cluster.socket_folder), user=SUPERUSER, database="postgres", ssl=False, min_size=0
    )


async def test_a_lagging_standby_shows_commits_so_much_later(
    faults: Faults, writer: Any, reader: Any
) -> None:
    await _until(lambda: _is(reader, 0))
    await asyncio.to_thread(faults.lag_standby, 3600)
    await writer.execute("insert into s.t values (1)")
    assert await _count(reader) == 0
    assert faults.in_force == {"lag-standby": {"seconds": 3600}}
    await asyncio.to_thread(faults.lag_standby, 0.2)
    await _until(lambda: _is(reader, 1))


async def test_a_stopped_standby_is_away_until_cleared_and_the_primary_goes_on(
    faults: Faults, lake: Lakebase, writer: Any, reader: Any
) -> None:
    await asyncio.to_thread(faults.pause_standby)
    await asyncio.to_thread(faults.stop_standby)
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await reader.fetchval("select 1")
    lake.read_only().connect_deadline_s = 1.0
    with pytest.raises(ConnectError):
        await lake.read_only().asyncpg_connect()
    with pytest.raises(EmulatorError, match="clear stop-standby first"):
        await asyncio.to_thread(faults.lag_standby, 1)
    await writer.execute("insert into s.t values (1)")
    await asyncio.to_thread(faults.clear)
    again = await lake.read_only().asyncpg_connect()
    await _until(lambda: _is(again, 1))
    await again.close()


async def test_the_standby_follows_its_primary_through_a_restart(
    extended: Emulator, faults: Faults, lake: Lakebase, writer: Any
) -> None:
    started = "select pg_postmaster_start_time()"
    before = await writer.fetchval(started)
    await asyncio.to_thread(faults.fail_over, 0.0)
    writer = await lake.asyncpg_connect()
    reader = await lake.read_only().asyncpg_connect()
    assert await writer.fetchval(started) > before
    await writer.execute("insert into s.t values (1)")
    await _until(lambda: _is(reader, 1))
    await writer.close()
    await reader.close()


def test_without_a_standby_its_faults_say_how_to_have_one(emulator: Emulator) -> None:
    with pytest.raises(EmulatorError, match="start the emulator with --standby"):
        emulator.faults.lag_standby(1)
