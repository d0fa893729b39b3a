"""Situations that people reported: the doctor names the cause, and its fix, run literally, cures it.

What worked before still works: the second examination asks for the same as the first.
"""

import json
import secrets
from base64 import b64encode

import pytest

from lakepass import Lakebase
from lakepass.commands.grants import Level
from lakepass.doctor.examination import examine
from lakepass.emulator import Way
from lakepass.emulator.identity.tokens import SigningKey, Tokens

from .place import (
    DEVELOPER,
    PRINCIPAL,
    REPLICA,
    Place,
    Situation,
    carried_out,
    examined,
    shown_text,
)


def owned_by_the_developer(it: Place) -> dict[str, str]:
    schema = f"owned_{secrets.token_hex(3)}"
    it.sql(
        f'create schema {schema} authorization "{DEVELOPER}"',
        f'set role "{DEVELOPER}"',
        f"create table {schema}.orders (id serial primary key)",
        f"grant usage, create on schema {schema} to APP",
        f"grant all on all tables in schema {schema} to APP",
        f"grant all on all sequences in schema {schema} to APP",
        f"alter default privileges in schema {schema} grant all on tables to APP",
        f"alter default privileges in schema {schema} grant all on sequences to APP",
    )
    return it.environ | {"SCHEMA": schema}


def of_the_developer_in_a_schema_of_the_app(it: Place) -> dict[str, str]:
    schema = f"mixed_{secrets.token_hex(3)}"
    it.sql(
        f"create schema {schema} authorization APP",
        f'grant usage, create on schema {schema} to "{DEVELOPER}"',
        f'set role "{DEVELOPER}"',
        f"create table {schema}.orders (id serial primary key)",
        f"grant all on all tables in schema {schema} to APP",
        f"grant all on all sequences in schema {schema} to APP",
    )
    return it.environ | {"SCHEMA": schema}


def a_partition_of_the_developer(it: Place) -> dict[str, str]:
    schema = f"parts_{secrets.token_hex(3)}"
    it.sql(
        f"create schema {schema} authorization APP",
        f'grant usage, create on schema {schema} to "{DEVELOPER}"',
        "set role APP",
        f"create table {schema}.orders (id int) partition by range (id)",
        "reset role",
        f"create table {schema}.orders_1 partition of {schema}.orders for values from (0) to (10)",
        f'alter table {schema}.orders_1 owner to "{DEVELOPER}"',
    )
    return it.environ | {"SCHEMA": schema}


def code_of_the_developer(it: Place) -> dict[str, str]:
    schema = f"code_{secrets.token_hex(3)}"
    it.sql(
        f"create schema {schema} authorization APP",
        f"create type {schema}.state as enum ('new', 'sold')",
        f'alter type {schema}.state owner to "{DEVELOPER}"',
        f"create function {schema}.taxed(int) returns int language sql as 'select $1'",
        f'alter function {schema}.taxed owner to "{DEVELOPER}"',
        "set role APP",
        f"create table {schema}.orders (id serial primary key, state {schema}.state)",
    )
    return it.environ | {"SCHEMA": schema}


def of_a_role_without_login(it: Place) -> dict[str, str]:
    """The developer made the role, and may become a member of it."""
    group = f"group_{secrets.token_hex(3)}"
    it.sql(
        f'set role "{DEVELOPER}"',
        f"create role {group}",
        "reset role",
        f"create schema of_{group} authorization {group}",
        f"create table of_{group}.orders (id int)",
        f"alter table of_{group}.orders owner to {group}",
    )
    return it.environ | {"SCHEMA": f"of_{group}"}


def empty_of_the_developer(it: Place) -> dict[str, str]:
    schema = f"empty_{secrets.token_hex(3)}"
    it.sql(
        f'create schema {schema} authorization "{DEVELOPER}"',
        f"grant usage on schema {schema} to APP",
    )
    return it.environ | {"SCHEMA": schema}


def without_a_policy(it: Place) -> dict[str, str]:
    schema = f"hidden_{secrets.token_hex(3)}"
    it.sql(
        f'create schema {schema} authorization "{DEVELOPER}"',
        f'set role "{DEVELOPER}"',
        f"create table {schema}.orders (id int)",
        f"alter table {schema}.orders enable row level security",
        f"grant usage on schema {schema} to APP",
        f"grant select on {schema}.orders to APP",
        f"alter default privileges in schema {schema} grant select on tables to APP",
    )
    return it.environ | {"SCHEMA": schema}


