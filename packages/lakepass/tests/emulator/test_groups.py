"""Groups, whose members log in with tokens of their own; and identities that lack a right."""

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import asyncpg
import pytest
from databricks.sdk.errors import PermissionDenied
from databricks.sdk.service.postgres import (
    Role,
    RoleAuthMethod,
    RoleIdentityType,
    RoleRoleSpec,
)

from lakepass.emulator import App, Config, Emulator, Group, ServicePrincipal, running_emulator
from lakepass.emulator.postgres.binaries import find_binaries

from .conftest import client_of

ANA, BEN, EVE = "ana@example.com", "ben@example.com", "eve@example.com"
TEAM = "Data Team"

LogIn = Callable[..., Awaitable[asyncpg.Connection]]


@pytest.fixture(scope="module")
def workspace() -> Iterator[Emulator]:
    """Ana made the project; Ben and a service principal are in the team, Eve is not."""
    config = Config(
        users=(ANA, BEN, EVE),
        service_principals=(
            ServicePrincipal(name="nightly"),
            ServicePrincipal(name="barred", has_workspace_access=False),
        ),
        groups=(Group(name=TEAM, members=(BEN, "nightly")), Group(name="empty")),
        apps=(App(),),  # with nothing attached, so without a role
    )
    with running_emulator(config) as emulator:
        yield emulator


@pytest.fixture
async def log_in(workspace: Emulator) -> AsyncIterator[LogIn]:
    sessions: list[asyncpg.Connection] = []

    async def log_in(who: str, *, role: str | None = None, **otherwise: str) -> asyncpg.Connection:
        client = client_of(workspace, who)
        endpoint = workspace.endpoint
        credential = client.postgres.generate_database_credential(endpoint=endpoint)
        arguments = {
            "user": role or workspace.identity(who).name,
            "database": "databricks_postgres",
            "password": credential.token,
        }
        session = await asyncpg.connect(
            host="localhost", port=workspace.gateway_port, ssl="require", **arguments | otherwise
        )
        sessions.append(session)
        return session

    yield log_in
    for session in sessions:
        await session.close()


@pytest.fixture
async def team(workspace: Emulator, log_in: LogIn) -> AsyncIterator[str]:
    """The group's role, made by the owner as the docs show it."""
    if find_binaries().major < 18:
        pytest.skip("Postgres looks for extensions elsewhere from 18 on")
    owner = await log_in(ANA)
    await owner.execute("CREATE EXTENSION IF NOT EXISTS databricks_auth")
    await owner.execute("SELECT databricks_create_role($1, 'GROUP')", TEAM)
    yield TEAM
    workspace.set_members(TEAM, [BEN, "nightly"])
    await owner.execute(f'DROP ROLE "{TEAM}"')


@pytest.mark.parametrize("member", [BEN, "nightly"])
async def test_member_is_the_group_once_logged_in(log_in: LogIn, team: str, member: str) -> None:
    session = await log_in(member, role=team)
    assert await session.fetchval("SELECT current_user") == team
    assert await session.fetchval("SELECT session_user") == team


async def test_group_role_is_listed_with_its_type(
    workspace: Emulator, log_in: LogIn, team: str
) -> None:
    owner = await log_in(ANA)
    query = "SELECT identity_type FROM databricks_list_roles WHERE role_name = $1"
    assert await owner.fetchval(query, team) == "GROUP"
    roles = client_of(workspace, ANA).postgres.list_roles("projects/local/branches/production")
    (role,) = [one for one in roles if one.status and one.status.postgres_role == team]
    assert role.status is not None
    assert role.status.identity_type is RoleIdentityType.GROUP
    assert role.status.auth_method is RoleAuthMethod.LAKEBASE_OAUTH_V1


@pytest.mark.parametrize("who", [EVE, ANA])
async def test_who_is_no_member_is_refused_like_another_identity(
    workspace: Emulator, log_in: LogIn, team: str, who: str
) -> None:
    text = (
        f"OAuth token identity '{workspace.identity(who).id}' did not match the security label "
        f"configured for role '{team}'"
    )
    with pytest.raises(asyncpg.InternalServerError) as refused:
        await log_in(who, role=team)
    assert str(refused.value) == text


async def test_membership_is_asked_at_login_only(
    workspace: Emulator, log_in: LogIn, team: str
) -> None:
    session = await log_in(BEN, role=team)
    workspace.set_members(team, ["nightly"])
    assert await session.fetchval("SELECT current_user") == team
    with pytest.raises(asyncpg.InternalServerError, match="did not match the security label"):
        await log_in(BEN, role=team)
    workspace.set_members(team, [EVE])
    await log_in(EVE, role=team)


