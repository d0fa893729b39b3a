"""The shop as Databricks Apps run it: installed from requirements.txt, started as the files say.

What the platform injects: Databricks docs, "Databricks Apps environment" and "Add a Lakebase resource
to a Databricks app". Its place is taken by the local Lakebase, whose authority is private and whose
ports are not 5432; nothing else differs.
"""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest

from lakepass.emulator import Emulator
from storefront import schema
from storefront.deploy.bundle import environment_in, targets_of
from storefront.deploy.environment import resolved
from storefront.deploy.located import read
from tests.databases import Databases
from tools.rehearsal import platform

ROOT = Path(__file__).parents[4]
STAFF = "tailor@example.com"
UV = Path(sys.executable).with_name("uv")
PATIENCE_S = 120  # for a process to come up on a busy machine
# For a process to end there; `make deploy-rehearsal` holds the app to the platform's limit.
_BUSY_S = 15
SECRET_KEYS = f"{'new' * 12},{'old' * 12}"
NATIVE_ROLE = "storefront_app"


@pytest.fixture(scope="module")
def uploaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkout as it is uploaded, less what databricks.yml leaves out, with its packages."""
    if not UV.is_file():
        pytest.skip("uv is not in the environment: make setup")
    folder = tmp_path_factory.mktemp("source_code")
    platform.upload(folder)
    platform.install(folder)
    return folder


class App:
    """A running app: its address and its process."""

    def __init__(self, url: str, process: "subprocess.Popen[bytes]") -> None:
        self.url = url
        self.process = process

    def get(self, path: str, **headers: str) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", headers=headers, timeout=60)

    def wait_for(self, path: str, status: int) -> httpx.Response:
        """Ask until it answers so; the last answer is in the failure."""
        deadline, last = time.monotonic() + PATIENCE_S, "nothing"
        while time.monotonic() < deadline:
            assert self.process.poll() is None, "the app ended"
            try:
                answer = self.get(path)
            except httpx.TransportError:
                time.sleep(0.1)
                continue
            if answer.status_code == status:
                return answer
            last = answer.text
            time.sleep(0.2)
        raise AssertionError(f"{path} never answered {status}: {last}")


@contextmanager
def running(folder: Path, command: list[str], environ: dict[str, str]) -> Iterator[App]:
    """Start a command without a shell, as the platform does, and end it as the platform does."""
    url, process = platform.start(folder, command, environ, output=None)
    try:
        yield App(url, process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(platform.STOP_WITHIN_S + _BUSY_S) in (0, -signal.SIGTERM)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


@pytest.fixture
def database(databases: Databases) -> str:
    """An empty one, which the app migrates."""
    return databases.create()


@pytest.fixture
def migrated(databases: Databases, template_of: Callable[[int], str]) -> str:
    return databases.create(template=template_of(0))


def injected(emulator: Emulator, database: str, place: str | None = None) -> dict[str, str]:
    """What the platform sets for an app with a database: no LAKEBASE_ENDPOINT and no password."""
    local = emulator.environment(place)
    names = ("DATABRICKS_HOST", "DATABRICKS_CLIENT_ID", "DATABRICKS_CLIENT_SECRET", "PGHOST", "PGPORT",
             "PGUSER")  # fmt: skip
    return {name: local[name] for name in names} | {
        "DATABRICKS_APP_NAME": "app",  # of the local Lakebase
        "DATABRICKS_WORKSPACE_ID": "900800700600",
        "PGDATABASE": database,
        "PGSSLMODE": "require",
        "PGAPPNAME": "storefront",
        "PGSSLROOTCERT": local["PGSSLROOTCERT"],  # the local authority is a private one
        "STORE_STAFF": STAFF,
    }


def app_yaml(emulator: Emulator) -> tuple[list[str], dict[str, str]]:
    """Command and variables of app.yaml, with what its resource `postgres` yields."""
    given = {"postgres": emulator.endpoint, "secret-keys": SECRET_KEYS}
    return platform.app_yaml(ROOT, given)


def bundled(target: str, given: dict[str, str]) -> tuple[list[str], dict[str, str]]:
    """Command and variables of the app in a target of databricks.yml. given: what resources yield."""
    bundle, _ = read((ROOT / "databricks.yml").read_text(encoding="utf-8"), "databricks.yml")
    found = next(t for t in targets_of(bundle) if t.name == target)
    [(_, app)] = found.apps()
    variables = {}
    for variable in environment_in(app, "app").variables:
        if variable.source.content is not None:
            variables[variable.name] = given[variable.source.text]
        else:
            value = resolved(variable.value, found.constants)
            variables[variable.name] = given[variable.name] if value is None else value
    return [word.text for word in app.get("config", "command").elements()], variables


def test_it_runs_as_app_yaml_says(uploaded: Path, emulator: Emulator, database: str) -> None:
    command, variables = app_yaml(emulator)
    with running(uploaded, command, injected(emulator, database) | variables) as app:
        assert app.wait_for("/health", 200).json() == {"status": "alive"}
        ready = app.wait_for("/ready", 200).json()
        assert ready == {"status": "ready", "schema_revision": schema.revisions()[0]}
        assert app.get("/api/v1/products").json()["total"] == 0
        page = app.get("/admin/connection", **{"X-Forwarded-Email": STAFF})
        assert page.status_code == 200
        assert "The shop reaches its database" in page.text
        assert emulator.endpoint in page.text
        assert app.get("/admin/connection").status_code == 403


def test_it_finds_its_endpoint_by_the_host_alone(
    uploaded: Path, emulator: Emulator, migrated: str
) -> None:
    command, variables = app_yaml(emulator)
    del variables["LAKEBASE_ENDPOINT"]
    with running(uploaded, command, injected(emulator, migrated) | variables) as app:
        app.wait_for("/ready", 200)


def test_it_opens_before_its_database_answers_and_migrates_once_it_does(
    uploaded: Path, emulator: Emulator, database: str
) -> None:
    command, variables = app_yaml(emulator)
    environ = injected(emulator, database) | variables | {"STORE_CONNECT_DEADLINE_S": "3"}
    emulator.faults.stop_database()
    try:
        with running(uploaded, command, environ) as app:
            app.wait_for("/health", 200)
            app.wait_for("/ready", 503)
            emulator.faults.start_database()
            app.wait_for("/ready", 200)
    finally:
        emulator.faults.start_database()


def test_it_ends_in_time_while_its_database_hangs(
    uploaded: Path, emulator: Emulator, migrated: str
) -> None:
    command, variables = app_yaml(emulator)
    with ThreadPoolExecutor(1) as visitors:
        try:
            with running(uploaded, command, injected(emulator, migrated) | variables) as app:
                app.wait_for("/ready", 200)
                emulator.faults.freeze_connections()
                # A request may still open a connection of its own, which is frozen for the next one.
                while wait([visitors.submit(app.get, "/api/v1/products/1")], timeout=1).done:
                    emulator.faults.freeze_connections()
        finally:
            emulator.faults.clear()


def test_it_runs_as_the_bundle_says_with_an_older_instance(
    uploaded: Path, emulator: Emulator, database: str
) -> None:
    command, variables = bundled(
        "instance", {"LAKEBASE_INSTANCE": "local", "secret-keys": SECRET_KEYS}
    )
    assert "LAKEBASE_ENDPOINT" not in variables
    environ = injected(emulator, database, "local") | variables
    with running(uploaded, command, environ) as app:
        app.wait_for("/ready", 200)


def test_it_runs_as_the_bundle_says_with_a_password(
    uploaded: Path, emulator: Emulator, database: str
) -> None:
    password = emulator.create_native_role(NATIVE_ROLE)
    given = {
        "postgres": emulator.endpoint,
        "secret-keys": SECRET_KEYS,
        "lakebase-password": password,
    }
    command, variables = bundled("password", given)
    environ = injected(emulator, database) | variables
    emulator.faults.set_native_login(True)
    try:
        with running(uploaded, command, environ) as app:
            # Nobody has let the role in yet: /ready says what is missing, and no password.
            refused = app.wait_for("/ready", 503).text
            assert password not in refused
            grant_by_admin(
                emulator, database, f'grant create on database "{database}" to {NATIVE_ROLE}'
            )
            app.wait_for("/ready", 200)
    finally:
        emulator.faults.set_native_login(False)


def grant_by_admin(emulator: Emulator, database: str, statement: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(**emulator.admin_dsn_kwargs | {"database": database})
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())
