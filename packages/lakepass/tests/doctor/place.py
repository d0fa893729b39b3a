"""A local Lakebase to break, and what a situation is: what is broken, requested, and shown."""

import asyncio
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
from databricks.sdk import WorkspaceClient

from lakepass.doctor.examination import examine
from lakepass.doctor.report import Finding, Report
from lakepass.emulator import Emulator, Way
from lakepass.emulator.identity.tokens import SigningKey, Tokens
from tests.warm import programs

PRINCIPAL = ("DATABRICKS_CLIENT_ID", "DATABRICKS_CLIENT_SECRET")
IDENTITY = (*PRINCIPAL, "DATABRICKS_HOST", "PGUSER")
REPLICA = "projects/local/branches/production/endpoints/replica"
HOSTS = {
    Way.WRITE: "ep-shop.lakebase.test",
    Way.READ: "ep-shop-ro.lakebase.test",
    Way.POOLED: "ep-shop-pooler.lakebase.test",
}
CLI = Path(__file__).parent / "cli"  # where a stand-in for the Databricks CLI is
DEVELOPER = "developer@example.com"


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
    others: Mapping[str, dict[str, str]] | None = None,
) -> dict[str, str]:
    """The environment after the lines of a fix were run in a shell, literally.

    administrator: the environment of who runs what is headed "# as somebody:", unless others has
    one for that name. known: what a person fills in for <name>, of which the fix must say where to
    find it.
    """
    assert finding is not None
    is_mine, theirs = True, administrator
    for line in finding.fix.lines:
        for name, value in (known or {}).items():
            if f"<{name}>" in line:
                assert finding.fix.fill_in[name]
                line = line.replace(f"<{name}>", value)
        if line.startswith("# as "):
            is_mine = line == f"# as {environ.get('PGUSER')}:"
            theirs = (others or {}).get(line.removeprefix("# as ").rstrip(":"), administrator)
        elif not line.startswith("#"):
            assert "<" not in line, line
            if is_mine:
                environ = _in_a_shell(line, environ)
            else:
                assert theirs is not None, line
                _in_a_shell(line, theirs)
    return environ


def _in_a_shell(line: str, environ: dict[str, str]) -> dict[str, str]:
    """The environment that a line leaves behind."""
    path = f"{CLI}:{programs()}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", f"{line} >&2\nenv -0"],
        env={"PATH": path, "PYTHONUTF8": "1", **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    is_done = done.returncode == 0 or "Run the same command as each of these" in done.stderr
    assert is_done, f"{line}\n{done.stderr}"
    after = dict(one.split("=", 1) for one in done.stdout.split("\0") if one)
    added = {"PATH", "PYTHONUTF8", "PWD", "SHLVL", "_", "OLDPWD"} - environ.keys()
    return {name: value for name, value in after.items() if name not in added}


def of_user(emulator: Emulator, name: str) -> dict[str, str]:
    """What someone has set who signs in with a personal access token."""
    token = emulator.described()["identities"][name]["secret"]
    principal = ("DATABRICKS_CLIENT_ID", "DATABRICKS_CLIENT_SECRET", "PGUSER")
    return without(emulator.environment(), *principal, DATABRICKS_TOKEN=token)


@dataclass
class Place:
    """A local Lakebase, what an app finds there, and what its administrator has set."""

    lakebase: Emulator
    environ: dict[str, str]
    administrator: dict[str, str]
    folder: Path
    later: ExitStack
    another_workspace: str
    filled_in: dict[str, str] = field(default_factory=dict)

    @property
    def client(self) -> WorkspaceClient:
        """The administrator's."""
        token = self.lakebase.personal_access_token
        return WorkspaceClient(host=self.environ["DATABRICKS_HOST"], token=token)

    def but(self, *names: str, **more: str) -> dict[str, str]:
        return without(self.environ, *names, **more)

    def sql(self, *statements: str) -> dict[str, str]:
        role = f'"{self.environ["PGUSER"]}"'
        sql_of(self.lakebase, *(one.replace("APP", role) for one in statements), "select 1")
        return self.environ

    def with_password(self, password: str) -> dict[str, str]:
        return self.but(*PRINCIPAL, "DATABRICKS_HOST", PGPASSWORD=password)

    @property
    def token(self) -> str:
        return self.token_of(3600)

    def token_of(self, life_s: int) -> str:
        key = SigningKey.kept_in(self.lakebase.data / "signing-key.pem")
        tokens = Tokens(key, self.lakebase._state.workspace_id)
        return tokens.credential(self.environ["PGUSER"], life_s)[0]

    def foreign_token(self, folder: Path) -> str:
        """A token of another workspace's key."""
        tokens = Tokens(SigningKey.kept_in(folder / "key.pem"), self.lakebase._state.workspace_id)
        return tokens.credential(self.environ["PGUSER"])[0]

    def native(self, **more: str) -> dict[str, str]:
        """A role with a password, and nobody who signs in."""
        self.lakebase.faults.set_native_login(True)
        role = f"native_{secrets.token_hex(4)}"
        password = self.lakebase.create_native_role(role)
        self.filled_in |= {"password": password, "role": role}
        return self.but(*IDENTITY, PGUSER=role, PGPASSWORD=password) | more

    @property
    def known(self) -> dict[str, str]:
        """What a person would fill in."""
        return {
            "workspace": self.environ["DATABRICKS_HOST"],
            "client-secret": self.environ["DATABRICKS_CLIENT_SECRET"],
            "client-id": self.environ["DATABRICKS_CLIENT_ID"],
            "authority": self.environ["PGSSLROOTCERT"],
            "port": self.environ["PGPORT"],
            "host": self.environ["PGHOST"],
            "token": self.lakebase.personal_access_token,
            "endpoint": self.environ["LAKEBASE_ENDPOINT"],
            **self.filled_in,
        }


Change = Callable[[Place], dict[str, str]]


@dataclass(frozen=True)
class Situation:
    """words: of the title, or of a line of the fix. asks: the options of the examination."""

    code: str
    words: str
    change: Change
    asks: dict[str, Any] = field(default_factory=dict)


def shown_text(finding: Finding | None) -> str:
    assert finding is not None
    return " ".join([finding.title, finding.fix.advice, *finding.fix.lines])


def examined(environ: dict[str, str], asks: dict[str, Any]) -> Report:
    if schema := environ.get("SCHEMA"):
        asks = asks | {"schemas": [schema]}
    return examine(environ, **asks)


def by_name(emulator: Emulator) -> dict[str, str]:
    """What an app finds whose database is at the host with a name."""
    return emulator.environment("projects/local/branches/production/endpoints/named")
