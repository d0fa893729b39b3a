"""`lakepass dump` and `lakepass restore`, with the programs that the emulator brings."""

import os
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lakepass.emulator import Emulator
from tests.warm import command

SETUP = """
    CREATE SCHEMA shop;
    CREATE TABLE shop.products (id bigint PRIMARY KEY, name text NOT NULL);
    INSERT INTO shop.products SELECT n, repeat('ä' || n, 100) FROM generate_series(1, 5000) AS n;
"""
COUNT = "SELECT count(*), md5(string_agg(name, ',' ORDER BY id)) FROM shop.products"


def run(environ: dict[str, str], *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*command("lakepass"), *words],
        env=os.environ | environ,
        capture_output=True,
        text=True,
    )


def psql(environ: dict[str, str], statement: str) -> str:
    ran = run(environ, "psql", "--", "-X", "-At", "-v", "ON_ERROR_STOP=1", "-c", statement)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.fixture
def databases(emulator: Emulator) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """The environment of one with a table, and that of an empty one."""
    names = [f"dumped_{secrets.token_hex(4)}" for _ in range(2)]
    for name in names:
        emulator.create_database(name)
    first, second = [emulator.environment() | {"PGDATABASE": name} for name in names]
    psql(first, SETUP)
    yield first, second
    for name in names:
        emulator.drop_database(name)


def test_a_dump_in_sql_is_read_by_psql(
    databases: tuple[dict[str, str], dict[str, str]], tmp_path: Path
) -> None:
    source, target = databases
    dumped = run(source, "dump", "--", "--schema", "shop")
    assert (dumped.returncode, dumped.stderr) == (0, "")
    (tmp_path / "shop.sql").write_text(dumped.stdout)
    ran = run(target, "psql", "--", "-Xq", "-v", "ON_ERROR_STOP=1", "-f", f"{tmp_path}/shop.sql")
    assert ran.returncode == 0, ran.stderr
    assert psql(target, COUNT) == psql(source, COUNT)


def test_an_archive_is_restored_in_parallel(
    databases: tuple[dict[str, str], dict[str, str]], tmp_path: Path
) -> None:
    source, target = databases
    archive = str(tmp_path / "shop")
    dumped = run(source, "dump", "--", "-Fd", "-j", "2", "-f", archive)
    assert dumped.returncode == 0, dumped.stderr
    restored = run(target, "restore", "--", "-j", "2", archive)
    assert restored.returncode == 0, restored.stderr
    assert psql(target, COUNT) == psql(source, COUNT)


def test_the_exit_code_and_the_words_are_those_of_pg_dump(
    databases: tuple[dict[str, str], dict[str, str]],
) -> None:
    ran = run(databases[0], "dump", "--", "--table", "nothing.there")
    assert ran.returncode == 1
    assert "pg_dump: error: no matching tables were found" in ran.stderr
    assert "eyJ" not in ran.stderr


def test_a_certificate_that_does_not_fit_is_refused(
    databases: tuple[dict[str, str], dict[str, str]], tmp_path: Path, emulator: Emulator
) -> None:
    import trustme

    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
    ran = run(databases[0] | {"PGSSLROOTCERT": f"{tmp_path}/ca.pem"}, "dump")
    assert ran.returncode == 1
    assert "cannot be reached over TLS" in ran.stderr
    assert "certificate verify failed" in ran.stderr


def test_a_refused_login_is_reported_in_the_words_of_the_server(
    databases: tuple[dict[str, str], dict[str, str]],
) -> None:
    ran = run(databases[0] | {"PGDATABASE": "nowhere"}, "dump")
    assert ran.returncode == 1
    assert 'database "nowhere" does not exist' in ran.stderr
