"""`lakepass branch`, and the recipe "a branch for every pull request", against a local Lakebase."""

import json
import os
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lakepass.emulator import Emulator
from tests.warm import command, programs

RECIPE = Path(__file__).parents[1] / "docs/recipes/branch_per_pull_request.sh"
BRANCHES = "projects/local/branches"


@pytest.fixture
def environ(emulator: Emulator) -> dict[str, str]:
    """A developer's, who owns what is in production."""
    developer = emulator.identity("developer@example.com")
    own = {"DATABRICKS_TOKEN": developer.secret, "PGUSER": developer.name}
    principal = ("DATABRICKS_CLIENT_ID", "DATABRICKS_CLIENT_SECRET")
    kept = {name: value for name, value in emulator.environment().items() if name not in principal}
    return kept | own | {"DATABRICKS_CONFIG_FILE": "/nowhere"}


@pytest.fixture
def name(environ: dict[str, str]) -> Iterator[str]:
    name = f"pr-{secrets.token_hex(3)}"
    yield name
    run(environ, "branch", "delete", name, "--if-exists")


def run(environ: dict[str, str], *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*command("lakepass"), *words], env=os.environ | environ, capture_output=True, text=True
    )


def psql(environ: dict[str, str], statement: str) -> str:
    ran = run(environ, "psql", "--", "-X", "-At", "-v", "ON_ERROR_STOP=1", "-c", statement)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


def test_branch_is_created_listed_and_deleted(environ: dict[str, str], name: str) -> None:
    created = run(environ, "branch", "create", name, "--ttl", "2h")
    assert created.returncode == 0, created.stderr
    assert f"{BRANCHES}/{name} is ready, until 2" in created.stderr
    endpoint, host = (line.removeprefix("export ") for line in created.stdout.splitlines())
    assert endpoint == f"LAKEBASE_ENDPOINT={BRANCHES}/{name}/endpoints/primary"
    there = environ | dict(line.split("=", 1) for line in (endpoint, host))
    assert psql(there, "SELECT current_user") == "developer@example.com"

    again = run(environ, "branch", "create", name)
    assert again.returncode == 1
    assert "LP-219" in again.stderr
    assert f"{name}: ready, from production, until 2" in run(environ, "branch", "list").stdout
    listed = json.loads(run(environ, "branch", "list", "--json").stdout)
    assert {one["name"]: one["is_default"] for one in listed} == {
        f"{BRANCHES}/production": True,
        f"{BRANCHES}/{name}": False,
    }
    deleted = run(environ, "branch", "delete", name)
    assert (deleted.returncode, deleted.stderr) == (0, f"{BRANCHES}/{name} was deleted.\n")
    missing = run(environ, "branch", "delete", name)
    assert missing.returncode == 1
    assert "LP-121" in missing.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("create",), 2, "name the branch"),
        (("create", "Pr_1"), 1, "LP-103"),
        (("create", "pr-1", "--ttl", "2 hours"), 2, "not a time such as 30m"),
        (("create", "pr-1", "--ttl", "2h", "--keep"), 2, "not allowed with"),
        (("create", "pr-1", "--from", "nothing"), 1, "LP-121"),
        (("delete", "production"), 1, "default branch"),
        (("list", "--project", "nothing"), 1, "LP-121"),
    ],
)
def test_what_cannot_be_done(
    environ: dict[str, str], words: tuple[str, ...], code: int, said: str
) -> None:
    ran = run(environ, "branch", *words)
    assert (ran.returncode, said in ran.stderr) == (code, True), ran.stderr


def test_a_branch_for_every_pull_request(
    environ: dict[str, str], name: str, tmp_path: Path
) -> None:
    schema = f"shop_{secrets.token_hex(3)}"
    psql(environ, f"CREATE SCHEMA {schema}; CREATE TABLE {schema}.orders AS SELECT 1 AS id")
    columns = (
        "SELECT string_agg(column_name, ',' ORDER BY ordinal_position) "
        f"FROM information_schema.columns WHERE table_schema = '{schema}'"
    )
    migrate, test = tmp_path / "migrate", tmp_path / "test"
    migrate.write_text(
        f"#!/bin/sh\nlakepass psql -- -X -c 'ALTER TABLE {schema}.orders ADD state text'\n"
    )
    test.write_text(f'#!/bin/sh\nlakepass psql -- -X -At -c "{columns}"\n')
    for script in (migrate, test):
        script.chmod(0o755)
    path = f"{programs()}:{os.environ['PATH']}"
    told = os.environ | environ | {"PATH": path, "MIGRATE": str(migrate), "TEST": str(test)}

    def pull_request(action: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [RECIPE, action, name.removeprefix("pr-")], env=told, capture_output=True, text=True
        )

    try:
        for _ in range(2):  # new commits begin with production again
            ran = pull_request("open")
            assert ran.returncode == 0, ran.stderr
            assert ran.stdout.splitlines()[-1] == "id,state"
        assert psql(environ, columns) == "id"
        closed = pull_request("close")
        assert (closed.returncode, closed.stderr) == (0, f"{BRANCHES}/{name} was deleted.\n")
    finally:
        psql(environ, f"DROP SCHEMA {schema} CASCADE")
