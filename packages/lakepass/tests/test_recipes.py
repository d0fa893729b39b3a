"""The recipes in docs/recipes, run as a reader runs them; and the types of the public API."""

import asyncio
import os
import runpy
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from subprocess import PIPE
from typing import Any

import asyncpg
import httpx
import pytest

from lakepass.emulator import Emulator
from tests.databases import Databases

ROOT = Path(__file__).parents[3]
RECIPES = ROOT / "packages/lakepass/docs" / "recipes"

ALEMBIC_INI = "[alembic]\nscript_location = migrations\n"
MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "1", None, None, None

def upgrade():
    op.create_table("things", sa.Column("id", sa.Integer, primary_key=True))

def downgrade():
    op.drop_table("things")
"""


@pytest.fixture
def fresh(environ: dict[str, str], databases: Databases) -> dict[str, str]:
    """The environment of an app with an empty database."""
    return environ | {"PGDATABASE": databases.create()}


def python(*arguments: str, cwd: Path = ROOT, environ: dict[str, str]) -> str:
    """What Python prints; it must neither fail nor warn."""
    done = subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        capture_output=True, text=True, check=False, cwd=cwd, env={**os.environ, **environ},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


async def rows_of(emulator: Emulator, database: str, query: str) -> list[Any]:
    connection = await asyncpg.connect(**(emulator.admin_dsn_kwargs | {"database": database}))
    try:
        return [tuple(row) for row in await connection.fetch(query)]
    finally:
        await connection.close()


def test_each_recipe_is_in_the_index() -> None:
    index = (RECIPES / "README.md").read_text(encoding="utf-8")
    assert [p.name for p in RECIPES.glob("*.py") if f"]({p.name})" not in index] == []


def test_asyncpg_oneliner(fresh: dict[str, str]) -> None:
    said = python(str(RECIPES / "asyncpg_oneliner.py"), environ=fresh)
    assert said == fresh["PGUSER"] + "\n"


def test_pool_of_psycopg(fresh: dict[str, str]) -> None:
    said = python(str(RECIPES / "pool_of_psycopg.py"), environ=fresh)
    assert said == fresh["PGUSER"] + "\n"


def test_django_lakebase(fresh: dict[str, str]) -> None:
    program = """
import django
from django.conf import settings
settings.configure(
    DATABASES={"default": {"ENGINE": "django_lakebase", "NAME": "databricks_postgres"}}
)
django.setup()
from django.db import connection, transaction
with transaction.atomic(), connection.cursor() as cursor:
    cursor.execute("select current_user, %s", ["told"])
    print(*cursor.fetchone())
"""
    said = python("-c", program, environ=fresh | {"PYTHONPATH": str(RECIPES)})
    assert said == fresh["PGUSER"] + " told\n"


def test_sqlalchemy_async(fresh: dict[str, str]) -> None:
    recipe = str(RECIPES / "sqlalchemy_async.py")
    assert [python(recipe, environ=fresh) for _ in range(2)] == ["10\n", "20\n"]


class TestFastapiSession:
    @pytest.fixture
    async def client(
        self, fresh: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> AsyncIterator[httpx.AsyncClient]:
        for name, value in fresh.items():
            monkeypatch.setenv(name, value)
        app = runpy.run_path(str(RECIPES / "fastapi_session.py"), run_name="recipe")["app"]
        # What fails behind the answer is not raised here, but answered, as a server does.
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://recipe") as client,
        ):
            yield client

    async def test_what_was_answered_is_stored(
        self, client: httpx.AsyncClient, fresh: dict[str, str], emulator: Emulator
    ) -> None:
        made = await client.post("/notes", json={"text": "hello"})
        assert (made.status_code, made.json()) == (201, 1)
        assert await rows_of(emulator, fresh["PGDATABASE"], "select text from recipe.notes") == [
            ("hello",)
        ]
        again = await client.post("/notes", json={"text": "you too", "reply_to": 1})
        assert again.status_code == 201
        assert (await client.get("/notes")).json() == ["hello", "you too"]

    async def test_a_commit_that_fails_is_not_answered_with_success(
        self, client: httpx.AsyncClient
    ) -> None:
        answer = await client.post("/notes", json={"text": "to nobody", "reply_to": 99})
        assert answer.status_code == 500
        assert (await client.get("/notes")).json() == []


class TestAlembic:
    @pytest.fixture
    def project(self, tmp_path: Path) -> Path:
        versions = tmp_path / "migrations" / "versions"
        versions.mkdir(parents=True)
        (tmp_path / "alembic.ini").write_text(ALEMBIC_INI)
        (versions / "1_things.py").write_text(MIGRATION)
        env = RECIPES / "alembic_env.py"
        (versions.parent / "env.py").write_text(env.read_text(encoding="utf-8"))
        return tmp_path

    async def test_upgrades_once_and_goes_back(
        self, project: Path, fresh: dict[str, str], emulator: Emulator
    ) -> None:
        tables = "select tablename from pg_tables where schemaname = 'shop' order by tablename"
        for step, expected in (
            ("upgrade head", [("alembic_version",), ("things",)]),
            ("upgrade head", [("alembic_version",), ("things",)]),
            ("downgrade base", [("alembic_version",)]),
        ):
            python("-m", "alembic", *step.split(), cwd=project, environ=fresh)
            assert await rows_of(emulator, fresh["PGDATABASE"], tables) == expected

    async def test_two_at_once_do_not_collide(
        self, project: Path, fresh: dict[str, str], emulator: Emulator
    ) -> None:
        # Long enough that both are at it.
        slow = MIGRATION.replace(
            "    op.create", '    op.execute("select pg_sleep(1)")\n    op.create'
        )
        (project / "migrations" / "versions" / "1_things.py").write_text(slow)
        command = [sys.executable, "-m", "alembic", "upgrade", "head"]
        environ = {**os.environ, **fresh}
        both = [
            await asyncio.create_subprocess_exec(*command, cwd=project, env=environ, stderr=PIPE)
            for _ in range(2)
        ]
        said = [(await process.communicate())[1] for process in both]
        assert [process.returncode for process in both] == [0, 0], said
        version = await rows_of(emulator, fresh["PGDATABASE"], "select * from shop.alembic_version")
        assert version == [("1",)]

    async def test_prints_sql_that_does_the_same(
        self, project: Path, fresh: dict[str, str], emulator: Emulator
    ) -> None:
        printed = python("-m", "alembic", "upgrade", "head", "--sql", cwd=project, environ={})
        arguments = emulator.admin_dsn_kwargs | {"database": fresh["PGDATABASE"]}
        connection = await asyncpg.connect(**arguments)
        try:
            await connection.execute(printed)
        finally:
            await connection.close()
        version = await rows_of(emulator, fresh["PGDATABASE"], "select * from shop.alembic_version")
        assert version == [("1",)]


def test_types_of_the_public_api_and_the_recipes() -> None:
    pytest.importorskip("mypy")
    checked = [
        str(Path(__file__).with_name("typing_api.py")),
        *map(str, sorted(RECIPES.glob("*.py"))),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", *checked],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert (done.stdout, done.returncode) == ("", 0), done.stderr
