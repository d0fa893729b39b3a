"""What can go wrong on command, and that it goes right again."""

import asyncio
import time

import asyncpg
import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import InternalError, PermissionDenied

from lakepass.emulator import Emulator, Faults

from .conftest import Connect, until


async def test_expired_tokens_close_the_door_but_no_session(
    connect: Connect, faults: Faults, app: WorkspaceClient, endpoint: str
) -> None:
    session = await connect()
    faults.expire_tokens()
    with pytest.raises(asyncpg.InternalServerError, match=r"^password authentication failed"):
        await connect()
    assert await session.fetchval("SELECT 1") == 1
    fresh = app.postgres.generate_database_credential(endpoint=endpoint).token
    await connect(password=fresh)


async def test_a_life_of_seconds_ends_when_it_says(
    connect: Connect, faults: Faults, app: WorkspaceClient, endpoint: str
) -> None:
    faults.set_credential_life(1)
    credential = app.postgres.generate_database_credential(endpoint=endpoint)
    await connect(password=credential.token)
    assert credential.expire_time is not None
    await asyncio.sleep(max(credential.expire_time.seconds - time.time(), 0) + 0.01)
    with pytest.raises(asyncpg.InternalServerError, match=r"^password authentication failed"):
        await connect(password=credential.token)


def test_credentials_fail_as_often_as_asked(
    faults: Faults, app: WorkspaceClient, endpoint: str
) -> None:
    faults.fail_credentials(500, count=1)
    with pytest.raises(InternalError, match="told to fail"):
        app.postgres.generate_database_credential(endpoint=endpoint)
    faults.fail_credentials(403)
    for _ in range(2):
        with pytest.raises(PermissionDenied):
            app.database.generate_database_credential(instance_names=["local"])
    faults.clear()
    assert app.postgres.generate_database_credential(endpoint=endpoint).token


def test_retry_after_is_heeded_by_the_sdk(
    faults: Faults, app: WorkspaceClient, endpoint: str
) -> None:
    faults.fail_credentials(429, retry_after_s=0, count=1)
    assert app.postgres.generate_database_credential(endpoint=endpoint).token


def test_credentials_can_be_slow(faults: Faults, app: WorkspaceClient, endpoint: str) -> None:
    faults.slow_credentials(0.2)
    before = time.monotonic()
    app.postgres.generate_database_credential(endpoint=endpoint)
    assert time.monotonic() - before >= 0.2


async def test_cut_connections_say_goodbye(
    connect: Connect, faults: Faults, admin: asyncpg.Connection
) -> None:
    session = await connect()
    answer = asyncio.create_task(session.execute("SELECT pg_sleep(600) /* to be cut */"))
    await until(admin, "query LIKE '%/* to be cut */' AND wait_event = 'PgSleep'")
    faults.cut_connections()
    with pytest.raises(
        asyncpg.ConnectionDoesNotExistError,
        match=r": terminating connection due to administrator command$",
    ):
        await answer
    await connect()


async def test_cut_connections_can_be_silent(connect: Connect, faults: Faults) -> None:
    session = await connect()
    faults.cut_connections(goodbye=False)
    with pytest.raises((OSError, asyncpg.InterfaceError, asyncpg.ConnectionDoesNotExistError)):
        await session.fetchval("SELECT 1")


async def test_stopped_database_takes_no_logins(
    connect: Connect, faults: Faults, app: WorkspaceClient, endpoint: str, emulator: Emulator
) -> None:
    session = await connect()
    faults.stop_database()
    for port in (emulator.gateway_port, emulator.instance_port):
        with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError) as refused:
            await connect(port=port)
        assert refused.value.message == "External authorization failed."
        assert refused.value.detail == (
            "This could be due to paused instances, disabling readable secondaries, IP ACLs or "
            "private link configuration."
        )
    assert session.is_closed()
    status = app.postgres.get_endpoint(endpoint).status
    assert status is not None
    assert status.disabled is True
    instance = app.database.get_database_instance("local")
    assert (instance.stopped, str(instance.state)) == (True, "DatabaseInstanceState.STOPPED")
    faults.start_database()
    await connect()


async def test_login_wakes_a_sleeping_database(
    connect: Connect, faults: Faults, app: WorkspaceClient, endpoint: str, emulator: Emulator
) -> None:
    faults.sleep(wake_s=0.3)
    status = app.postgres.get_endpoint(endpoint).status
    assert status is not None
    assert status.current_state is not None
    assert status.current_state.value == "IDLE"
    with pytest.raises(
        asyncpg.CannotConnectNowError, match=r"^the database system is starting up$"
    ):
        await connect(port=emulator.instance_port)
    with pytest.raises(asyncpg.InternalServerError, match=r"^the database system is starting up$"):
        await connect()
    await asyncio.sleep(0.3)
    await connect()
