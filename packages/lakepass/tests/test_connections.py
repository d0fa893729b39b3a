"""Logging in to a local Lakebase while it misbehaves: by asyncpg, and by SQLAlchemy over it."""

import asyncio
import logging
import os
import socket
import threading
import time
import traceback
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import trustme
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from lakepass import (
    ConnectError,
    CredentialUnavailable,
    DatabaseUnavailable,
    Lakebase,
    LoginRejected,
    databricks,
)
from lakepass.emulator import Emulator


@pytest.fixture
async def engine(lake: Lakebase) -> AsyncIterator[AsyncEngine]:
    engine = lake.async_engine(pool_size=2)
    yield engine
    await engine.dispose()


async def one(lake: Lakebase) -> int:
    connection = await lake.asyncpg_connect()
    try:
        return int(await connection.fetchval("select 1"))
    finally:
        await connection.close()


async def scalar(engine: AsyncEngine, statement: str) -> str:
    async with engine.connect() as connection:
        return str((await connection.execute(text(statement))).scalar_one())


async def test_an_engine_logs_in_by_token(engine: AsyncEngine, environ: dict[str, str]) -> None:
    assert await scalar(engine, "select current_user") == environ["PGUSER"]
    assert await scalar(engine, "show application_name") == environ.get("PGAPPNAME", "lakepass")


async def test_the_engines_url_shows_no_password(engine: AsyncEngine, lake: Lakebase) -> None:
    assert await scalar(engine, "select 1") == "1"
    assert engine.url.password is None
    assert lake.password() not in repr(engine)


async def test_server_settings_reach_the_server(lake: Lakebase) -> None:
    engine = lake.async_engine(server_settings={"search_path": "shop", "application_name": "a"})
    assert await scalar(engine, "show search_path") == "shop"
    assert await scalar(engine, "show application_name") == "a"
    await engine.dispose()


async def test_options_of_the_driver_pass_through_engines(lake: Lakebase) -> None:
    # Long enough for the statements of SQLAlchemy's first connection, which it leaks if they time out.
    impatient = lake.async_engine(connect_args={"command_timeout": 3})
    with pytest.raises(TimeoutError):
        await scalar(impatient, "select pg_sleep(60)")
    await impatient.dispose()
    plain = lake.async_engine(driver="psycopg", connect_args={"application_name": "theirs"})
    assert await scalar(plain, "show application_name") == "theirs"
    await plain.dispose()
    engine = lake.engine(connect_args={"application_name": "theirs"})
    with engine.connect() as connection:
        assert connection.execute(text("show application_name")).scalar_one() == "theirs"
    engine.dispose()


async def test_a_peer_that_vanishes_is_found_by_both_drivers_alike(lake: Lakebase) -> None:
    asked = [
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE),
        (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE),
        (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL),
        (socket.IPPROTO_TCP, socket.TCP_KEEPCNT),
        (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT),
    ]
    first = await lake.asyncpg_connect()
    second = await lake.psycopg_connect_async()
    try:
        ours = first._transport.get_extra_info("socket")
        assert [ours.getsockopt(*option) for option in asked] == [1, 30, 10, 5, 80_000]
        with socket.socket(fileno=os.dup(second.pgconn.socket)) as libpqs:
            assert [libpqs.getsockopt(*option) for option in asked] == [1, 30, 10, 5, 80_000]
    finally:
        await first.close()
        await second.close()


async def test_options_of_the_driver_are_passed_on(lake: Lakebase) -> None:
    connection = await lake.asyncpg_connect(command_timeout=1)
    with pytest.raises(TimeoutError):
        await connection.execute("select pg_sleep(60)")
    await connection.close()


async def test_new_connections_work_after_all_tokens_expired(
    engine: AsyncEngine, lakebase: Emulator, mints: Callable[[], int]
) -> None:
    assert await scalar(engine, "select 1") == "1"
    lakebase.faults.expire_tokens()
    await engine.dispose()
    assert await scalar(engine, "select 1") == "1"
    assert mints() == 2


async def test_many_refused_at_once_share_one_fresh_credential(
    lake: Lakebase, lakebase: Emulator, mints: Callable[[], int]
) -> None:
    assert await one(lake) == 1
    lakebase.faults.expire_tokens()
    assert await asyncio.gather(*(one(lake) for _ in range(20))) == [1] * 20
    assert mints() == 2


