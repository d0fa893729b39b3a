"""One request, one transaction, ended before the answer leaves (docs/decisions/0003)."""

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

import lakepass
from storefront.db import Database
from storefront.db_errors import as_store_error, refusing
from storefront.errors import Conflict, NotFound, Unavailable
from storefront.transactions import repeated
from storefront.web import problems
from storefront.web.deps import Reads, Writes
from storefront.web.middleware.repeated_reads import RepeatedReads

Fresh = Callable[[], Database]


@pytest.fixture
async def database(fresh_database: Fresh) -> AsyncIterator[Database]:
    database = fresh_database()
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

    attempts: list[str] = []

    @app.get("/api/cut/{times}")
    async def cut(session: Reads, times: int) -> dict[str, int]:
        attempts.append("read")
        if len(attempts) <= times:
            await session.execute(text("select pg_terminate_backend(pg_backend_pid())"))
        return {"attempts": len(attempts)}

    @app.get("/api/denied/{code}/{times}")
    async def denied(code: str, times: int) -> dict[str, int]:
        attempts.append("read")
        _deny(code, len(attempts) <= times)
        return {"attempts": len(attempts)}

    @app.post("/api/cut")
    async def cut_writing(session: Writes) -> None:
        attempts.append("written")
        await session.execute(text("select pg_terminate_backend(pg_backend_pid())"))

    @app.get("/api/attempts")
    async def attempted() -> list[str]:
        return attempts

    problems.install(app)
    app.add_middleware(RepeatedReads)

    async def with_state(scope: dict[str, object], receive: object, send: object) -> None:
        scope["state"] = {"database": database, "settings": _Settings()}
        await app(scope, receive, send)  # type: ignore[arg-type]

    transport = httpx.ASGITransport(app=with_state, raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(
        transport=transport, base_url="http://shop", verify=False
    ) as client:
        yield client


_LOGIN_ERRORS = {
    "LP-404": lakepass.ConnectError,  # this address may not connect
    "LP-503": lakepass.DatabaseUnavailable,  # it was waited for until the deadline
    "LP-122": lakepass.ConfigurationError,  # only a change of the settings helps
}


def _deny(code: str, is_denied: bool) -> None:
    error = as_store_error(_LOGIN_ERRORS[code](code=code))
    if is_denied and error is not None:
        raise error


class _Settings:
    public_url = "http://shop"


async def send(database: Database, *statements: str) -> None:
    """One transaction of these statements."""
    async with database.writes() as session:
        for statement in statements:
            await session.execute(text(statement))


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


async def test_a_bug_shows_the_caller_nothing_and_the_log_its_route(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await client.post("/api/notes/2?brand=404")
    assert answer.json()["title"] == "Something went wrong on our side"
    assert "shop.notes" not in answer.text
    assert "constraint" not in answer.text
    [line] = [one for one in caplog.records if one.name == "storefront.web.problems"]
    assert line.getMessage() == "A bug in POST /api/notes/{number}"
    assert line.exc_info is not None


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


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError("the mail server did not answer"),
        ConnectionRefusedError("the payment provider is down"),
        ConnectionResetError("the payment provider hung up"),
        OSError(28, "No space left on device"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_an_error_of_the_caller_leaves_a_transaction_as_it_is(
    database: Database, error: OSError
) -> None:
    for begin in (database.writes, database.reads, database.trial, database.connection):
        with pytest.raises(type(error)) as caught:
            async with begin():
                raise error
        assert caught.value is error


async def test_a_statement_that_lasts_too_long_is_unavailable_with_a_short_pause(
    database: Database,
) -> None:
    with pytest.raises(Unavailable) as caught:
        await send(database, "set local statement_timeout = '10ms'", "select pg_sleep(5)")
    assert caught.value.retry_after_s == 1
    assert "57014" in caught.value.reason


async def test_a_lock_that_is_not_released_is_unavailable_with_a_short_pause(
    database: Database,
) -> None:
    async with database.writes() as holder:
        await holder.execute(text("lock table shop.notes"))
        with pytest.raises(Unavailable) as caught:
            await send(
                database, "set local lock_timeout = '10ms'", "insert into shop.notes values (1)"
            )
    assert caught.value.retry_after_s == 1
    assert "55P03" in caught.value.reason


async def test_transactions_that_cannot_be_serialised_are_unavailable_with_a_short_pause(
    database: Database,
) -> None:
    await send(database, "insert into shop.notes values (1)")

    async def change_what_another_has_changed() -> None:
        async with database.writes() as slow:
            await slow.execute(text("set transaction isolation level repeatable read"))
            await slow.execute(text("select * from shop.notes"))
            await send(database, change)
            await slow.execute(text(change))

    change = "update shop.notes set brand_id = null where id = 1"
    with pytest.raises(Unavailable) as caught:
        await change_what_another_has_changed()
    assert caught.value.retry_after_s == 1
    assert "40001" in caught.value.reason


async def test_a_connection_that_is_ended_in_a_transaction_is_unavailable_and_replaced(
    database: Database,
) -> None:
    for _ in range(2):
        with pytest.raises(Unavailable, match="not answering"):
            async with database.writes() as session:
                await session.execute(text("select pg_terminate_backend(pg_backend_pid())"))
    assert await notes(database) == []


async def test_a_connection_that_is_ended_before_the_commit_is_unavailable(
    database: Database,
) -> None:
    async def write_and_be_cut() -> None:
        async with database.writes() as session:
            await session.execute(text("insert into shop.notes values (7)"))
            await send(
                database,
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid()",
            )

    with pytest.raises(Unavailable):
        await write_and_be_cut()
    assert await notes(database) == []


async def test_a_read_whose_connection_was_cut_is_answered_on_another(
    client: httpx.AsyncClient,
) -> None:
    assert (await client.get("/api/cut/2")).json() == {"attempts": 3}


@pytest.mark.parametrize(
    ("code", "status", "attempts"), [("LP-404", 200, 3), ("LP-503", 503, 1), ("LP-122", 503, 1)]
)
async def test_a_read_is_repeated_where_a_new_connection_was_refused_while_others_may_be_open(
    client: httpx.AsyncClient, code: str, status: int, attempts: int
) -> None:
    assert (await client.get(f"/api/denied/{code}/2")).status_code == status
    assert (await client.get("/api/attempts")).json() == ["read"] * attempts


async def test_a_read_that_is_cut_again_and_again_is_given_up(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/cut/99")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert (await client.get("/api/attempts")).json() == ["read"] * 6


async def test_a_write_whose_connection_was_cut_is_left_to_its_sender(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.post("/api/cut")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert (await client.get("/api/attempts")).json() == ["written"]


async def test_a_transaction_is_repeated_unless_its_task_was_cancelled() -> None:
    tries: list[str] = []

    async def fails_twice() -> str:
        tries.append("try")
        if len(tries) < 3:
            raise Unavailable("The connection was cut.")
        return "done"

    assert (await repeated(fails_twice), len(tries)) == ("done", 3)

    async def ends_later() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await repeated(fails_twice)

    tries.clear()
    task = asyncio.create_task(ends_later())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(Unavailable):
        await task
    assert len(tries) == 1


async def test_a_statement_that_is_cancelled_ends_in_its_cancellation(database: Database) -> None:
    begun = asyncio.Event()

    async def wait() -> None:
        async with database.writes() as session:
            begun.set()
            await session.execute(text("select pg_sleep(30)"))

    waiting = asyncio.create_task(wait())
    await begun.wait()
    await asyncio.sleep(0.1)  # until the statement runs
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await notes(database) == []


async def test_a_wrong_argument_is_a_bug_and_not_a_lost_connection(database: Database) -> None:
    with pytest.raises(DBAPIError):
        async with database.writes() as session:
            await session.execute(text("insert into shop.notes values (:id)"), {"id": "one"})


def _taken() -> Conflict:
    return Conflict("This note is taken.")


async def test_a_violated_constraint_is_the_error_that_the_feature_gave_for_it(
    database: Database,
) -> None:
    await send(database, "insert into shop.notes values (1)")
    async with database.writes() as session:
        with (
            pytest.raises(Conflict, match="This note is taken"),
            refusing({"notes_pkey": _taken}),
        ):
            await session.execute(text("insert into shop.notes values (1)"))


async def test_a_constraint_that_is_checked_at_the_commit_can_be_refused_around_it(
    database: Database,
) -> None:
    with (
        pytest.raises(Conflict, match="This note is taken"),
        refusing({"notes_brand_id_fkey": _taken}),
    ):
        async with database.writes() as session:
            await session.execute(text("insert into shop.notes values (1, 404)"))


async def test_a_savepoint_lets_the_transaction_go_on_after_a_refusal(database: Database) -> None:
    async with database.writes() as session:
        await session.execute(text("insert into shop.notes values (1)"))
        with pytest.raises(Conflict), refusing({"notes_pkey": _taken}):
            async with session.begin_nested():
                await session.execute(text("insert into shop.notes values (1)"))
        await session.execute(text("insert into shop.notes values (2)"))
    assert await notes(database) == [1, 2]


async def test_a_constraint_that_nobody_listed_stays_a_bug(database: Database) -> None:
    async with database.writes() as session:
        with pytest.raises(DBAPIError, match="notes_pkey"), refusing({"another_key": _taken}):
            await session.execute(text("insert into shop.notes values (1), (1)"))
