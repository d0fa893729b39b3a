"""From settings to a login, on a local Lakebase; and what can be told without one."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from lakepass import ConfigurationError, CredentialDenied, Lakebase
from lakepass.credentials import cache as credentials
from lakepass.emulator import Emulator
from packages.lakepass.tests.conftest import who

ENDPOINT = "projects/shop/branches/production/endpoints/primary"
PRINCIPAL = {
    "DATABRICKS_HOST": "https://shop.example.com",
    "DATABRICKS_CLIENT_ID": "5f3c0000-0000-4000-8000-000000000001",
    "DATABRICKS_CLIENT_SECRET": "dose0123456789abcdef",
}
NATIVE = {"PGHOST": "ep-x.example.com", "PGUSER": "app@example.com", "PGPASSWORD": "hunter2"}
TARGET_VARIABLES = ("LAKEBASE_ENDPOINT", "LAKEBASE_INSTANCE", "PGHOST", "LAKEBASE_HOST")


def without(environ: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in environ.items() if name not in names}


async def test_an_app_logs_in_with_what_is_injected(environ: dict[str, str]) -> None:
    injected = without(environ, "LAKEBASE_ENDPOINT", "LAKEBASE_INSTANCE")
    assert await who(Lakebase.from_env(injected)) == environ["PGUSER"]


async def test_an_app_logs_in_with_its_endpoint_too(environ: dict[str, str]) -> None:
    named = {**environ, "LAKEBASE_ENDPOINT": "projects/local/branches/production/endpoints/primary"}
    lake = Lakebase.from_env(without(named, "LAKEBASE_INSTANCE"))
    assert await who(lake) == environ["PGUSER"]
    assert lake.explain().target == f"endpoint {named['LAKEBASE_ENDPOINT']}"


@pytest.mark.parametrize(
    "resource",
    [
        "projects/local",
        "projects/local/branches/production",
        "projects/local/branches/production/endpoints/primary",
    ],
)
async def test_host_and_role_are_looked_up_where_only_a_resource_is_named(
    environ: dict[str, str], resource: str
) -> None:
    lake = Lakebase(resource, environ=without(environ, *TARGET_VARIABLES, "PGUSER"))
    assert lake.explain().host == "known after a look-up in the workspace"
    assert await who(lake) == environ["PGUSER"]
    assert lake.explain().host == environ["PGHOST"]


async def test_the_older_api_serves_as_well(lakebase: Emulator, environ: dict[str, str]) -> None:
    environ = {**without(environ, *TARGET_VARIABLES), "PGPORT": str(lakebase.gateway_port)}
    lake = Lakebase(instance="local", environ=environ)
    assert await who(lake) == environ["PGUSER"]


async def test_a_developer_logs_in_as_who_the_workspace_says(developer: dict[str, str]) -> None:
    lake = Lakebase.from_env(developer)
    assert lake.explain().role == "known after a look-up in the workspace"
    assert await who(lake) == "developer@example.com"


async def test_an_access_token_in_the_password_variable_signs_in_instead(
    developer: dict[str, str],
) -> None:
    token = developer.pop("DATABRICKS_TOKEN")
    lake = Lakebase.from_env({**developer, "PGPASSWORD": token})
    assert await who(lake) == "developer@example.com"
    assert not (await lake.password_async()).startswith("dapi")


def test_two_hundred_first_callers_share_one_mint(
    environ: dict[str, str], mints: Callable[[], int]
) -> None:
    lake = Lakebase.from_env(environ)

    async def all_at_once() -> set[str]:
        return set(await asyncio.gather(*(lake.password_async() for _ in range(200))))

    assert len(asyncio.run(all_at_once())) == 1
    assert mints() == 1
    assert asyncio.run(all_at_once()) == {lake.password()}  # another event loop, and none
    assert mints() == 1


def test_a_wrong_client_secret_is_denied_at_once(environ: dict[str, str]) -> None:
    lake = Lakebase.from_env({**environ, "DATABRICKS_CLIENT_SECRET": "dose" + "0" * 32})
    with pytest.raises(CredentialDenied) as caught:
        lake.password()
    assert caught.value.code == "LP-211"


def test_an_unknown_project_is_named(environ: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Lakebase("projects/nowhere", environ=environ).password()
    assert caught.value.code == "LP-121"
    assert "projects/nowhere" in str(caught.value)


def test_closing_forgets_the_credential(lake: Lakebase, mints: Callable[[], int]) -> None:
    lake.close()
    lake.password()
    asyncio.run(lake.aclose())
    lake.password()
    assert mints() == 2


def test_a_forked_child_signs_in_by_itself(environ: dict[str, str]) -> None:
    code = f"""
