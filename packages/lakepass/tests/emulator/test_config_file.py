"""Configurations in TOML: what they make, and how mistakes in them are named."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.config import Config as SdkConfig

from lakepass.emulator import Config, Emulator, EmulatorError, Way, running_emulator
from lakepass.emulator.config_file import read
from tests.warm import command

from .conftest import client_of, processes_of

PAGE = Path(__file__).parents[2] / "docs" / "emulator.md"
ENDPOINT = "projects/shop/branches/production/endpoints/primary"
STAGING = "projects/shop/branches/staging/endpoints/primary"


def example() -> str:
    """The configuration that the documentation shows."""
    return PAGE.read_text().partition("```toml\n")[2].partition("```")[0]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    file = tmp_path_factory.mktemp("config") / "lakebase.toml"
    file.write_text(example())
    with running_emulator(file) as emulator:
        yield emulator


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    def written(text: str) -> Path:
        file = tmp_path / "lakebase.toml"
        file.write_text(text)
        return file

    return written


def log_in(
    emulator: Emulator, name: str, *, place: str | None = None, **otherwise: Any
) -> "psycopg.Connection[Any]":
    variables = emulator.environment(place)
    workspace = client_of(emulator, name)
    credential = workspace.postgres.generate_database_credential(endpoint=emulator.endpoint)
    arguments = {
        "host": variables["PGHOST"],
        "hostaddr": "127.0.0.1",
        "port": variables["PGPORT"],
        "dbname": variables["PGDATABASE"],
        "user": emulator.identity(name).name,
        "password": credential.token,
        "sslmode": "verify-full",
        "sslrootcert": variables["PGSSLROOTCERT"],
    }
    return psycopg.connect(**arguments | otherwise, autocommit=True)


def test_the_example_of_the_documentation_is_what_it_says(shop: Emulator) -> None:
    workspace = client_of(shop, "ana@example.com")
    projects = [project.name for project in workspace.postgres.list_projects()]
    assert projects == ["projects/shop", "projects/reports"]
    branches = [branch.name for branch in workspace.postgres.list_branches("projects/shop")]
    assert branches == ["projects/shop/branches/production", "projects/shop/branches/staging"]
    assert list(shop.hosts) == [
        ENDPOINT,
        "projects/shop/branches/production/endpoints/replica",
        STAGING,
        "projects/reports/branches/production/endpoints/primary",
        "retail",
        "old-reports",
    ]
    states = {
        instance.name: (instance.read_write_dns, instance.state and instance.state.value)
        for instance in workspace.database.list_database_instances()
    }
    assert states == {
        "retail": (shop.host("retail").name, "AVAILABLE"),
        "old-reports": ("old-reports.lakebase.test", "STOPPED"),
    }
    secret = workspace.secrets.get_secret("shop", "payments")
    assert secret.value == "c2stbG9jYWw="


def test_a_replica_is_read_only_at_all_its_hosts(shop: Emulator) -> None:
    replica = "projects/shop/branches/production/endpoints/replica"
    found = client_of(shop, "ana@example.com").postgres.get_endpoint(replica)
    assert found.status is not None
    assert found.status.endpoint_type is not None
    assert found.status.endpoint_type.value == "ENDPOINT_TYPE_READ_ONLY"
    assert found.status.hosts is not None
    assert found.status.hosts.host == found.status.hosts.read_only_host == shop.host(replica).name
    assert found.status.hosts.read_write_pooled_host is None
    with (
        log_in(shop, "ana@example.com", place=replica, hostaddr=None) as session,
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
    ):
        session.execute("create schema mine")


def test_apps_may_create_where_a_database_is_attached_and_nothing_else(shop: Emulator) -> None:
    with log_in(shop, "ana@example.com", dbname="orders") as owner:
        owner.execute("create schema owned; create table owned.t (n int)")
        owner.execute("create table public.t (n int)")
    with log_in(shop, "storefront", dbname="orders") as session:
        session.execute("create schema mine; create table mine.t (n int)")
        for statement in (
            "select * from owned.t",
            "select * from public.t",
            "create table public.u (n int)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute(statement)
    with (
        log_in(shop, "storefront", dbname="databricks_postgres") as session,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        session.execute("create schema mine")  # CONNECT is everyone's, CREATE is not
    with pytest.raises(psycopg.OperationalError, match=r'role "[0-9a-f-]+" does not exist'):
        log_in(shop, "storefront", place=STAGING)


def test_second_user_has_no_role_unless_given_one(shop: Emulator) -> None:
    text = 'role "ben@example.com" does not exist'
    with pytest.raises(psycopg.OperationalError, match=text):
        log_in(shop, "ben@example.com")
    with log_in(shop, "ben@example.com", place=STAGING) as session:
        assert session.execute("select current_user").fetchone() == ("ben@example.com",)


def test_service_principal_may_have_a_client_id_of_its_own(shop: Emulator) -> None:
    client_id = "11111111-2222-3333-4444-555555555555"
    assert shop.identity("nightly").name == client_id
    me = client_of(shop, "nightly").current_user.me()
    assert (me.user_name, me.display_name) == (client_id, "nightly")


def test_what_is_left_out_is_as_without_a_file(written: Callable[[str], Path]) -> None:
    assert read(written("")) == Config()
    config = read(written('[[projects]]\nid = "shop"'))
    assert list(config.endpoints) == [ENDPOINT]
    assert config.instances[0].upgraded_to == ENDPOINT
    assert config.apps[0].resources[0].branch_or_instance == "projects/shop/branches/production"
    assert read(written("instances = []")).instances == ()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("projects = 3", "projects is 3; it must be a list of tables: [[projects]]."),
        ("[[projects]]", "projects[0].id is missing; it must be 1 to 63 of a-z, 0-9 and -"),
        ('[[projects]]\nid = "Shop"', "projects[0].id is 'Shop'; it must be 1 to 63 of a-z"),
        (
            '[[projects]]\nid = "shop"\nversion = 17',
            "projects[0].version is unknown; allowed here: id, native_login, branches.",
        ),
        (
            '[[projects]]\nid = "shop"\nnative_login = "yes"',
            "projects[0].native_login is 'yes'; it must be true or false.",
        ),
        (
            '[[projects]]\nid = "a"\n[[projects]]\nid = "a"',
            "The project a is defined twice.",
        ),
        (
            '[[service_principals]]\nname = "a"\nworkspace_access = 1',
            "service_principals[0].workspace_access is 1; it must be true or false.",
        ),
        ('dialect = "loud"', "dialect is 'loud'; it must be direct or proxy."),
        ('user = ["x@example.com"]', "user is unknown; allowed here: projects, dialect, "),
        ('users = ["Ana"]', "users is 'Ana'; it must be an e-mail address."),
        (
            '[[instances]]\nname = "a"\nupgraded_to = "projects/x"',
            "Instance a is upgraded to endpoint projects/x, which does not exist. Known: projects/local",
        ),
        (
            '[[instances]]\nname = "a"\nhosts = { read_write_dns = false }',
            "instances[0].hosts.read_write_dns is false; it must be true, a host name in lower",
        ),
        (
            '[[instances]]\nname = "a"\nhosts = { host = "a" }',
            "instances[0].hosts.host is unknown; allowed here: read_write_dns, read_only_dns.",
        ),
        (
            '[[groups]]\nname = "team"\nmembers = ["eve"]',
            "Group team has the member eve, which does not exist. Known: developer@example.com, app.",
        ),
        (
            '[[apps]]\nname = "a"\nresources = [{ name = "x" }]',
            "apps[0].resources[0] must have one of postgres, database, secret, serving_endpoint, ",
        ),
        ('secrets = { shop = "sesame" }', "secrets.shop must be a table of keys and values."),
        ("secrets.shop.key = 4711", "secrets.shop.key must be a string."),
        ("users = []", "There must be at least one endpoint, one user and one app."),
        ('[[projects]]\nid = "a"\nbranches = []', "There must be at least one endpoint, one user"),
        ("no toml", "is not valid TOML:"),
    ],
)
def test_mistakes_are_named_with_file_key_value_and_what_is_allowed(
    written: Callable[[str], Path], text: str, complaint: str
) -> None:
    file = written(text)
    with pytest.raises(EmulatorError) as refused:
        read(file)
    message = str(refused.value)
    assert message.startswith(str(file))
    assert complaint in message
    assert "sesame" not in message
    assert "4711" not in message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "none.toml"
    done = subprocess.run(
        [*command("lakepass"), "emulator", "--config", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == f"lakepass: {file} cannot be read: No such file or directory.\n"


def test_killed_with_a_configuration_it_starts_again_with_data_and_identities(
    tmp_path: Path,
) -> None:
    """The line of JSON is all that a script needs to log in as anyone at any host."""
    file = tmp_path / "lakebase.toml"
    file.write_text('[[service_principals]]\nname = "nightly"\n[[instances]]\nname = "older"')
    data = tmp_path / "data"
    arguments = [sys.executable, "-m", "lakepass.cli", "emulator", "--json", "--port", "0"]
    arguments += ["--config", str(file), "--data", str(data)]
    told: list[dict[str, Any]] = []
    found: Any = None
    for statement in ("create table kept as select 7 as n", "select n from kept"):
        with subprocess.Popen(
            arguments, stdout=subprocess.PIPE, text=True, start_new_session=True
        ) as process:
            assert process.stdout is not None
            told.append(json.loads(process.stdout.readline()))
            found = asyncio.run(_as_developer(told[-1], "older", statement))
            process.kill()
    assert found == 7
    assert told[0]["identities"] == told[1]["identities"]
    assert set(told[0]["identities"]) == {"developer@example.com", "nightly", "app"}
    assert set(told[0]["hosts"]) == {
        "projects/local/branches/production/endpoints/primary",
        "older",
    }
    for _ in range(4000):
        if not processes_of(data):
            return
        time.sleep(0.01)
    pytest.fail(f"left behind: {processes_of(data)}")


async def _as_developer(told: dict[str, Any], place: str, statement: str) -> Any:
    environment, host = told["env"], told["hosts"][place]["host"]
    identity = told["identities"]["developer@example.com"]
    workspace = WorkspaceClient(
        config=SdkConfig(
            host=environment["DATABRICKS_HOST"], token=identity["secret"], auth_type="pat"
        )
    )
    credential = workspace.database.generate_database_credential(instance_names=[place])
    session = await psycopg.AsyncConnection.connect(
        host=host["host"],
        port=host["port"],
        dbname=environment["PGDATABASE"],
        user=identity["name"],
        password=credential.token,
        sslmode="verify-full",
        sslrootcert=environment["PGSSLROOTCERT"],
        autocommit=True,
    )
    async with session, await session.execute(statement) as cursor:
        row = await cursor.fetchone() if cursor.description else None
    return row and row[0]


@pytest.mark.parametrize("twice", [False, True])
def test_beyond_loopback_it_must_be_told_twice(twice: bool) -> None:
    if not twice:
        with (
            pytest.raises(EmulatorError, match=r"0\.0\.0\.0 is not loopback: .* --open-to-network"),
            running_emulator(listen="0.0.0.0"),
        ):
            pass
        return
    with running_emulator(listen="0.0.0.0", open_to_network=True) as emulator:
        assert list(emulator.hosts[emulator.endpoint]) == [Way.WRITE]
        with log_in(emulator, "app") as session:
            assert session.execute("select 1").fetchone() == (1,)


def test_another_loopback_address_needs_no_more_words() -> None:
    with running_emulator(listen="127.0.0.9") as emulator:
        assert emulator.workspace_url.startswith("http://127.0.0.9:")
        with log_in(emulator, "app", hostaddr=None) as session:
            assert session.execute("select 1").fetchone() == (1,)
