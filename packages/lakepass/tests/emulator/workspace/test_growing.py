"""Projects, branches, endpoints and instances that are made and deleted through the SDK."""

import asyncio
import re
import secrets
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import asyncpg
import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import AlreadyExists, BadRequest, NotFound, NotImplemented
from databricks.sdk.service.database import DatabaseInstance, DatabaseInstanceState
from databricks.sdk.service.postgres import (
    Branch,
    BranchSpec,
    Endpoint,
    EndpointSpec,
    EndpointType,
    Project,
    ProjectSpec,
)
from google.protobuf.field_mask_pb2 import (  # type: ignore[import-untyped] # no stubs here
    FieldMask,
)

from lakepass.emulator import Emulator
from lakepass.emulator.workspace import api

LOCAL = "projects/local"
PRODUCTION = f"{LOCAL}/branches/production"
ANOTHER = "projects/another"


async def connected(
    emulator: Emulator, client: WorkspaceClient, endpoint: str
) -> asyncpg.Connection:
    """As the developer, by the host that the API names, verified."""
    found = client.postgres.get_endpoint(endpoint)
    assert found.status is not None
    assert found.status.hosts is not None
    return await _login(
        emulator,
        str(found.status.hosts.host),
        client.postgres.generate_database_credential(endpoint).token,
    )


async def _login(emulator: Emulator, host: str, password: Any) -> asyncpg.Connection:
    authority = emulator.environment()["PGSSLROOTCERT"]
    return await asyncpg.connect(
        host=host,
        port=emulator.gateway_port,
        user="developer@example.com",
        password=password,
        database="databricks_postgres",
        ssl=ssl.create_default_context(cafile=authority),
    )


@pytest.fixture(scope="module")
def branch(developer: WorkspaceClient, emulator: Emulator) -> Iterator[str]:
    """A branch of production, which has a table then."""
    name = f"pr-{secrets.token_hex(3)}"
    spec = BranchSpec.from_dict({"source_branch": PRODUCTION, "ttl": "7200s"})
    made = developer.postgres.create_branch(LOCAL, Branch(spec=spec), name).wait()
    assert made.name == f"{LOCAL}/branches/{name}"
    assert made.status is not None
    assert (made.status.source_branch, made.status.default) == (PRODUCTION, False)
    assert made.status.expire_time is not None
    yield str(made.name)
    developer.postgres.delete_branch(str(made.name)).wait()


async def test_branch_has_the_data_and_roles_of_its_source(
    emulator: Emulator, developer: WorkspaceClient
) -> None:
    production = await connected(emulator, developer, f"{PRODUCTION}/endpoints/primary")
    table = f"orders_{secrets.token_hex(3)}"
    await production.execute(f"CREATE TABLE {table} AS SELECT 1 AS id")
    spec = Branch(spec=BranchSpec(no_expiry=True))
    name = f"{LOCAL}/branches/{table.replace('_', '-')}"
    developer.postgres.create_branch(LOCAL, spec, name.rpartition("/")[2]).wait()
    try:
        copy = await connected(emulator, developer, f"{name}/endpoints/primary")
        await copy.execute(f"INSERT INTO {table} VALUES (2)")
        assert await copy.fetchval(f"SELECT count(*) FROM {table}") == 2
        assert await production.fetchval(f"SELECT count(*) FROM {table}") == 1
        roles = {
            one.status.postgres_role
            for one in developer.postgres.list_roles(PRODUCTION)
            if one.status
        }
        assert {
            one.status.postgres_role for one in developer.postgres.list_roles(name) if one.status
        } == roles
        assert name in {one.name for one in developer.postgres.list_branches(LOCAL)}
        await copy.close()
    finally:
        developer.postgres.delete_branch(name).wait()
        await production.execute(f"DROP TABLE {table}")
        await production.close()
    with pytest.raises(NotFound, match="branch id not found"):
        developer.postgres.get_branch(name)