import os
from lakepass import Lakebase
lake = Lakebase.from_env({environ!r})
before = lake.password()
child = os.fork()
if child == 0:
    lake.close()
    print(lake.password() != before, flush=True)
    os._exit(0)
os.waitpid(child, 0)
print(lake.password() == before)
"""
    command = [sys.executable, "-W", "ignore", "-c", code]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=50)
    assert ran.stdout.split() == ["True", "True"], ran.stderr


def test_an_explanation_needs_no_network() -> None:
    explanation = Lakebase.from_env(
        {"LAKEBASE_ENDPOINT": ENDPOINT, **PRINCIPAL, "PGSSLMODE": "require"}
    ).explain()
    assert explanation.target == f"endpoint {ENDPOINT}"
    assert explanation.host == "known after a look-up in the workspace"
    assert explanation.role == PRINCIPAL["DATABRICKS_CLIENT_ID"]
    assert explanation.tls == "require"
    assert explanation.strategy == "database credential"
    assert explanation.identity == "service principal"
    assert explanation.workspace == "https://shop.example.com"
    assert len(explanation.warnings) == 1
    assert set(explanation.versions) == {
        "python",
        "lakepass",
        "databricks-sdk",
        "asyncpg",
        "sqlalchemy",
    }


def test_an_explanation_reads_as_a_report_and_holds_no_secret() -> None:
    explanation = Lakebase.from_env({**NATIVE, **PRINCIPAL}).explain()
    report = "\n".join(explanation.lines())
    assert "database:              databricks_postgres on ep-x.example.com:5432" in report
    assert "TLS:                   verify-full, authorities: system" in report
    for secret in ("hunter2", PRINCIPAL["DATABRICKS_CLIENT_SECRET"]):
        assert secret not in report + repr(explanation) + str(explanation.as_dict())


def test_warnings_are_logged_when_it_is_made(caplog: pytest.LogCaptureFixture) -> None:
    Lakebase.from_env({**NATIVE, "PGSSLMODE": "require"})
    assert "the server's certificate is not checked" in caplog.text


def test_urls_and_variables_for_libpq_hold_no_password() -> None:
    lake = Lakebase.from_env({**NATIVE, "PGAPPNAME": "my app"})
    assert lake.dsn() == (
        "postgresql://app%40example.com@ep-x.example.com:5432/databricks_postgres"
        "?sslmode=verify-full&application_name=my+app&sslrootcert=system"
    )
    assert lake.libpq_env() == {
        "PGHOST": "ep-x.example.com",
        "PGPORT": "5432",
        "PGDATABASE": "databricks_postgres",
        "PGUSER": "app@example.com",
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": "system",
        "PGAPPNAME": "my app",
        "PGGSSENCMODE": "disable",
    }
    assert lake.password() == "hunter2"
    assert "hunter2" not in repr(lake) + repr(lake.login())


def test_the_authorities_given_are_passed_to_libpq(tmp_path: Path) -> None:
    authorities = tmp_path / "ca.pem"
    authorities.touch()
    lake = Lakebase.from_env({**NATIVE, "PGSSLROOTCERT": str(authorities)})
    assert lake.libpq_env()["PGSSLROOTCERT"] == str(authorities)
    assert "PGSSLROOTCERT" not in Lakebase.from_env({**NATIVE, "PGSSLMODE": "require"}).libpq_env()


def test_the_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in NATIVE.items():
        monkeypatch.setenv(name, value)
    assert Lakebase.from_env().explain().host == "ep-x.example.com"


async def test_a_native_password_is_waited_for_as_long_as_reading_files_takes() -> None:
    """Seconds on a busy machine; nothing is asked of a workspace that could be late."""
    assert Lakebase(environ=NATIVE).login(within_s=0).credential.password == "hunter2"
    assert (await Lakebase(environ=NATIVE).login_async(within_s=0)).credential.password == "hunter2"


def test_a_sign_in_that_hangs_does_not_hold_up_the_next_one(
    lake: Lakebase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDK asks for a token without a time-out and lets others wait for it meanwhile."""
    post, peer_vanishes = requests.post, threading.Event()
    asked: list[str] = []

    def hang_at_first(url: str, *args: Any, **kwargs: Any) -> Any:
        asked.append(url)
        if len(asked) == 1:
            peer_vanishes.wait(60)
        return post(url, *args, **kwargs)

    monkeypatch.setattr(requests, "post", hang_at_first)
    monkeypatch.setattr(credentials, "LOST_AFTER_S", 2.0)
    try:
        assert lake.login(within_s=20).credential.password
    finally:
        peer_vanishes.set()
