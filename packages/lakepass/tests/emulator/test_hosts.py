"""Hosts beyond the first: read-only, pooled, of further endpoints and instances."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import psycopg
import pytest
from databricks.sdk import WorkspaceClient

from lakepass.emulator import (
    App,
    Attached,
    Branch,
    Config,
    Emulator,
    EmulatorError,
    Endpoint,
    Faults,
    Instance,
    Project,
    Way,
    running_emulator,
)
from lakepass.emulator.config import attached
from lakepass.emulator.gateway import hosts

from .conftest import Connect, client_of

FIRST_BRANCH = "projects/local/branches/production"
SECOND_BRANCH = "projects/second/branches/production"
SECOND = f"{SECOND_BRANCH}/endpoints/primary"
NAMED = "second.lakebase.test"
WRITE = "create temporary table t (n int)"


@pytest.fixture(scope="module")
def several() -> Iterator[Emulator]:
    """Two projects and an instance with a Postgres of its own; no host but the plain ones."""
    plain: dict[Way, str | None] = {Way.WRITE: None}
    second = Branch(endpoints=(Endpoint(hosts={Way.WRITE: NAMED, Way.READ: None}),))
    config = Config(
        projects=(
            Project(branches=(Branch(endpoints=(Endpoint(hosts=plain),)),)),
            Project(id="second", branches=(second,)),
        ),
        instances=(Instance(roles=("app",)), Instance(name="older", is_stopped=True)),
        apps=(App(resources=tuple(attached(one) for one in (FIRST_BRANCH, SECOND_BRANCH))),),
    )
    with running_emulator(config) as emulator:
        yield emulator


@pytest.fixture
async def native_role(admin: asyncpg.Connection, faults: Faults) -> AsyncIterator[str]:
    faults.set_native_login(True)
    await admin.execute("CREATE ROLE pooled LOGIN PASSWORD 'native horse 1'")
    yield "pooled"
    await admin.execute("DROP ROLE pooled")


def log_in(
    emulator: Emulator, place: str | None = None, way: Way = Way.WRITE, **otherwise: Any
) -> Any:
    """A session of libpq, certificate and host name verified."""
    variables = emulator.environment(place, way)
    workspace = client_of(emulator, "app")
    credential = workspace.postgres.generate_database_credential(endpoint=emulator.endpoint)
    arguments = {
        "host": variables["PGHOST"],
        "port": variables["PGPORT"],
        "dbname": variables["PGDATABASE"],
        "user": variables["PGUSER"],
        "password": credential.token,
        "sslmode": variables["PGSSLMODE"],
        "sslrootcert": variables["PGSSLROOTCERT"],
    }
    return psycopg.connect(**arguments | otherwise, autocommit=True)


def test_the_api_names_four_hosts_of_an_endpoint(app: WorkspaceClient, emulator: Emulator) -> None:
    found = app.postgres.get_endpoint(emulator.endpoint)
    assert found.status is not None
    assert found.status.hosts is not None
    told = found.status.hosts.as_dict()
    assert told == {
        "host": "localhost",
        "read_only_host": "127.0.0.2",
        "read_write_pooled_host": "127.0.0.3",
        "read_only_pooled_host": "127.0.0.4",
    }
    for way in Way:
        assert emulator.environment(way=way)["PGHOST"] == told[way.value]
        assert emulator.environment(way=way)["PGPORT"] == str(emulator.gateway_port)


def test_read_only_host_reads_and_refuses_to_write(emulator: Emulator) -> None:
    with log_in(emulator, way=Way.READ) as session:
        assert session.execute("select 1").fetchone() == (1,)
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction) as refused:
            session.execute("create schema mine")
    assert str(refused.value) == "cannot execute CREATE SCHEMA in a read-only transaction"


@pytest.mark.parametrize("name", ["options", "server_settings"])
async def test_what_is_said_at_login_does_not_open_it_for_writing(
    connect: Connect, emulator: Emulator, name: str
) -> None:
    otherwise = {
        "options": {"options": "-c default_transaction_read_only=off"},
        "server_settings": {"default_transaction_read_only": "off"},
    }[name]
    host = emulator.host(way=Way.READ).name
    session = await connect(host=host, server_settings=otherwise)
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await session.execute("create schema mine")


def test_dropped_secondaries_take_no_logins(
    emulator: Emulator, faults: Faults, app: WorkspaceClient
) -> None:
    faults.set_readable_secondaries(False)
    with pytest.raises(psycopg.OperationalError, match="External authorization failed") as refused:
        log_in(emulator, way=Way.READ)
    assert "disabling readable secondaries" in str(refused.value)
    log_in(emulator).close()
    status = app.postgres.get_endpoint(emulator.endpoint).status
    assert status is not None
    assert status.hosts is not None
    assert status.hosts.read_only_host is None
    faults.clear()
    log_in(emulator, way=Way.READ).close()


@pytest.mark.parametrize("way", [Way.POOLED, Way.READ_POOLED])
def test_pooler_takes_native_passwords_and_no_tokens(
    emulator: Emulator, native_role: str, way: Way
) -> None:
    with log_in(emulator, way=way, user=native_role, password="native horse 1") as session:
        assert session.execute("select current_user").fetchone() == (native_role,)
    role = emulator.environment()["PGUSER"]
    text = f"password authentication failed for user '{role}'"
    with pytest.raises(psycopg.OperationalError, match=text):
        log_in(emulator, way=way)


def test_each_project_has_a_postgres_of_its_own(several: Emulator) -> None:
    with log_in(several) as first:
        first.execute("create schema mine")
    count = "select count(*) from pg_namespace where nspname = 'mine'"
    for place, expected in (("local", 0), (several.endpoint, 1)):
        with log_in(several, place) as session:
            assert session.execute(count).fetchone() == (expected,)
    with log_in(several, SECOND, hostaddr="127.0.0.1") as second:
        assert second.execute(count).fetchone() == (0,)


def test_a_name_of_its_own_routes_by_sni(several: Emulator) -> None:
    """The name and `localhost` are one address and one port, with different data behind."""
    assert several.host(SECOND).name == NAMED
    assert several.host(SECOND).port == several.gateway_port
    with log_in(several, SECOND, hostaddr="127.0.0.1") as session:
        session.execute("create schema only_here")
    with log_in(several, SECOND, Way.READ) as session:
        found = session.execute("select to_regnamespace('only_here') is not null").fetchone()
    assert found == (True,)
    with log_in(several) as first:
        assert first.execute("select to_regnamespace('only_here')").fetchone() == (None,)


def test_computes_sleep_and_stop_one_by_one(several: Emulator) -> None:
    try:
        several.faults.stop_database(at=SECOND)
        log_in(several).close()
        with pytest.raises(psycopg.OperationalError, match="External authorization failed"):
            log_in(several, SECOND, hostaddr="127.0.0.1")
    finally:
        several.faults.clear()
    log_in(several, SECOND, hostaddr="127.0.0.1").close()
    with pytest.raises(psycopg.OperationalError, match="External authorization failed"):
        log_in(several, "older")  # stopped from the start
    with pytest.raises(EmulatorError, match=r"There is no endpoint or instance third; known: "):
        several.faults.sleep(at="third")


def test_sessions_of_one_compute_are_cut(several: Emulator) -> None:
    with log_in(several) as kept, log_in(several, "local") as lost:
        several.faults.cut_connections(at="local")
        assert kept.execute("select 1").fetchone() == (1,)
        with pytest.raises(psycopg.OperationalError):
            lost.execute("select 1")


def test_without_addresses_extra_hosts_are_left_out_and_others_get_a_port(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on macOS, where loopback is one address; this one belongs to documentation alone."""
    monkeypatch.setattr(hosts, "_NETWORK", "203.0.113.")
    with running_emulator() as emulator:
        log_in(emulator).close()
        log_in(emulator, "local").close()
        assert list(emulator.hosts[emulator.endpoint]) == [Way.WRITE]
        assert len(emulator.left_out) == 3
        with pytest.raises(EmulatorError, match="has no read_only_host here"):
            emulator.environment(way=Way.READ)
        instance = emulator.host("local")
        assert instance.name == "localhost"
        assert instance.port != emulator.gateway_port


