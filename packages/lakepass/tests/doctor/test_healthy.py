"""Set-ups of every kind that work: the doctor finds nothing."""

import secrets
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lakepass import Lakebase
from lakepass.doctor.examination import CHECKS, examine
from lakepass.doctor.report import Mark, Report
from lakepass.emulator import Emulator, Way

from .place import HOSTS, by_name, without

Change = Callable[[Emulator, dict[str, str], Path], dict[str, str]]
PRINCIPAL = ("DATABRICKS_CLIENT_ID", "DATABRICKS_CLIENT_SECRET")
IDENTITY = (*PRINCIPAL, "PGUSER", "DATABRICKS_HOST")
ENDPOINT = "LAKEBASE_ENDPOINT"


def personal_access_token(it: Emulator, environ: dict[str, str], _: Path) -> dict[str, str]:
    return without(environ, *PRINCIPAL, "PGUSER", DATABRICKS_TOKEN=it.personal_access_token)


def profile(it: Emulator, environ: dict[str, str], folder: Path) -> dict[str, str]:
    file = folder / "databrickscfg"
    file.write_text(f"[shop]\nhost = {it.workspace_url}\ntoken = {it.personal_access_token}\n")
    chosen = {"DATABRICKS_CONFIG_FILE": str(file), "DATABRICKS_CONFIG_PROFILE": "shop"}
    return without(environ, *IDENTITY, **chosen)


def native(it: Emulator, environ: dict[str, str], _: Path) -> dict[str, str]:
    it.faults.set_native_login(True)
    role = f"native_{secrets.token_hex(4)}"
    return without(environ, *IDENTITY, PGUSER=role, PGPASSWORD=it.create_native_role(role))


def native_beside_an_identity(it: Emulator, environ: dict[str, str], _: Path) -> dict[str, str]:
    return environ | native(it, environ, _) | {"LAKEPASS_AUTH": "password"}


def in_a_secret_scope(it: Emulator, environ: dict[str, str], _: Path) -> dict[str, str]:
    made = native(it, environ, _)
    it.put_secret("shop", "password", made["PGPASSWORD"])
    secret = {"LAKEBASE_PASSWORD_SECRET": "shop/password", "LAKEPASS_AUTH": "password"}
    return environ | {"PGUSER": made["PGUSER"]} | secret


def revealed(it: Emulator, environ: dict[str, str], _: Path) -> dict[str, str]:
    return environ | {"PGUSER": native(it, environ, _)["PGUSER"], "LAKEPASS_AUTH": "password"}


KINDS: dict[str, Change] = {
    "service principal": lambda _, environ, __: environ,
    "personal access token": personal_access_token,
    "profile": profile,
    "native password": native,
    "native password beside an identity": native_beside_an_identity,
    "secret scope": in_a_secret_scope,
    "revealed password": revealed,
    "instance": lambda it, environ, _: without(
        environ, ENDPOINT, "PGHOST", LAKEBASE_INSTANCE="local", PGPORT=str(it.gateway_port)
    ),
    "host alone": lambda _, environ, __: without(environ, ENDPOINT),
    "endpoint alone": lambda _, environ, __: without(environ, "PGHOST"),
    "branch": lambda _, environ, __: without(
        environ, "PGHOST", LAKEBASE_ENDPOINT="projects/local/branches/production"
    ),
    "project": lambda _, environ, __: without(
        environ, "PGHOST", LAKEBASE_ENDPOINT="projects/local"
    ),
}


@pytest.mark.parametrize("change", KINDS.values(), ids=KINDS.keys())
def test_what_works_is_found_healthy(
    lakebase: Emulator, environ: dict[str, str], tmp_path: Path, change: Change
) -> None:
    report = examine(change(lakebase, environ, tmp_path))
    assert report.is_healthy, "\n".join(report.lines())
    assert report.root_cause is None
    assert report.notes == ()
    assert marks(report)["login"] is Mark.GOOD


@pytest.mark.usefixtures("names_lead_here")
@pytest.mark.parametrize("absent", ["psycopg", "asyncpg"])
def test_a_native_password_through_the_pooler_is_found_healthy(
    company: Emulator, absent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, absent, None)  # to import it fails, as if it were not there
    pooled = by_name(company) | {"PGHOST": HOSTS[Way.POOLED]}
    environ = native(company, pooled, Path())
    try:
        report = examine(environ)
    finally:
        company.faults.clear()
    assert (report.faults, report.notes) == ((), ()), "\n".join(report.lines())
    told = next(result for result in report.results if result.check == "host").evidence
    assert "is a pooler" in told[0]


def test_every_check_reports_in_order(environ: dict[str, str]) -> None:
    report = examine(environ)
    assert [result.check for result in report.results] == [check.name for check in CHECKS]


def test_a_lakebase_in_use_is_left_as_it_is(environ: dict[str, str]) -> None:
    lake = Lakebase.from_env(environ)
    before = lake.password()
    report = examine(lake)
    assert report.is_healthy, "\n".join(report.lines())
    assert lake.password() == before
    assert lake.connect_deadline_s == 60.0


def marks(report: Report) -> dict[str, Mark]:
    return {result.check: result.mark for result in report.results}
