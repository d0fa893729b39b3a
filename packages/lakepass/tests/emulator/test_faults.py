"""What can go wrong on command, and that it goes right again."""

import asyncio
import time
from typing import Any

import asyncpg
import httpx
import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import InternalError, PermissionDenied

from lakepass.emulator import Emulator, EmulatorError, Faults, Way
from lakepass.emulator.faults import switches
from lakepass.emulator.faults.table import FAULTS
from lakepass.emulator.gateway import server as gateway

from .conftest import Connect, until

# What asyncpg says of a session that was ended, as it has noticed already or notices now.
CLOSED = (asyncpg.ConnectionDoesNotExistError, asyncpg.InterfaceError)


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
    faults.set_credential_life(5)  # long enough for a login on a busy machine
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
    with pytest.raises(InternalError, match="fault of the emulator fails this request"):
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
    for host in ("localhost", emulator.host("local").name):
        with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError) as refused:
            await connect(host=host)
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


async def test_a_login_that_wakes_a_sleeping_database_is_held(
    connect: Connect, faults: Faults
) -> None:
    faults.sleep()
    assert list(faults.in_force) == ["sleep"]
    waking, second = await asyncio.gather(connect(), connect())
    assert await waking.fetchval("SELECT 1") == await second.fetchval("SELECT 1") == 1
    assert faults.in_force == {}


