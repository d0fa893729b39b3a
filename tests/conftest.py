"""What all tests share: one local Lakebase a worker, and databases in it."""

import os
from collections.abc import Iterator
from itertools import count

import pytest

from lakepass.emulator import Emulator, running_emulator

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


class Databases:
    """Makes databases in the local Lakebase; the app's service principal may connect and create."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._numbers = count(1)

    def create(self, *, template: str = "template1") -> str:
        """A new database, empty or a copy of another; returns its name."""
        name = f"test_{next(self._numbers)}"
        self._emulator.create_database(name, template=template)
        return name


@pytest.fixture(scope="session")
def databases(emulator: Emulator) -> Databases:
    return Databases(emulator)