def closed(it: Place) -> dict[str, str]:
    name = f"closed_{secrets.token_hex(3)}"
    it.sql(
        f'create database {name} owner "{DEVELOPER}"',
        f"alter database {name} allow_connections false",
    )
    return it.but(PGDATABASE=name)


def of_somebody_else(it: Place) -> dict[str, str]:
    key = SigningKey.kept_in(it.lakebase.data / "signing-key.pem")
    token, _ = Tokens(key, it.lakebase._state.workspace_id).credential(DEVELOPER, 3600)
    return it.with_password(token)


def revoked(it: Place) -> dict[str, str]:
    token = Lakebase(environ=it.environ).password()
    it.lakebase.faults.expire_tokens()
    return it.with_password(token)


def each_in_place_of_the_other(it: Place) -> dict[str, str]:
    environ = it.native(PGPASSWORD="")
    it.sql(f"alter role {environ['PGUSER']} password 'aV3KEHUBmFjcl3am7WGntTDt'")
    return environ | {"PGUSER": "aV3KEHUBmFjcl3am7WGntTDt", "PGPASSWORD": environ["PGUSER"]}


def a_profile_in_another_case(it: Place) -> dict[str, str]:
    host, token = it.environ["DATABRICKS_HOST"], it.lakebase.personal_access_token
    file = it.folder / "databrickscfg"
    file.write_text(f"[shop]\nhost = {host}\ntoken = {token}\n")
    return it.but(
        "DATABRICKS_HOST", *PRINCIPAL, "PGUSER",
        DATABRICKS_CONFIG_FILE=str(file), DATABRICKS_CONFIG_PROFILE="Shop",
    )  # fmt: skip


def rows_alone(it: Place) -> dict[str, str]:
    """All rights but to create tables, in a schema with tables that the app owns."""
    schema = f"filled_{secrets.token_hex(3)}"
    it.sql(
        f'create schema {schema} authorization "{DEVELOPER}"',
        f"create table {schema}.orders (id serial primary key)",
        f"alter table {schema}.orders owner to APP",
        f"grant usage on schema {schema} to APP",
    )
    return it.environ | {"SCHEMA": schema}


def of_views(it: Place, *statements: str) -> dict[str, str]:
    """A schema {api} with a view that the app may select from, and {inner} with what is behind it."""
    api, inner = f"api_{secrets.token_hex(3)}", f"inner_{secrets.token_hex(3)}"
    it.sql(
        f'create schema {api} authorization "{DEVELOPER}"',
        f'create schema {inner} authorization "{DEVELOPER}"',
        f'set role "{DEVELOPER}"',
        f"create table {inner}.orders (id int)",
        *(one.format(api=api, inner=inner) for one in statements),
        f"grant usage on schema {api} to APP",
        f"grant select on all tables in schema {api} to APP",
        f"alter default privileges in schema {api} grant select on tables to APP",
    )
    return it.environ | {"SCHEMA": api}


def read_as_the_reader(it: Place) -> dict[str, str]:
    return of_views(
        it,
        "create view {inner}.mine with (security_invoker = on) as select * from {inner}.orders",
        "create view {api}.orders as select * from {inner}.mine",
    )


def read_as_an_owner_without_the_right(it: Place) -> dict[str, str]:
    team = f"team_{secrets.token_hex(3)}"
    it.sql(f"create role {team}", f'grant {team} to "{DEVELOPER}"')
    return of_views(
        it,
        "create view {api}.orders as select * from {inner}.orders",
        f"grant create on schema {{api}} to {team}",
        f"alter view {{api}}.orders owner to {team}",
    )


def of_a_function(it: Place) -> dict[str, str]:
    return of_views(
        it,
        "create function {inner}.taxed(int) returns int language sql stable as 'select $1'",
        "revoke execute on function {inner}.taxed from public",
        "create view {api}.orders as select {inner}.taxed(id) from {inner}.orders",
    )


def without_execute(it: Place) -> dict[str, str]:
    return of_views(
        it,
        "create function {api}.taxed(a int, b text default '') returns int language sql as 'select 1'",
        "create procedure {api}.tidied() language sql as 'select 1'",
        "revoke execute on all routines in schema {api} from public",
    )


