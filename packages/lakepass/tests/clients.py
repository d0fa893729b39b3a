"""Every way to connect, behind one interface: a statement goes in, its only value comes out."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from sqlalchemy import text

from lakepass import Lakebase

Ask = Callable[[str], Awaitable[str]]
Client = Callable[..., AbstractAsyncContextManager[Ask]]


@asynccontextmanager
async def asyncpg_connect(lake: Lakebase, **settings: Any) -> AsyncIterator[Ask]:
    async def ask(question: str) -> str:
        connection = await lake.asyncpg_connect(**settings)
        try:
            return str(await connection.fetchval(question))
        finally:
            await connection.close()

    yield ask


@asynccontextmanager
async def asyncpg_pool(lake: Lakebase, **settings: Any) -> AsyncIterator[Ask]:
    async with await lake.asyncpg_pool(min_size=0, **settings) as pool:

        async def ask(question: str) -> str:
            return str(await pool.fetchval(question))

        yield ask


@asynccontextmanager
async def psycopg_connect(lake: Lakebase, **settings: Any) -> AsyncIterator[Ask]:
    def answer(question: str) -> str:
        with lake.psycopg_connect(**settings) as connection:
            return str(connection.execute(question).fetchone()[0])  # type: ignore[index]

    async def ask(question: str) -> str:
        return await asyncio.to_thread(answer, question)

    yield ask


@asynccontextmanager
async def psycopg_connect_async(lake: Lakebase, **settings: Any) -> AsyncIterator[Ask]:
    async def ask(question: str) -> str:
        async with await lake.psycopg_connect_async(**settings) as connection:
            cursor = await connection.execute(question)
            return str((await cursor.fetchone())[0])

    yield ask


@asynccontextmanager
async def psycopg_pool(lake: Lakebase, **settings: Any) -> AsyncIterator[Ask]:
    pool = lake.psycopg_pool(min_size=0, timeout=lake.connect_deadline_s + 1, **settings)

    def answer(question: str) -> str:
        with pool.connection() as connection:
            return str(connection.execute(question).fetchone()[0])

    async def ask(question: str) -> str:
        return await asyncio.to_thread(answer, question)

    try:
        yield ask
    finally:
        await asyncio.to_thread(pool.close)


@asynccontextmanager
async def async_psycopg_pool(lake: Lakebase, **settings: Any) -> AsyncIterator[Ask]:
    pool = lake.async_psycopg_pool(min_size=0, timeout=lake.connect_deadline_s + 1, **settings)
    async with pool:

        async def ask(question: str) -> str:
            async with pool.connection() as connection:
                cursor = await connection.execute(question)
                return str((await cursor.fetchone())[0])

        yield ask


@asynccontextmanager
async def sqlalchemy_psycopg(lake: Lakebase, **settings: Any) -> AsyncIterator[Ask]:
    engine = lake.engine(**settings)

    def answer(question: str) -> str:
        with engine.connect() as connection:
            return str(connection.execute(text(question)).scalar_one())

    async def ask(question: str) -> str:
        return await asyncio.to_thread(answer, question)

    yield ask
    engine.dispose()


def sqlalchemy_async(driver: Any) -> Client:
    @asynccontextmanager
    async def client(lake: Lakebase, **settings: Any) -> AsyncIterator[Ask]:
        engine = lake.async_engine(driver=driver, **settings)

        async def ask(question: str) -> str:
            async with engine.connect() as connection:
                return str((await connection.execute(text(question))).scalar_one())

        yield ask
        await engine.dispose()

    return client


CLIENTS: dict[str, Client] = {
    "asyncpg connect": asyncpg_connect,
    "asyncpg pool": asyncpg_pool,
    "psycopg connect": psycopg_connect,
    "psycopg connect async": psycopg_connect_async,
    "psycopg pool": psycopg_pool,
    "psycopg pool async": async_psycopg_pool,
    "sqlalchemy psycopg": sqlalchemy_psycopg,
    "sqlalchemy asyncpg": sqlalchemy_async("asyncpg"),
    "sqlalchemy psycopg async": sqlalchemy_async("psycopg"),
}