async def test_a_credential_is_replaced_before_it_ends(
    lake: Lakebase, lakebase: Emulator, mints: Callable[[], int]
) -> None:
    lakebase.faults.set_credential_life(4)
    ends_at = time.monotonic() + 6
    while time.monotonic() < ends_at:
        assert await one(lake) == 1
        await asyncio.sleep(0.1)
    assert 2 <= mints() <= 20  # refreshed after a tenth of a life


async def test_a_failing_issuer_is_bridged_while_a_credential_lives(
    lake: Lakebase, lakebase: Emulator, monkeypatch: pytest.MonkeyPatch, mints: Callable[[], int]
) -> None:
    monkeypatch.setattr(databricks, "PATIENCE_S", 1)
    lakebase.faults.set_credential_life(60)
    assert await one(lake) == 1
    lakebase.faults.fail_credentials(503)
    await asyncio.sleep(8)  # past the tenth of its life after which a refresh is tried
    assert await one(lake) == 1
    assert mints() == 1
    lakebase.faults.expire_tokens()
    lake.connect_deadline_s = 5
    with pytest.raises(CredentialUnavailable):
        await one(lake)
    lakebase.faults.clear()
    lake.connect_deadline_s = 60
    assert await one(lake) == 1


async def test_a_slow_issuer_does_not_hold_up_the_event_loop(
    lake: Lakebase, lakebase: Emulator
) -> None:
    lakebase.faults.slow_credentials(1)
    minting = asyncio.create_task(lake.password_async())
    turns = 0
    while not minting.done():
        await asyncio.sleep(0.01)
        turns += 1
    assert (await minting).startswith("eyJ")
    assert turns > 10  # one or two, had the mint held the loop


async def test_a_sleeping_database_is_waited_for(lake: Lakebase, lakebase: Emulator) -> None:
    lakebase.faults.sleep_and_refuse(wake_s=1.5)
    assert await one(lake) == 1


async def test_a_stopped_database_is_waited_for_no_longer_than_asked(
    environ: dict[str, str], lakebase: Emulator
) -> None:
    lake = Lakebase(environ=environ)
    await one(lake)
    lake.connect_deadline_s = 6  # for two attempts on a busy machine
    lakebase.faults.stop_database()
    with pytest.raises(DatabaseUnavailable) as caught:
        await one(lake)
    assert caught.value.retryable
    assert int(str(caught.value.facts["attempts"])) > 1


async def test_connections_that_were_cut_are_replaced(
    engine: AsyncEngine, lakebase: Emulator
) -> None:
    for goodbye in (True, False):
        assert await scalar(engine, "select 1") == "1"
        lakebase.faults.cut_connections(goodbye=goodbye)
        assert await scalar(engine, "select 1") == "1"


async def test_a_role_of_someone_else_is_refused_after_one_fresh_try_at_most(
    environ: dict[str, str], mints: Callable[[], int]
) -> None:
    with pytest.raises(LoginRejected) as caught:
        await one(Lakebase.from_env({**environ, "PGUSER": "developer@example.com"}))
    assert mints() <= 2
    assert not caught.value.retryable
    assert "PGUSER" in caught.value.next_step


async def test_when_no_credential_is_ever_taken_one_fresh_try_is_all_there_is(
    lake: Lakebase, lakebase: Emulator, mints: Callable[[], int]
) -> None:
    over = threading.Event()

    def expire_whatever_is_minted() -> None:
        while not over.wait(0.001):
            lakebase.faults.expire_tokens()

    expiring = threading.Thread(target=expire_whatever_is_minted)
    expiring.start()
    try:
        attempts = []
        for _ in range(4):
            with pytest.raises(LoginRejected) as caught:
                await one(lake)
            attempts.append(caught.value.facts["attempts"])
    finally:
        over.set()
        expiring.join()
    assert attempts == [2, 1, 1, 1]
    assert mints() == 2


async def test_an_unknown_role_is_named(environ: dict[str, str], mints: Callable[[], int]) -> None:
    with pytest.raises(LoginRejected) as caught:
        await one(Lakebase.from_env({**environ, "PGUSER": "nobody@example.com"}))
    assert mints() == 1
    assert "nobody@example.com" in str(caught.value)


async def test_a_wrong_database_is_named(environ: dict[str, str]) -> None:
    with pytest.raises(ConnectError) as caught:
        await one(Lakebase(environ=environ, database="main"))
    assert caught.value.code == "LP-401"
    assert "databricks_postgres" in caught.value.next_step


