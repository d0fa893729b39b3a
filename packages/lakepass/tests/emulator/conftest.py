"""Clients of the emulator that all tests share: the real SDK, a real driver, forged tokens."""

import asyncio
import os
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.config import Config as SdkConfig

from lakepass.emulator import (
    App,
    Attached,
    Config,
    Emulator,
    Faults,
    ServingEndpoint,
    running_emulator,
)
from lakepass.emulator.identity.tokens import SigningKey, Tokens

Connect = Callable[..., Awaitable[asyncpg.Connection]]
StartCommand = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(scope="session")
def extended(_clean_environment: None) -> Iterator[Emulator]:
    """A local Lakebase with what the default one leaves out: a standby, and serving endpoints."""
    pictures = Attached(name="model", kind="serving_endpoint", fields={"name": "pictures"})
    [usual] = Config().apps
    config = Config(
        apps=(
            App(resources=(*usual.resources, pictures)),
            App(name="other", resources=usual.resources),
        ),
        serving_endpoints=(
            ServingEndpoint(name="pictures", entity="main.shop.looks", version="3", dimensions=8),
            ServingEndpoint(name="texts", task="llm/v1/embeddings"),
        ),
    )
    with running_emulator(config, standby=True) as running:
        yield running


@pytest.fixture
def faults(emulator: Emulator) -> Iterator[Faults]:
    yield emulator.faults
    emulator.faults.clear()


@pytest.fixture(scope="session")
def app(emulator: Emulator) -> WorkspaceClient:
    """The SDK, signed in as the app's service principal."""
    return client_of(emulator, "app")


@pytest.fixture(scope="session")
def developer(emulator: Emulator) -> WorkspaceClient:
    """The SDK, signed in as the developer with a personal access token."""
    return client_of(emulator, "developer@example.com")


def client_of(emulator: Emulator, name: str) -> WorkspaceClient:
    """The SDK, signed in as a user or service principal of this name in the configuration."""
    identity = emulator.identity(name)
    secret: dict[str, Any] = {"token": identity.secret, "auth_type": "pat"}
    if "@" not in name:
        secret = {
            "client_id": identity.name,
            "client_secret": identity.secret,
            "auth_type": "oauth-m2m",
        }
    host = emulator.workspace_url
    return WorkspaceClient(config=SdkConfig(host=host, retry_timeout_seconds=2, **secret))


@pytest.fixture
def endpoint(emulator: Emulator) -> str:
    return emulator.environment()["LAKEBASE_ENDPOINT"]


@pytest.fixture
def password(app: WorkspaceClient, endpoint: str) -> str:
    """A live credential of the service principal."""
    token = app.postgres.generate_database_credential(endpoint=endpoint).token
    assert token is not None
    return token


@pytest.fixture
async def connect(emulator: Emulator, password: str) -> AsyncIterator[Connect]:
    """`asyncpg.connect` as an app would, but for what the caller says otherwise."""
    variables = emulator.environment()
    sessions: list[asyncpg.Connection] = []

    async def connect(**otherwise: Any) -> asyncpg.Connection:
        arguments: dict[str, Any] = {
            "host": variables["PGHOST"],
            "port": int(variables["PGPORT"]),
            "user": variables["PGUSER"],
            "database": variables["PGDATABASE"],
            "ssl": _verified(variables["PGSSLROOTCERT"]),
            "password": password,
        }
        sessions.append(await asyncpg.connect(**arguments | otherwise))
        return sessions[-1]

    yield connect
    for session in sessions:
        session.terminate()
    await all_closed()


@pytest.fixture
async def admin(emulator: Emulator) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(**emulator.admin_dsn_kwargs)
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
def signer(emulator: Emulator) -> Callable[[str], Tokens]:
    """Tokens signed with the emulator's own key, for whichever workspace."""
    key = SigningKey.kept_in(emulator.data / "signing-key.pem")
    return lambda workspace_id: Tokens(key, workspace_id)


@pytest.fixture
def foreign_token(emulator: Emulator, tmp_path: Path) -> str:
    """A credential for the right name from a workspace with another key."""
    tokens = Tokens(SigningKey.kept_in(tmp_path / "key.pem"), "1234567890123456")
    return tokens.credential(emulator.environment()["PGUSER"])[0]


async def until(admin: asyncpg.Connection, condition: str) -> None:
    """Return once some session is in this state, told in terms of pg_stat_activity."""
    query = f"SELECT 1 FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND {condition}"
    for _ in range(4000):
        if await admin.fetchval(query):
            return
        await asyncio.sleep(0.01)
    pytest.fail(f"no session came to: {condition}")


def processes_of(folder: Path) -> dict[int, str]:
    """Command lines that name this folder; none are left once an emulator has stopped."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if any(str(folder) in word for word in words) and str(os.getpid()) != path.parts[2]:
            found[int(path.parts[2])] = " ".join(words)
    return found


async def all_closed() -> None:
    """Let transports that are closing get there before the test's event loop goes.

    asyncpg does not wait for those of refused logins and cancel requests.
    """
    transports = asyncio.get_running_loop()._transports  # type: ignore[attr-defined] # no public way
    for _ in range(200):
        if all(one.get_extra_info("socket").fileno() < 0 for one in transports.values()):
            return
        await asyncio.sleep(0.005)


def _verified(authority: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=authority)
    context.verify_flags |= ssl.VERIFY_X509_STRICT  # what Python 3.13 asks for by itself
    return context


@pytest.fixture
def start_command() -> Iterator[StartCommand]:
    """Call it with arguments of ``lakepass emulator``: it runs until the test ends."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "lakepass.cli", "emulator", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
