"""What the doctor misses in a schema, the line it prints gives: run as it stands, by the owner."""

import secrets
from collections.abc import Iterator

import pytest

from lakepass import Lakebase
from lakepass.commands.grants import quoted
from lakepass.doctor.examination import examine
from lakepass.doctor.report import Report
from lakepass.emulator import Emulator

from .place import carried_out, of_user, sql_of

APP, USER = "a service principal", "a user"


class Two:
    """One who owns a schema, and another who wants in."""

    def __init__(
        self, lakebase: Emulator, owner: dict[str, str], other: dict[str, str], role: str
    ) -> None:
        self.lakebase = lakebase
        self.owner = owner
        self.other = other
        self.schema = f"shop {secrets.token_hex(3)}"  # a name that must be quoted everywhere
        maker = f"set role {quoted(role)}"
        name = quoted(self.schema)
        sql_of(
            lakebase,
            f"grant create on database databricks_postgres to {quoted(role)}",
            maker,
            f"create schema {name}",
            f"create table {name}.products (id serial primary key)",
            "select 1",
        )
        self._as_owner = [maker, f"create table {name}.%s (id serial)", "select 1"]

    def examine(self, *, is_writing: bool, migrates: bool = False) -> Report:
        return examine(self.other, schemas=[self.schema], is_writing=is_writing, migrates=migrates)

    def migrate(self, table: str) -> None:
        maker, create, last = self._as_owner
        sql_of(self.lakebase, maker, create % table, last)


@pytest.fixture(params=[APP, USER])
def two(
    request: pytest.FixtureRequest,
    lakebase: Emulator,
    environ: dict[str, str],
    developer: dict[str, str],
) -> Iterator[Two]:
    user = "developer@example.com"
    if request.param == APP:
        yield Two(lakebase, developer, environ, user)
        return
    # A developer sees everything; here he is a user like any other.
    sql_of(lakebase, f"revoke databricks_superuser from {quoted(user)}", "select 1")
    try:
        yield Two(lakebase, environ, developer, environ["PGUSER"])
    finally:
        sql_of(lakebase, f"grant databricks_superuser to {quoted(user)}", "select 1")


@pytest.mark.parametrize("is_writing", [False, True], ids=["read", "write"])
def test_the_line_that_is_printed_heals_now_and_later(two: Two, is_writing: bool) -> None:
    missing = two.examine(is_writing=is_writing)
    assert [fault.code for fault in missing.faults] == ["LP-606"]
    carried_out(missing.root_cause, two.other, two.owner)

    # Rows can be written; that tables cannot be altered is worth a note.
    noted = ["LP-609"] if is_writing else []
    healed = two.examine(is_writing=is_writing)
    assert (healed.faults, [note.code for note in healed.notes]) == ((), noted)
    two.migrate("orders")
    later = two.examine(is_writing=is_writing)
    assert (later.faults, [note.code for note in later.notes]) == ((), noted)


# An app that owns the schema may not create the role that shares the ownership: docs/decisions/0022.
@pytest.mark.parametrize("two", [APP], indirect=True)
def test_rights_on_rows_are_not_enough_for_migrations(two: Two) -> None:
    carried_out(two.examine(is_writing=True).root_cause, two.other, two.owner)
    missing = two.examine(is_writing=True, migrates=True)
    assert [fault.code for fault in missing.faults] == ["LP-609"]
    carried_out(missing.root_cause, two.other, two.owner)
    healed = two.examine(is_writing=True, migrates=True)
    assert (healed.faults, healed.notes) == ((), ())


def test_reading_is_not_writing(two: Two) -> None:
    report = two.examine(is_writing=False)
    carried_out(report.root_cause, two.other, two.owner)
    assert two.examine(is_writing=False).is_healthy
    assert [fault.code for fault in two.examine(is_writing=True).faults] == ["LP-606"]


def test_rights_that_end_with_the_next_migration_are_noted(two: Two, lakebase: Emulator) -> None:
    schema, role = quoted(two.schema), quoted(two.examine(is_writing=False).results[12].evidence[0])
    sql_of(
        lakebase,
        f"grant usage on schema {schema} to {role}",
        f"grant select on all tables in schema {schema} to {role}",
        "select 1",
    )
    noted = two.examine(is_writing=False)
    assert noted.is_healthy
    [note] = noted.notes
    assert note.code == "LP-607"
    carried_out(note, two.other, two.owner)
    assert two.examine(is_writing=False).notes == ()


def test_who_owns_a_schema_lacks_nothing(two: Two) -> None:
    report = examine(two.owner, schemas=[two.schema], is_writing=True)
    assert (report.faults, report.notes) == ((), ())


def test_a_group_is_let_in_line_by_line(company: Emulator) -> None:
    """First its role is missing, then its rights; each line that is printed takes it further."""
    developer = of_user(company, "developer@example.com")
    ana = of_user(company, "ana@example.com") | {"PGUSER": "analysts"}
    sql_of(company, "create schema reports", "create table reports.sales (id int)", "select 1")
    sql_of(company, 'alter schema reports owner to "developer@example.com"', "select 1")
    sql_of(company, 'alter table reports.sales owner to "developer@example.com"', "select 1")

    without_role = examine(ana, schemas=["reports"])
    assert [fault.code for fault in without_role.faults] == ["LP-304"]
    carried_out(without_role.root_cause, ana, developer)

    without_rights = examine(ana, schemas=["reports"])
    assert [fault.code for fault in without_rights.faults] == ["LP-606"]
    carried_out(without_rights.root_cause, ana, developer)

    healed = examine(ana, schemas=["reports"])
    assert (healed.faults, healed.notes) == ((), ())
    assert "analysts, GROUP" in next(r for r in healed.results if r.check == "role").evidence


def test_a_role_made_by_hand_is_made_again(company: Emulator) -> None:
    developer, ana = (of_user(company, f"{name}@example.com") for name in ("developer", "ana"))
    with Lakebase.from_env(developer).psycopg_connect(autocommit=True) as connection:
        connection.execute('create role "ana@example.com" login')
        unlabelled = examine(ana)
        assert [fault.code for fault in unlabelled.faults] == ["LP-302"]
        carried_out(unlabelled.root_cause, ana, developer)
    assert examine(ana).is_healthy


def test_a_role_is_let_into_a_database(company: Emulator) -> None:
    developer, app = of_user(company, "developer@example.com"), company.environment()
    app["PGDATABASE"] = "closed"
    with Lakebase.from_env(developer).psycopg_connect(autocommit=True) as connection:
        connection.execute("create database closed")
        connection.execute("revoke connect on database closed from public")
        report = examine(app)
        assert [fault.code for fault in report.faults] == ["LP-310"]
        carried_out(report.root_cause, app, developer)
    assert examine(app).is_healthy