async def test_a_native_password_where_none_is_allowed_is_refused_without_a_second_try(
    environ: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "lakepass")
    with pytest.raises(LoginRejected) as caught:
        await one(Lakebase.from_env({**environ, "LAKEPASS_AUTH": "password", "PGPASSWORD": "x1"}))
    assert caught.value.facts["attempts"] == 1
    assert "retrying once" not in caplog.text


async def test_a_certificate_of_a_stranger_is_refused(
    environ: dict[str, str], tmp_path: Path
) -> None:
    stranger = tmp_path / "stranger.pem"
    trustme.CA().cert_pem.write_to_path(str(stranger))
    with pytest.raises(ConnectError) as caught:
        await one(Lakebase.from_env({**environ, "PGSSLROOTCERT": str(stranger)}))
    assert caught.value.code == "LP-408"


def own_name() -> str | None:
    """A name of this machine that is not in the gateway's certificate but leads to it."""
    try:
        addresses = socket.getaddrinfo(socket.gethostname(), None)
    except OSError:
        return None
    return socket.gethostname() if addresses[0][4][0] == "127.0.0.1" else None


@pytest.mark.skipif(own_name() is None, reason="this machine's name does not lead to loopback")
async def test_a_certificate_for_another_name_is_refused(environ: dict[str, str]) -> None:
    endpoint = "projects/local/branches/production/endpoints/primary"
    elsewhere = {**environ, "PGHOST": own_name() or "", "LAKEBASE_ENDPOINT": endpoint}
    elsewhere.pop("LAKEBASE_INSTANCE", None)
    with pytest.raises(ConnectError) as caught:
        await one(Lakebase(environ=elsewhere, sslmode="verify-full"))
    assert caught.value.code == "LP-408"
    # Without that check it is the gateway that refuses: it knows no database of this name.
    with pytest.raises(ConnectError) as caught:
        await one(Lakebase(environ=elsewhere, sslmode="verify-ca"))
    assert caught.value.code == "LP-403"


async def test_require_encrypts_without_asking_who_answers(environ: dict[str, str]) -> None:
    environ.pop("PGSSLROOTCERT", None)
    assert await one(Lakebase(environ=environ, sslmode="require")) == 1


async def test_a_name_that_does_not_resolve_is_told_at_the_deadline(
    environ: dict[str, str],
) -> None:
    native = {"PGHOST": "nowhere.invalid", "PGUSER": "x", "PGPASSWORD": "hunter2"}
    with pytest.raises(DatabaseUnavailable) as caught:
        await one(Lakebase(environ=native, connect_deadline_s=3))
    assert caught.value.code == "LP-505"


async def test_a_silent_server_is_a_time_out(environ: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        native = {"PGHOST": "localhost", "PGUSER": "x", "PGPASSWORD": "hunter2"}
        with pytest.raises(DatabaseUnavailable) as caught:
            await one(Lakebase(environ=native, port=port, connect_deadline_s=3))
    assert caught.value.code == "LP-506"


async def test_no_secret_is_in_any_log_or_error(
    environ: dict[str, str],
    developer: dict[str, str],
    lakebase: Emulator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    pat = developer["DATABRICKS_TOKEN"]
    lakes = [
        Lakebase.from_env(environ),
        Lakebase.from_env({**environ, "PGUSER": "nobody@example.com"}),
        Lakebase.from_env({**environ, "PGDATABASE": "main"}),
        Lakebase.from_env({**environ, "LAKEPASS_AUTH": "password", "PGPASSWORD": "hunter2"}),
        Lakebase.from_env(developer),
        Lakebase.from_env({**developer, "DATABRICKS_TOKEN": "", "PGPASSWORD": pat}),
        Lakebase.from_env({**environ, "PGPASSWORD": pat}),
    ]
    said = []
    for lake in lakes:
        try:
            await one(lake)
        except ConnectError as error:
            said += traceback.format_exception(error)
        said += [repr(lake), *lake.explain().lines(), lake.dsn(), str(lake.libpq_env())]
    lakebase.faults.expire_tokens()
    await one(lakes[0])
    secrets = {lake.password() for lake in lakes} | {pat, environ["DATABRICKS_CLIENT_SECRET"]}
    everything = "".join(said) + caplog.text
    assert "LP-401" in everything
    for secret in secrets:
        assert secret not in everything
    assert "eyJraWQi" not in everything