def on_a_path_that_is_closed(it: Place) -> dict[str, str]:
    schema = f"closed_{secrets.token_hex(3)}"
    it.sql(
        f'create schema {schema} authorization "{DEVELOPER}"',
        f"alter role APP set search_path = {schema}",
    )
    return it.environ


def in_a_password_file(it: Place) -> dict[str, str]:
    file = it.folder / "pgpass"
    file.write_text(f"*:*:*:*:{it.token_of(-600)}\n*:*:*:*:a password\n")
    return it.but(PGPASSFILE=str(file))


def no_create_on_the_database(it: Place) -> dict[str, str]:
    return it.sql("revoke create on database databricks_postgres from APP") | {
        "SCHEMA": f"gone_{secrets.token_hex(3)}"
    }


def another_case(it: Place) -> dict[str, str]:
    return it.sql("create schema if not exists genie authorization APP")


def swapped(it: Place) -> dict[str, str]:
    client_id, secret = (it.environ[name] for name in PRINCIPAL)
    return it.but(DATABRICKS_CLIENT_ID=secret, DATABRICKS_CLIENT_SECRET=client_id)


def misspelt(it: Place) -> dict[str, str]:
    return it.but("PGHOST", LAKEBASE_ENDPOINT=it.environ["LAKEBASE_ENDPOINT"] + "x")


def port_of_the_workspace(it: Place) -> dict[str, str]:
    return it.but(PGPORT=it.environ["DATABRICKS_HOST"].rpartition(":")[2])


def sequences_forgotten(it: Place) -> dict[str, str]:
    schema = f"counted_{secrets.token_hex(3)}"
    it.sql(
        f'create schema {schema} authorization "{DEVELOPER}"',
        f"create table {schema}.orders (id serial primary key)",
        f'alter table {schema}.orders owner to "{DEVELOPER}"',
        f"grant usage on schema {schema} to APP",
        f"grant select, insert, update, delete on all tables in schema {schema} to APP",
    )
    return it.environ | {"SCHEMA": schema}


def a_default_of_the_role(it: Place) -> dict[str, str]:
    return it.sql("alter role APP set default_transaction_read_only = on")


def a_time_limit_of_the_role(it: Place) -> dict[str, str]:
    return it.sql("alter role APP set idle_in_transaction_session_timeout = '5ms'")


def acts_as_a_team(it: Place) -> dict[str, str]:
    team, schema = f"team_{secrets.token_hex(3)}", f"mine_{secrets.token_hex(3)}"
    it.sql(
        f"create role {team}",
        f"grant {team} to APP",
        f"alter role APP set role = {team}",
        f"create schema {schema} authorization APP",
    )
    return it.environ | {"SCHEMA": schema}


def beside_the_path_of_the_role(it: Place) -> dict[str, str]:
    schema = f"beside_{secrets.token_hex(3)}"
    it.sql(f"create schema {schema} authorization APP", "alter role APP set search_path = public")
    return it.environ | {"SCHEMA": schema}


def hidden_by_pgoptions(it: Place) -> dict[str, str]:
    schema = f"shown_{secrets.token_hex(3)}"
    it.sql(
        f"create schema {schema} authorization APP",
        f"alter role APP set search_path = {schema}, public",
    )
    return it.but(SCHEMA=schema, PGOPTIONS="-c search_path=public -c statement_timeout=60000")


def of_a_person(it: Place) -> dict[str, str]:
    token = it.lakebase.personal_access_token
    return it.but(*PRINCIPAL, DATABRICKS_TOKEN=token, PGUSER="Developer@Example.com")


def by_a_profile(it: Place, host: str, *more: str) -> dict[str, str]:
    """Settings of the workspace that come from the profile DEFAULT alone."""
    keys = [f"host = {host}"] * bool(host) + [
        f"{name} = {it.environ[f'DATABRICKS_{name.upper()}']}" for name in more
    ]
    file = it.folder / "databrickscfg"
    file.write_text("\n".join(["[DEFAULT]", *keys, "[other]", "host = https://x.example.com", ""]))
    return it.but("DATABRICKS_HOST", *PRINCIPAL, DATABRICKS_CONFIG_FILE=str(file))


def beside_a_principal(it: Place) -> dict[str, str]:
    signs_in = {name: it.environ[name] for name in ("DATABRICKS_HOST", *PRINCIPAL)}
    return it.native() | signs_in


