"""The how-tos of docs/emulator.md, typed in as a reader does: each prints who was logged in."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lakepass.emulator import Emulator
from tests.warm import programs

from .attempts import Psql

ROOT = Path(__file__).parents[5]
PAGE = (ROOT / "packages/lakepass/docs/emulator.md").read_text(encoding="utf-8")
SECTION = PAGE.split("## Connecting clients")[1].split("\n## ")[0]
HOWTOS = {text.partition("\n")[0]: text for text in SECTION.split("\n### ")[1:]}


def typed_in(
    name: str, folder: Path, emulator: Emulator, database: str = "databricks_postgres"
) -> list[str]:
    """Save the files of a how-to, run its commands; what they print, line by line."""
    for file, code in re.findall(r"`(\w+\.\w+)`[^`]*\n\n```\w+\n(.*?)```", HOWTOS[name], re.DOTALL):
        (folder / file).write_text(code)
    [commands] = re.findall(r"```sh\n(.*?)```", HOWTOS[name], re.DOTALL)
    path = f"{programs()}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-eu", "-c", commands],
        cwd=folder,
        env={**os.environ, **emulator.environment(), "PGDATABASE": database, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture
def role(emulator: Emulator) -> str:
    return emulator.environment()["PGUSER"]


def test_each_is_run_here_but_for_go() -> None:
    run = {
        "Python",
        "psql and other libpq",
        "Dump and restore",
        "JDBC",
        "Node",
        "Databricks SDKs",
    }
    assert set(HOWTOS) == run | {"Go"}


def test_python(tmp_path: Path, emulator: Emulator, role: str) -> None:
    assert typed_in("Python", tmp_path, emulator) == [role]


def test_psql(tmp_path: Path, emulator: Emulator, role: str, psql: Psql) -> None:
    assert typed_in("psql and other libpq", tmp_path, emulator) == [role, role]


def test_dump_and_restore(tmp_path: Path, emulator: Emulator) -> None:
    emulator.create_database("dumped_as_shown")
    try:
        assert typed_in("Dump and restore", tmp_path, emulator, "dumped_as_shown") == []
    finally:
        emulator.drop_database("dumped_as_shown")
    assert (tmp_path / "lakebase.dump").read_bytes().startswith(b"PGDMP")


def test_jdbc(tmp_path: Path, emulator: Emulator, role: str, pgjdbc: Path) -> None:
    (tmp_path / "postgresql.jar").symlink_to(pgjdbc)
    assert typed_in("JDBC", tmp_path, emulator) == [role]


def test_node(node_folder: Path, emulator: Emulator, role: str) -> None:
    assert typed_in("Node", node_folder, emulator) == [role, role]


def test_sdk(emulator: Emulator, role: str) -> None:
    [program] = re.findall(r"```python\n(.*?)```", HOWTOS["Databricks SDKs"], re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **emulator.environment()}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, role + "\n"), done.stderr
