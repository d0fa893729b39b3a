"""In a Databricks App: what is attached to it, against what it got injected."""

import pytest

from lakepass.doctor.examination import examine
from lakepass.doctor.report import Mark, Report
from lakepass.emulator import Emulator

from .place import without


def app_check(report: Report) -> Mark:
    return next(result for result in report.results if result.check == "app").mark


@pytest.fixture
def app(company: Emulator) -> dict[str, str]:
    """What a Databricks App with a database finds."""
    return company.environment() | {"DATABRICKS_APP_NAME": "app"}


def test_an_app_as_it_is_deployed_is_healthy(app: dict[str, str]) -> None:
    report = examine(app)
    assert (report.faults, report.notes) == ((), ()), "\n".join(report.lines())
    assert app_check(report) is Mark.GOOD


def test_an_app_that_did_not_ask_for_its_endpoint_is_healthy(app: dict[str, str]) -> None:
    report = examine(without(app, "LAKEBASE_ENDPOINT"))
    assert (report.faults, report.notes) == ((), ()), "\n".join(report.lines())


def test_an_app_without_a_database_is_reported(company: Emulator) -> None:
    bare = company.environment(app="bare") | {"DATABRICKS_APP_NAME": "bare"}
    report = examine(without(bare, "PGHOST", "PGUSER", "PGDATABASE", "PGPORT", "LAKEBASE_ENDPOINT"))
    assert report.root_cause is not None
    assert report.root_cause.code == "LP-701", "\n".join(report.lines())


def test_an_app_whose_database_was_attached_after_it_was_deployed_is_reported(
    app: dict[str, str],
) -> None:
    report = examine(without(app, "PGHOST", "PGUSER", "PGDATABASE", "PGPORT", "LAKEBASE_ENDPOINT"))
    assert report.root_cause is not None
    assert report.root_cause.code == "LP-703", "\n".join(report.lines())
    assert "PGHOST, PGPORT, PGDATABASE, PGUSER" in report.root_cause.title


def test_a_variable_that_was_overwritten_is_reported(app: dict[str, str]) -> None:
    report = examine(app | {"PGUSER": "developer@example.com"})
    assert report.root_cause is not None
    assert report.root_cause.code == "LP-702", "\n".join(report.lines())
    assert report.root_cause.fix.lines == (f"export PGUSER={app['PGUSER']}",)
    assert [fault.code for fault in report.roots] == ["LP-702"]


def test_a_database_that_is_not_the_apps_is_told_and_no_right_asked_for(
    app: dict[str, str],
) -> None:
    report = examine(app | {"PGDATABASE": "postgres"})
    assert [fault.code for fault in report.roots] == ["LP-702"], "\n".join(report.lines())
    assert report.root_cause is not None
    assert report.root_cause.fix.lines == ("export PGDATABASE=databricks_postgres",)


def test_elsewhere_the_check_is_left_out(environ: dict[str, str]) -> None:
    assert app_check(examine(environ)) is Mark.SKIPPED
    assert app_check(examine(environ, as_app=True)) is Mark.SKIPPED


def test_an_app_that_the_workspace_does_not_have_is_reported(app: dict[str, str]) -> None:
    report = examine(app | {"DATABRICKS_APP_NAME": "gone"})
    assert [(fault.code, fault.title) for fault in report.faults] == [
        ("LP-121", "The workspace has no app gone.")
    ]