WRITE = {"is_writing": True}
ROWS = WRITE | {"migrates": False}
READ = {"level": Level.READ}
CURED = [
    Situation("LP-104", "quotes", lambda it: it.but(PGHOST='"localhost"')),
    Situation(
        "LP-143", "quotes",
        lambda it: it.but(DATABRICKS_CLIENT_SECRET=f'"{it.environ["DATABRICKS_CLIENT_SECRET"]}"'),
    ),
    Situation(
        "LP-143", "quotes", lambda it: it.but(DATABRICKS_HOST=f"'{it.environ['DATABRICKS_HOST']}'")
    ),
    Situation("LP-143", "line break", lambda it: it.but(PGUSER=it.environ["PGUSER"] + "\n")),
    Situation(
        "LP-218", "/?o=42", lambda it: it.but(DATABRICKS_HOST=it.environ["DATABRICKS_HOST"] + "/?o=42")
    ),
    Situation("LP-304", "case-sensitive", of_a_person),
    Situation("LP-301", "cut off", lambda it: it.with_password(it.token[:-20])),
    # Decodes, so that the server sees a signature that does not fit.
    Situation("LP-301", "cut off", lambda it: it.with_password(it.token[:-2])),
    Situation("LP-301", "Bearer", lambda it: it.with_password(f"Bearer {it.token}")),
    Situation("LP-301", "line break", lambda it: it.with_password(f"{it.token}\n")),
    Situation("LP-301", "${PGPASSWORD}", lambda it: it.with_password("${PGPASSWORD}")),
    Situation(
        "LP-606", "may not create tables", lambda it: it.environ, {"schemas": ["public"], **WRITE}
    ),
    Situation("LP-609", f"belongs to {DEVELOPER}", owned_by_the_developer, {"as_app": True, **ROWS}),
    Situation("LP-609", f"belongs to {DEVELOPER}", owned_by_the_developer, WRITE),
    Situation("LP-606", "may not create tables", rows_alone, WRITE),
    Situation("LP-138", "use --read", lambda it: it.lakebase.environment(REPLICA)),
    Situation("LP-138", "use --read", lambda it: it.but(
        PGHOST=it.lakebase.host(None, Way.READ).name)),
    Situation("LP-610", "lacks CREATE on database", no_create_on_the_database, WRITE),
    Situation("LP-104", "::1", lambda it: it.but(PGHOST="::1")),
    Situation(
        "LP-121", "name of a project",
        lambda it: it.but("LAKEBASE_ENDPOINT", "PGHOST", LAKEBASE_INSTANCE="local"),
    ),
    Situation(
        "LP-137", "is a pooler",
        lambda it: it.but(PGHOST=it.lakebase.host(None, Way.POOLED).name),
    ),
    Situation("LP-146", "PGCHANNELBINDING=require", lambda it: it.but(PGCHANNELBINDING="require")),
    Situation("LP-151", "PGSERVICE=shop", lambda it: it.but(PGSERVICE="shop")),
    Situation("LP-151", "PGHOSTADDR=203.0.113.9", lambda it: it.but(PGHOSTADDR="203.0.113.9")),
    Situation(
        "LP-138", "PGOPTIONS",
        lambda it: it.but(PGOPTIONS="-c default_transaction_read_only=on"), WRITE,
    ),
    # The doctor's own question may be cancelled, or may be fast enough.
    Situation("LP-614", "PGOPTIONS=-c statement_timeout=1", lambda it: it.but(
        PGOPTIONS="-c statement_timeout=1")),
    Situation("LP-614", "export PGOPTIONS='-c search_path=public'", lambda it: it.but(
        PGOPTIONS="-c search_path=public --lock-timeout=5ms")),
    Situation("LP-614", "timeout is 5ms for this user", a_time_limit_of_the_role),
    Situation("LP-614", "acts as team_", acts_as_a_team, WRITE),
    Situation("LP-118", "DATABRICKS_AUTH_TYPE=pat", lambda it: it.but(DATABRICKS_AUTH_TYPE="pat")),
    Situation("LP-138", "is a read replica", lambda it: it.lakebase.environment(REPLICA), WRITE),
    Situation("LP-138", "PGHOST is read-only", lambda it: it.but(
        PGHOST=it.lakebase.host(None, Way.READ).name), WRITE),
    Situation("LP-138", "A setting of this user", a_default_of_the_role, WRITE),
    Situation("LP-121", "no app gone", lambda it: it.but(DATABRICKS_APP_NAME="gone")),
    Situation("LP-103", "valueFrom: postgres", lambda it: it.but(LAKEBASE_ENDPOINT="postgres")),
    Situation("LP-111", "as the service principal", lambda it: it.but(
        DATABRICKS_TOKEN=it.lakebase.personal_access_token)),
    Situation("LP-304", "not the identity", lambda it: it.but(PGUSER="nobody@example.com")),
    Situation("LP-304", "not the identity", lambda it: it.but(PGUSER="analysts")),
    Situation("LP-143", "not a service principal's secret", lambda it: it.but(
        DATABRICKS_CLIENT_SECRET=it.lakebase.personal_access_token)),
    Situation("LP-143", "a scheme twice", lambda it: it.but(
        DATABRICKS_HOST=f"https://{it.environ['DATABRICKS_HOST']}")),
    Situation("LP-134", "", lambda it: it.but(PGPASSWORD="", LAKEPASS_AUTH="password")),
    Situation("LP-401", "main", lambda it: it.but(PGDATABASE="main")),
    Situation("LP-135", "not a host", lambda it: it.but(PGHOST="localhost.localdomain")),
    Situation("LP-101", "by its endpoint", lambda it: it.but("LAKEBASE_ENDPOINT", "PGHOST")),
    Situation("LP-101", "LAKEBASE_PROJECT", lambda it: it.but(
        "LAKEBASE_ENDPOINT", "PGHOST", LAKEBASE_PROJECT="local")),
    Situation("LP-102", "both set", lambda it: it.but(LAKEBASE_HOST="elsewhere.example.com")),
    Situation("LP-105", "number alone", lambda it: it.but(PGPORT=f"{it.environ['PGPORT']}/shop")),
    Situation("LP-106", "", lambda it: it.but(PGSSLMODE="on")),
    Situation("LP-107", "", lambda it: it.but(PGSSLMODE="prefer")),
    Situation("LP-108", "local Lakebase", lambda it: it.but(PGSSLROOTCERT="/nowhere.pem")),
    Situation("LP-113", "", lambda it: it.but(LAKEPASS_AUTH="kerberos")),
    Situation("LP-114", "", lambda it: it.but(PGPASSWORD="dapi0123456789", LAKEPASS_AUTH="password")),
    Situation("LP-115", "", lambda it: it.but(*PRINCIPAL, "DATABRICKS_HOST")),
    Situation("LP-131", "", lambda it: it.but("DATABRICKS_CLIENT_SECRET")),
    Situation("LP-132", "", lambda it: it.but("DATABRICKS_HOST")),
    Situation("LP-211", "Check that http", lambda it: it.but(DATABRICKS_CLIENT_SECRET="dose0123")),
    Situation("LP-211", "is workspace", lambda it: it.but(
        DATABRICKS_HOST=it.another_workspace)),
    Situation("LP-128", "", lambda it: it.but(PGUSER="nobody", LAKEPASS_AUTH="password")),
    Situation("LP-128", "could reveal", lambda it: it.but(LAKEPASS_AUTH="password")),
    Situation("LP-408", "", lambda it: it.but("PGSSLROOTCERT")),
    Situation("LP-143", "each other's value", swapped),
    Situation("LP-121", "has, or set DATABRICKS_HOST", misspelt),
    Situation("LP-409", "and its port", port_of_the_workspace),
    Situation("LP-606", "may not write all", sequences_forgotten, ROWS),
    Situation("LP-304", "case-sensitive", lambda it: it.but(PGUSER=it.environ["PGUSER"].upper())),
    Situation("LP-143", "line break", lambda it: it.but(PGDATABASE="databricks_postgres\n")),
    Situation("LP-302", "not the identity", lambda it: it.but(PGUSER="databricks_superuser")),
    Situation("LP-302", "LAKEPASS_AUTH=password", beside_a_principal),
    Situation("LP-310", "own database", lambda it: it.but(PGDATABASE="postgres")),
    Situation("LP-211", "a UUID", lambda it: it.but(DATABRICKS_CLIENT_ID="7012345678901234")),
    Situation("LP-301", "in base64", lambda it: it.with_password(
        b64encode(it.token.encode()).decode())),
    Situation("LP-301", "JSON", lambda it: it.with_password(json.dumps({"token": it.token}))),
    Situation("LP-211", "host of the profile DEFAULT", lambda it: by_a_profile(
        it, it.another_workspace, "client_id", "client_secret")),
    Situation("LP-118", "profile DEFAULT has no host", lambda it: by_a_profile(
        it, "", "client_id", "client_secret")),
    Situation("LP-104", "looked up", lambda it: it.but(PGHOST=it.environ["DATABRICKS_HOST"])),
    Situation("LP-609", f"belongs to {DEVELOPER}", of_the_developer_in_a_schema_of_the_app, WRITE),
    Situation("LP-609", f"belongs to {DEVELOPER}", a_partition_of_the_developer, WRITE),
    Situation("LP-606", "may not read", of_a_role_without_login, READ),
    Situation("LP-609", "--own", empty_of_the_developer, {"level": Level.OWN}),
    Situation("LP-310", "takes no connections", closed),
    Situation("LP-310", "takes no connections", lambda it: it.but(PGDATABASE="template0")),
    Situation("LP-303", f"is that of {DEVELOPER}", of_somebody_else),
    Situation("LP-314", "value of the other", each_in_place_of_the_other),
    Situation("LP-112", "case-sensitive", a_profile_in_another_case),
    Situation("LP-151", "export PGOPTIONS='-c search_path=public'", lambda it: it.but(
        PGOPTIONS="-c search_path=public -c statement_timeout=soon")),
    Situation("LP-151", "export PGOPTIONS='-c lock_timeout=9s'", lambda it: it.but(
        PGOPTIONS="-c role=postgres -c lock_timeout=9s")),
    Situation("LP-151", "unset PGOPTIONS", lambda it: it.but(PGOPTIONS="-x")),
    Situation("LP-151", "PGTZ=Nowhere", lambda it: it.but(PGTZ="Nowhere")),
    Situation("LP-143", "belongs in LAKEBASE_ENDPOINT", lambda it: it.but(
        "LAKEBASE_ENDPOINT", LAKEBASE_INSTANCE=it.environ["LAKEBASE_ENDPOINT"])),
    Situation("LP-304", "", lambda it: it.but(PGUSER="r" * 100)),
    Situation("LP-203", "has no scheme", lambda it: it.but(
        DATABRICKS_HOST=it.environ["DATABRICKS_HOST"].removeprefix("http://"))),
    Situation("LP-312", "revoked, or the key", revoked),
    Situation("LP-606", "but not what is behind", read_as_the_reader, READ),
    Situation("LP-606", "but not what is behind", read_as_an_owner_without_the_right, READ),
    Situation("LP-606", "GRANT EXECUTE ON FUNCTION", of_a_function, READ),
]  # fmt: skip


