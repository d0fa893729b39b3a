"""After the login: a session is Postgres's own, whatever flows through it."""

import asyncio
import io
import random
import shutil
import subprocess
import threading
import uuid
from typing import Any

import asyncpg
import psycopg
import pytest

from lakepass.emulator import Emulator
from lakepass.emulator.gateway import server as gateway

from .conftest import Connect, until


async def test_service_principal_may_create_extensions_and_its_own_schema(
    connect: Connect,
) -> None:
    session = await connect()
    await session.execute("CREATE EXTENSION vector; CREATE EXTENSION pg_trgm")
    await session.execute("CREATE SCHEMA shop; CREATE TABLE shop.likes (taste vector(3))")
    await session.execute("INSERT INTO shop.likes VALUES ('[1,2,3]')")
    assert await session.fetchval("SELECT taste <-> '[1,2,5]' FROM shop.likes") == 2.0
    await session.execute("DROP SCHEMA shop CASCADE; DROP EXTENSION vector, pg_trgm")


async def test_service_principal_may_do_nothing_else(connect: Connect) -> None:
    session = await connect()
    for statement in (
        "CREATE TABLE public.t (a int)",
        "CREATE ROLE r",
        "CREATE DATABASE d",
        "SELECT * FROM pg_authid",
        "CREATE EXTENSION file_fdw",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await session.execute(statement)


async def test_statistics_are_collected(admin: asyncpg.Connection) -> None:
    libraries = await admin.fetchval("SHOW shared_preload_libraries")
    assert "pg_stat_statements" in libraries.split(",")
    assert await admin.fetchval("SHOW max_connections") == "209"
    assert await admin.fetchval("SHOW listen_addresses") == ""


async def test_a_timeout_cancels_the_query_in_the_server(
    connect: Connect, admin: asyncpg.Connection
) -> None:
    session = await connect()
    marker = f"cancelled {uuid.uuid4()}"
    with pytest.raises(TimeoutError):
        await session.execute(f"SELECT pg_sleep(600) /* {marker} */", timeout=0.2)
    assert await session.fetchval("SELECT 1") == 1  # the same session is free for the next query
    running = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE $1"
    assert await admin.fetchval(running, f"%pg_sleep(600) /* {marker}%") == 0


def test_psycopg_cancels_over_tls(emulator: Emulator, password: str) -> None:
    with psycopg.connect(**_libpq(emulator, password)) as session:
        session.execute("SELECT 1")
        timer = threading.Timer(0.2, session.cancel_safe)
        timer.start()
        with pytest.raises(psycopg.errors.QueryCanceled):
            session.execute("SELECT pg_sleep(600)")
        timer.join()


async def test_backend_process_is_not_shown(connect: Connect) -> None:
    session = await connect()
    assert session.get_server_pid() != await session.fetchval("SELECT pg_backend_pid()")


async def test_fifty_megabytes_go_in_and_come_out(connect: Connect) -> None:
    session = await connect()
    await session.execute("CREATE TEMP TABLE bulk (line text)")
    line = b"x" * 1023 + b"\n"
    await session.copy_to_table("bulk", source=io.BytesIO(line * 51_200))
    received = 0

    async def count(part: bytes) -> None:
        nonlocal received
        received += len(part)

    await session.copy_from_table("bulk", output=count)
    assert received == 50 << 20


async def test_a_slow_reader_holds_the_server_back(
    connect: Connect, admin: asyncpg.Connection
) -> None:
    """The gateway keeps what a client does not take within bounds, and loses none of it."""
    session = await connect()
    received = 0

    async def hold_on(part: bytes) -> None:
        nonlocal received
        if not received:
            await until(admin, "query LIKE 'COPY (SELECT repeat%' AND wait_event = 'ClientWrite'")
        received += len(part)

    await session.copy_from_query(
        "SELECT repeat('x', 1023) FROM generate_series(1, 30720)", output=hold_on
    )
    assert received == 30 << 20


async def test_errors_and_notices_pass_unchanged(connect: Connect) -> None:
    session = await connect()
    notices: list[Any] = []
    session.add_log_listener(lambda _, notice: notices.append(notice.message))
    with pytest.raises(asyncpg.DivisionByZeroError):
        await session.execute("SELECT 1 / 0")
    await session.execute("DO $$ BEGIN RAISE NOTICE 'seen'; END $$")
    assert notices == ["seen"]


async def test_a_statement_of_twenty_megabytes_goes_through(connect: Connect) -> None:
    session = await connect()
    assert await session.fetchval(f"SELECT length('{'x' * (20 << 20)}')") == 20 << 20


async def test_large_objects_are_written_and_read(connect: Connect) -> None:
    session = await connect()
    content = random.Random(1).randbytes(8 << 20)
    async with session.transaction():
        number = await session.fetchval("SELECT lo_from_bytea(0, $1)", content)
        opened = await session.fetchval("SELECT lo_open($1, x'40000'::int)", number)
        parts = [await session.fetchval("SELECT loread($1, $2)", opened, 3 << 20) for _ in range(4)]
    assert b"".join(parts) == content
    await session.execute(f"SELECT lo_unlink({number})")


def test_a_pipeline_flows(emulator: Emulator, password: str) -> None:
    with psycopg.connect(**_libpq(emulator, password), autocommit=True) as session:
        with session.pipeline():
            sent = [session.execute("SELECT %s::int", [number]) for number in range(2_000)]
        assert [one.fetchone() for one in sent] == [(number,) for number in range(2_000)]
        with pytest.raises(psycopg.errors.DivisionByZero), session.pipeline():
            session.execute("SELECT 1 / 0")
        assert session.execute("SELECT 1").fetchone() == (1,)


async def test_notifications_reach_who_listens(connect: Connect) -> None:
    listening, telling = await connect(), await connect()
    heard: asyncio.Queue[Any] = asyncio.Queue()
    await listening.add_listener("news", lambda *told: heard.put_nowait(told[-1]))
    for number in range(3):
        await telling.execute("SELECT pg_notify('news', $1)", f"{number} {'x' * 7_000}")
    assert [(await heard.get())[:1] for _ in range(3)] == ["0", "1", "2"]


async def test_a_session_idles_longer_than_a_login_may_take(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await connect()
    monkeypatch.setattr(gateway, "HANDSHAKE_S", 3.0)
    idle = await connect()
    await asyncio.sleep(3.2)
    assert [await one.fetchval("SELECT 1") for one in (session, idle)] == [1, 1]


async def test_many_log_in_at_once(connect: Connect) -> None:
    sessions = await asyncio.gather(*(connect() for _ in range(40)))
    answers = await asyncio.gather(*(session.fetchval("SELECT 1") for session in sessions))
    assert answers == [1] * 40


async def test_nothing_secret_is_shown_or_logged(
    emulator: Emulator, connect: Connect, password: str
) -> None:
    await connect()
    variables = emulator.environment()
    secrets = (password, variables["DATABRICKS_CLIENT_SECRET"], emulator.personal_access_token)
    shown = repr(emulator) + (emulator.data / "postgres.log").read_text()
    assert not [secret for secret in secrets if secret in shown]
    closed = [path for path in emulator.data.iterdir() if path.stat().st_mode & 0o077 == 0]
    assert {path.name for path in closed} >= {"workspace.json", "signing-key.pem", "ca-key.pem"}


def test_system_psql_gets_in(emulator: Emulator, password: str) -> None:
    psql = shutil.which("psql")
    if psql is None:
        pytest.skip("there is no psql with TLS on this machine")
    environment = {**emulator.environment(), "PGPASSWORD": password}
    done = subprocess.run(
        [psql, "-Atc", "SELECT current_database()"],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert (done.stdout, done.returncode) == ("databricks_postgres\n", 0), done.stderr


def _libpq(emulator: Emulator, password: str) -> dict[str, Any]:
    variables = emulator.environment()
    return {
        "host": variables["PGHOST"],
        "port": variables["PGPORT"],
        "user": variables["PGUSER"],
        "dbname": variables["PGDATABASE"],
        "sslmode": variables["PGSSLMODE"],
        "sslrootcert": variables["PGSSLROOTCERT"],
        "password": password,
    }
