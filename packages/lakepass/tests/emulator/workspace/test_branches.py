"""Roles and databases as the SDK makes, changes and deletes them; what it says is so in Postgres."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import psycopg
import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import BadRequest, InvalidParameterValue, NotFound
from databricks.sdk.service.postgres import (
    Database,
    DatabaseDatabaseSpec,
    Role,
    RoleAttributes,
    RoleAuthMethod,
    RoleIdentityType,
    RoleMembershipRole,
    RoleRoleSpec,
)
from google.protobuf.field_mask_pb2 import (  # type: ignore[import-untyped] # no stubs here
    FieldMask,
)

from lakepass.emulator import Emulator, Faults

BRANCH = "projects/local/branches/production"
DEVELOPER = "developer@example.com"


@pytest.fixture
async def tidy(admin: asyncpg.Connection) -> AsyncIterator[None]:
    """What these tests make is gone after each."""
    yield
    for name in ("made_db", "renamed_db", "made-here"):
        await admin.execute(f'DROP DATABASE IF EXISTS "{name}"')
    for name in ("made_role", "heir_role", "other_role"):
        if await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name):
            await admin.execute(f"DROP OWNED BY {name}; DROP ROLE {name}")


def made(workspace: WorkspaceClient, name: str, **spec: Any) -> Role:
    """A role made by the API, id and all."""
    wanted = Role(spec=RoleRoleSpec(postgres_role=name, **spec))
    role_id = name.replace("_", "-")
    return workspace.postgres.create_role(BRANCH, wanted, role_id=role_id).wait()


def owned(workspace: WorkspaceClient, name: str, owner: str, **ids: Any) -> Database:
    """A database made by the API."""
    spec = DatabaseDatabaseSpec(role=f"{BRANCH}/roles/{owner}", postgres_database=name)
    return workspace.postgres.create_database(BRANCH, Database(spec=spec), **ids).wait()


async def test_plain_role_gets_a_password_that_opens_the_door(
    emulator: Emulator, developer: WorkspaceClient, faults: Faults, tidy: None
) -> None:
    role = made(developer, "made_role")
    assert role.name == f"{BRANCH}/roles/made-role"
    assert role.status is not None
    assert role.status.auth_method is RoleAuthMethod.PG_PASSWORD_SCRAM_SHA_256
    assert role.status.identity_type is None  # the SDK has no word for IDENTITY_TYPE_UNSPECIFIED
    assert developer.postgres.get_role(str(role.name)) == role
    password = developer.postgres.reveal_role_password(str(role.name)).password
    faults.set_native_login(True)
    variables = emulator.environment()
    with psycopg.connect(
        host=variables["PGHOST"],
        port=int(variables["PGPORT"]),
        dbname=variables["PGDATABASE"],
        user="made_role",
        password=password,
        sslmode="require",
    ) as session:
        assert session.execute("select current_user").fetchone() == ("made_role",)
    assert developer.postgres.delete_role(str(role.name)).wait() is None
    with pytest.raises(NotFound, match=r"^role id not found \[TraceId"):
        developer.postgres.get_role(str(role.name))


def test_role_has_what_its_spec_asked_for_and_what_an_update_changes(
    developer: WorkspaceClient, tidy: None
) -> None:
    role = made(
        developer,
        "made_role",
        attributes=RoleAttributes(createdb=True),
        membership_roles=[RoleMembershipRole.DATABRICKS_SUPERUSER],
        auth_method=RoleAuthMethod.NO_LOGIN,
    )
    assert role.status is not None
    assert role.status.auth_method is RoleAuthMethod.NO_LOGIN
    assert role.status.membership_roles == [RoleMembershipRole.DATABRICKS_SUPERUSER]
    assert role.status.attributes == RoleAttributes(
        bypassrls=False, createdb=True, createrole=False
    )
    attributes = Role(spec=RoleRoleSpec(attributes=RoleAttributes(createrole=True)))
    changed = developer.postgres.update_role(
        str(role.name), attributes, FieldMask(paths=["spec.attributes"])
    ).wait()
    assert changed.status is not None
    assert changed.status.attributes == RoleAttributes(
        bypassrls=False, createdb=False, createrole=True
    )
    assert changed.status.membership_roles == [RoleMembershipRole.DATABRICKS_SUPERUSER]
    replaced = developer.postgres.create_role(
        BRANCH,
        Role(spec=RoleRoleSpec(postgres_role="made_role")),
        role_id="made-role",
        replace_existing=True,
    ).wait()
    assert replaced.status is not None
    assert replaced.status.membership_roles is None  # the new spec replaces the old one


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        ({}, "Field 'role.spec.postgres_role' is required"),
        (
            {"postgres_role": "eve@example.com", "identity_type": RoleIdentityType.USER},
            "identity eve@example.com of type USER does not exist",
        ),
        (
            {"postgres_role": DEVELOPER, "identity_type": RoleIdentityType.GROUP},
            f"identity {DEVELOPER} of type GROUP does not exist",
        ),
    ],
)
def test_roles_that_cannot_be(developer: WorkspaceClient, spec: dict[str, Any], text: str) -> None:
    with pytest.raises(InvalidParameterValue, match=text):
        developer.postgres.create_role(BRANCH, Role(spec=RoleRoleSpec(**spec)))


@pytest.mark.parametrize("wrong", ["Made_Role", "abc", "a" * 64, "-role", "role-", "1role"])
def test_ids_have_a_form(developer: WorkspaceClient, wrong: str) -> None:
    expected = "must match pattern ^[a-z][a-z0-9-]{2,61}[a-z0-9]$, got"
    role = Role(spec=RoleRoleSpec(postgres_role="made_role"))
    with pytest.raises(InvalidParameterValue) as refused:
        developer.postgres.create_role(BRANCH, role, role_id=wrong)
    assert str(refused.value) == f"Field role_id {expected} '{wrong}'."
    with pytest.raises(InvalidParameterValue) as refused:
        owned(developer, "made_db", "made-role", database_id=wrong)
    assert str(refused.value) == f"Field database_id {expected} '{wrong}'."


def test_default_database_stays(developer: WorkspaceClient) -> None:
    name = f"{BRANCH}/databases/databricks-postgres"
    with pytest.raises(InvalidParameterValue, match="databricks_postgres cannot be deleted"):
        developer.postgres.delete_database(name)
    spec = DatabaseDatabaseSpec(role="", postgres_database="renamed_db")
    mask = FieldMask(paths=["spec.postgres_database"])
    with pytest.raises(InvalidParameterValue, match="databricks_postgres cannot be renamed"):
        developer.postgres.update_database(name, Database(spec=spec), mask)


def test_what_exists_is_not_made_again(developer: WorkspaceClient, tidy: None) -> None:
    made(developer, "made_role")
    with pytest.raises(BadRequest, match=r"^role with that name already exists$"):
        made(developer, "made_role")
    other = Role(spec=RoleRoleSpec(postgres_role="other_role"))
    with pytest.raises(BadRequest, match=r"^role with that name already exists$"):
        developer.postgres.create_role(BRANCH, other, role_id="made-role")
    owned(developer, "made_db", "made-role")
    with pytest.raises(BadRequest, match=r"^database with that name already exists$"):
        owned(developer, "made_db", "made-role")
    developer.postgres.delete_database(f"{BRANCH}/databases/made-db").wait()


def test_first_database_has_the_id_of_its_name(developer: WorkspaceClient) -> None:
    found = developer.postgres.get_database(f"{BRANCH}/databases/databricks-postgres")
    assert found.status is not None
    assert found.status.postgres_database == "databricks_postgres"
    owner = developer.postgres.get_role(str(found.status.role))
    assert owner.status is not None
    assert owner.status.postgres_role == DEVELOPER
    names = [one.name for one in developer.postgres.list_databases(BRANCH)]
    assert found.name in names


async def test_database_is_made_given_away_renamed_and_deleted(
    developer: WorkspaceClient, admin: asyncpg.Connection, tidy: None
) -> None:
    async def owner_of(name: str) -> Any:
        query = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = $1"
        return await admin.fetchval(query, name)

    made(developer, "made_role")
    made(developer, "heir_role")
    database = owned(developer, "made_db", "made-role", database_id="orders")
    assert database.name == f"{BRANCH}/databases/orders"
    assert await owner_of("made_db") == "made_role"
    spec = DatabaseDatabaseSpec(role=f"{BRANCH}/roles/heir-role", postgres_database="renamed_db")
    for mask, name, owner in (
        (["spec.role"], "made_db", "heir_role"),
        (["spec.postgres_database"], "renamed_db", "heir_role"),
    ):
        changed = developer.postgres.update_database(
            f"{BRANCH}/databases/orders", Database(spec=spec), FieldMask(paths=mask)
        ).wait()
        assert changed.name == f"{BRANCH}/databases/orders"
        assert changed.status is not None
        assert changed.status.postgres_database == name
        assert await owner_of(name) == owner
    developer.postgres.delete_database(f"{BRANCH}/databases/orders").wait()
    assert await owner_of("renamed_db") is None
    with pytest.raises(NotFound, match=r"^database id not found"):
        developer.postgres.get_database(f"{BRANCH}/databases/orders")


def test_database_needs_an_owner_that_is_there(developer: WorkspaceClient) -> None:
    with pytest.raises(InvalidParameterValue, match=r"Field 'database\.spec\.role' is required"):
        developer.postgres.create_database(BRANCH, Database(spec=DatabaseDatabaseSpec(role="")))
    with pytest.raises(NotFound, match=r'^role not found; role_id:"gone" \[TraceId: '):
        owned(developer, "made_db", "gone")


async def test_objects_of_a_deleted_role_go_to_another(
    developer: WorkspaceClient, admin: asyncpg.Connection, tidy: None
) -> None:
    for name in ("made_role", "heir_role"):
        made(developer, name)
    await admin.execute("CREATE SCHEMA of_role AUTHORIZATION made_role")
    with pytest.raises(BadRequest, match='role "made_role" cannot be dropped because some objects'):
        developer.postgres.delete_role(f"{BRANCH}/roles/made-role").wait()
    heir = f"{BRANCH}/roles/heir-role"
    developer.postgres.delete_role(f"{BRANCH}/roles/made-role", reassign_owned_to=heir).wait()
    query = "SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'of_role'"
    assert await admin.fetchval(query) == "heir_role"
    await admin.execute("DROP SCHEMA of_role")


@pytest.mark.parametrize("what", ["roles", "databases"])
@pytest.mark.parametrize(
    ("branch", "missing"),
    [("projects/none/branches/production", "project"), ("projects/local/branches/none", "branch")],
)
def test_first_missing_part_is_named(
    developer: WorkspaceClient, what: str, branch: str, missing: str
) -> None:
    with pytest.raises(NotFound, match=f"^{missing} id not found"):
        developer.api_client.do("GET", f"/api/2.0/postgres/{branch}/{what}")


def test_operations_of_the_past_can_be_asked_for(developer: WorkspaceClient, tidy: None) -> None:
    operation = developer.postgres.create_role(
        BRANCH, Role(spec=RoleRoleSpec(postgres_role="made_role")), role_id="made-role"
    )
    again = developer.postgres.get_operation(operation.name())
    assert again.done is True
    assert again.metadata is not None
    assert str(again.metadata["@type"]).endswith("/databricks.postgres.v1.RoleOperationMetadata")
    with pytest.raises(NotFound, match=r"^operation id not found"):
        developer.postgres.get_operation(f"{BRANCH}/roles/made-role/operations/none")
