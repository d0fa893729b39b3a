"""A pytest plugin: a local Lakebase for the tests of your application; see docs/testing.md.

pytest imports this in every run (entry point `pytest11`), so it imports nothing heavy itself: the
emulator is imported by the first fixture that is used.
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

# Variables that could point a test at another workspace, database or identity.
_FOREIGN = ("DATABRICKS_", "LAKEBASE_", "LAKEPASS_AUTH", "ARM_", "PG")


@pytest.fixture(scope="session")
def lakebase_options() -> dict[str, Any]:
    """Arguments for `lakepass.emulator.running_emulator`. Override this to pass some."""
    return {}


@pytest.fixture(scope="session")
def lakebase(lakebase_options: dict[str, Any]) -> "Iterator[Emulator]":
    """A running local Lakebase: one per session, or with pytest-xdist one per worker."""
    try:
        from lakepass.emulator import running_emulator  # noqa: PLC0415 - an extra, imported when used
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
    """Migrates the database of which all others are copies. Override this to return your migration.

    It is a function, plain or async, that gets a `lakepass.Lakebase`; the process environment points to
    the same database meanwhile. It runs once per session, as the app's service principal.
    """
    return lambda _: None


@pytest.fixture(scope="session")
def lakebase_databases(lakebase: "Emulator", lakebase_migrate: Migrate) -> Iterator[Databases]:
    """`with lakebase_databases() as lake:` is a new database, a copy of the migrated one.

    For fixtures that outlive a test. Inside, the process environment points to it as in a Databricks
    App; afterwards it is dropped.
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

    The process environment points to it during the test (for `Lakebase.from_env()`, libpq, drivers). As
    in an app, no password is set: mint one with `lakebase_database.password()`.
    """
    with lakebase_databases() as lake:
        yield lake


@pytest.fixture
def lakebase_faults(lakebase: "Emulator") -> "Iterator[Faults]":
    """Injects faults; all are cleared after the test."""
    yield lakebase.faults
    lakebase.faults.clear()


@contextmanager
def _environment_of(emulator: "Emulator", database: str) -> Iterator[Lakebase]:
    """The process environment of a Databricks App with this database."""
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
    """Run an async migration in another thread: this one may already run an event loop."""
    if migration is None:
        return
    import asyncio  # noqa: PLC0415 - not every suite needs asyncio
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - as above

    with ThreadPoolExecutor(1) as threads:
        threads.submit(asyncio.run, migration).result()


def _new_name() -> str:
    """Random, so that it does not collide with the database of a killed run in the same folder."""
    return f"test_{secrets.token_hex(4)}"