@pytest.mark.parametrize("case", CURED, ids=[f"{one.code}-{n}" for n, one in enumerate(CURED)])
def test_the_fix_cures_what_the_doctor_found(place: Place, case: Situation) -> None:
    environ = case.change(place)
    try:
        found = examined(environ, case.asks)
        assert [fault.code for fault in found.roots] == [case.code], "\n".join(found.lines())
        assert case.words in shown_text(found.root_cause)
        after = carried_out(found.root_cause, environ, place.administrator, place.known)
        cured = examined(after, case.asks)
        assert cured.is_healthy, "\n".join(cured.lines())
    finally:
        place.sql("grant create on database databricks_postgres to APP")
        place.sql("alter role APP reset all")


NOTED = [
    Situation("LP-138", "", lambda it: it.but(PGHOST=it.lakebase.host(None, Way.READ).name), READ),
    Situation("LP-138", "read replica", lambda it: it.lakebase.environment(REPLICA), READ),
    Situation("LP-145", "", lambda it: it.but(DATABASE_URL="postgres://me:x@localhost/db")),
    Situation("LP-144", "sslmode and channel_binding", lambda it: it.but(
        DATABASE_URL="postgresql+asyncpg://me@localhost/db?sslmode=require&channel_binding=require")),
    Situation("LP-151", "keeps psql from connecting", lambda it: it.but(PGGSSENCMODE="require")),
    Situation("LP-609", "may not alter or replace routine code_", code_of_the_developer, WRITE),
    Situation("LP-152", "LAKEBASE_USER", lambda it: it.but("PGUSER", LAKEBASE_USER="me")),
    Situation("LP-609", f"belongs to {DEVELOPER}", owned_by_the_developer, ROWS),
    Situation("LP-114", "somebody signs in already", lambda it: it.but(LAKEBASE_PASSWORD="dapi0123")),
    Situation("LP-133", "", lambda it: it.but(DATABASE_URL="postgresql://me@x.com:p@localhost/db")),
    Situation("LP-151", "a whole number", lambda it: it.but(PGCONNECT_TIMEOUT="10s")),
    Situation("LP-601", "search_path is gone for this user", lambda it: it.sql(
        "alter role APP set search_path = gone")),
    Situation("LP-606", "may not use schema closed_", on_a_path_that_is_closed, READ),
    Situation("LP-151", "search_path to gone", lambda it: it.but(PGOPTIONS="-c search_path=gone")),
    Situation("LP-614", 'SET search_path = "beside_', beside_the_path_of_the_role, READ),
    Situation("LP-151", "'-c statement_timeout=60000'", hidden_by_pgoptions, READ),
    Situation("LP-606", "ON ROUTINE", without_execute, READ),
    Situation("LP-141", "has a token as a password", in_a_password_file),
]  # fmt: skip


