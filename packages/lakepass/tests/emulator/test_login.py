"""Who gets in, and the exact words with which others do not."""

import subprocess
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import asyncpg
import psycopg
import pytest
from databricks.sdk import WorkspaceClient

from lakepass.emulator import Emulator
from lakepass.emulator.identity.tokens import Tokens
from lakepass.emulator.postgres.binaries import find_binaries

from .conftest import Connect

UNLABELLED = "plain_role"
FATAL, ERROR = "FATAL", "ERROR"


@dataclass(frozen=True)
class Host:
    """A kind of host: how it speaks and where it listens."""

    dialect: str
    name: str

    def says(self, direct: tuple[str, str], proxy: str) -> tuple[str, str, str]:
        """Severity, SQLSTATE and text to expect here."""
        return (FATAL, *direct) if self.dialect == "direct" else (ERROR, "XX000", proxy)


@pytest.fixture(params=["direct", "proxy"])
def host(request: pytest.FixtureRequest, emulator: Emulator) -> Host:
    names = {"direct": emulator.host("local").name, "proxy": "localhost"}
    return Host(request.param, names[request.param])


@pytest.fixture
def app_role(emulator: Emulator) -> str:
    return emulator.environment()["PGUSER"]


@pytest.fixture
async def refusal(connect: Connect, host: Host) -> Callable[..., Any]:
    async def refusal(**arguments: Any) -> tuple[str, str, str]:
        with pytest.raises(asyncpg.PostgresError) as refused:
            await connect(host=host.name, **arguments)
        fields = refused.value.as_dict()
        return fields["severity"], fields["sqlstate"], fields["message"]

    return refusal


@pytest.fixture
async def unlabelled_role(emulator: Emulator) -> AsyncIterator[str]:
    admin = await asyncpg.connect(**emulator.admin_dsn_kwargs)
    await admin.execute(f"CREATE ROLE {UNLABELLED} LOGIN")
    yield UNLABELLED
    await admin.execute(f"DROP ROLE {UNLABELLED}")
    await admin.close()


async def test_asyncpg_gets_in_as_the_service_principal(
    connect: Connect, host: Host, app_role: str
) -> None:
    session = await connect(host=host.name)
    assert await session.fetchval("SELECT current_user") == app_role


