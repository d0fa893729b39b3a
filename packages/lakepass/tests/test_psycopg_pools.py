"""Pools of psycopg when no connection can be had: who waits is told, and told at once if it is final.

The pools' own time-outs are an hour here: a test that had to wait for one would not end.
"""

import asyncio
import gc
import os
import resource
from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import pytest
from psycopg_pool import AsyncConnectionPool, ConnectionPool

from lakepass import Lakebase, LoginRejected
from lakepass.emulator import Emulator

HOUR_S = 3600.0


@pytest.fixture
def stranger(developer: dict[str, str]) -> Lakebase:
    """Signs in as the developer and asks for a role that is not theirs."""
    return Lakebase(environ=developer | {"PGUSER": "stranger@example.com"})


@pytest.fixture
def pool(stranger: Lakebase) -> Iterator[ConnectionPool[Any]]:
    with stranger.psycopg_pool(min_size=3, timeout=HOUR_S) as pool:
        yield pool


@pytest.fixture
async def async_pool(stranger: Lakebase) -> AsyncIterator[AsyncConnectionPool[Any]]:
    async with stranger.async_psycopg_pool(min_size=3, timeout=HOUR_S) as pool:
        yield pool


def test_whoever_waits_for_a_connection_is_refused_at_once(pool: ConnectionPool[Any]) -> None:
    for _ in range(3):
        with pytest.raises(LoginRejected) as caught, pool.connection():
            pass
        assert caught.value.code == "LP-304"


async def test_tasks_that_wait_for_a_connection_are_refused_at_once(
    async_pool: AsyncConnectionPool[Any],
) -> None:
    async def ask() -> None:
        async with async_pool.connection():
            pass

    for _ in range(3):
        told = await asyncio.gather(*(ask() for _ in range(5)), return_exceptions=True)
        assert [getattr(error, "code", error) for error in told] == ["LP-304"] * 5


def test_waiting_for_a_pool_to_fill_tells_why_it_cannot(pool: ConnectionPool[Any]) -> None:
    with pytest.raises(LoginRejected) as caught:
        pool.wait(HOUR_S)
    assert caught.value.code == "LP-304"


async def test_waiting_for_a_pool_of_tasks_to_fill_tells_why_it_cannot(
    async_pool: AsyncConnectionPool[Any],
) -> None:
    with pytest.raises(LoginRejected) as caught:
        await async_pool.wait(HOUR_S)
    assert caught.value.code == "LP-304"


def test_a_pool_that_can_fill_is_waited_for(lake: Lakebase) -> None:
    with lake.psycopg_pool(min_size=2) as pool:
        pool.wait()
        assert pool.get_stats()["pool_size"] >= 2


def test_a_pool_works_among_thousands_of_open_files(lake: Lakebase) -> None:
    """`select` knows the numbers below 1,024 only."""
    gc.collect()  # what earlier tests left open must not free a low number meanwhile
    most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, most[1]), most[1]))
    others = [os.open(os.devnull, os.O_RDONLY) for _ in range(1500)]
    try:
        with lake.psycopg_pool(min_size=0) as pool:
            for _ in range(2):
                with pool.connection() as connection:
                    assert connection.pgconn.socket > 1024
                    assert connection.execute("select 1").fetchone() == (1,)
    finally:
        for other in others:
            os.close(other)
        resource.setrlimit(resource.RLIMIT_NOFILE, most)


async def test_a_pool_serves_as_soon_as_what_was_wrong_is_mended(
    lakebase: Emulator, lake: Lakebase
) -> None:
    admin = await asyncpg.connect(**lakebase.admin_dsn_kwargs)
    role = lake.login().user
    try:
        async with lake.async_psycopg_pool(max_size=1, timeout=HOUR_S) as pool:
            async with pool.connection() as connection:
                await admin.execute(f'ALTER ROLE "{role}" NOLOGIN')
                await connection.close()
            with pytest.raises(LoginRejected):
                async with pool.connection():
                    pass
            await admin.execute(f'ALTER ROLE "{role}" LOGIN')
            async with pool.connection() as connection:
                cursor = await connection.execute("select 1")
                assert await cursor.fetchone() == (1,)
    finally:
        await admin.execute(f'ALTER ROLE "{role}" LOGIN')
        await admin.close()
