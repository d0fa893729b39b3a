"""Roles of the branch as the SDK sees them, and passwords that the API made."""

import asyncio
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.config import Config
from databricks.sdk.errors import BadRequest, NotFound
from databricks.sdk.service.postgres import (
    Role,
    RoleAuthMethod,
    RoleIdentityType,
    RoleMembershipRole,
)

from lakepass.emulator import Emulator, EmulatorError, Faults, running_emulator

from .conftest import Connect

BRANCH = "projects/local/branches/production"
DEVELOPER = "developer@example.com"


@pytest.fixture
async def forgotten(admin: asyncpg.Connection) -> AsyncIterator[None]:
    """The roles that a test makes are gone after it."""
    yield
    for name in ("reporting", "No Login"):
        await admin.execute(f'DROP ROLE IF EXISTS "{name}"')


def by_name(workspace: WorkspaceClient) -> dict[str, Role]:
    found = {}
    for role in workspace.postgres.list_roles(BRANCH):
        assert role.status is not None
        assert role.status.postgres_role is not None
        found[role.status.postgres_role] = role
    return found


async def test_roles_tell_whose_they_are_and_how_they_log_in(
    emulator: Emulator, app: WorkspaceClient, admin: asyncpg.Connection, forgotten: None
) -> None:
    await admin.execute('CREATE ROLE "No Login"')
    emulator.create_native_role("reporting")
    roles = by_name(app)
    told = {
        name: (role.status.identity_type, role.status.auth_method, role.status.membership_roles)
        for name, role in roles.items()
        if role.status is not None
    }
    assert told[DEVELOPER] == (
        RoleIdentityType.USER,
        RoleAuthMethod.LAKEBASE_OAUTH_V1,
        [RoleMembershipRole.DATABRICKS_SUPERUSER],
    )
    client_id = emulator.environment()["PGUSER"]
    oauth = (RoleIdentityType.SERVICE_PRINCIPAL, RoleAuthMethod.LAKEBASE_OAUTH_V1, None)
    assert told[client_id] == oauth
    assert told["reporting"] == (None, RoleAuthMethod.PG_PASSWORD_SCRAM_SHA_256, None)
    assert told["No Login"] == (None, RoleAuthMethod.NO_LOGIN, None)
    assert not {"postgres", "databricks_superuser", "pg_monitor"} & set(told)
    assert roles["reporting"].name == f"{BRANCH}/roles/reporting"
    for role in roles.values():
        assert role.name is not None
        assert app.postgres.get_role(role.name) == role


@pytest.mark.parametrize(
    ("parent", "missing"),
    [
        ("projects/other/branches/production", "project"),
        ("projects/local/branches/other", "branch"),
        (BRANCH, "role"),
    ],
)
def test_what_does_not_exist_is_named(app: WorkspaceClient, parent: str, missing: str) -> None:
    with pytest.raises(NotFound, match=f"^{missing} id not found"):
        app.postgres.get_role(f"{parent}/roles/none")
    with pytest.raises(NotFound, match=f"^{missing} id not found"):
        app.postgres.reveal_role_password(f"{parent}/roles/none")
    if missing != "role":
        with pytest.raises(NotFound, match=f"^{missing} id not found"):
            list(app.postgres.list_roles(parent))


async def test_revealed_password_opens_the_database(
    emulator: Emulator, faults: Faults, app: WorkspaceClient, connect: Connect, forgotten: None
) -> None:
    made = emulator.create_native_role("reporting")
    revealed = app.postgres.reveal_role_password(f"{BRANCH}/roles/reporting").password
    assert revealed == made
    faults.set_native_login(True)
    session = await connect(user="reporting", password=revealed)
    assert await session.fetchval("SELECT current_user") == "reporting"
    with pytest.raises(EmulatorError, match=r'role "reporting" already exists\.$'):
        emulator.create_native_role("reporting")
    assert made not in (emulator.data / "postgres.log").read_text()


async def test_only_a_password_that_still_holds_is_revealed(
    emulator: Emulator, app: WorkspaceClient, admin: asyncpg.Connection, forgotten: None
) -> None:
    emulator.create_native_role("reporting")
    await admin.execute("ALTER ROLE reporting PASSWORD 'changed in SQL'")
    with pytest.raises(BadRequest, match=r"^The role reporting has no password to reveal"):
        app.postgres.reveal_role_password(f"{BRANCH}/roles/reporting")
    name = by_name(app)[DEVELOPER].name
    assert name is not None
    with pytest.raises(BadRequest, match=f"^The role {DEVELOPER} has no password to reveal"):
        app.postgres.reveal_role_password(name)


def test_passwords_survive_a_restart_in_a_closed_file(tmp_path: Path) -> None:
    with running_emulator(data=tmp_path, native_login=True) as first:
        made = first.create_native_role("kept")
    assert stat.S_IMODE((tmp_path / "native-roles.json").stat().st_mode) == 0o600
    with running_emulator(data=tmp_path, native_login=True) as second:
        config = Config(
            host=second.workspace_url, token=second.personal_access_token, auth_type="pat"
        )
        name = f"{BRANCH}/roles/kept"
        assert WorkspaceClient(config=config).postgres.reveal_role_password(name).password == made

        async def current_user() -> object:
            session = await asyncpg.connect(
                host="localhost",
                port=second.gateway_port,
                user="kept",
                database="databricks_postgres",
                password=made,
                ssl="require",
            )
            try:
                return await session.fetchval("SELECT current_user")
            finally:
                await session.close()

        assert asyncio.run(current_user()) == "kept"
