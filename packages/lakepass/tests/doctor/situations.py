"""Situations that people reported, as changes of a place that is in order, and what the doctor says."""

import json
import secrets
from base64 import b64encode

from lakepass import Lakebase
from lakepass.commands.grants import Level
from lakepass.emulator import Way
from lakepass.emulator.identity.tokens import SigningKey, Tokens

from .place import (
    DEVELOPER,
    PRINCIPAL,
    REPLICA,
    Place,
    Situation,
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