@pytest.mark.parametrize("case", NOTED, ids=[f"{one.code}-{n}" for n, one in enumerate(NOTED)])
def test_the_fix_of_a_note_takes_it_away_and_breaks_nothing(place: Place, case: Situation) -> None:
    environ = case.change(place)
    found = examined(environ, case.asks)
    assert [note.code for note in found.notes] == [case.code], "\n".join(found.lines())
    assert found.is_healthy
    assert case.words in shown_text(found.notes[0])
    after = carried_out(found.notes[0], environ, place.administrator, place.known)
    cured = examined(after, case.asks)
    place.sql("alter role APP reset all")
    assert (cured.faults, cured.notes) == ((), ()), "\n".join(cured.lines())


def of_a_group(it: Place, *, grants: bool) -> str:
    group = f"team_{secrets.token_hex(3)}"
    schema = f"of_{group}"
    owner = f'"{DEVELOPER}"' if grants else group
    it.sql(
        f"create role {group}",
        f"grant {group} to APP",
        f"create schema {schema} authorization {owner}",
        f"create table {schema}.orders (id serial primary key)",
        f"alter table {schema}.orders owner to {owner}",
    )
    if grants:
        it.sql(
            f"grant usage on schema {schema} to {group}",
            f"grant select on all tables in schema {schema} to {group}",
            f'alter default privileges for role "{DEVELOPER}" in schema {schema} '
            f"grant select on tables to {group}",
        )
    return schema