async def test_a_sleep_whose_sessions_do_not_end_in_time_is_one_that_ends(
    connect: Connect, faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    await connect()
    monkeypatch.setattr(switches, "_ANSWER_DEADLINE_S", 0.0)
    with pytest.raises(TimeoutError):
        faults.sleep(wake_s=0.1)
    async with asyncio.timeout(30):
        awake = await connect()
    assert await awake.fetchval("SELECT 1") == 1


async def test_a_login_is_held_longer_than_a_handshake_may_take(
    connect: Connect, faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "HANDSHAKE_S", 3.0)
    faults.sleep(wake_s=4.0)
    await connect()


async def test_a_held_login_goes_on_when_the_fault_is_cleared(
    connect: Connect, faults: Faults
) -> None:
    faults.sleep(wake_s=600)
    held = asyncio.ensure_future(connect())
    await asyncio.sleep(0.2)  # for the login to come; later, it would find the database awake
    assert not held.done()
    faults.clear("sleep")
    await held


async def test_a_login_that_wakes_a_database_can_be_refused(
    connect: Connect, faults: Faults, app: WorkspaceClient, endpoint: str, emulator: Emulator
) -> None:
    faults.sleep_and_refuse(wake_s=600)
    assert list(faults.in_force) == ["sleep-and-refuse"]
    status = app.postgres.get_endpoint(endpoint).status
    assert status is not None
    assert status.current_state is not None
    assert status.current_state.value == "IDLE"
    with pytest.raises(
        asyncpg.CannotConnectNowError, match=r"^the database system is starting up$"
    ):
        await connect(host=emulator.host("local").name)
    with pytest.raises(asyncpg.InternalServerError, match=r"^the database system is starting up$"):
        await connect()
    faults.clear("sleep-and-refuse")
    faults.sleep_and_refuse(wake_s=0.3)
    with pytest.raises(asyncpg.InternalServerError):
        await connect()
    await asyncio.sleep(0.3)
    await connect()


async def test_expired_tokens_can_be_revived(connect: Connect, faults: Faults) -> None:
    faults.expire_tokens()
    with pytest.raises(asyncpg.InternalServerError):
        await connect()
    faults.clear("expire-tokens")
    await connect()


async def test_a_short_life_is_long_again(
    faults: Faults, app: WorkspaceClient, endpoint: str
) -> None:
    faults.set_credential_life(1)
    faults.clear("set-credential-life")
    ends = app.postgres.generate_database_credential(endpoint=endpoint).expire_time
    assert ends is not None
    assert ends.seconds > time.time() + 3500


async def test_rotated_keys_close_the_door_to_old_credentials(
    connect: Connect, faults: Faults, app: WorkspaceClient, endpoint: str, emulator: Emulator
) -> None:
    faults.rotate_keys()
    with pytest.raises(asyncpg.InternalServerError, match=r"^jwk not found$"):
        await connect()
    with pytest.raises(asyncpg.InvalidPasswordError, match=r"^Invalid authorization for"):
        await connect(host=emulator.host("local").name)
    fresh = app.postgres.generate_database_credential(endpoint=endpoint).token  # still signed in
    await connect(password=fresh)
    faults.clear("rotate-keys")
    await connect()
    await connect(password=fresh)


def test_a_share_of_requests_fails(faults: Faults, app: WorkspaceClient, endpoint: str) -> None:
    faults.fail_credentials(500, rate=0.5)
    failed = 0
    for _ in range(40):
        try:
            app.postgres.generate_database_credential(endpoint=endpoint)
        except InternalError:
            failed += 1
    assert 5 < failed < 35
    faults.clear("fail-credentials")
    assert app.postgres.generate_database_credential(endpoint=endpoint).token


def test_throttled_credentials_say_when_to_come_again(
    faults: Faults, app: WorkspaceClient, endpoint: str, emulator: Emulator
) -> None:
    faults.throttle_credentials(1)
    app.postgres.generate_database_credential(endpoint=endpoint)
    # Past the SDK, which would wait as long as it is told.
    answer = httpx.post(
        f"{emulator.workspace_url}/api/2.0/postgres/credentials",
        json={"endpoint": endpoint},
        headers={"Authorization": f"Bearer {emulator.personal_access_token}"},
    )
    assert (answer.status_code, answer.json()["error_code"]) == (429, "RESOURCE_EXHAUSTED")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    faults.clear("throttle-credentials")
    app.postgres.generate_database_credential(endpoint=endpoint)


async def test_sleep_and_stop_are_undone(connect: Connect, faults: Faults) -> None:
    faults.sleep(wake_s=600)
    faults.clear("stop-database")
    assert list(faults.in_force) == ["sleep"]
    faults.clear("sleep")
    await connect()
    faults.stop_database()
    faults.clear("stop-database")
    await connect()


@pytest.mark.parametrize(
    ("fault", "endpoint_state", "instance_state"),
    [("restart", "INIT", "STARTING"), ("fail_over", "DEGRADED", "FAILING_OVER")],
)
async def test_restart_and_fail_over_end_sessions_and_come_back(
    connect: Connect,
    faults: Faults,
    app: WorkspaceClient,
    endpoint: str,
    emulator: Emulator,
    fault: str,
    endpoint_state: str,
    instance_state: str,
) -> None:
    session = await connect()
    getattr(faults, fault)(seconds=600)
    with pytest.raises(CLOSED):
        await session.fetchval("SELECT 1")
    with pytest.raises(asyncpg.CannotConnectNowError):
        await connect(host=emulator.host("local").name)
    status = app.postgres.get_endpoint(endpoint).status
    assert status is not None
    assert status.current_state is not None
    assert status.current_state.value == endpoint_state
    instance = app.database.get_database_instance("local")
    assert instance.state is not None
    assert instance.state.value == instance_state
    faults.clear(fault)
    await connect()
    getattr(faults, fault)(seconds=0)
    assert faults.in_force == {}
    await connect()


@pytest.mark.parametrize("fault", ["restart", "fail_over"])
async def test_restart_and_fail_over_restart_the_server_itself(
    connect: Connect, faults: Faults, emulator: Emulator, fault: str
) -> None:
    started = "SELECT pg_postmaster_start_time()"
    before = await (await connect()).fetchval(started)
    await asyncio.to_thread(getattr(faults, fault), 0)
    assert await (await connect()).fetchval(started) > before
    emulator.create_native_role(f"made_after_{fault}")  # by the emulator's own connections


async def test_some_sessions_are_cut_the_oldest_first(connect: Connect, faults: Faults) -> None:
    faults.cut_connections()
    sessions = [await connect() for _ in range(3)]
    faults.cut_connections(count=2)
    assert await sessions[2].fetchval("SELECT 1") == 1
    for session in sessions[:2]:
        with pytest.raises(CLOSED):
            await session.fetchval("SELECT 1")


async def test_sessions_are_cut_mid_query(
    connect: Connect, faults: Faults, admin: asyncpg.Connection
) -> None:
    idle, busy = await connect(), await connect()
    answer = asyncio.create_task(busy.execute("SELECT pg_sleep(600) /* cut amid */"))
    await until(admin, "query LIKE '%/* cut amid */' AND wait_event = 'PgSleep'")
    faults.cut_connections(mid_query=True)
    with pytest.raises(asyncpg.ConnectionDoesNotExistError, match=r"administrator command$"):
        await answer
    assert await idle.fetchval("SELECT 1") == 1


async def test_frozen_sessions_say_nothing_until_cleared(
    connect: Connect, faults: Faults, admin: asyncpg.Connection
) -> None:
    session = await connect()
    faults.freeze_connections()
    answer = asyncio.create_task(session.fetchval("SELECT 'thawed'"))
    await connect()  # others come in
    assert not answer.done()
    arrived = "SELECT 1 FROM pg_stat_activity WHERE query LIKE $1 AND pid <> pg_backend_pid()"
    assert not await admin.fetchval(arrived, "%thawed%")
    faults.clear("freeze-connections")
    assert await answer == "thawed"


async def test_frozen_sessions_can_be_cut(connect: Connect, faults: Faults) -> None:
    session = await connect()
    faults.freeze_connections()
    faults.cut_connections()
    with pytest.raises(CLOSED):
        await session.fetchval("SELECT 1")
    assert faults.in_force == {}


async def test_full_connections_leave_no_room(
    connect: Connect, faults: Faults, emulator: Emulator
) -> None:
    first = await connect()
    faults.fill_connections(leave=1)
    second = await connect()
    with pytest.raises(asyncpg.TooManyConnectionsError, match="remaining connection slots are"):
        await connect(host=emulator.host("local").name)
    with pytest.raises(
        asyncpg.InternalServerError, match=r"^Too many connections to this endpoint"
    ):
        await connect()
    assert await first.fetchval("SELECT 1") == 1
    await second.close()
    await connect()  # in the place of the second
    faults.clear("fill-connections")
    await connect()


async def test_a_blocked_address_is_refused_at_every_door(
    connect: Connect, faults: Faults, app: WorkspaceClient, endpoint: str, emulator: Emulator
) -> None:
    session = await connect()
    faults.block_address()
    with pytest.raises(PermissionDenied) as denied:
        app.postgres.get_endpoint(endpoint)
    assert str(denied.value).startswith(
        "Source IP address: 127.0.0.1 is blocked by Databricks IP ACL for workspace: "
        f"{app.config.workspace_id}"
    )
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError) as refused:
        await connect(host=emulator.host("local").name)
    assert refused.value.message == "External authorization failed."
    with pytest.raises(asyncpg.InternalServerError, match=r"^This IP address 127\.0\.0\.1 is not"):
        await connect()
    assert await session.fetchval("SELECT 1") == 1
    faults.clear("block-address")
    app.postgres.get_endpoint(endpoint)
    await connect()
    faults.block_address("127.0.0.9")
    await connect()


