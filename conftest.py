"""What all tests share: one local Lakebase a worker, and databases in it."""

import asyncio
import logging
import os
import socket
from collections.abc import Iterator

import pytest

from lakepass.emulator import Emulator, running_emulator
from tests.databases import Databases
from tests.loops import ClosingLoops

asyncio.set_event_loop_policy(ClosingLoops())

# What a developer's own shell may hold must not decide a test.
_FOREIGN = ("PG", "DATABRICKS_", "LAKEBASE_", "LAKEPASS_", "STORE_")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that say they need longer than usual begin first, half of them on each of two workers.

    One that began last would run alone for minutes.
    """
    usual_s = float(config.getini("timeout"))
    marks = [(item, item.get_closest_marker("timeout")) for item in items]
    long = [item for item, mark in marks if mark is not None and mark.args[0] > usual_s]
    others = [item for item in items if item not in long]
    of_long, of_others = len(long) // 2, len(others) // 2
    items[:] = long[:of_long] + others[:of_others] + long[of_long:] + others[of_others:]


@pytest.fixture(autouse=True, scope="session")
def _clean_environment() -> None:
    for name in [name for name in os.environ if name.startswith(_FOREIGN)]:
        if name != "LAKEPASS_PG_BIN":
            del os.environ[name]


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """What a command sets up for its process ends with the test that calls it.

    A handler that stayed would write to a stream that is closed: each later record of the worker would
    print a traceback instead, which slowed the rest of the suite down.
    """
    root = logging.getLogger()
    handlers, level = set(root.handlers), root.level
    yield
    for handler in set(root.handlers) - handlers:
        root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture(scope="session")
def emulator(_clean_environment: None) -> Iterator[Emulator]:
    """A local Lakebase, shared by all tests of a worker; a test that injects a fault clears it."""
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
