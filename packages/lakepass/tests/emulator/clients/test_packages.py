"""Clients that nobody here wrote, unmodified. Each runs where `make clients` could install it."""

import fcntl
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.config import Config

from lakepass.emulator import Emulator, EmulatorError, running_emulator

HERE = Path(__file__).parent
PROGRAMS = HERE / "programs"
CLIENTS = HERE.parents[4] / ".local" / "clients"

Run = Callable[..., list[str]]


@pytest.fixture(scope="module")
def lakebase() -> Iterator[Emulator]:
    """One at the port 5432, which some of these clients fix. Workers take turns."""
    with (Path(tempfile.gettempdir()) / "lakepass-port-5432.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        try:
            running = running_emulator(port=5432)
            emulator = running.__enter__()
        except EmulatorError as error:
            pytest.skip(f"needs the port 5432: {error}")
        try:
            yield emulator
        finally:
            running.__exit__(None, None, None)


@pytest.fixture(scope="module")
def environment(lakebase: Emulator) -> dict[str, str]:
    """What is exported, and a live credential for clients that cannot mint."""
    variables = lakebase.environment()
    config = Config(
        host=variables["DATABRICKS_HOST"],
        client_id=variables["DATABRICKS_CLIENT_ID"],
        client_secret=variables["DATABRICKS_CLIENT_SECRET"],
        auth_type="oauth-m2m",
    )
    workspace = WorkspaceClient(config=config)
    credential = workspace.postgres.generate_database_credential(lakebase.endpoint)
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**inherited, **variables, "PGPASSWORD": str(credential.token)}


def client(name: str) -> Path:
    """The folder of a client. Skips where it is not installed."""
    folder = CLIENTS / name
    if not (folder / "made").exists():
        pytest.skip(f"needs the client {name}: make clients")
    return folder


def printed(*command: str | Path, env: Mapping[str, str], cwd: Path) -> list[str]:
    """What a program prints, line by line, once it has succeeded."""
    done = subprocess.run(
        command, env=dict(env), cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


@pytest.fixture
def python(environment: dict[str, str], tmp_path: Path) -> Run:
    """Run a program of ours in the environment of a client."""

    def python(name: str, program: str, **variables: str) -> list[str]:
        interpreter = client(name) / "bin" / "python"
        env = environment | variables
        return printed(interpreter, PROGRAMS / program, env=env, cwd=tmp_path)

    return python


def test_ai_bridge(python: Run, environment: dict[str, str]) -> None:
    assert python("ai-bridge", "ai_bridge.py") == [environment["PGUSER"]] * 3


def test_langchain(python: Run) -> None:
    assert python("langchain", "langchain_checkpoints.py") == ["[1]"]


def test_dbx_tools(python: Run, environment: dict[str, str]) -> None:
    printed = python("dbx-tools", "dbx_tools_engine.py", PGSSLMODE="require")
    assert printed == [environment["PGUSER"], "2"]


def test_langgraph(python: Run) -> None:
    assert python("langgraph", "langgraph_checkpoints.py") == ["[1]"]


def test_django(python: Run) -> None:
    assert python("django", "django_models.py") == ["['ana']"]


def test_pgcli(environment: dict[str, str], tmp_path: Path) -> None:
    pgcli = client("pgcli") / "bin" / "pgcli"
    home = environment | {"HOME": str(tmp_path)}  # where it writes its settings
    command = ["--tuples-only", "--less-chatty", "-c", "SELECT current_user"]
    lines = printed(pgcli, *command, env=home, cwd=tmp_path)
    assert any(environment["PGUSER"] in line for line in lines)


def test_dbt(environment: dict[str, str], tmp_path: Path) -> None:
    dbt = client("dbt") / "bin" / "dbt"
    (tmp_path / "models").mkdir()
    (tmp_path / "dbt_project.yml").write_text(
        "name: shop\nversion: '1.0'\nprofile: shop\nmodel-paths: [models]\n"
        "models: {shop: {+materialized: table}}\n"
        "flags: {send_anonymous_usage_stats: false}\n"
    )
    target = {
        "type": "postgres",
        "host": environment["PGHOST"],
        "port": int(environment["PGPORT"]),
        "user": environment["PGUSER"],
        "password": "{{ env_var('PGPASSWORD') }}",
        "dbname": environment["PGDATABASE"],
        "schema": "dbt_shop",
        "sslmode": "verify-full",
        "sslrootcert": environment["PGSSLROOTCERT"],
    }
    profiles = {"shop": {"target": "dev", "outputs": {"dev": target}}}
    (tmp_path / "profiles.yml").write_text(json.dumps(profiles))  # JSON is YAML
    (tmp_path / "models" / "numbers.sql").write_text("select 1 as n union all select 2")
    (tmp_path / "models" / "doubled.sql").write_text("select n * 2 as n from {{ ref('numbers') }}")
    report = printed(dbt, "run", "--profiles-dir", ".", env=environment, cwd=tmp_path)
    assert any("Completed successfully" in line for line in report)
    assert any("PASS=2" in line for line in report)


@pytest.fixture
def node_folder(tmp_path: Path) -> Path:
    """A folder of its own that finds the installed packages."""
    (tmp_path / "node_modules").symlink_to(client("node") / "node_modules")
    return tmp_path


def test_lakebase_for_node(environment: dict[str, str], node_folder: Path) -> None:
    page = (HERE.parents[2] / "docs" / "emulator.md").read_text(encoding="utf-8")
    [program] = re.findall(r"`lakebase.mjs`:\n\n```js\n(.*?)```", page, re.DOTALL)
    (node_folder / "lakebase.mjs").write_text(program)
    env = environment | {
        "PGSSLMODE": "require",
        "NODE_EXTRA_CA_CERTS": environment["PGSSLROOTCERT"],
    }
    assert printed("node", "lakebase.mjs", env=env, cwd=node_folder) == [environment["PGUSER"]]


def test_drizzle(environment: dict[str, str], node_folder: Path) -> None:
    for name in ("drizzle.config.mjs", "schema.mjs"):
        shutil.copy(PROGRAMS / name, node_folder)
    for step in ("generate", "migrate"):
        command = ["node_modules/.bin/drizzle-kit", step, "--config", "drizzle.config.mjs"]
        printed(*command, env=environment, cwd=node_folder)
    query = "SELECT 'drizzle_shop.orders'::regclass"
    if shutil.which("psql"):
        assert printed("psql", "-Atc", query, env=environment, cwd=node_folder) == [
            "drizzle_shop.orders"
        ]


def test_appkit(node_folder: Path) -> None:
    """It turns any DATABRICKS_HOST into an https address at the usual port."""
    try:
        running = running_emulator(https=True)
        emulator = running.__enter__()
    except EmulatorError as error:
        pytest.skip(f"needs the port 443: {error}")
    try:
        shutil.copy(PROGRAMS / "appkit.mjs", node_folder)
        env = {
            "PATH": os.environ["PATH"],
            **emulator.app_environment("app"),
            "LAKEBASE_ENDPOINT": emulator.endpoint,
        }
        lines = printed("node", "appkit.mjs", env=env, cwd=node_folder)
        assert lines[-1] == env["PGUSER"]
    finally:
        running.__exit__(None, None, None)