@pytest.mark.parametrize("seconds", [240, -240])
async def test_a_wrong_clock_is_wrong_everywhere_alike(
    connect: Connect, faults: Faults, app: WorkspaceClient, endpoint: str, seconds: int
) -> None:
    faults.skew_clock(seconds)
    credential = app.postgres.generate_database_credential(endpoint=endpoint)
    assert credential.expire_time is not None
    assert abs(credential.expire_time.seconds - time.time() - 3600 - seconds) < 60
    await connect(password=credential.token)
    faults.clear("skew-clock")
    credential = app.postgres.generate_database_credential(endpoint=endpoint)
    assert credential.expire_time is not None
    assert abs(credential.expire_time.seconds - time.time() - 3600) < 60


async def test_read_only_hosts_can_be_dropped(
    connect: Connect, faults: Faults, app: WorkspaceClient, endpoint: str, emulator: Emulator
) -> None:
    host = emulator.host(way=Way.READ)
    await connect(host=host.name, port=host.port)
    faults.set_readable_secondaries(False)
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
        await connect(host=host.name, port=host.port)
    assert "read_only_host" not in str(app.postgres.get_endpoint(endpoint).as_dict())
    await connect()
    faults.clear("set-readable-secondaries")
    await connect(host=host.name, port=host.port)


