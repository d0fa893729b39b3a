"""What the library's tests share: the environment of a local Lakebase that behaves."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from lakepass import Lakebase, forks
from lakepass.credentials import CredentialCache
from lakepass.emulator import Emulator


@pytest.fixture(autouse=True)
def _no_refresh_outlives_its_test() -> Iterator[None]:
    """Short lives are refreshed often, and tests count mints."""
    yield
    for thing in list(forks._things):
        if isinstance(thing, CredentialCache):
            thing.clear()


@pytest.fixture
async def _closed_to_the_end() -> AsyncIterator[None]:
    """What was cut or refused is closed by the event loop in its next turns; give it some."""
    yield
    await asyncio.sleep(0.05)


@pytest.fixture
def lakebase(emulator: Emulator) -> Iterator[Emulator]:
    """The emulator, with every fault mended afterwards."""
    yield emulator
    emulator.faults.clear()


@pytest.fixture
def environ(lakebase: Emulator) -> dict[str, str]:
    return dict(lakebase.environment())


@pytest.fixture
def developer(lakebase: Emulator, environ: dict[str, str]) -> dict[str, str]:
    """What a developer has set: a personal access token, and no role."""
    app = ("DATABRICKS_CLIENT_ID", "DATABRICKS_CLIENT_SECRET", "PGUSER")
    kept = {name: value for name, value in environ.items() if name not in app}
    return {**kept, "DATABRICKS_TOKEN": lakebase.personal_access_token}


@pytest.fixture
def lake(environ: dict[str, str]) -> Lakebase:
    return Lakebase.from_env(environ)


@pytest.fixture
def mints(caplog: pytest.LogCaptureFixture) -> Callable[[], int]:
    """How many credentials were minted in this test so far, by all caches together."""
    caplog.set_level("DEBUG", "lakepass")
    return lambda: sum(message.startswith("Minted a credential") for message in caplog.messages)
