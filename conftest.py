"""What all tests share: one local Lakebase a worker, and databases in it."""

import os
import socket
from collections.abc import Iterator

import pytest

from lakepass.emulator import Emulator, running_emulator
from tests.databases import Databases

# What a developer's own shell may hold must not decide a test.
_FOREIGN = ("PG", "DATABRICKS_", "LAKEBASE_", "LAKEPASS_", "STORE_")


@pytest.fixture(autouse=True, scope="session")
def _clean_environment() -> None:
    for name in [name for name in os.environ if name.startswith(_FOREIGN)]:
        if name != "LAKEPASS_PG_BIN":
            del os.environ[name]


@pytest.fixture(scope="session")
def emulator(_clean_environment: None) -> Iterator[Emulator]:
    """A local Lakebase, shared by all tests of a worker; whoever makes it misbehave mends it."""
    with running_emulator() as running:
        yield running


@pytest.fixture(scope="session")
def databases(emulator: Emulator) -> Databases:
    """Databases of their own in the local Lakebase of this worker."""
    return Databases(emulator)


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port where nobody listens. It stays bound, so that no other test begins to."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]
