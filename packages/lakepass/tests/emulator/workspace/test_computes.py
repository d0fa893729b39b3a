"""Endpoints and instances, changed through the SDK: stopped, started, opened to passwords."""

import asyncpg
import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import BadRequest, NotFound
from databricks.sdk.service.database import DatabaseInstance, DatabaseInstanceRoleIdentityType
from databricks.sdk.service.postgres import (
    Endpoint,
    EndpointGroupSpec,
    EndpointSpec,
    EndpointType,
    Project,
    ProjectSpec,
)
from google.protobuf.field_mask_pb2 import (  # type: ignore[import-untyped] # no stubs here
    FieldMask,
)

from lakepass.emulator import Emulator, Faults
from packages.lakepass.tests.emulator.conftest import Connect

PROJECT = "projects/local"
# How soon asyncpg notices is a matter of luck.
_CUT = (asyncpg.PostgresError, asyncpg.InterfaceError, ConnectionError)


async def test_project_takes_native_passwords_once_told(
    developer: WorkspaceClient, faults: Faults, connect: Connect, admin: asyncpg.Connection
) -> None:
    await admin.execute("CREATE ROLE told LOGIN PASSWORD 'native horse 1'")
    try:
        with pytest.raises(asyncpg.InternalServerError, match="not a valid JWT encoding"):
            await connect(user="told", password="native horse 1")
        spec = Project(spec=ProjectSpec(display_name="local", enable_pg_native_login=True))
        for mask, expected in ((["spec.display_name"], False), (["spec"], True)):
            changed = developer.postgres.update_project(PROJECT, spec, FieldMask(paths=mask)).wait()
            assert changed.status is not None
            assert changed.status.enable_pg_native_login is expected
        await connect(user="told", password="native horse 1")
    finally:
        await admin.execute("DROP ROLE told")


async def test_endpoint_is_disabled_and_enabled_again(
    developer: WorkspaceClient, faults: Faults, connect: Connect, endpoint: str
) -> None:
    session = await connect()
    kind = EndpointType.ENDPOINT_TYPE_READ_WRITE
    mask = FieldMask(paths=["spec.disabled"])
    for disabled in (True, False):
        wanted = Endpoint(spec=EndpointSpec(endpoint_type=kind, disabled=disabled))
        changed = developer.postgres.update_endpoint(endpoint, wanted, mask).wait()
        assert changed.status is not None
        assert changed.status.disabled is disabled
        if disabled:
            with pytest.raises(_CUT):
                await session.execute("SELECT 1")
            text = "External authorization failed"
            with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError, match=text):
                await connect()
    await connect()


def test_secondaries_of_an_endpoint_stop_being_readable(
    developer: WorkspaceClient, faults: Faults, endpoint: str
) -> None:
    group = EndpointGroupSpec(min=1, max=1, enable_readable_secondaries=False)
    spec = EndpointSpec(endpoint_type=EndpointType.ENDPOINT_TYPE_READ_WRITE, group=group)
    changed = developer.postgres.update_endpoint(
        endpoint, Endpoint(spec=spec), FieldMask(paths=["spec.group"])
    ).wait()
    assert changed.status is not None
    assert changed.status.hosts is not None
    assert changed.status.hosts.read_only_host is None
    assert changed.status.hosts.host == "localhost"


async def test_instance_is_stopped_and_started(
    developer: WorkspaceClient, faults: Faults, connect: Connect, emulator: Emulator
) -> None:
    host = emulator.host("local")
    session = await connect(host=host.name, port=host.port)
    for stopped, state in ((True, "STOPPED"), (False, "AVAILABLE")):
        changed = developer.database.update_database_instance(
            "local", DatabaseInstance(name="local", stopped=stopped), "stopped"
        )
        assert changed.state is not None
        assert changed.state.value == state
        if stopped:
            with pytest.raises(_CUT):
                await session.execute("SELECT 1")
    await connect(host=host.name, port=host.port)
    with pytest.raises(NotFound, match=r"^Database instance none does not exist$"):
        developer.database.update_database_instance("none", DatabaseInstance(name="none"), "*")


def test_roles_of_an_instance(developer: WorkspaceClient, emulator: Emulator) -> None:
    roles = {one.name: one for one in developer.database.list_database_instance_roles("local")}
    owner = roles["developer@example.com"]
    assert owner.identity_type is DatabaseInstanceRoleIdentityType.USER
    assert owner.membership_role is not None
    assert owner.attributes is not None
    assert owner.attributes.createrole is True
    client_id = emulator.environment()["PGUSER"]
    found = developer.database.get_database_instance_role("local", client_id)
    assert found == roles[client_id]
    assert found.identity_type is DatabaseInstanceRoleIdentityType.SERVICE_PRINCIPAL
    with pytest.raises(NotFound, match=r"^Role none does not exist$"):
        developer.database.get_database_instance_role("local", "none")


async def test_credential_for_tables_reads_these_and_nothing_else(
    developer: WorkspaceClient,
    app: WorkspaceClient,
    connect: Connect,
    emulator: Emulator,
    endpoint: str,
    admin: asyncpg.Connection,
) -> None:
    await admin.execute("""
        CREATE SCHEMA claimed;
        CREATE TABLE claimed.open AS SELECT 1 AS n;
        CREATE TABLE claimed.closed AS SELECT 2 AS n;
        GRANT ALL ON SCHEMA claimed TO PUBLIC;
        GRANT ALL ON ALL TABLES IN SCHEMA claimed TO PUBLIC;
        REVOKE ALL ON claimed.closed FROM PUBLIC;
    """)
    claims = [
        {
            "permission_set": "READ_ONLY",
            "resources": [{"table_name": "main.claimed.open"}, {"table_name": "main.claimed.none"}],
        }
    ]
    bodies = {
        "postgres": {"endpoint": endpoint, "claims": claims},
        "database": {"claims": claims},
    }
    try:
        await admin.execute(f'GRANT ALL ON claimed.closed TO "{emulator.environment()["PGUSER"]}"')
        for api, body in bodies.items():
            answer = app.api_client.do("POST", f"/api/2.0/{api}/credentials", body=body)
            assert isinstance(answer, dict)
            session = await connect(password=answer["token"])
            assert await session.fetchval("SELECT n FROM claimed.open") == 1
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await session.fetchval("SELECT n FROM claimed.closed")
            with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
                await session.execute("INSERT INTO claimed.open VALUES (3)")
            await session.close()
            with pytest.raises(asyncpg.InternalServerError, match='"none" does not exist'):
                await connect(password=answer["token"], database="none")
        unrestricted = await connect()
        assert await unrestricted.fetchval("SELECT n FROM claimed.closed") == 2
    finally:
        await admin.execute("DROP SCHEMA claimed CASCADE")


def test_claims_name_tables_in_full(app: WorkspaceClient, endpoint: str) -> None:
    claims = [{"permission_set": "READ_ONLY", "resources": [{"table_name": "open"}]}]
    with pytest.raises(BadRequest, match=r"table_name must be catalog\.schema\.table, got open\."):
        app.api_client.do(
            "POST", "/api/2.0/postgres/credentials", body={"endpoint": endpoint, "claims": claims}
        )


async def test_version_told_is_the_version_there(
    developer: WorkspaceClient, admin: asyncpg.Connection
) -> None:
    major = str(admin.get_server_version().major)
    project = developer.postgres.get_project(PROJECT)
    assert project.status is not None
    assert str(project.status.pg_version) == major
    instance = developer.database.get_database_instance("local")
    assert instance.pg_version == f"PG_VERSION_{major}"
