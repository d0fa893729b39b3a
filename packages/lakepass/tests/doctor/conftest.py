"""What the doctor's tests share: a Lakebase with hosts of every kind, and SQL behind its back."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from lakepass.doctor.report import Finding
from lakepass.emulator import (
    Branch,
    Config,
    Emulator,
    Endpoint,
    Project,
    Way,
    running_emulator,
)
from lakepass.emulator.config import App, Group, attached

HOSTS = {
    Way.WRITE: "ep-shop.lakebase.test",
    Way.READ: "ep-shop-ro.lakebase.test",
    Way.POOLED: "ep-shop-pooler.lakebase.test",
}


def without(environ: dict[str, str], *names: str, **more: str) -> dict[str, str]:
    return {name: value for name, value in environ.items() if name not in names} | more


def sql_of(emulator: Emulator, *statements: str, database: str = "databricks_postgres") -> Any:
    """Run these past the gateway, as superuser; returns what the last one answers."""

    async def go() -> Any:
        connection = await asyncpg.connect(**emulator.admin_dsn_kwargs | {"database": database})
        try:
            for statement in statements[:-1]:
                await connection.execute(statement)
            return await connection.fetchval(statements[-1])
        finally:
            await connection.close()

    return asyncio.run(go())


def commands(finding: Finding | None) -> list[str]:
    """The lines of a fix that are for a shell."""
    assert finding is not None
    return [line for line in finding.fix.lines if not line.startswith("#")]


def carried_out(
    finding: Finding | None,
    environ: dict[str, str],
    administrator: dict[str, str] | None = None,
    known: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The environment after the lines of a fix were run in a shell, literally.

    administrator: the environment of who runs what is headed "# as somebody:". known: what a person
    fills in for <name>, of which the fix must say where to find it.
    """
    assert finding is not None
    is_mine = True
    for line in finding.fix.lines:
        for name, value in (known or {}).items():
            if f"<{name}>" in line:
                assert finding.fix.fill_in[name]
                line = line.replace(f"<{name}>", value)
        if line.startswith("# as "):
            is_mine = line == f"# as {environ.get('PGUSER')}:"
        elif not line.startswith("#"):
            assert "<" not in line, line
            if is_mine:
                environ = _in_a_shell(line, environ)
            else:
                assert administrator is not None, line
                _in_a_shell(line, administrator)
    return environ


def _in_a_shell(line: str, environ: dict[str, str]) -> dict[str, str]:
    """The environment that a line leaves behind."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", f"{line} >&2\nenv -0"],
        env={"PATH": path, "PYTHONUTF8": "1", **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{line}\n{done.stderr}"
    after = dict(one.split("=", 1) for one in done.stdout.split("\0") if one)
    added = {"PATH", "PYTHONUTF8", "PWD", "SHLVL", "_", "OLDPWD"} - environ.keys()
    return {name: value for name, value in after.items() if name not in added}


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


def by_name(emulator: Emulator) -> dict[str, str]:
    """What an app finds whose database is at the host with a name."""
    return emulator.environment("projects/local/branches/production/endpoints/named")


def of_user(emulator: Emulator, name: str) -> dict[str, str]:
    """What someone has set who signs in with a personal access token."""
    token = emulator.described()["identities"][name]["secret"]
    principal = ("DATABRICKS_CLIENT_ID", "DATABRICKS_CLIENT_SECRET", "PGUSER")
    return without(emulator.environment(), *principal, DATABRICKS_TOKEN=token)
