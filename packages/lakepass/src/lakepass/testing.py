"""A pytest plugin: a local Lakebase for the tests of your application. docs/testing.md shows it.

pytest loads this in every run (entry point `pytest11`), so it loads nothing heavy by itself: the
emulator comes with the first fixture that is asked for.
"""

import secrets
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from lakepass.lakebase import Lakebase
from lakepass.target.settings import process_environment

if TYPE_CHECKING:
    from lakepass.emulator import Emulator, Faults

Migrate = Callable[[Lakebase], Coroutine[Any, Any, None] | None]
Databases = Callable[[], AbstractContextManager[Lakebase]]

# What would lead a test to another workspace, database or identity than the emulator's.
_FOREIGN = ("DATABRICKS_", "LAKEBASE_", "LAKEPASS_AUTH", "ARM_", "PG")


@pytest.fixture(scope="session")
def lakebase_options() -> dict[str, Any]:
    """Arguments for `lakepass.emulator.running_emulator`: none. Override this to give some."""
    return {}


@pytest.fixture(scope="session")
def lakebase(lakebase_options: dict[str, Any]) -> "Iterator[Emulator]":
    """A running local Lakebase: one a session, and with pytest-xdist one a worker."""
    try:
        from lakepass.emulator import running_emulator  # noqa: PLC0415 - an extra, loaded when asked for
    except ImportError as error:
        pytest.fail(
            f"The local Lakebase needs {error.name}, which is not installed. "
            'Run: pip install "lakepass[testing]"',
            pytrace=False,
        )
    with running_emulator(**lakebase_options) as emulator:
        yield emulator


@pytest.fixture(scope="session")
def lakebase_migrate() -> Migrate:
    """Fills the database that all others are copies of. Override this to return your migration.

    It is a function, plain or async, and gets a `lakepass.Lakebase`; the process environment leads
    to the same database meanwhile. It runs once a session, as the app's service principal.
    """
    return lambda _: None


@pytest.fixture(scope="session")
def lakebase_databases(lakebase: "Emulator", lakebase_migrate: Migrate) -> Iterator[Databases]:
    """`with lakebase_databases() as lake:` is a new database, a copy of the migrated one.

    For fixtures that outlive a test. Inside, the process environment leads to it as to the database
    of a Databricks App; afterwards it is dropped.
    """
    template = _new_name()
    lakebase.create_database(template)
    with _environment_of(lakebase, template) as lake:
        _finish(lakebase_migrate(lake))

    @contextmanager
    def copied() -> Iterator[Lakebase]:
        name = _new_name()
        lakebase.create_database(name, template=template)
        try:
            with _environment_of(lakebase, name) as lake:
                yield lake
        finally:
            lakebase.drop_database(name)

    yield copied
    lakebase.drop_database(template)


@pytest.fixture
def lakebase_database(lakebase_databases: Databases) -> Iterator[Lakebase]:
    """A database for this test alone, a copy of the migrated one, as a `lakepass.Lakebase`.

    Whatever reads the environment while the test runs (`Lakebase.from_env()`, libpq, a driver) is
    led to it. A password is in no variable, as in an app: mint one, `lakebase_database.password()`.
    """
    with lakebase_databases() as lake:
        yield lake


@pytest.fixture
def lakebase_faults(lakebase: "Emulator") -> "Iterator[Faults]":
    """Faults on command; all are cleared after the test."""
    yield lakebase.faults
    lakebase.faults.clear()


@contextmanager
def _environment_of(emulator: "Emulator", database: str) -> Iterator[Lakebase]:
    """The process environment as a Databricks App with this database has it."""
    variables = emulator.environment() | {"PGDATABASE": database}
    with pytest.MonkeyPatch.context() as patch:
        for name in process_environment():
            if name.startswith(_FOREIGN):
                patch.delenv(name)
        for name, value in variables.items():
            patch.setenv(name, value)
        with closing(Lakebase.from_env()) as lake:
            yield lake


def _finish(migration: Coroutine[Any, Any, None] | None) -> None:
    """Run the rest of an async migration, in a thread: in this one a loop may be running already."""
    if migration is None:
        return
    import asyncio  # noqa: PLC0415 - a suite without an event loop need not load one
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - as above

    with ThreadPoolExecutor(1) as threads:
        threads.submit(asyncio.run, migration).result()


def _new_name() -> str:
    """Random, so that the database of a killed run in a kept folder does not collide."""
    return f"test_{secrets.token_hex(4)}"
