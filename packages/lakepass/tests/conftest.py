"""What the library's tests share: the environment of a local Lakebase that behaves."""

from collections.abc import Callable, Iterator

import pytest

from lakepass import Lakebase, databricks, forks
from lakepass.credentials.cache import CredentialCache
from lakepass.emulator import Emulator, running_emulator
from tests.databases import Databases


@pytest.fixture(autouse=True, scope="session")
def _patience() -> Iterator[None]:
    """A workspace on a busy machine may take longer for one request than the service's ever does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(databricks, "HTTP_TIMEOUT_S", 60)
        yield


@pytest.fixture(scope="session")
def emulator(_clean_environment: None) -> Iterator[Emulator]:
    """One apart from the shop's: whose pools would log in again, and be counted, amid a test."""
    with running_emulator() as running:
        yield running


@pytest.fixture(scope="session")
def databases(emulator: Emulator) -> Databases:
    return Databases(emulator)


@pytest.fixture(autouse=True)
def earlier() -> Iterator[set[CredentialCache]]:
    """What was there before the test. Its own refresh nothing after it: others count mints."""
    earlier = set(_caches())
    yield earlier
    for cache in _caches():
        if cache not in earlier:
            cache.clear()


@pytest.fixture
def lakebase(emulator: Emulator) -> Iterator[Emulator]:
    """The emulator, and every fault is cleared afterwards."""
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
def mints(earlier: set[CredentialCache]) -> Callable[[], int]:
    """How many credentials were minted so far by caches that this test has made."""
    return lambda: sum(cache.minted for cache in _caches() if cache not in earlier)


def _caches() -> list[CredentialCache]:
    return [one for one in list(forks._resets) if isinstance(one, CredentialCache)]


async def who(lake: Lakebase) -> str:
    """The role that it logs in as."""
    connection = await lake.asyncpg_connect()
    try:
        return str(await connection.fetchval("select current_user"))
    finally:
        await connection.close()