def test_every_place_has_an_address_of_its_own_at_one_port() -> None:
    """Some clients fix the port: what they are told of a host must be enough to reach it."""
    fields = {"instance_name": "older", "database_name": "databricks_postgres"}
    resources = (attached(FIRST_BRANCH), Attached(name="older", kind="database", fields=fields))
    config = Config(
        projects=(Project(), Project(id="second")),
        instances=(Instance(), Instance(name="older")),
        apps=(App(resources=resources),),
    )
    with running_emulator(config) as emulator:
        every = [host for ways in emulator.hosts.values() for host in ways.values()]
        assert {host.port for host in every} == {emulator.gateway_port}
        assert len({host.name for host in every}) == len(every)
        with log_in(emulator, "older") as session:
            session.execute("create schema only_in_older")
        with log_in(emulator) as session:
            found = session.execute("select to_regnamespace('only_in_older')").fetchone()
        assert found == (None,)


def test_an_address_to_listen_at_is_nobody_elses() -> None:
    with running_emulator(listen="127.0.0.3") as emulator:
        names = [host.name for ways in emulator.hosts.values() for host in ways.values()]
        assert names == ["127.0.0.3", "127.0.0.2", "127.0.0.4", "127.0.0.5", "127.0.0.6"]
        log_in(emulator).close()


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (None, r"Common name inferred from SNI \('other.lakebase.test'\) is not known"),
        ("local", r"FATAL:  Common name inferred from SNI \('other.lakebase.test'\) is not known"),
    ],
)
def test_an_unknown_name_is_refused_even_where_only_one_is_known(
    emulator: Emulator, place: str | None, told: str
) -> None:
    address = emulator.host(place).name
    with pytest.raises(psycopg.OperationalError, match=told):
        log_in(
            emulator,
            place,
            host="other.lakebase.test",
            hostaddr="127.0.0.1" if address == "localhost" else address,
            sslmode="require",
        )