def test_branches_made_at_the_same_time_are_all_there(developer: WorkspaceClient) -> None:
    """Two at once, one of them asked for twice: the SDK repeats a request that takes over a minute."""
    one, other = [f"pr-{secrets.token_hex(3)}" for _ in range(2)]
    spec = Branch(spec=BranchSpec(no_expiry=True))
    with ThreadPoolExecutor() as threads:
        making = [
            threads.submit(developer.postgres.create_branch, LOCAL, spec, name)
            for name in (one, other, one)
        ]
        listings = 0
        while not all(request.done() for request in making):
            list(developer.postgres.list_branches(LOCAL))
            list(developer.postgres.list_endpoints(f"{LOCAL}/branches/production"))
            listings += 1
        made = [request.result().wait().name for request in making]
    names = {f"{LOCAL}/branches/{name}" for name in (one, other)}
    try:
        assert made == [f"{LOCAL}/branches/{name}" for name in (one, other, one)]
        assert listings
        assert names <= {found.name for found in developer.postgres.list_branches(LOCAL)}
        for name in names:
            assert [one.name for one in developer.postgres.list_endpoints(name)] == [
                f"{name}/endpoints/primary"
            ]
    finally:
        for name in names:
            developer.postgres.delete_branch(name).wait()


async def test_what_takes_long_is_an_operation_that_goes_on(
    emulator: Emulator, developer: WorkspaceClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDK repeats a request after a minute: what it asks for would exist already, or be gone."""
    monkeypatch.setattr(api, "RESPOND_WITHIN_S", 0.0)
    project, name = f"{ANOTHER}-{secrets.token_hex(3)}", "copy"
    kept = Branch(spec=BranchSpec(no_expiry=True))
    created = developer.postgres.create_project(Project(), project.rpartition("/")[2])
    assert not created.done()
    assert created.wait().name == project
    with pytest.raises(AlreadyExists):  # what can be said at once is
        developer.postgres.create_branch(project, kept, "production")
    making = developer.postgres.create_branch(project, kept, name)
    again = developer.postgres.create_branch(project, kept, name)
    assert making.wait().name == again.wait().name == f"{project}/branches/{name}"
    session = await connected(emulator, developer, f"{project}/branches/{name}/endpoints/primary")
    await session.close()
    assert developer.postgres.delete_branch(f"{project}/branches/{name}").wait() is None
    developer.postgres.delete_project(project).wait()
    with pytest.raises(NotFound):
        developer.postgres.get_project(project)

    instance = f"slow-{secrets.token_hex(3)}"
    starting = developer.database.create_database_instance(DatabaseInstance(name=instance))
    assert starting.bind()["name"] == instance
    found = developer.database.get_database_instance(instance)
    assert found.state is DatabaseInstanceState.STARTING
    assert starting.result().state is DatabaseInstanceState.AVAILABLE
    developer.database.delete_database_instance(instance)
    with pytest.raises(NotFound):
        developer.database.get_database_instance(instance)


def test_an_instance_that_starts_is_listed_and_can_be_deleted(
    monkeypatch: pytest.MonkeyPatch, developer: WorkspaceClient
) -> None:
    name = f"starting-{secrets.token_hex(3)}"
    monkeypatch.setattr(api, "RESPOND_WITHIN_S", 0.0)
    developer.database.create_database_instance(DatabaseInstance(name=name))
    found = [one for one in developer.database.list_database_instances() if one.name == name]
    assert [one.state for one in found] == [DatabaseInstanceState.STARTING]
    monkeypatch.setattr(api, "RESPOND_WITHIN_S", 60.0)
    developer.database.delete_database_instance(name)
    with pytest.raises(NotFound):
        developer.database.get_database_instance(name)


async def test_an_operation_ends_as_its_change_does() -> None:
    operations, change = api.Operations(), asyncio.get_running_loop().create_future()
    running = operations.running(ANOTHER, "Project", change)
    assert operations.named(running["name"]) == running
    assert running["done"] is False
    change.set_exception(api.ApiError(400, "BAD_REQUEST", "no room"))
    await asyncio.sleep(0)
    failed = {"error_code": "BAD_REQUEST", "message": "no room"}
    assert operations.named(running["name"]) == running | {"done": True, "error": failed}


def test_what_keeps_a_branch_from_being_made(developer: WorkspaceClient, branch: str) -> None:
    kept = BranchSpec(no_expiry=True)
    create = developer.postgres.create_branch
    with pytest.raises(AlreadyExists, match="branch with such id already exists"):
        create(LOCAL, Branch(spec=kept), branch.rpartition("/")[2])
    with pytest.raises(BadRequest, match="One of ttl, expire_time and no_expiry"):
        create(LOCAL, Branch(spec=BranchSpec()), "new")
    with pytest.raises(NotFound, match="branch id not found"):
        create(
            LOCAL,
            Branch(spec=BranchSpec(source_branch=f"{LOCAL}/branches/no", no_expiry=True)),
            "new",
        )
    with pytest.raises(NotImplemented, match="stores no history"):
        create(LOCAL, Branch(spec=BranchSpec(source_branch_lsn="0/1", no_expiry=True)), "new")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (PRODUCTION, f"Cannot delete root branch '{PRODUCTION}'."),
        (f"{PRODUCTION}/endpoints/primary", "Read-write endpoints cannot be deleted."),
    ],
)
def test_what_its_parent_manages_is_not_deleted_alone(
    developer: WorkspaceClient, path: str, message: str
) -> None:
    with pytest.raises(BadRequest, match=re.escape(message)) as refused:
        developer.api_client.do("DELETE", f"/api/2.0/postgres/{path}")
    info = refused.value.get_error_details().error_info
    assert info is not None
    assert info.metadata == {"declarative_context": "MANAGED_BY_PARENT"}


def test_the_default_branch_is_not_deleted(developer: WorkspaceClient, branch: str) -> None:
    def make_default(name: str) -> None:
        mask = FieldMask(paths=["spec.default_branch"])
        project = Project(spec=ProjectSpec(default_branch=name))
        developer.postgres.update_project(LOCAL, project, mask).wait()

    make_default(branch)
    try:
        with pytest.raises(BadRequest, match="default branch"):
            developer.postgres.delete_branch(branch)
    finally:
        make_default(PRODUCTION)


async def test_endpoint_is_made_and_deleted(
    emulator: Emulator, developer: WorkspaceClient, branch: str
) -> None:
    kind = EndpointType.ENDPOINT_TYPE_READ_ONLY
    spec = Endpoint(spec=EndpointSpec(endpoint_type=kind, autoscaling_limit_max_cu=2))
    made = developer.postgres.create_endpoint(branch, spec, "replica").wait()
    assert made.status is not None
    assert (made.status.endpoint_type, made.status.autoscaling_limit_max_cu) == (kind, 2)
    session = await connected(emulator, developer, str(made.name))
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await session.execute("CREATE TABLE no (id int)")
    await session.close()
    writes = Endpoint(spec=EndpointSpec(endpoint_type=EndpointType.ENDPOINT_TYPE_READ_WRITE))
    with pytest.raises(BadRequest, match="read_write endpoint already exists"):
        developer.postgres.create_endpoint(branch, writes, "second")
    again = developer.postgres.create_endpoint(branch, writes, "primary", replace_existing=True)
    assert again.wait().name == f"{branch}/endpoints/primary"
    developer.postgres.delete_endpoint(str(made.name)).wait()
    assert [one.name for one in developer.postgres.list_endpoints(branch)] == [
        f"{branch}/endpoints/primary"
    ]


async def test_project_and_instance_are_made_and_deleted(
    emulator: Emulator, developer: WorkspaceClient
) -> None:
    spec = ProjectSpec(display_name="New", enable_pg_native_login=True)
    made = developer.postgres.create_project(Project(spec=spec), "new-project").wait()
    assert made.status is not None
    assert (made.status.display_name, made.status.enable_pg_native_login) == ("New", True)
    endpoint = "projects/new-project/branches/production/endpoints/primary"
    session = await connected(emulator, developer, endpoint)
    await session.close()
    emulator.faults.restart(0.0, at=endpoint)
    developer.postgres.delete_project("projects/new-project").wait()
    with pytest.raises(NotFound, match="project id not found"):
        developer.postgres.get_project("projects/new-project")
    instance = developer.database.create_database_instance(DatabaseInstance(name="new")).result()
    credential = developer.database.generate_database_credential(instance_names=["new"])
    session = await _login(emulator, str(instance.read_write_dns), credential.token)
    await session.close()
    developer.database.delete_database_instance("new")
    with pytest.raises(NotFound):
        developer.database.get_database_instance("new")


def test_an_instance_that_is_being_made_is_not_made_again(developer: WorkspaceClient) -> None:
    wanted = DatabaseInstance(name=f"twice-{secrets.token_hex(3)}")
    with ThreadPoolExecutor() as threads:
        making = [
            threads.submit(developer.database.create_database_instance, wanted) for _ in range(2)
        ]
        refused = [one for one in making if one.exception() is not None]
    try:
        assert [type(one.exception()) for one in refused] == [AlreadyExists]
        names = [one.name for one in developer.database.list_database_instances()]
        assert names.count(wanted.name) == 1
    finally:
        developer.database.delete_database_instance(str(wanted.name))


def test_what_an_app_needs_is_not_deleted(developer: WorkspaceClient) -> None:
    with pytest.raises(BadRequest, match=r"^projects/local cannot be deleted here"):
        developer.postgres.delete_project(LOCAL)