def test_faults_over_http(faults: Faults, emulator: Emulator) -> None:
    url = f"{emulator.workspace_url}/lakepass/faults"
    assert len(httpx.get(url).json()["faults"]) == len(FAULTS)
    asked = {"name": "sleep", "arguments": {"wake_s": 2}}
    answer = httpx.post(url, json=asked)
    told = {one["name"]: one["in_force"] for one in answer.json()["faults"]}
    assert (answer.status_code, told["sleep"], told["restart"]) == (200, {"wake_s": 2.0}, None)
    httpx.delete(f"{url}/sleep")
    assert faults.in_force == {}
    httpx.post(url, json=asked)
    httpx.delete(url)
    assert faults.in_force == {}


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"content": b"{}"}, "The request must be application/json."),
        (
            {"content": b"{", "headers": {"Content-Type": "application/json"}},
            "The body is not JSON.",
        ),
        ({"json": []}, "The body must name a fault:"),
        ({"json": {"name": "sleep", "arguments": [2]}}, "Arguments must be an object:"),
        ({"json": {"name": "nap"}}, "There is no fault nap. Known faults: expire-tokens, "),
    ],
)
def test_faults_over_http_are_told_what_is_wrong(
    emulator: Emulator, sent: dict[str, Any], told: str
) -> None:
    answer = httpx.post(f"{emulator.workspace_url}/lakepass/faults", **sent)
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(told)


def test_web_pages_elsewhere_cause_no_faults(faults: Faults, emulator: Emulator) -> None:
    url = f"{emulator.workspace_url}/lakepass/faults"
    answer = httpx.post(url, json={"name": "expire-tokens"}, headers={"Host": "evil.example"})
    assert answer.status_code == 403
    asked = httpx.options(url, headers={"Origin": "http://evil.example"})
    assert not [name for name in asked.headers if name.startswith("access-control-")]
    assert faults.in_force == {}


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("skew-clock", {"seconds": 1e12}, "skew-clock: seconds must be a number from -"),
        ("skew-clock", {"seconds": float("nan")}, "skew-clock: seconds must be a number from -"),
        ("slow-credentials", {"seconds": -1}, "slow-credentials: seconds must be a number from 0"),
        ("sleep", {"wake_s": "inf"}, "sleep: wake_s must be a number from 0"),
        ("fail-credentials", {"status": 99}, "fail-credentials: status must be a number from 400"),
        ("fail-credentials", {"rate": 7}, "fail-credentials: rate must be a number from 0 to 1"),
        (
            "fail-serving",
            {"retry_after_s": -1},
            "fail-serving: retry_after_s must be a number from",
        ),
        ("throttle-credentials", {"per_minute": -1}, "throttle-credentials: per_minute must be a "),
        ("fill-connections", {"leave": -5}, "fill-connections: leave must be a number from 0"),
        ("cut-connections", {"count": -3}, "cut-connections: count must be a number from 0"),
        ("cut-connections", {"count": float("inf")}, "cut-connections: count must be of type int"),
        ("block-address", {"address": "nowhere"}, "block-address: address must be an IP address"),
    ],
)
def test_a_value_without_sense_is_refused_and_changes_nothing(
    faults: Faults, name: str, arguments: dict[str, Any], told: str
) -> None:
    with pytest.raises(EmulatorError, match=f"^{told}"):
        faults.cause(name, arguments)
    assert faults.in_force == {}


def test_python_is_held_to_the_same_values(faults: Faults) -> None:
    with pytest.raises(EmulatorError, match=r"^fail-credentials: status must be"):
        faults.fail_credentials(200)
    faults.skew_clock(-3600)
    faults.set_credential_life(-5)
    assert set(faults.in_force) == {"skew-clock", "set-credential-life"}
