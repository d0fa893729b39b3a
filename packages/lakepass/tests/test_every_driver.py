"""One behaviour for every way to connect: each test runs for each driver, engine and pool."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from lakepass import ConnectError, DatabaseUnavailable, Lakebase, LoginRejected
from lakepass.emulator import Emulator
from packages.lakepass.tests.clients import CLIENTS, Client

POOLED = [name for name in CLIENTS if "connect" not in name]
PSYCOPG = [name for name in CLIENTS if "psycopg" in name]
ENGINES = [name for name in CLIENTS if "sqlalchemy" in name]


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest) -> Client:
    return CLIENTS[request.param]


@pytest.fixture(params=POOLED)
def pooled(request: pytest.FixtureRequest) -> Client:
    return CLIENTS[request.param]


async def test_logs_in_as_the_identity_over_verified_tls(
    client: Client, lake: Lakebase, environ: dict[str, str]
) -> None:
    async with client(lake) as ask:
        assert await ask("select current_user") == environ["PGUSER"]
        assert await ask("show application_name") == environ["PGAPPNAME"]


async def test_session_defaults_reach_the_server(client: Client, lake: Lakebase) -> None:
    settings = {"statement_timeout": "7s", "search_path": 'shop,\n "a b\\c"'}
    async with client(lake, server_settings=settings) as ask:
        assert await ask("show statement_timeout") == "7s"
        assert await ask("show search_path") == 'shop,\n "a b\\c"'


async def test_a_session_default_replaces_ours(client: Client, lake: Lakebase) -> None:
    async with client(lake, server_settings={"application_name": "reports"}) as ask:
        assert await ask("show application_name") == "reports"


def with_options(name: str, options: str) -> dict[str, Any]:
    """What passes libpq's `options` to a client of this name."""
    parameters = {"options": options}
    if "pool" in name:
        return {"kwargs": parameters}
    return {"connect_args": parameters} if "sqlalchemy" in name else parameters


@pytest.mark.parametrize("name", PSYCOPG)
async def test_session_defaults_add_up_with_libpqs_options(name: str, lake: Lakebase) -> None:
    settings = {"statement_timeout": "7s", "search_path": "shop"}
    own = with_options(name, "-c search_path=pg_catalog -c application_name=reports")
    async with CLIENTS[name](lake.read_only(), server_settings=settings, **own) as ask:
        assert await ask("show statement_timeout") == "7s"
        assert await ask("show search_path") == "pg_catalog"
        assert await ask("show application_name") == "reports"
        assert await ask("show default_transaction_read_only") == "on"


@pytest.mark.parametrize("name", ENGINES)
async def test_an_engine_takes_session_defaults_in_connect_args(name: str, lake: Lakebase) -> None:
    own = {"connect_args": {"server_settings": {"search_path": "pg_catalog"}}}
    settings = {"statement_timeout": "7s", "search_path": "shop"}
    async with CLIENTS[name](lake.read_only(), server_settings=settings, **own) as ask:
        assert await ask("show statement_timeout") == "7s"
        assert await ask("show search_path") == "pg_catalog"
        assert await ask("show default_transaction_read_only") == "on"


async def test_goes_on_after_every_token_was_expired(
    client: Client, lake: Lakebase, lakebase: Emulator, mints: Callable[[], int]
) -> None:
    async with client(lake) as ask:
        await ask("select 1")
        lakebase.faults.expire_tokens()
        await asyncio.to_thread(lakebase.faults.cut_connections)
        await asyncio.sleep(0.05)  # a cut that is still on its way is a cut in mid-request
        assert await ask("select 2") == "2"
    assert mints() == 2


@pytest.mark.parametrize("goodbye", [True, False])
async def test_the_next_request_after_a_cut_succeeds(
    pooled: Client, lake: Lakebase, lakebase: Emulator, goodbye: bool
) -> None:
    async with pooled(lake) as ask:
        await asyncio.gather(*(ask("select pg_sleep(0.1)") for _ in range(3)))
        await asyncio.to_thread(lakebase.faults.cut_connections, goodbye=goodbye)
        await asyncio.sleep(0.05)  # a cut that is still on its way is a cut in mid-request
        assert [await ask("select 1") for _ in range(4)] == ["1"] * 4


async def test_a_sleeping_database_is_waited_for(
    client: Client, lake: Lakebase, lakebase: Emulator
) -> None:
    async with client(lake) as ask:
        await asyncio.to_thread(lakebase.faults.sleep_and_refuse, 0.5)
        assert await ask("select 1") == "1"


async def impatient(environ: dict[str, str]) -> Lakebase:
    """Holds a credential, so that what is left to wait for is the database."""
    lake = Lakebase(environ=environ)
    await lake.password_async()
    lake.connect_deadline_s = 2.5
    return lake


async def test_a_stopped_database_is_told_at_the_deadline(
    client: Client, environ: dict[str, str], lakebase: Emulator
) -> None:
    lakebase.faults.stop_database()
    async with client(await impatient(environ)) as ask:
        with pytest.raises(DatabaseUnavailable, match="External authorization failed") as caught:
            await ask("select 1")
    assert (caught.value.code, caught.value.retryable) == ("LP-501", True)


async def test_a_port_where_nobody_listens_is_told_at_the_deadline(
    client: Client, environ: dict[str, str], closed_port: int
) -> None:
    lake = await impatient(environ | {"PGPORT": str(closed_port)})
    async with client(lake) as ask:
        with pytest.raises(DatabaseUnavailable) as caught:
            await ask("select 1")
    assert caught.value.code == "LP-507"


async def test_a_host_without_an_address_is_told_at_the_deadline(
    client: Client, environ: dict[str, str]
) -> None:
    lake = await impatient(environ | {"PGHOST": "nowhere.invalid"})
    async with client(lake) as ask:
        with pytest.raises(DatabaseUnavailable) as caught:
            await ask("select 1")
    assert caught.value.code == "LP-505"


@pytest.mark.parametrize(
    ("variable", "value", "kind", "code"),
    [
        ("PGUSER", "developer@example.com", LoginRejected, "LP-303"),
        ("PGUSER", "nobody@example.com", LoginRejected, "LP-304"),
        ("PGUSER", "é" * 40, LoginRejected, "LP-304"),  # longer than a name can be
        ("PGDATABASE", "main", ConnectError, "LP-401"),
    ],
)
async def test_a_refusal_names_its_cause_and_is_not_repeated(
    client: Client, environ: dict[str, str], variable: str, value: str, kind: Any, code: str
) -> None:
    lake = Lakebase(environ=environ | {variable: value})
    async with client(lake) as ask:
        with pytest.raises(kind) as caught:
            await ask("select 1")
    assert caught.value.code == code
    assert lake.password() not in str(caught.value)


async def test_a_foreign_authority_is_not_trusted(
    client: Client, environ: dict[str, str], tmp_path: Any
) -> None:
    import trustme

    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    foreign = environ | {"PGSSLROOTCERT": str(tmp_path / "other.pem")}
    async with client(Lakebase(environ=foreign)) as ask:
        with pytest.raises(ConnectError) as caught:
            await ask("select 1")
    assert caught.value.code == "LP-408"


async def test_two_hundred_first_connects_share_one_mint(
    environ: dict[str, str], mints: Callable[[], int]
) -> None:
    lake = Lakebase(environ=environ)
    await asyncio.gather(*(lake.password_async() for _ in range(200)))
    assert mints() == 1
