"""The token of a user, as the proxy of Databricks Apps hands it to an app."""

from collections.abc import Callable

import asyncpg
import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.config import Config
from databricks.sdk.errors import PermissionDenied

from lakepass.emulator import Emulator

from .conftest import Connect

DEVELOPER = "developer@example.com"
WITHOUT = r"^Provided OAuth token does not have required scopes: postgres\b"

As = Callable[..., WorkspaceClient]


@pytest.fixture
def signed_in(emulator: Emulator) -> As:
    """The SDK with a forwarded token, as an app makes it per request."""

    def signed_in(*scopes: str) -> WorkspaceClient:
        token = emulator.user_token(scopes) if scopes else emulator.user_token()
        config = Config(
            host=emulator.workspace_url, token=token, auth_type="pat", retry_timeout_seconds=2
        )
        return WorkspaceClient(config=config)

    return signed_in


@pytest.mark.parametrize("scopes", [(), ("all-apis",), ("postgres",), ("sql", "postgres")])
async def test_user_mints_and_logs_in_as_themselves(
    signed_in: As, endpoint: str, connect: Connect, scopes: tuple[str, ...]
) -> None:
    user = signed_in(*scopes)
    assert user.current_user.me().user_name == DEVELOPER
    credential = user.postgres.generate_database_credential(endpoint=endpoint)
    session = await connect(user=DEVELOPER, password=credential.token)
    assert await session.fetchval("SELECT current_user") == DEVELOPER
    older = user.database.generate_database_credential(instance_names=["local"])
    await connect(user=DEVELOPER, password=older.token)


def test_without_the_scope_nothing_of_lakebase_opens(signed_in: As, endpoint: str) -> None:
    user = signed_in("iam.current-user:read", "sql")
    assert user.current_user.me().user_name == DEVELOPER
    with pytest.raises(PermissionDenied, match=WITHOUT):
        user.postgres.generate_database_credential(endpoint=endpoint)
    with pytest.raises(PermissionDenied, match=WITHOUT):
        user.database.generate_database_credential(instance_names=["local"])
    with pytest.raises(PermissionDenied, match=WITHOUT):
        list(user.postgres.list_projects())


async def test_as_a_password_it_needs_the_scope_and_an_instance(
    emulator: Emulator, connect: Connect
) -> None:
    refused = r"^Invalid authorization for databricks identity login$"
    await connect(
        host=emulator.host("local").name, user=DEVELOPER, password=emulator.user_token(["postgres"])
    )
    for host, scope in ((emulator.host("local").name, "sql"), ("localhost", "postgres")):
        with pytest.raises(asyncpg.PostgresError, match=refused):
            await connect(host=host, user=DEVELOPER, password=emulator.user_token([scope]))