def test_an_endpoint_among_the_options_is_for_the_gateway(
    emulator: Emulator, app: WorkspaceClient
) -> None:
    uid = app.postgres.get_endpoint(emulator.endpoint).uid
    for options in (f"endpoint={uid}", f"project={uid}", "endpoint=primary"):
        log_in(emulator, options=options).close()
    with log_in(
        emulator, options=f"-c work_mem=7MB endpoint={uid} -capplication_name=a\\ b"
    ) as session:
        assert session.execute("show work_mem").fetchone() == ("7MB",)
        assert session.execute("show application_name").fetchone() == ("a b",)
    told = f"project name inferred from SNI \\('{uid}'\\) and project option \\('ep-other'\\)"
    with pytest.raises(psycopg.OperationalError, match=told):
        log_in(emulator, options="endpoint=ep-other")


def test_an_address_that_is_taken_at_this_port_is_named() -> None:
    with socket.create_server(("127.0.0.3", 0)) as other:
        port = other.getsockname()[1]
        with (
            pytest.raises(EmulatorError, match=rf"Port {port} cannot be used at 127\.0\.0\.3"),
            running_emulator(port=port),
        ):
            pass


def test_data_of_every_server_is_kept(tmp_path: Path) -> None:
    app = App(
        resources=(
            Attached(
                name="older",
                kind="database",
                fields={"instance_name": "older", "database_name": "mine"},
            ),
        )
    )
    config = Config(instances=(Instance(name="older"),), apps=(app,))
    with running_emulator(config, data=tmp_path) as emulator:
        with log_in(emulator, "older", dbname="mine") as session:
            session.execute("create schema mine")
        folders = sorted(path.name for path in tmp_path.glob("postgres*") if path.is_dir())
        assert folders == ["postgres", "postgres-older"]
    with (
        running_emulator(config, data=tmp_path) as emulator,
        log_in(emulator, "older", dbname="mine") as session,
    ):
        found = session.execute("select to_regnamespace('mine') is not null").fetchone()
    assert found == (True,)


async def test_superuser_reaches_the_server_of_each_place(several: Emulator) -> None:
    async def folder(place: str) -> Any:
        connection = await asyncpg.connect(**several.admin_of(place))
        try:
            return await connection.fetchval("show data_directory")
        finally:
            await connection.close()

    places = (several.endpoint, SECOND, "local")
    assert len({str(one) for one in await asyncio.gather(*map(folder, places))}) == 3
