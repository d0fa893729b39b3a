"""What a user may import, and what importing it costs."""

import subprocess
import sys
import tomllib
from pathlib import Path

import lakepass


def test_exported_names_are_sorted_and_exist() -> None:
    assert lakepass.__all__ == sorted(lakepass.__all__)
    assert all(hasattr(lakepass, name) for name in lakepass.__all__)


def test_the_version_is_the_distributions() -> None:
    pyproject = Path(__file__).parents[1] / "pyproject.toml"
    assert lakepass.__version__ == tomllib.loads(pyproject.read_text())["project"]["version"]


def loaded_by(code: str) -> set[str]:
    ran = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(ran.stdout.split())


def test_importing_loads_neither_sdk_nor_drivers() -> None:
    drivers = {"asyncpg", "sqlalchemy", "psycopg"}
    rare = {"lakepass.diagnoses", "configparser", "_hashlib", "importlib.metadata"}
    heavy = {"databricks", "requests", "asyncio", "ssl"} | rare | drivers
    assert not heavy & loaded_by("import lakepass")


def test_explaining_loads_no_sdk_either() -> None:
    environ = {"PGHOST": "ep-x", "DATABRICKS_HOST": "https://h", "DATABRICKS_TOKEN": "dapi1234567"}
    code = f"import lakepass\nlakepass.Lakebase.from_env({environ!r}).explain().lines()"
    assert not {"databricks", "requests", "asyncpg", "sqlalchemy"} & loaded_by(code)
