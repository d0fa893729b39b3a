"""Situations that people reported: the doctor names the cause, and its fix, run literally, cures it.

What worked before still works: the second examination asks for the same as the first.
"""

import secrets

import pytest

from lakepass.doctor.examination import examine
from lakepass.emulator import Way

from .place import (
    DEVELOPER,
    Place,
    Situation,
    carried_out,
    examined,
    shown_text,
)
from .situations import CURED, NOTED, READ, ROWS, another_case, of_views, without_a_policy


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
