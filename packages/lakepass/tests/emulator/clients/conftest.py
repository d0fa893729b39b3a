"""Clients of every language, started once a session; skipped with a word where one is missing."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from .attempts import (
    Asyncpg,
    Client,
    Jdbc,
    Node,
    Psql,
    Psycopg,
    SqlalchemyAsyncpg,
    SqlalchemyPsycopg,
)

HERE = Path(__file__).parent
# Where `make clients`, Maven and Debian's libpostgresql-jdbc-java put it.
_DRIVERS = (
    (HERE.parents[4] / ".local/clients/jdbc/usr/share/java", "postgresql*.jar"),
    (Path.home() / ".m2/repository/org/postgresql/postgresql", "*/postgresql-*[0-9].jar"),
    (Path("/usr/share/java"), "postgresql*.jar"),
)


@pytest.fixture(scope="session")
def pgjdbc() -> Path:
    """The driver, beside a Java that can run a single file."""
    jars = [jar for folder, pattern in _DRIVERS for jar in sorted(folder.glob(pattern))]
    if not (shutil.which("javac") and jars):
        pytest.skip("needs a JDK (apt-get install default-jdk) and pgJDBC (make clients)")
    return jars[-1]


@pytest.fixture(scope="session")
def jdbc(pgjdbc: Path) -> Iterator[Jdbc]:
    client = Jdbc(["java", "-cp", str(pgjdbc), str(HERE / "Login.java")], HERE)
    yield client
    client.close()


@pytest.fixture(scope="session")
def node_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which node-postgres, postgres.js and Databricks' own driver are installed."""
    if not shutil.which("npm"):
        pytest.skip("needs Node.js: apt-get install nodejs npm")
    folder = tmp_path_factory.mktemp("node")
    installed = HERE.parents[4] / ".local/clients/node/node_modules"
    if installed.is_dir():
        (folder / "node_modules").symlink_to(installed)
        return folder
    packages = ["pg@8", "postgres@3", "@databricks/lakebase@0.6"]
    install = ["npm", "install", "--no-audit", "--no-fund", "--prefer-offline", *packages]
    done = subprocess.run(install, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"npm cannot install them: {done.stderr.strip().splitlines()[-1]}")
    return folder


@pytest.fixture(scope="session")
def node_postgres(node_folder: Path) -> Iterator[Node]:
    client = Node(["node", str(HERE / "login.mjs"), "pg"], node_folder)
    yield client
    client.close()


@pytest.fixture(scope="session")
def postgres_js(node_folder: Path) -> Iterator[Node]:
    client = Node(["node", str(HERE / "login.mjs"), "postgres"], node_folder)
    yield client
    client.close()


@pytest.fixture(scope="session")
def psql() -> Psql:
    if not shutil.which("psql"):
        pytest.skip("needs psql: apt-get install postgresql-client")
    return Psql()


@pytest.fixture(
    params=[
        "psql",
        "jdbc",
        "node_postgres",
        "postgres_js",
        Asyncpg,
        Psycopg,
        SqlalchemyAsyncpg,
        SqlalchemyPsycopg,
    ]
)
def client(request: pytest.FixtureRequest) -> Client:
    """Each in turn."""
    found: Client = (
        request.getfixturevalue(request.param)
        if isinstance(request.param, str)
        else request.param()
    )
    return found