async def test_members_share_what_is_granted_to_the_group(log_in: LogIn, team: str) -> None:
    owner = await log_in(ANA)
    await owner.execute("CREATE SCHEMA shared; CREATE TABLE shared.t AS SELECT 7 AS n")
    try:
        session = await log_in(BEN, role=team)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await session.fetchval("SELECT n FROM shared.t")
        await owner.execute(f'GRANT USAGE ON SCHEMA shared TO "{team}"')
        await owner.execute(f'GRANT SELECT ON shared.t TO "{team}"')
        assert await session.fetchval("SELECT n FROM shared.t") == 7
    finally:
        await owner.execute("DROP SCHEMA shared CASCADE")


async def test_member_has_no_role_of_its_own_by_that(log_in: LogIn, team: str) -> None:
    with pytest.raises(asyncpg.InternalServerError, match=f'^role "{BEN}" does not exist$'):
        await log_in(BEN)


async def test_role_of_the_api_opens_to_members_too(workspace: Emulator, log_in: LogIn) -> None:
    spec = RoleRoleSpec(postgres_role=TEAM, identity_type=RoleIdentityType.GROUP)
    postgres = client_of(workspace, ANA).postgres
    parent = "projects/local/branches/production"
    role = postgres.create_role(parent, Role(spec=spec), role_id="data-team").wait()
    session = await log_in(BEN, role=TEAM)
    assert await session.fetchval("SELECT current_user") == TEAM
    await session.close()
    postgres.delete_role(str(role.name)).wait()


async def test_label_made_by_hand_is_as_good(workspace: Emulator, log_in: LogIn) -> None:
    """`SECURITY LABEL` in the service, a comment here."""
    admin = await asyncpg.connect(**workspace.admin_dsn_kwargs)
    try:
        await admin.execute("CREATE ROLE by_hand LOGIN")
        with pytest.raises(asyncpg.InternalServerError, match="no role security label"):
            await log_in(EVE, role="by_hand")
        label = f"databricks_auth: {workspace.identity(EVE).label}"
        await admin.execute(f"COMMENT ON ROLE by_hand IS '{label}'")
        session = await log_in(EVE, role="by_hand")
        assert await session.fetchval("SELECT current_user") == "by_hand"
        await session.close()
    finally:
        await admin.execute("DROP ROLE by_hand")
        await admin.close()


async def test_role_without_connect_is_refused_by_postgres(
    workspace: Emulator, log_in: LogIn, team: str
) -> None:
    owner = await log_in(ANA)
    workspace.create_database("closed")
    try:
        await owner.execute("REVOKE CONNECT ON DATABASE closed FROM PUBLIC")
        text = '^permission denied for database "closed"$'
        with pytest.raises(asyncpg.InternalServerError, match=text):
            await log_in(BEN, role=team, database="closed")
        await owner.execute(f'GRANT CONNECT ON DATABASE closed TO "{team}"')
        await log_in(BEN, role=team, database="closed")
        await owner.execute(f'REVOKE CONNECT ON DATABASE closed FROM "{team}"')
    finally:
        workspace.drop_database("closed")


async def test_superuser_of_databricks_reads_and_writes_all_and_is_none_of_postgres(
    workspace: Emulator, log_in: LogIn, team: str
) -> None:
    owner = await log_in(ANA)
    admin = await asyncpg.connect(**workspace.admin_dsn_kwargs)
    try:
        await admin.execute("CREATE SCHEMA theirs; CREATE TABLE theirs.t AS SELECT 7 AS n")
        session = await log_in(BEN, role=team)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await session.fetchval("SELECT n FROM theirs.t")
        await admin.execute(f'GRANT databricks_superuser TO "{team}"')
        assert await session.fetchval("SELECT n FROM theirs.t") == 7
        await session.execute("UPDATE theirs.t SET n = 8")
        for refused in ("ALTER SYSTEM SET work_mem = '1GB'", "DROP TABLE theirs.t"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await session.execute(refused)
        assert await owner.fetchval("SELECT n FROM theirs.t") == 8
    finally:
        await admin.execute("DROP SCHEMA theirs CASCADE")
        await admin.close()


@pytest.mark.parametrize("name", [TEAM, ANA])
def test_only_service_principals_sign_in_with_a_secret(workspace: Emulator, name: str) -> None:
    form = {"grant_type": "client_credentials", "scope": "all-apis", "client_id": name}
    form["client_secret"] = workspace.identity(name).secret
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(
            f"{workspace.workspace_url}/oidc/v1/token", urllib.parse.urlencode(form).encode()
        )
    with refused.value as response:
        assert response.code == 401
        assert json.load(response)["error"] == "invalid_client"


def test_who_has_no_workspace_access_signs_in_and_mints_nothing(workspace: Emulator) -> None:
    client = client_of(workspace, "barred")
    assert client.config.oauth_token().access_token.startswith("eyJraWQi")
    text = "^API is disabled for users without workspace-access entitlement"
    with pytest.raises(PermissionDenied, match=text):
        client.postgres.generate_database_credential(endpoint=workspace.endpoint)
    with pytest.raises(PermissionDenied, match=text):
        client.current_user.me()
