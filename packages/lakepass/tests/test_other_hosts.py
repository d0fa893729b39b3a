"""The read-only host and the pooler of a database, by the real look-up and through real logins."""

import asyncio
import uuid
from collections.abc import Callable

import asyncpg
import pytest

from lakepass import ConfigurationError, DatabaseUnavailable, Lakebase, LoginRejected
from lakepass.emulator import Emulator, Way
from packages.lakepass.tests.clients import CLIENTS, Client


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest) -> Client:
    return CLIENTS[request.param]


@pytest.fixture
def native(lakebase: Emulator, environ: dict[str, str]) -> dict[str, str]:
    """A role with a password of its own, and the app's identity for look-ups."""
    lakebase.faults.set_native_login(True)
    name = f"native_{uuid.uuid4().hex}"  # an id() is used again
    password = lakebase.create_native_role(name)
    return environ | {"PGUSER": name, "PGPASSWORD": password, "LAKEPASS_AUTH": "password"}


async def test_reads_go_to_the_read_only_host_and_writes_are_refused(
    client: Client, lake: Lakebase, lakebase: Emulator
) -> None:
    reading = lake.read_only()
    async with client(reading) as ask:
        assert await ask("select current_user") == lakebase.environment()["PGUSER"]
        with pytest.raises(Exception, match="read-only transaction"):
            await ask("create table never (id int)")
    assert reading.login().host == lakebase.environment(way=Way.READ)["PGHOST"]
    assert lake.login().host == lakebase.environment()["PGHOST"]


@pytest.mark.parametrize(
    "named",
    [
        {"LAKEBASE_ENDPOINT": "projects/local"},
        {"LAKEBASE_ENDPOINT": "projects/local/branches/production"},
        {"LAKEBASE_ENDPOINT": ""},
        {"LAKEBASE_ENDPOINT": "", "LAKEBASE_INSTANCE": "local"},
    ],
)
async def test_a_read_only_session_comes_of_every_way_to_name_a_database(
    environ: dict[str, str], named: dict[str, str]
) -> None:
    lake = Lakebase(environ=environ | named).read_only()
    connection = await lake.asyncpg_connect()
    assert await connection.fetchval("show transaction_read_only") == "on"
    await connection.close()


async def test_a_dropped_read_only_host_is_said_to_be_away_and_not_replaced(
    environ: dict[str, str], lakebase: Emulator
) -> None:
    lake = Lakebase(environ=environ).read_only()
    await lake.password_async()
    lake.connect_deadline_s = 2.5
    lakebase.faults.set_readable_secondaries(False)
    with pytest.raises(DatabaseUnavailable) as caught:
        await lake.asyncpg_connect()
    assert caught.value.code == "LP-501"


def test_who_asks_again_shares_a_credential_until_all_is_closed(
    lake: Lakebase, lakebase: Emulator, mints: Callable[[], int]
) -> None:
    assert lake.read_only() is lake.read_only()
    assert lake.read_only().read_only() is lake.read_only()
    person = lakebase.user_token()
    for one in (lake, lake.read_only(), lake.for_user(person)):
        assert one.password() == one.password()
    assert mints() == 3
    lake.close()
    assert lake.read_only().password()
    assert lake.for_user(person).password()
    assert mints() == 5


def test_nothing_is_looked_up_before_it_is_needed(lake: Lakebase) -> None:
    host = lake.read_only().explain().host
    assert "look-up" in host
    assert "@None" not in repr(lake.read_only())


def test_without_an_identity_the_read_only_host_cannot_be_found(native: dict[str, str]) -> None:
    alone = {name: value for name, value in native.items() if not name.startswith("DATABRICKS_")}
    with pytest.raises(ConfigurationError) as caught:
        Lakebase(environ=alone).read_only()
    assert caught.value.code == "LP-117"


async def test_the_pooler_takes_a_native_password(
    client: Client, native: dict[str, str], lakebase: Emulator
) -> None:
    lake = Lakebase(environ=native).pooled()
    async with client(lake) as ask:
        assert [await ask(f"select {n} + length(current_user)") for n in range(3)] == [
            str(n + len(native["PGUSER"])) for n in range(3)
        ]
    assert lake.login().host == lakebase.environment(way=Way.POOLED)["PGHOST"]


async def test_the_pooler_for_reading_is_another_host(
    native: dict[str, str], lakebase: Emulator
) -> None:
    lake = Lakebase(environ=native).pooled().read_only()
    connection = await lake.asyncpg_connect()
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await connection.execute("create table never (id int)")
    await connection.close()
    assert lake.login().host == lakebase.environment(way=Way.READ_POOLED)["PGHOST"]


def test_why_a_token_cannot_use_the_pooler_is_said_before_anything_is_tried(
    lake: Lakebase, environ: dict[str, str]
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        lake.pooled()
    assert caught.value.code == "LP-137"
    named = environ | {"PGHOST": "ep-x-pooler.database.example.com"}
    with pytest.raises(ConfigurationError) as caught:
        Lakebase(environ=named)
    assert caught.value.code == "LP-137"


def test_a_poolers_name_makes_the_native_password_the_one_that_applies(
    native: dict[str, str],
) -> None:
    named = native | {"PGHOST": "ep-x-pooler.database.example.com", "LAKEPASS_AUTH": "auto"}
    lake = Lakebase(environ=named)
    assert lake.explain().strategy == "native password"
    assert lake.is_pooled


async def test_a_token_at_a_pooler_known_by_address_only_is_refused_by_the_server(
    lakebase: Emulator,
) -> None:
    lake = Lakebase(environ=lakebase.environment(way=Way.POOLED))
    with pytest.raises(LoginRejected) as caught:
        await lake.asyncpg_connect()
    assert caught.value.code == "LP-308"


async def test_an_instance_has_no_pooler(native: dict[str, str], lakebase: Emulator) -> None:
    named = native | {"LAKEBASE_ENDPOINT": "", "LAKEBASE_INSTANCE": "local"}
    lake = Lakebase(environ=named).pooled()
    with pytest.raises(ConfigurationError) as caught:
        await asyncio.to_thread(lake.login)
    assert caught.value.code == "LP-129"
