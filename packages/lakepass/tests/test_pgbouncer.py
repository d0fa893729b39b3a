"""Through a real PgBouncer in transaction mode, which is what the service's pooler is.

The one that Debian has is too old to know prepared statements (1.21 learned them), so what runs here
relies on none.
"""

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trustme
from sqlalchemy import text

from lakepass import Lakebase
from lakepass.emulator import Emulator
from lakepass.emulator.postgres.binaries import find_binaries, runner
from lakepass.target.settings import Location
from packages.lakepass.tests.clients import CLIENTS, Client

pytestmark = pytest.mark.skipif(
    shutil.which("pgbouncer") is None, reason="no PgBouncer here: apt-get install pgbouncer"
)

_CONFIGURATION = """\
[databases]
* = host={socket_folder} port=5432
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = plain
auth_file = {folder}/users.txt
pool_mode = transaction
default_pool_size = 3
client_tls_sslmode = require
client_tls_key_file = {folder}/key.pem
client_tls_cert_file = {folder}/certificate.pem
logfile = {folder}/log
pidfile = {folder}/pid
"""


@pytest.fixture
def pooler(lakebase: Emulator, environ: dict[str, str], tmp_path: Path) -> Iterator[Lakebase]:
    """A PgBouncer in front of the embedded Postgres, and the native role that may pass it."""
    role = f"pooled_{time.monotonic_ns()}"
    password = lakebase.create_native_role(role)
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "certificate.pem")
    (tmp_path / "users.txt").write_text(f'"{role}" "{password}"\n')
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    configuration = _CONFIGURATION.format(
        socket_folder=lakebase.admin_dsn_kwargs["host"],
        port=port,
        folder=tmp_path,
    )
    (tmp_path / "pgbouncer.ini").write_text(configuration)
    # As little as Postgres does it run as root.
    command = [*runner(find_binaries()).prefix, "pgbouncer", "-q", str(tmp_path / "pgbouncer.ini")]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        for _ in range(3000):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.01)
        lake = Lakebase(
            environ={
                "PGHOST": "localhost",
                "PGPORT": str(port),
                "PGUSER": role,
                "PGPASSWORD": password,
                "PGSSLROOTCERT": str(tmp_path / "authority.pem"),
                "LAKEPASS_AUTH": "password",
            }
        )
        # What a host name of the service's or a look-up in the workspace would tell.
        lake._target, lake._location = replace(lake._target, is_pooled=True), Location("localhost")
        yield lake
    finally:
        process.terminate()
        process.wait()


@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
async def test_statements_need_no_preparation(pooler: Lakebase, client: Client) -> None:
    async with client(pooler) as ask:
        for _ in range(3):  # psycopg would prepare what comes often, asyncpg what comes at all
            answers = await asyncio.gather(*(ask("select 40 + 2") for _ in range(6)))
            assert answers == ["42"] * 6


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg"])
async def test_transactions_of_many_sessions_do_not_mix(pooler: Lakebase, driver: Any) -> None:
    engine = pooler.async_engine(driver=driver, pool_size=8)

    async def add_up(number: int) -> int:
        total = 0
        for _ in range(6):
            async with engine.begin() as connection:
                question = text("select cast(:number as int) + cast(:one as int)")
                total += (await connection.scalar(question, {"number": number, "one": 1})) or 0
                await connection.scalar(text("select pg_sleep(0.005)"))
        return total

    assert await asyncio.gather(*(add_up(n) for n in range(8))) == [6 * (n + 1) for n in range(8)]
    await engine.dispose()
