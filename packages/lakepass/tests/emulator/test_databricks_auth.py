"""`databricks_auth`: roles for identities, made in SQL as the service's docs show."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.config import Config

from lakepass.emulator import Emulator, running_emulator
from lakepass.emulator.postgres.binaries import find_binaries

DEVELOPER = "developer@example.com"

pytestmark = pytest.mark.skipif(
    find_binaries().major < 18, reason="Postgres looks for extensions elsewhere from 18 on"
)


@pytest.fixture(scope="module")
def branch() -> Iterator[Emulator]:
    """A Lakebase whose database was never attached to the app: there is no role for it."""
    with running_emulator() as emulator:
        client_id = emulator.environment()["PGUSER"]

        async def forget() -> None:
            admin = await asyncpg.connect(**emulator.admin_dsn_kwargs)
            await admin.execute(f'DROP OWNED BY "{client_id}"; DROP ROLE "{client_id}"')
            await admin.close()

        asyncio.run(forget())
        yield emulator


async def log_in(emulator: Emulator, workspace: WorkspaceClient) -> asyncpg.Connection:
    variables = emulator.environment()
    endpoint = variables["LAKEBASE_ENDPOINT"]
    token = workspace.postgres.generate_database_credential(endpoint=endpoint).token
    return await asyncpg.connect(
        host="localhost",
        port=int(variables["PGPORT"]),
        user=workspace.current_user.me().user_name,
        database=variables["PGDATABASE"],
        password=token,
        ssl="require",
    )


@pytest.fixture
def app_of_branch(branch: Emulator) -> WorkspaceClient:
    variables = branch.environment()
    return WorkspaceClient(
        config=Config(
            host=branch.workspace_url,
            client_id=variables["DATABRICKS_CLIENT_ID"],
            client_secret=variables["DATABRICKS_CLIENT_SECRET"],
            auth_type="oauth-m2m",
        )
    )


@pytest.fixture
async def owner(branch: Emulator) -> AsyncIterator[asyncpg.Connection]:
    """The developer, with the extension."""
    config = Config(host=branch.workspace_url, token=branch.personal_access_token, auth_type="pat")
    session = await log_in(branch, WorkspaceClient(config=config))
    await session.execute("CREATE EXTENSION IF NOT EXISTS databricks_auth")
    yield session
    await session.execute(f'DROP ROLE IF EXISTS "{branch.environment()["PGUSER"]}"')
    await session.close()


async def test_made_role_opens_to_its_identity(
    branch: Emulator, owner: asyncpg.Connection, app_of_branch: WorkspaceClient
) -> None:
    client_id = branch.environment()["PGUSER"]
    with pytest.raises(asyncpg.InternalServerError, match=f'^role "{client_id}" does not exist$'):
        await log_in(branch, app_of_branch)
    await owner.execute("SELECT databricks_create_role($1, 'SERVICE_PRINCIPAL')", client_id)
    session = await log_in(branch, app_of_branch)
    assert await session.fetchval("SELECT current_user") == client_id
    assert (
        await session.fetchval("SELECT rolcreaterole FROM pg_roles WHERE rolname = user") is False
    )
    await session.close()


async def test_roles_are_listed_with_the_type_of_their_identity(
    branch: Emulator, owner: asyncpg.Connection
) -> None:
    query = "SELECT role_name, identity_type FROM databricks_list_roles"
    assert [tuple(row) for row in await owner.fetch(query)] == [(DEVELOPER, "USER")]
    client_id = branch.environment()["PGUSER"]
    await owner.execute("SELECT databricks_create_role($1, 'SERVICE_PRINCIPAL')", client_id)
    await owner.execute("CREATE ROLE plain")
    try:
        listed = {tuple(row) for row in await owner.fetch(query)}
    finally:
        await owner.execute("DROP ROLE plain")
    assert listed == {(DEVELOPER, "USER"), (client_id, "SERVICE_PRINCIPAL")}


async def test_what_is_there_is_not_made_again(owner: asyncpg.Connection) -> None:
    with pytest.raises(asyncpg.DuplicateObjectError, match=f'^role "{DEVELOPER}" already exists$'):
        await owner.execute("SELECT databricks_create_role($1, 'USER')", DEVELOPER)


@pytest.mark.parametrize(
    ("identity", "kind", "text"),
    [
        ("x' OR '1'='1", "USER", "identity \"x' OR '1'='1\" of type USER does not exist"),
        (DEVELOPER, "GROUP", f'identity "{DEVELOPER}" of type GROUP does not exist'),
        (DEVELOPER, "PG_ONLY", 'invalid identity type "PG_ONLY"'),
        (DEVELOPER, None, 'invalid identity type ""'),
        (None, "USER", 'identity "" of type USER does not exist'),
    ],
)
async def test_unknown_identity_or_type(
    owner: asyncpg.Connection, identity: str | None, kind: str | None, text: str
) -> None:
    with pytest.raises(asyncpg.InvalidParameterValueError) as refused:
        await owner.execute("SELECT databricks_create_role($1, $2)", identity, kind)
    assert str(refused.value) == text
    assert await owner.fetchval("SELECT count(*) FROM databricks_list_roles") == 1


async def test_who_may_not_make_roles_is_refused(
    branch: Emulator, owner: asyncpg.Connection, app_of_branch: WorkspaceClient
) -> None:
    client_id = branch.environment()["PGUSER"]
    await owner.execute("SELECT databricks_create_role($1, 'SERVICE_PRINCIPAL')", client_id)
    session = await log_in(branch, app_of_branch)
    for identity in (DEVELOPER, "unknown"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await session.execute("SELECT databricks_create_role($1, 'USER')", identity)
    assert await session.fetchval("SELECT count(*) FROM databricks_list_roles") == 2
    await session.close()


async def test_extension_can_be_dropped_and_made_in_a_schema(owner: asyncpg.Connection) -> None:
    async with owner.transaction():
        await owner.execute("DROP EXTENSION databricks_auth")
        await owner.execute('CREATE SCHEMA "Its own"')
        await owner.execute('CREATE EXTENSION databricks_auth SCHEMA "Its own"')
        query = 'SELECT role_name FROM "Its own".databricks_list_roles'
        assert await owner.fetchval(query) == DEVELOPER
        await owner.execute('DROP SCHEMA "Its own" CASCADE')
        await owner.execute("CREATE EXTENSION databricks_auth")


@pytest.fixture
def labelling(owner: asyncpg.Connection) -> asyncpg.Connection:
    """The developer, in a Postgres that takes security labels."""
    if not shutil.which("cc"):
        pytest.skip("needs a C compiler: apt-get install gcc")
    return owner


async def test_security_label_ties_a_plain_role_to_an_identity(
    branch: Emulator, app_of_branch: WorkspaceClient, labelling: asyncpg.Connection
) -> None:
    app = branch.identity("app")
    await labelling.execute(f'CREATE ROLE "{app.name}" LOGIN')
    with pytest.raises(asyncpg.InternalServerError, match="no role security label"):
        await log_in(branch, app_of_branch)
    label = f"id={app.id},type=SERVICE_PRINCIPAL"
    await labelling.execute(
        f"SECURITY LABEL FOR databricks_auth ON ROLE \"{app.name}\" IS '{label}'"
    )
    query = "SELECT label FROM pg_seclabels WHERE objtype = 'role' AND provider = 'databricks_auth'"
    assert label in [row["label"] for row in await labelling.fetch(query)]
    session = await log_in(branch, app_of_branch)
    assert await session.fetchval("SELECT current_user") == app.name
    await session.close()
    await labelling.execute(f'SECURITY LABEL FOR databricks_auth ON ROLE "{app.name}" IS NULL')
    with pytest.raises(asyncpg.InternalServerError, match="no role security label"):
        await log_in(branch, app_of_branch)


async def test_roles_that_the_function_makes_have_a_label(
    branch: Emulator, labelling: asyncpg.Connection
) -> None:
    app = branch.identity("app")
    await labelling.execute("SELECT databricks_create_role($1, 'SERVICE_PRINCIPAL')", app.name)
    query = "SELECT label FROM pg_seclabels WHERE objname = quote_ident($1)"
    assert await labelling.fetchval(query, app.name) == f"id={app.id},type=SERVICE_PRINCIPAL"
    query = "SELECT identity_type FROM databricks_list_roles WHERE role_name = $1"
    assert await labelling.fetchval(query, app.name) == "SERVICE_PRINCIPAL"


async def test_only_roles_are_labelled(labelling: asyncpg.Connection) -> None:
    with pytest.raises(asyncpg.FeatureNotSupportedError, match="labels roles only"):
        await labelling.execute(
            "SECURITY LABEL FOR databricks_auth ON DATABASE databricks_postgres IS 'x'"
        )
