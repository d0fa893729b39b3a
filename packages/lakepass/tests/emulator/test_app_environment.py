"""What an app finds in its environment: exactly what is injected, led to its first database."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from lakepass.emulator import (
    App,
    Attached,
    Branch,
    Config,
    Emulator,
    EmulatorError,
    Endpoint,
    Instance,
    Project,
    running_emulator,
)

PRODUCTION = "projects/shop/branches/production"
REPORTS = "projects/reports/branches/production"


def postgres(branch: str, database: str) -> Attached:
    return Attached(name="pg", kind="postgres", fields={"branch": branch, "database": database})


@pytest.fixture(scope="module")
def company() -> Iterator[Emulator]:
    """Two projects, an instance of its own, and apps that have each of them."""
    secret = Attached(name="s", kind="secret", fields={"scope": "shop", "key": "k"})
    older = Attached(
        name="db", kind="database", fields={"instance_name": "old", "database_name": "ledger"}
    )
    replica_first = (Endpoint(id="replica", is_read_only=True), Endpoint(id="writer"))
    config = Config(
        projects=(
            Project(id="shop"),
            Project(id="reports", branches=(Branch(endpoints=replica_first),)),
        ),
        instances=(Instance(name="old"),),
        apps=(
            App(name="front", resources=(secret, postgres(REPORTS, "sales"), older)),
            App(name="books", resources=(older, postgres(PRODUCTION, "orders"))),
            App(name="bare"),
        ),
    )
    with running_emulator(config) as emulator:
        yield emulator


@pytest.mark.parametrize(
    ("app", "place", "database"),
    [
        ("front", f"{REPORTS}/endpoints/writer", "sales"),
        ("books", "old", "ledger"),
    ],
)
def test_variables_lead_to_the_first_database_resource(
    company: Emulator, app: str, place: str, database: str
) -> None:
    host = company.host(place)
    identity = company.identity(app)
    variables = company.app_environment(app)
    assert variables == {
        "DATABRICKS_HOST": company.workspace_url,
        "DATABRICKS_WORKSPACE_ID": company.app_environment()["DATABRICKS_WORKSPACE_ID"],
        "DATABRICKS_CLIENT_ID": identity.name,
        "DATABRICKS_CLIENT_SECRET": identity.secret,
        "DATABRICKS_APP_NAME": app,
        "DATABRICKS_APP_PORT": "8000",
        "PGHOST": host.name,
        "PGPORT": str(host.port),
        "PGDATABASE": database,
        "PGUSER": identity.name,
        "PGSSLMODE": "require",
        "PGAPPNAME": app,
    }
    exported = company.environment(app=app)
    kind = "LAKEBASE_ENDPOINT" if "/" in place else "LAKEBASE_INSTANCE"
    assert {name for name in exported if name not in variables} == {kind, "PGSSLROOTCERT"}
    of_apps_alone = ("DATABRICKS_APP_NAME", "DATABRICKS_APP_PORT")
    common = {name: value for name, value in variables.items() if name not in of_apps_alone}
    assert exported == exported | common | {kind: place, "PGSSLMODE": "verify-full"}


def test_an_app_without_a_database_gets_no_connection(company: Emulator) -> None:
    variables = company.app_environment("bare")
    assert [name for name in variables if name.startswith("PG")] == []
    assert company.environment(app="bare")["PGHOST"] == company.host().name


def test_the_first_app_is_meant_where_none_is_named(company: Emulator) -> None:
    assert company.app_environment() == company.app_environment("front")
    assert company.environment() == company.environment(app="front")


def test_who_is_no_app_has_no_environment_of_one(company: Emulator) -> None:
    text = r"^There is no app old; known: front, books, bare\.$"
    with pytest.raises(EmulatorError, match=text):
        company.app_environment("old")


def test_the_workspace_id_is_the_sdks(company: Emulator) -> None:
    asked = "from databricks.sdk import WorkspaceClient as W; print(W().get_workspace_id())"
    done = subprocess.run(
        [sys.executable, "-c", asked],
        env=company.app_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == company.app_environment()["DATABRICKS_WORKSPACE_ID"], done.stderr
