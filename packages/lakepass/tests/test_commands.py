"""The commands that connect, run as people run them, against a real login."""

import asyncio
import json
import os
import pty
import re
import shutil
import socket
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import asyncpg
import pytest

from lakepass.cli import main
from lakepass.commands import connect as commands
from lakepass.commands.grants import Grant, IdentityType, Level, guess_kind, literal
from lakepass.emulator import Emulator
from tests.warm import command

EVIL = 'it\'s "x"; drop'

Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]


def run_in(environ: dict[str, str], *arguments: str) -> Done:
    """A command in this environment, and in nothing else that leads to a database."""
    variables = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **environ}
    return subprocess.run(
        [*command("lakepass"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=variables,
    )


@pytest.fixture
def run(environ: dict[str, str]) -> Run:
    """Run a command as an app would."""
    return lambda *arguments, **more: run_in(environ | more, *arguments)


def sql(emulator: Emulator, database: str, *statements: str) -> Any:
    """Run these past the gateway, as superuser; returns what the last one answers."""

    async def go() -> Any:
        arguments = emulator.admin_dsn_kwargs | {"database": database}
        connection = await asyncpg.connect(**arguments)
        try:
            for statement in statements[:-1]:
                await connection.execute(statement)
            return await connection.fetchval(statements[-1])
        finally:
            await connection.close()

    return asyncio.run(go())


def psql_that_can_tls() -> str:
    found = shutil.which("psql")
    if found is None:
        pytest.skip("no psql on this machine: apt-get install postgresql-client")
    dsn = "host=127.0.0.1 port=1 sslmode=verify-full sslrootcert=/dev/null"
    tried = subprocess.run([found, dsn], capture_output=True, text=True, check=False)
    if "not compiled in" in tried.stderr:
        pytest.skip(f"{found} was built without TLS")
    return found


# token


def test_token_logs_in(run: Run, environ: dict[str, str]) -> None:
    done = run("token", "--json")
    assert done.stderr == ""
    answer = json.loads(done.stdout)
    assert set(answer) == {"password", "expires_at", "role", "host", "database"}
    left = datetime.fromisoformat(answer["expires_at"]) - datetime.now(UTC)
    assert 3500 < left.total_seconds() < 3610

    async def who() -> str:
        connection = await asyncpg.connect(
            host=answer["host"],
            port=int(environ["PGPORT"]),
            user=answer["role"],
            password=answer["password"],
            database=answer["database"],
            ssl="require",
        )
        try:
            return str(await connection.fetchval("select current_user"))
        finally:
            await connection.close()

    assert asyncio.run(who()) == environ["PGUSER"]


def test_token_alone_is_one_line(run: Run) -> None:
    done = run("token")
    assert done.returncode == 0
    assert done.stdout.startswith("eyJ")
    assert done.stdout.count("\n") == 1


def test_token_of_a_native_password_does_not_end() -> None:
    environ = {"PGHOST": "h", "PGUSER": "u", "PGPASSWORD": "p'w", "PGDATABASE": "d"}
    assert json.loads(run_in(environ, "token", "--json").stdout) == {
        "password": "p'w",
        "expires_at": None,
        "role": "u",
        "host": "h",
        "database": "d",
    }


def test_token_does_not_wait_long_for_a_silent_workspace(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(commands, "PATIENCE_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("DATABRICKS_HOST", f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setenv("DATABRICKS_TOKEN", "dapi-x")
        monkeypatch.setenv("LAKEBASE_ENDPOINT", "projects/p/branches/b/endpoints/e")
        assert main(["token"]) == 1
    assert "LP-201" in capsys.readouterr().err


@pytest.mark.parametrize(("options", "code"), [([], 2), (["--json"], 2), (["--show"], 0)])
def test_token_is_shown_on_a_terminal_only_on_request(
    environ: dict[str, str], options: list[str], code: int
) -> None:
    ours, theirs = pty.openpty()
    try:
        done = subprocess.run(
            [*command("lakepass"), "token", *options],
            stdout=theirs,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env={**os.environ, **environ},
        )
        os.set_blocking(ours, False)
        try:
            shown = os.read(ours, 65536)
        except BlockingIOError:
            shown = b""
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.returncode == code
    assert shown.startswith(b"eyJ") is (code == 0)
    assert ("--show" in done.stderr) is (code == 2)
    assert "eyJ" not in done.stderr


def test_a_reader_that_leaves_early_is_no_traceback(environ: dict[str, str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [*command("lakepass"), "env"],
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env={**os.environ, **environ},
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


# env and jdbc


def test_env_leads_psql_there(run: Run, environ: dict[str, str]) -> None:
    psql = psql_that_can_tls()
    done = run("env", "--with-password")
    script = f'{done.stdout}exec {psql} -Atc "select current_user"'
    shell = {"PATH": os.environ["PATH"]}
    asked = subprocess.run(
        ["sh", "-c", script], capture_output=True, text=True, check=False, env=shell
    )
    assert (asked.stdout.strip(), asked.stderr) == (environ["PGUSER"], "")


def test_env_names_the_authorities_in_a_way_that_every_libpq_understands(run: Run) -> None:
    """Debian 12 brings psql 15, which does not know `system`."""
    variables = json.loads(run("env", "--json", PGSSLROOTCERT="system").stdout)["env"]
    assert Path(variables["PGSSLROOTCERT"]).is_file()


def test_env_is_quoted_for_the_shell(run: Run) -> None:
    done = run("env", "--database", EVIL, PGAPPNAME="$(touch /nowhere) `id`")
    shell = subprocess.run(
        ["sh", "-c", f"{done.stdout}exec env -0"], capture_output=True, text=True, check=True
    )
    variables = dict(pair.split("=", 1) for pair in shell.stdout.split("\0") if pair)
    assert variables["PGDATABASE"] == EVIL
    assert variables["PGAPPNAME"] == "$(touch /nowhere) `id`"


def test_env_holds_the_password_only_if_asked(run: Run) -> None:
    without = json.loads(run("env", "--json").stdout)["env"]
    assert "PGPASSWORD" not in without
    with_it = json.loads(run("env", "--json", "--with-password").stdout)["env"]
    assert with_it.pop("PGPASSWORD").startswith("eyJ")
    assert with_it == without


def test_jdbc_encodes_role_and_password() -> None:
    environ = {"PGHOST": "h.example", "PGPASSWORD": "a&b=c+d/é %", "PGUSER": "x", "PGPORT": "7"}
    done = run_in(environ, "jdbc", "--user", "someone+1@example.com", "--with-password")
    assert done.stdout.startswith("jdbc:postgresql://h.example:7/databricks_postgres?user=")
    parts = dict(part.split("=", 1) for part in done.stdout.strip().split("?")[1].split("&"))
    assert parts["user"] == "someone%2B1%40example.com"
    assert parts["password"] == "a%26b%3Dc%2Bd%2F%C3%A9%20%25"
    assert unquote(parts["password"]) == "a&b=c+d/é %"
    assert "password" not in run_in(environ, "jdbc").stdout
    assert json.loads(run_in(environ, "jdbc", "--json").stdout) == {
        "url": run_in(environ, "jdbc").stdout.strip()
    }


# psql


def test_psql_logs_in_and_its_exit_code_is_ours(run: Run, environ: dict[str, str]) -> None:
    psql_that_can_tls()
    misled = {"PGSERVICE": "nowhere", "PGHOSTADDR": "192.0.2.1"}
    done = run("psql", "--", "-Atc", "select current_user", **misled)
    assert (done.returncode, done.stdout, done.stderr) == (0, environ["PGUSER"] + "\n", "")
    assert run("psql", "--", "-v", "ON_ERROR_STOP=1", "-c", "select 1/0").returncode == 1
    assert run("psql", "--", "-f", "/no/such/file").returncode == 1


def fake_psql(folder: Path, version: str) -> str:
    """A psql that tells its arguments and what it found in its environment; returns the PATH."""
    script = folder / "psql"
    script.write_text(
        f'#!/bin/sh\ntest "$1" = --version && echo "psql (PostgreSQL) {version}" && exit\n'
        'tr "\\0" " " < /proc/$$/cmdline; echo; echo "$PGPASSWORD"; echo "$PGSSLROOTCERT"; exit 9\n'
    )
    script.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def test_psql_gets_the_token_through_its_environment_alone(run: Run, tmp_path: Path) -> None:
    done = run("psql", "--", "-c", "select 1", PATH=fake_psql(tmp_path, "16.1"))
    assert done.returncode == 9
    arguments, password, _ = done.stdout.splitlines()
    assert arguments.endswith("-c select 1 ")
    assert "eyJ" not in arguments
    assert password.startswith("eyJ")
    assert done.stderr == ""


@pytest.mark.parametrize(("version", "is_known"), [("15.18 (Debian)", False), ("17beta1", True)])
def test_psql_finds_the_authorities_for_an_old_libpq(
    run: Run, tmp_path: Path, version: str, is_known: bool
) -> None:
    """Only from 16 on does libpq know `system`."""
    done = run("psql", PATH=fake_psql(tmp_path, version), PGSSLROOTCERT="system")
    if done.returncode == 1 and not is_known:
        assert done.stderr.startswith("lakepass: this psql is older than 16")
        return
    authorities = done.stdout.splitlines()[-1]
    assert (authorities == "system") is is_known
    assert is_known or Path(authorities).is_file()


def test_psql_that_is_not_there(run: Run, tmp_path: Path) -> None:
    done = run("psql", PATH=str(tmp_path))
    assert done.returncode == 127
    assert "postgresql-client (Debian, Ubuntu)" in done.stderr


# grant

# Stands in for the service's own function, which writes a security label as well.
CREATES_GROUPS = """
    create function databricks_create_role(name text, kind text) returns void
    language plpgsql security definer as $$ begin
        if kind <> 'GROUP' then
            raise 'no such identity' using errcode = 'invalid_parameter_value';
        end if;
        execute format('create role %I', name);
    end $$"""


class Shop:
    """A database with a schema of the developer's, and a role that may nothing in it yet."""

    def __init__(self, emulator: Emulator, environ: dict[str, str], name: str, role: str) -> None:
        self.emulator, self.name, self.role = emulator, name, role
        self._environ = environ | {"PGDATABASE": name}

    def sql(self, *statements: str) -> Any:
        return sql(self.emulator, self.name, *statements)

    def grant(self, *arguments: str) -> Done:
        return run_in(self._environ, "grant", self.role, *arguments)

    def runs(self, statement: str, role: str = "") -> str:
        """What the server says against a statement of this role, which is undone; "" if nothing."""
        name = (role or self.role).replace('"', '""')
        try:
            self.sql(f'begin; set local role "{name}"; {statement}; rollback', "select 1")
        except asyncpg.PostgresError as error:
            return str(error)
        return ""

    def may(self, privilege: str, table: str = "shop.things") -> bool:
        kind = "sequence" if table.endswith("_seq") else "table"
        role = literal(self.role)
        return bool(self.sql(f"select has_{kind}_privilege({role}, '{table}', '{privilege}')"))


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    return count()


@pytest.fixture
def shop(emulator: Emulator, developer: dict[str, str], numbers: Iterator[int]) -> Shop:
    number = next(numbers)
    name, role = f"grants_{os.getpid()}_{number}", f"{EVIL} {number}"
    quoted = role.replace('"', '""')
    owner = '"developer@example.com"'
    base = str(emulator.admin_dsn_kwargs["database"])
    sql(emulator, base, f"create database {name} owner {owner}", "select 1")
    shop = Shop(emulator, developer, name, role)
    shop.sql(
        f'create role "{quoted}" nologin',
        f"set role {owner}",
        "create schema shop",
        "create table shop.things (id bigserial primary key)",
        "select 1",
    )
    return shop


def test_read_is_granted_now_and_later(shop: Shop) -> None:
    assert not shop.may("SELECT")
    done = shop.grant("--schema", "shop")
    assert (done.returncode, done.stderr) == (
        0,
        f"Granted and checked: in schema shop, {shop.role} may read all tables. This includes tables "
        "that developer@example.com creates later.\n",
    )
    shop.sql('set role "developer@example.com"', "create table shop.later (id int)", "select 1")
    assert [shop.may("SELECT"), shop.may("SELECT", "shop.later")] == [True, True]
    assert not any(shop.may(privilege) for privilege in ("INSERT", "UPDATE", "DELETE"))
    assert not shop.may("USAGE", "shop.things_id_seq")


def test_write_is_granted_now_and_later_and_twice(shop: Shop) -> None:
    for _ in range(2):
        assert shop.grant("--schema", "shop", "--write").returncode == 0
    shop.sql(
        'set role "developer@example.com"', "create table shop.later (id bigserial)", "select 1"
    )
    for table in ("shop.things", "shop.later"):
        assert all(shop.may(p, table) for p in ("SELECT", "INSERT", "UPDATE", "DELETE"))
        assert shop.may("USAGE", f"{table}_id_seq")
    assert not shop.may("TRUNCATE")


def test_create_is_granted_and_no_more(shop: Shop) -> None:
    done = shop.grant("--schema", "shop", "--create")
    assert done.returncode == 0, done.stderr
    assert shop.runs("create table shop.mine (id int references shop.things)") == ""
    assert "must be owner" in shop.runs("alter table shop.things add note text")
    assert "--own" in done.stderr


def test_own_lets_a_role_alter_everything_and_takes_nothing_from_the_owner(shop: Shop) -> None:
    shop.sql(
        'set role "developer@example.com"',
        "create view shop.seen as select id from shop.things",
        "create type shop.mood as enum ('calm')",
        "create function shop.one() returns int language sql return 1",
        "create sequence shop.free",
        "select 1",
    )
    done = shop.grant("--schema", "shop", "--own")
    assert done.returncode == 0, done.stderr
    for role in (shop.role, "developer@example.com"):
        for statement in (
            "alter table shop.things add note text",
            "create index on shop.things (id)",
            "alter view shop.seen rename column id to number",
            "alter type shop.mood add value 'merry'",
            "drop function shop.one()",
            "alter sequence shop.free restart",
            "create table shop.more (id int)",
            "drop schema shop cascade",
        ):
            assert shop.runs(statement, role) == "", (role, statement)
    again = shop.grant("--schema", "shop", "--own", "--dry-run").stdout
    assert "OWNER TO" not in again


def test_of_several_owners_each_shares_their_own_part(shop: Shop) -> None:
    app = shop.emulator.environment()["PGUSER"]
    shop.sql(f'create table shop.theirs (id int); alter table shop.theirs owner to "{app}"', "")
    done = shop.grant("--schema", "shop", "--own")
    assert done.returncode == 1
    assert f"are shared now; shop.theirs belongs to {app}. " in done.stderr
    assert shop.runs("alter table shop.things add note text") == ""
    assert "must be owner" in shop.runs("alter table shop.theirs add note text")
    environ = shop.emulator.environment() | {"PGDATABASE": shop.name}
    done = run_in(environ, "grant", shop.role, "--schema", "shop", "--own")
    assert done.returncode == 0, done.stderr
    assert shop.runs("alter table shop.theirs add note text") == ""
    assert shop.runs("alter table shop.theirs add note text", app) == ""


def test_an_owner_who_may_not_create_roles_is_told_what_to_have_run(shop: Shop) -> None:
    app = shop.emulator.environment()["PGUSER"]
    shop.sql(
        f'create schema hers authorization "{app}"',
        f'create table hers.things (id int); alter table hers.things owner to "{app}"',
        "select 1",
    )
    environ = shop.emulator.environment() | {"PGDATABASE": shop.name}
    done = run_in(environ, "grant", shop.role, "--schema", "hers", "--own")
    assert done.returncode == 1
    assert done.stderr.endswith("[LP-603]\n")
    [statements] = re.findall(r"run this first: (.*;) Then run it again", done.stderr)
    shop.sql(f'set role "developer@example.com"; {statements}', "select 1")
    assert run_in(environ, "grant", shop.role, "--schema", "hers", "--own").returncode == 0
    assert shop.runs("alter table hers.things add note text") == ""


def test_what_is_to_be_run_first_creates_the_role_if_it_does_not_exist(shop: Shop) -> None:
    app = shop.emulator.environment()["PGUSER"]
    shop.sql(CREATES_GROUPS, f'create schema hers authorization "{app}"')
    shop.role += " new"
    environ = shop.emulator.environment() | {"PGDATABASE": shop.name}
    done = run_in(environ, "grant", shop.role, "--schema", "hers", "--own")
    assert done.returncode == 1
    assert done.stderr.endswith("[LP-603]\n")
    [statements] = re.findall(r"run this first: (.*;) Then run it again", done.stderr)
    shop.sql(f'set role "developer@example.com"; {statements}', "select 1")
    done = run_in(environ, "grant", shop.role, "--schema", "hers", "--own")
    assert done.returncode == 0, done.stderr
    assert shop.runs("create table hers.things (id int)") == ""


def test_a_role_that_no_token_logs_in_as_is_reported(shop: Shop) -> None:
    done = shop.grant("--as-user")
    assert done.returncode == 0
    if shop.sql("select exists(select from pg_shseclabel)"):  # needs a C compiler
        assert "has no identity in the workspace" in done.stderr


def test_own_creates_a_schema_that_is_missing(shop: Shop) -> None:
    assert shop.grant("--schema", "fresh", "--own").returncode == 0
    assert shop.runs("create table fresh.orders (id int)") == ""


def test_without_a_schema_it_is_about_the_database(shop: Shop) -> None:
    assert shop.grant().returncode == 0
    assert "permission denied for database" in shop.runs("create schema mine")
    done = shop.grant("--create")
    assert done.stderr == f"Granted and checked: {shop.role} may log in, and create schemas.\n"
    assert shop.runs("create schema mine") == ""


def test_a_dry_run_prints_what_would_run_and_changes_nothing(shop: Shop) -> None:
    dry = shop.grant("--schema", "shop", "--write", "--dry-run")
    assert (dry.returncode, dry.stderr) == (0, "Nothing was changed.\n")
    assert not shop.may("SELECT")
    assert shop.grant("--schema", "shop", "--write").stdout == dry.stdout
    lines = dry.stdout.splitlines()
    assert (lines[0], lines[-1]) == ("BEGIN;", "COMMIT;")


def test_a_script_reads_what_was_granted(shop: Shop) -> None:
    dry = json.loads(shop.grant("--schema", "shop", "--dry-run", "--json").stdout)
    assert not shop.may("SELECT")
    granted = shop.grant("--schema", "shop", "--json")
    assert (granted.returncode, granted.stderr) == (0, "")
    assert shop.may("SELECT")
    assert json.loads(granted.stdout) == dry | {"is_changed": True}
    assert (dry["is_changed"], dry["others"]) == (False, [])
    assert any(sql.startswith("GRANT SELECT ON ALL TABLES") for sql in dry["statements"])


def test_what_is_printed_can_be_run_as_it_is(shop: Shop) -> None:
    shop.sql(shop.grant("--schema", "shop", "--dry-run").stdout, "select 1")
    assert shop.may("SELECT")


@pytest.mark.parametrize("may_look", [False, True])
def test_who_owns_the_tables_is_told_and_nothing_is_done(shop: Shop, may_look: bool) -> None:
    """A stranger who may look at a table is only warned by Postgres, which grants nothing."""
    app = shop.emulator.environment()["PGUSER"]
    shop.sql(f'create table shop.theirs (id int); alter table shop.theirs owner to "{app}"', "")
    if not may_look:
        shop.sql('revoke databricks_superuser from "developer@example.com"', "select 1")
    try:
        done = shop.grant("--schema", "shop")
    finally:
        if not may_look:
            shop.sql('grant databricks_superuser to "developer@example.com"', "select 1")
    assert done.returncode == 1
    assert f"shop.theirs belongs to {app}" in done.stderr
    assert f"Run this as the owner ({app})." in done.stderr
    assert "Nothing was changed." in done.stderr
    assert done.stderr.endswith("[LP-604]\n")
    assert not shop.may("SELECT")


def test_owners_of_later_tables_are_named(shop: Shop) -> None:
    app = shop.emulator.environment()["PGUSER"]
    shop.sql(f'create table shop.theirs (id int); alter table shop.theirs owner to "{app}"', "")
    shop.sql(f'grant "{app}" to "developer@example.com"', "select 1")
    try:
        done = shop.grant("--schema", "shop")
    finally:
        shop.sql(f'revoke "{app}" from "developer@example.com"', "select 1")
    assert done.returncode == 0
    assert done.stderr.endswith(f"they must run it as well: {app}\n")
    assert shop.may("SELECT", "shop.theirs")


def test_a_schema_that_is_not_there(shop: Shop) -> None:
    done = shop.grant("--schema", 'no"pe')
    assert done.returncode == 1
    assert done.stderr.startswith(f'Schema "no""pe" does not exist in database "{shop.name}".')


def test_what_the_server_refuses_is_reported(shop: Shop) -> None:
    """As on a host that is for reading only."""
    setting = f"in database {shop.name} set default_transaction_read_only = on"
    shop.sql(f'alter role "developer@example.com" {setting}', "select 1")
    done = shop.grant("--schema", "shop")
    assert done.returncode == 1
    assert "cannot execute GRANT in a read-only transaction, sqlstate=25006" in done.stderr
    assert done.stderr.endswith("[LP-605]\n")


def test_a_role_is_made_where_the_server_can(shop: Shop) -> None:
    shop.sql(CREATES_GROUPS, "select 1")
    shop.role += " new"
    refused = shop.grant("--schema", "shop", "--as-user")
    assert refused.returncode == 1
    assert "server=no such identity, sqlstate=22023" in refused.stderr
    assert refused.stderr.endswith("[LP-603]\n")
    done = shop.grant("--schema", "shop")
    assert done.returncode == 0, done.stderr
    assert f"SELECT databricks_create_role({literal(shop.role)}, 'GROUP');" in done.stdout
    assert shop.may("SELECT")


def test_a_role_that_may_not_be_made_is_reported(shop: Shop) -> None:
    shop.role += " missing"
    done = shop.grant("--schema", "shop")
    assert done.returncode == 1
    assert "CREATE EXTENSION IF NOT EXISTS databricks_auth;" in done.stdout
    assert "could not be created. Nothing was changed." in done.stderr
    assert done.stderr.endswith("[LP-603]\n")


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        ("7A1f0c52-3b7e-4c39-9d0a-5d3c1f0e8b21", IdentityType.SERVICE_PRINCIPAL),
        ("someone@example.com", IdentityType.USER),
        ("analysts", IdentityType.GROUP),
        ("7a1f0c52", IdentityType.GROUP),
    ],
)
def test_the_kind_of_a_role_is_guessed_from_its_form(role: str, kind: IdentityType) -> None:
    assert guess_kind(role) == kind


def test_names_are_quoted_whatever_is_in_them(emulator: Emulator) -> None:
    grant = Grant(role="o'\\\"x", schema='a"; drop', kind=IdentityType.GROUP, level=Level.READ)
    assert grant.creation()[-1] == "SELECT databricks_create_role(E'o''\\\\\"x', 'GROUP')"
    assert grant.rights('d"')[:2] == [
        'GRANT CONNECT ON DATABASE "d""" TO "o\'\\""x"',
        'GRANT USAGE ON SCHEMA "a""; drop" TO "o\'\\""x"',
    ]
    base = str(emulator.admin_dsn_kwargs["database"])
    assert sql(emulator, base, f"select {literal(grant.role)}") == grant.role


# errors


def test_an_interrupt_is_no_traceback() -> None:
    def interrupted(_: Namespace) -> int:
        raise KeyboardInterrupt

    assert commands.without_traceback(interrupted)(Namespace()) == 130


def test_an_error_is_one_line_without_a_secret(run: Run) -> None:
    for words in (["token"], ["env"], ["jdbc"], ["psql"], ["grant", "r", "--schema", "s"]):
        if words == ["psql"]:
            psql_that_can_tls()
        done = run(*words, "--instance", "nope", PGPASSWORD="dapi1234567890")
        assert done.returncode == 1
        assert "dapi1234567890" not in done.stderr
        assert "Traceback" not in done.stderr
        assert done.stderr.splitlines()[-1].endswith("]")
        assert done.stdout == ""


def test_a_missing_setting_is_named() -> None:
    done = run_in({}, "env")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("No database is named. Set LAKEBASE_ENDPOINT")


@pytest.mark.parametrize(
    "arguments",
    [
        ["token", "--", "more"],
        ["env", "--endpoint", "a", "--instance", "b"],
        ["grant", "someone", "--own"],
        ["grant", "public", "--schema", "s"],
        ["grant", "none", "--schema", "s"],
        ["grant", "", "--schema", "s"],
        ["grant", "x" * 64, "--schema", "s"],
        ["grant", "x", "--schema", "é" * 32],
        ["grant", "x", "--schema", "s", "--read", "--write"],
        ["grant", "x", "--schema", "s", "--as-user", "--as-group"],
    ],
)
def test_wrong_use_is_reported(arguments: list[str]) -> None:
    done = run_in({}, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_grant_without_its_driver_says_what_to_install(environ: dict[str, str]) -> None:
    script = (
        "import sys; sys.modules['asyncpg'] = None; import lakepass.cli as c; "
        "sys.exit(c.main(['grant', 'x', '--schema', 's']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environ},
    )
    assert done.returncode == 2
    assert 'pip install "lakepass[asyncpg]"' in done.stderr


@pytest.mark.parametrize("command", ["psql", "token", "env", "jdbc", "grant"])
def test_help_teaches_with_examples(command: str) -> None:
    done = run_in({}, command, "--help")
    assert done.returncode == 0
    assert f"\n    lakepass {command}" in done.stdout or f"$(lakepass {command}" in done.stdout
    assert "--endpoint" in done.stdout
