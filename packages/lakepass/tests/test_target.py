"""Where to connect: what wins, and what is refused before anything is tried."""

from pathlib import Path

import pytest

from lakepass import ConfigurationError
from lakepass.target.settings import Target, read_target, tls_context

ENDPOINT = "projects/shop/branches/production/endpoints/primary"
AS_AN_APP_INJECTS = {
    "PGHOST": "ep-quiet-sun.database.example.com",
    "PGPORT": "5432",
    "PGDATABASE": "shop",
    "PGUSER": "5f3c0000-0000-4000-8000-000000000001",
    "PGSSLMODE": "require",
    "PGAPPNAME": "shop-app",
}


def test_what_an_app_injects_is_enough() -> None:
    assert read_target(AS_AN_APP_INJECTS) == Target(
        kind="host",
        name="ep-quiet-sun.database.example.com",
        host="ep-quiet-sun.database.example.com",
        port=5432,
        database="shop",
        user="5f3c0000-0000-4000-8000-000000000001",
        sslmode="require",
        sslrootcert="",
        application_name="shop-app",
    )


def test_with_an_endpoint_too_the_host_connects_and_the_endpoint_mints() -> None:
    target = read_target({**AS_AN_APP_INJECTS, "LAKEBASE_ENDPOINT": ENDPOINT})
    assert (target.kind, target.name) == ("endpoint", ENDPOINT)
    assert target.host == "ep-quiet-sun.database.example.com"


def test_defaults_are_the_services_and_the_safest() -> None:
    target = read_target({"LAKEBASE_ENDPOINT": ENDPOINT})
    assert (target.database, target.port, target.sslmode) == (
        "databricks_postgres",
        5432,
        "verify-full",
    )
    assert (target.host, target.user, target.application_name) == (None, None, "lakepass")


def test_an_argument_that_names_a_database_hides_the_injected_one() -> None:
    target = read_target(
        {**AS_AN_APP_INJECTS, "LAKEBASE_ENDPOINT": ENDPOINT}, resource="projects/other"
    )
    assert (target.kind, target.name, target.host) == ("project", "projects/other", None)


def test_arguments_win_over_variables() -> None:
    target = read_target(
        AS_AN_APP_INJECTS, database="other", port=6432, user="me", sslmode="verify-full"
    )
    assert (target.database, target.port, target.user, target.sslmode) == (
        "other",
        6432,
        "me",
        "verify-full",
    )


@pytest.mark.parametrize(
    ("resource", "kind"),
    [
        ("projects/shop", "project"),
        ("projects/shop/branches/production", "branch"),
        (ENDPOINT, "endpoint"),
    ],
)
def test_a_resource_may_be_a_project_a_branch_or_an_endpoint(resource: str, kind: str) -> None:
    assert read_target({}, resource=resource).kind == kind


@pytest.mark.parametrize(
    ("environ", "code", "named"),
    [
        ({}, "LP-101", "LAKEBASE_ENDPOINT"),
        ({"LAKEBASE_ENDPOINT": ENDPOINT, "LAKEBASE_INSTANCE": "x"}, "LP-102", "LAKEBASE_INSTANCE"),
        ({"PGHOST": "a", "LAKEBASE_HOST": "b"}, "LP-102", "LAKEBASE_HOST=b"),
        ({"PGHOST": "a", "PGDATABASE": "x", "LAKEBASE_DATABASE": "y"}, "LP-102", "PGDATABASE=x"),
        ({"LAKEBASE_ENDPOINT": "shop/production"}, "LP-103", "LAKEBASE_ENDPOINT=shop/production"),
        ({"PGHOST": "192.0.2.7"}, "LP-104", "PGHOST=192.0.2.7"),
        ({"PGHOST": "2001:db8::1"}, "LP-104", "PGHOST=2001:db8::1"),
        ({"PGHOST": "https://ep-x.example.com"}, "LP-104", "PGHOST=https://ep-x.example.com"),
        ({"PGHOST": "a,b"}, "LP-104", "PGHOST=a,b"),
        ({"PGHOST": "ep-x..example.com"}, "LP-104", "PGHOST=ep-x..example.com"),
        ({"PGHOST": f"{'x' * 64}.example.com"}, "LP-104", "longer than 63"),
        ({"PGHOST": "a", "PGPORT": "5432x"}, "LP-105", "PGPORT=5432x"),
        ({"PGHOST": "a", "PGPORT": "0"}, "LP-105", "PGPORT=0"),
        ({"PGHOST": "a", "PGSSLMODE": "on"}, "LP-106", "PGSSLMODE=on"),
        ({"PGHOST": "a", "PGSSLMODE": "prefer"}, "LP-107", "PGSSLMODE=prefer"),
        ({"PGHOST": "a", "PGSSLMODE": "allow"}, "LP-107", "PGSSLMODE=allow"),
        ({"PGHOST": "a", "PGSSLROOTCERT": "/nowhere.pem"}, "LP-108", "PGSSLROOTCERT=/nowhere.pem"),
        ({"PGHOST": "a", "PGSSLMODE": "verify-ca"}, "LP-109", "PGSSLMODE=verify-ca"),
        (
            {"PGHOST": "a", "PGSSLMODE": "require", "PGSSLROOTCERT": "system"},
            "LP-109",
            "PGSSLMODE=require",
        ),
    ],
)
def test_a_contradiction_is_named(environ: dict[str, str], code: str, named: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_target(environ)
    assert caught.value.code == code
    assert named in str(caught.value)
    assert caught.value.next_step


def test_a_file_that_is_no_certificate_is_named(tmp_path: Path) -> None:
    not_pem = tmp_path / "ca.pem"
    not_pem.write_text("hello")
    target = read_target({"PGHOST": "a", "PGSSLROOTCERT": str(not_pem)})
    with pytest.raises(ConfigurationError) as caught:
        tls_context(target)
    assert caught.value.code == "LP-108"
    assert str(not_pem) in str(caught.value)


def test_plain_text_has_no_tls_context() -> None:
    assert tls_context(read_target({"PGHOST": "a", "PGSSLMODE": "disable"})) is None
