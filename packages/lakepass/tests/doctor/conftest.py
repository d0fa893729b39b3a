"""Local Lakebases that the doctor's tests share."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lakepass.doctor import examination, network, workspace
from lakepass.emulator import (
    Branch,
    Config,
    Emulator,
    Endpoint,
    Project,
    running_emulator,
)
from lakepass.emulator.config import REPLICA_WAYS, App, Group, ServicePrincipal, attached

from .place import DEVELOPER, HOSTS, PRINCIPAL, Place, without


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deadlines that a busy machine meets; a test that waits for a timeout sets its own."""
    monkeypatch.setattr(examination, "REQUEST_S", 60)
    monkeypatch.setattr(examination, "LOGIN_S", 60.0)
    monkeypatch.setattr(examination, "CHECK_S", 120.0)
    longer = tuple(replace(check, limit_s=120.0) for check in examination.CHECKS)
    monkeypatch.setattr(examination, "CHECKS", longer)
    monkeypatch.setattr(network, "ANSWER_S", 30.0)
    monkeypatch.setattr(workspace, "ANSWER_S", 30.0)


@pytest.fixture
def names_lead_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names that the tests made up resolve to loopback, as a name service would do it."""
    resolve = socket.getaddrinfo

    def getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        is_ours = str(host).endswith(".lakebase.test")
        return resolve("127.0.0.1" if is_ours else host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.fixture(scope="session")
def company(_clean_environment: None) -> Iterator[Emulator]:
    """A local Lakebase with more people than one, a group, an app without a database, and hosts
    that have names, as the service's have."""
    endpoints = (Endpoint(), Endpoint(id="named", hosts=dict(HOSTS)))
    config = Config(
        projects=(Project(branches=(Branch(endpoints=endpoints),)),),
        instances=(),
        users=("developer@example.com", "ana@example.com"),
        groups=(Group(name="analysts", members=("ana@example.com",)),),
        apps=(App(resources=(attached("projects/local/branches/production"),)), App(name="bare")),
    )
    with running_emulator(config) as emulator:
        yield emulator


@pytest.fixture(scope="session")
def reported(_clean_environment: None) -> Iterator[Emulator]:
    endpoints = (Endpoint(), Endpoint(id="replica", hosts=REPLICA_WAYS, is_read_only=True))
    config = Config(
        projects=(Project(branches=(Branch(endpoints=endpoints),)),),
        instances=(),
        users=(DEVELOPER, "ana@example.com"),
        service_principals=(ServicePrincipal(name="outsider", has_workspace_access=False),),
        apps=(App(resources=(attached("projects/local/branches/production"),)),),
    )
    with running_emulator(config) as emulator:
        yield emulator


@pytest.fixture
def place(reported: Emulator, company: Emulator, tmp_path: Path) -> Iterator[Place]:
    environ = reported.environment() | {"DATABRICKS_CONFIG_FILE": "/nowhere"}
    token = reported.personal_access_token
    administrator = without(environ, *PRINCIPAL, "PGUSER", DATABRICKS_TOKEN=token)
    with ExitStack() as later:
        yield Place(reported, environ, administrator, tmp_path, later, company.workspace_url)
    reported.faults.clear()