@pytest.mark.parametrize(("grants", "is_writing"), [(True, False), (False, True)])
def test_rights_that_come_of_a_group_are_rights(
    place: Place, *, grants: bool, is_writing: bool
) -> None:
    report = examine(
        place.environ, schemas=[of_a_group(place, grants=grants)], is_writing=is_writing
    )
    assert (report.faults, report.notes) == ((), ()), "\n".join(report.lines())


def test_partitions_are_read_through_their_table(place: Place) -> None:
    schema = f"parts_{secrets.token_hex(3)}"
    place.sql(
        f'create schema {schema} authorization "{DEVELOPER}"',
        f'set role "{DEVELOPER}"',
        f"create table {schema}.orders (id int) partition by range (id)",
        f"create table {schema}.orders_1 partition of {schema}.orders for values from (0) to (10)",
        f"grant usage on schema {schema} to APP",
        f"grant select on {schema}.orders to APP",
        f"alter default privileges in schema {schema} grant select on tables to APP",
    )
    report = examine(place.environ, schemas=[schema])
    assert (report.faults, report.notes) == ((), ()), "\n".join(report.lines())


def test_identity_columns_need_no_rights_on_their_sequences(place: Place) -> None:
    schema = f"counted_{secrets.token_hex(3)}"
    place.sql(
        f'create schema {schema} authorization "{DEVELOPER}"',
        f'set role "{DEVELOPER}"',
        f"create table {schema}.orders (id int generated always as identity)",
        f"grant usage on schema {schema} to APP",
        f"grant select, insert, update, delete on {schema}.orders to APP",
        f"alter default privileges in schema {schema} grant all on tables to APP",
        f"alter default privileges in schema {schema} grant all on sequences to APP",
    )
    report = examine(place.environ, schemas=[schema], is_writing=True, migrates=False)
    assert report.is_healthy, "\n".join(report.lines())