def test_psycopg_gets_in_with_verify_full(
    emulator: Emulator, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in emulator.environment().items():
        monkeypatch.setenv(name, value)
    with psycopg.connect(password=password) as session:
        row = session.execute("SELECT current_user, current_setting('application_name')").fetchone()
    assert row == (emulator.environment()["PGUSER"], "app")


async def test_the_developer_gets_in_and_owns_the_database(
    connect: Connect, developer: WorkspaceClient, endpoint: str
) -> None:
    token = developer.postgres.generate_database_credential(endpoint=endpoint).token
    session = await connect(user="developer@example.com", password=token)
    owner = "SELECT datdba::regrole::text FROM pg_database WHERE datname = 'databricks_postgres'"
    assert await session.fetchval(owner) == '"developer@example.com"'
    memberships = "SELECT pg_has_role('databricks_superuser', 'MEMBER')"
    assert await session.fetchval(memberships) is True
    assert await session.fetchval("SELECT usesuper FROM pg_user WHERE usename = user") is False


async def test_instance_credential_opens_either_host(
    connect: Connect, app: WorkspaceClient, host: Host
) -> None:
    token = app.database.generate_database_credential(instance_names=["local"]).token
    await connect(host=host.name, password=token)


async def test_workspace_token_opens_instances_only(
    connect: Connect, app: WorkspaceClient, emulator: Emulator
) -> None:
    token = app.config.oauth_token().access_token
    await connect(host=emulator.host("local").name, password=token)
    with pytest.raises(
        asyncpg.InternalServerError, match=r"^Invalid authorization for databricks identity login$"
    ):
        await connect(password=token)


async def test_empty_password(refusal: Callable[..., Any], host: Host) -> None:
    text = "empty password returned by client"
    assert await refusal(password="") == host.says(("28P01", text), text)


@pytest.mark.parametrize("secret", ["dapi0123456789abcdef0123456789abcdef", "garbage", "a.b.c"])
async def test_password_that_is_no_token(
    refusal: Callable[..., Any], host: Host, app_role: str, secret: str
) -> None:
    direct = (
        f'Failed to decode token for role "{app_role}" and native postgres login was either not '
        "attempted due to configuration or failed."
    )
    proxy = "Provided authentication token is not a valid JWT encoding"
    assert await refusal(password=secret) == host.says(("28P01", direct), proxy)


async def test_expired_credential(
    refusal: Callable[..., Any],
    connect: Connect,
    host: Host,
    app: WorkspaceClient,
    app_role: str,
    signer: Callable[[str], Tokens],
) -> None:
    tokens = signer(str(app.config.workspace_id))
    late = tokens.credential(app_role, life_s=-20)[0]
    await connect(host=host.name, password=late)  # within the 30 s of leeway
    expected = host.says(
        ("28P01", f'password authentication failed for user "{app_role}"'),
        f"password authentication failed for user '{app_role}'",
    )
    assert await refusal(password=tokens.credential(app_role, life_s=-40)[0]) == expected


async def test_token_of_another_workspace(
    refusal: Callable[..., Any],
    host: Host,
    foreign_token: str,
    app_role: str,
    signer: Callable[[str], Tokens],
) -> None:
    direct = ("28P01", "Invalid authorization for databricks identity login")
    assert await refusal(password=foreign_token) == host.says(direct, "jwk not found")
    same_key = signer("1234567890123456").credential(app_role)[0]
    assert await refusal(password=same_key) == host.says(direct, "invalid JWT token audience")


async def test_forged_signature(refusal: Callable[..., Any], host: Host, password: str) -> None:
    signed, _, signature = password.rpartition(".")
    forged = f"{signed}.{signature[1:10]}{signature[0]}{signature[10:]}"
    direct = ("28P01", "Invalid authorization for databricks identity login")
    expected = host.says(direct, "signature error: signature error")
    assert await refusal(password=forged) == expected


async def test_token_of_one_identity_with_the_role_of_another(
    refusal: Callable[..., Any], host: Host, app: WorkspaceClient
) -> None:
    text = (
        f"OAuth token identity '{app.current_user.me().id}' did not match the security label "
        "configured for role 'developer@example.com'"
    )
    assert await refusal(user="developer@example.com") == host.says(("28P01", text), text)


async def test_unknown_role(refusal: Callable[..., Any], host: Host) -> None:
    text = 'role "nobody@example.com" does not exist'
    assert await refusal(user="nobody@example.com") == host.says(("28000", text), text)


async def test_role_without_a_label(
    refusal: Callable[..., Any], host: Host, unlabelled_role: str
) -> None:
    text = (
        "An oauth token was supplied but no role security label was configured in postgres for "
        f'role "{unlabelled_role}"'
    )
    assert await refusal(user=unlabelled_role) == host.says(("28P01", text), text)


async def test_unknown_database(refusal: Callable[..., Any], host: Host) -> None:
    text = 'database "main" does not exist'
    assert await refusal(database="main") == host.says(("3D000", text), text)


def test_psycopg_reports_the_text(emulator: Emulator, app_role: str) -> None:
    with pytest.raises(psycopg.OperationalError) as refused:
        psycopg.connect(
            host="localhost",
            port=emulator.gateway_port,
            user=app_role,
            dbname="databricks_postgres",
            password=emulator.personal_access_token,
            sslmode="require",
        )
    assert "ERROR:  Provided authentication token is not a valid JWT encoding" in str(refused.value)
    assert emulator.personal_access_token not in str(refused.value)


def test_psql_of_the_package_cannot_speak_tls_and_says_so(emulator: Emulator) -> None:
    psql = find_binaries().bin / "psql"
    done = subprocess.run(
        [psql, "-h", "localhost", "-p", str(emulator.gateway_port), "-U", "x", "-c", "SELECT 1"],
        capture_output=True,
        text=True,
        check=False,
        env={"PGSSLMODE": "disable", "PGGSSENCMODE": "disable"},
    )
    assert done.returncode == 2
    assert "FATAL:  Invalid protocol version. Protocol version: 196608" in done.stderr
