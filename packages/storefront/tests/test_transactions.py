"""One request, one transaction, ended before the answer leaves (docs/decisions/0003)."""

from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from storefront import migrations
from storefront.db import Database
from storefront.errors import NotFound
from storefront.web import problems
from storefront.web.deps import Reads, Writes

Fresh = Callable[[], Database]


@pytest.fixture
async def database(fresh_database: Fresh) -> AsyncIterator[Database]:
    database = fresh_database()
    await migrations.migrate(database)
    async with database.writes() as session:
        await session.execute(
            text(
                "create table shop.notes (id int primary key, "
                "brand_id int references shop.brands deferrable initially deferred)"
            )
        )
    yield database
    await database.aclose()


@pytest.fixture
async def client(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """An app of three routes over the shop's own session dependencies."""
    app = FastAPI()

    @app.post("/api/notes/{number}")
    async def write(session: Writes, number: int, brand: int | None = None) -> dict[str, bool]:
        await session.execute(
            text("insert into shop.notes values (:id, :brand)"), {"id": number, "brand": brand}
        )
        return {"stored": True}

    @app.post("/api/refused/{number}")
    async def refuse(session: Writes, number: int) -> None:
        await session.execute(text("insert into shop.notes values (:id)"), {"id": number})
        raise NotFound("changed our mind")

    @app.get("/api/sneaky")
    async def sneaky(session: Reads) -> None:
        await session.execute(text("insert into shop.notes values (99)"))

    problems.install(app)

    async def with_state(scope: dict[str, object], receive: object, send: object) -> None:
        scope["state"] = {"database": database, "settings": _Settings()}
        await app(scope, receive, send)  # type: ignore[arg-type]

    transport = httpx.ASGITransport(app=with_state, raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
        yield client


class _Settings:
    public_url = "http://shop"


async def notes(database: Database) -> list[int]:
    async with database.reads() as session:
        return list(await session.scalars(text("select id from shop.notes order by id")))


async def test_what_is_answered_with_200_is_stored(
    client: httpx.AsyncClient, database: Database
) -> None:
    assert (await client.post("/api/notes/1")).json() == {"stored": True}
    assert await notes(database) == [1]


async def test_a_commit_that_fails_is_never_answered_with_200(
    client: httpx.AsyncClient, database: Database
) -> None:
    answer = await client.post("/api/notes/2?brand=404")  # the constraint is checked at commit
    assert answer.status_code == 500
    assert await notes(database) == []


async def test_an_error_undoes_what_was_written(
    client: httpx.AsyncClient, database: Database
) -> None:
    assert (await client.post("/api/refused/3")).status_code == 404
    assert await notes(database) == []


async def test_a_reading_session_cannot_write(
    client: httpx.AsyncClient, database: Database
) -> None:
    assert (await client.get("/api/sneaky")).status_code == 500
    with pytest.raises(DBAPIError, match="read-only transaction"):
        async with database.reads() as session:
            await session.execute(text("insert into shop.notes values (99)"))
    assert await notes(database) == []