def test_what_takes_no_rows_need_not_be_written(place: Place) -> None:
    environ = of_views(
        place,
        "create materialized view {api}.sums as select count(*) from {inner}.orders",
        "create view {api}.counted as select count(*) from {inner}.orders",
    )
    report = examined(environ, ROWS)
    assert report.is_healthy, "\n".join(report.lines())


def test_rows_that_no_policy_accepts_are_noted(place: Place) -> None:
    environ = of_views(
        place,
        "create table {api}.orders (id int)",
        "alter table {api}.orders enable row level security",
        "create policy reading on {api}.orders for select using (true)",
        "grant all on {api}.orders to public",
    )
    report = examined(environ, ROWS)
    [title] = [note.title for note in report.notes if note.code == "LP-613"]
    assert "may insert into, update and delete from api_" in title
    assert [note.code for note in examined(environ, READ).notes] == []


def test_rows_that_no_policy_shows_are_noted(place: Place) -> None:
    report = examined(without_a_policy(place), READ)
    assert [note.code for note in report.notes] == ["LP-613"], "\n".join(report.lines())
    assert report.is_healthy


def test_what_nobody_can_grant_is_reassigned_by_the_service(place: Place) -> None:
    former = f"former_{secrets.token_hex(3)}"
    place.sql(f"create role {former}", f"create schema of_{former} authorization {former}")
    report = examine(place.environ, schemas=[f"of_{former}"])
    assert [fault.code for fault in report.roots] == ["LP-606"]
    assert f"{former} cannot log in" in shown_text(report.root_cause)
    assert "--reassign-owned-to" in shown_text(report.root_cause)


def test_schemas_of_postgres_itself_are_left_alone(place: Place) -> None:
    report = examine(place.environ, schemas=["information_schema", "pg_catalog"])
    assert (report.faults, report.notes) == ((), ()), "\n".join(report.lines())


def test_a_host_that_only_its_sessions_show_to_be_read_only_is_reported(place: Place) -> None:
    reader = place.native(PGHOST=place.lakebase.host(None, Way.READ).name)
    report = examine(reader, is_writing=True)
    assert [fault.code for fault in report.roots] == ["LP-138"], "\n".join(report.lines())
    cured = carried_out(report.root_cause, reader, place.administrator, place.known)
    assert examine(cured, is_writing=True).is_healthy


@pytest.mark.parametrize(
    "harmless",
    [
        {"PGUSER": ""},
        {"PGOPTIONS": "-c search_path=shop -c statement_timeout=60000"},
        {"PGAPPNAME": "shop", "PGCONNECT_TIMEOUT": "10"},
        {"PGPASSWORD": "a password that nobody needs"},
    ],
    ids=str,
)
def test_what_does_no_harm_is_not_blamed(place: Place, harmless: dict[str, str]) -> None:
    report = examine(place.but(**harmless))
    assert report.is_healthy, "\n".join(report.lines())


def test_a_schema_in_another_case_is_not_created_twice(place: Place) -> None:
    report = examine(another_case(place), schemas=["Genie"])
    assert [fault.code for fault in report.roots] == ["LP-601"]
    assert report.root_cause is not None
    assert report.root_cause.fix.lines == ("lakepass doctor --schema genie",)


def test_a_principal_without_workspace_access_is_said_to_lack_that(place: Place) -> None:
    report = examine(place.lakebase.environment(app="outsider"))
    assert [fault.code for fault in report.roots] == ["LP-213"]
    assert "entitlement “Workspace access”" in shown_text(report.root_cause)


def test_a_password_of_an_identity_is_not_blamed_on_native_login(place: Place) -> None:
    place.lakebase.faults.set_native_login(True)
    report = examine(place.with_password("hunter2hunter2"))
    assert [fault.code for fault in report.roots] == ["LP-301"]
    assert "logs in with a token" in shown_text(report.root_cause)
    assert "enable_pg_native_login" not in shown_text(report.root_cause)


def test_a_dead_proxy_is_named(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    proxies = {"HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"}
    for name, value in proxies.items():
        monkeypatch.setenv(name, value)
    report = examine(place.environ | proxies)
    assert [fault.code for fault in report.roots] == ["LP-203"]
    assert "HTTP_PROXY and HTTPS_PROXY send requests through a proxy" in shown_text(
        report.root_cause
    )
    assert "export NO_PROXY=127.0.0.1" in shown_text(report.root_cause)
