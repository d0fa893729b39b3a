"""The fixtures of `lakepass.testing`, in suites of someone else's, each run by a pytest of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

MIGRATION = """
import pytest

@pytest.fixture(scope="session")
def lakebase_migrate():
    opened = []

    async def migrate(lake):
        connection = await lake.asyncpg_connect()
        await connection.execute("create schema s; create table s.seen (n int)")
        await connection.close()
        opened.append(lake.psycopg_connect())  # whoever copies the database has to see to it

    yield migrate
    for connection in opened:
        connection.close()
"""

SUITE = """
import os

import asyncpg
import psycopg
import pytest
from lakepass import CredentialUnavailable, Lakebase


@pytest.mark.parametrize("n", range(3))
def test_begins_as_migrated(lakebase_database, n):
    with lakebase_database.psycopg_connect() as connection:
        assert connection.execute("select count(*) from s.seen").fetchone() == (0,)
        connection.execute("insert into s.seen values (1)")


@pytest.mark.asyncio
async def test_the_environment_leads_there(lakebase_database):
    connection = await Lakebase.from_env().asyncpg_connect()
    assert await connection.fetchval("select current_database()") == os.environ["PGDATABASE"]
    await connection.close()
    with psycopg.connect(password=lakebase_database.password()) as plain:
        assert plain.execute("select count(*) from s.seen").fetchone() == (0,)


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.mark.anyio
async def test_under_anyio_too(lakebase_database):
    connection = await lakebase_database.asyncpg_connect()
    assert await connection.fetchval("select count(*) from s.seen") == 0
    await connection.close()


@pytest.fixture(scope="class")
def longer(lakebase_databases):
    assert os.environ["PGHOST"] == "elsewhere.example"
    with lakebase_databases() as lake:
        yield lake
    assert os.environ["PGHOST"] == "elsewhere.example"
    assert "LAKEBASE_ENDPOINT" not in os.environ


class TestLonger:
    def test_a_database_can_outlive_a_test(self, longer):
        with longer.psycopg_connect() as connection:
            connection.execute("insert into s.seen values (1)")

    def test_and_is_apart_from_the_others(self, longer, lakebase_database):
        with lakebase_database.psycopg_connect() as connection:
            assert connection.execute("select count(*) from s.seen").fetchone() == (0,)
        assert Lakebase.from_env().display()["database"] != longer.display()["database"]


@pytest.mark.parametrize("n", range(2))
def test_faults_are_cleared(lakebase_database, lakebase_faults, n):
    assert lakebase_database.password().startswith("eyJ")
    lakebase_faults.fail_credentials(503)
    with pytest.raises(CredentialUnavailable):
        Lakebase(connect_deadline_s=0.1).password()


def test_options_are_passed_on(lakebase, lakebase_database):
    password = lakebase.create_native_role("reporter")
    with psycopg.connect(user="reporter", password=password) as connection:
        assert connection.execute("select current_user").fetchone() == ("reporter",)


@pytest.fixture(scope="session")
def lakebase_options():
    return {"native_login": True}
"""


def outcome(suite: Path, *options: str, **variables: str) -> tuple[int, str]:
    """Exit code and output of pytest in this folder, with a shell's own variables, but without the
    options of the run that this test is part of."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    shell = {**os.environ, "PYTEST_ADDOPTS": "", **variables}
    done = subprocess.run(
        command, cwd=suite, env=shell, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nasyncio_default_fixture_loop_scope = function\nfilterwarnings = error\n"
    )
    return tmp_path


def test_every_fixture_in_a_suite_of_its_own(suite: Path) -> None:
    (suite / "conftest.py").write_text(MIGRATION)
    (suite / "test_all.py").write_text(SUITE)
    shell = {"PGHOST": "elsewhere.example", "PGPASSWORD": "secret", "ARM_CLIENT_ID": "someone",
             "DATABRICKS_TOKEN": "dapi0123456789", "LAKEPASS_AUTH": "password"}  # fmt: skip
    code, said = outcome(suite, **shell)
    assert (code, "10 passed" in said) == (0, True), said


def test_alembic_migrates_as_the_page_shows(suite: Path) -> None:
    page = (ROOT / "packages/lakepass/docs" / "testing.md").read_text(encoding="utf-8")
    [conftest] = re.findall(r"```python\n([^`]*alembic[^`]*)```", page)
    (suite / "conftest.py").write_text(conftest)
    (suite / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")
    recipe = (ROOT / "packages/lakepass/docs" / "recipes" / "alembic_env.py").read_text(
        encoding="utf-8"
    )
    versions = suite / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions.parent / "env.py").write_text(recipe)
    (versions / "1.py").write_text(
        "from alembic import op\n"
        "revision, down_revision = '1', None\n"
        "def upgrade(): op.execute('create table shop.things (n int)')\n"
    )
    (suite / "test_it.py").write_text(
        "def test_it(lakebase_database):\n"
        "    with lakebase_database.psycopg_connect() as connection:\n"
        "        connection.execute('insert into shop.things values (1)')\n"
    )
    code, said = outcome(suite)
    assert code == 0, said


def test_a_suite_that_does_not_use_it_loads_nothing(suite: Path) -> None:
    (suite / "test_other.py").write_text(
        "import sys\n"
        "def test_nothing_is_there():\n"
        "    heavy = {'lakepass.emulator', 'databricks', 'uvicorn', 'cryptography', 'asyncpg'}\n"
        "    assert 'lakepass.testing' in sys.modules\n"
        "    assert not heavy & set(sys.modules)\n"
    )
    code, said = outcome(suite)
    assert code == 0, said


def test_without_the_extra_it_says_what_to_install(suite: Path) -> None:
    (suite / "conftest.py").write_text("import sys\nsys.modules['uvicorn'] = None\n")
    (suite / "test_one.py").write_text("def test_one(lakebase_database): pass\n")
    code, said = outcome(suite)
    assert code == 1
    assert "The local Lakebase needs uvicorn, which is not installed." in said
    assert 'pip install "lakepass[testing]"' in said
    assert "Traceback" not in said
