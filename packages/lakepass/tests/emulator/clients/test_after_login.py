"""What clients do in a session passes through untouched; a new login is checked again."""

import os
import subprocess
from pathlib import Path
from subprocess import PIPE

from lakepass import Lakebase
from lakepass.emulator import Emulator, Faults

from .attempts import Psql


def test_jdbc(pgjdbc: Path, emulator: Emulator) -> None:
    lake = Lakebase.from_env(emulator.environment())
    program = Path(__file__).with_name("Work.java")
    done = subprocess.run(
        ["java", "-cp", str(pgjdbc), str(program), lake.jdbc_url()],
        env={**os.environ, "PGPASSWORD": lake.password()},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "prepared 55",
        "fetched 50000",
        "copied 3",
        "cancelled 57014",
    ]


def test_psql_reconnects_only_with_a_live_token(
    emulator: Emulator, faults: Faults, psql: Psql
) -> None:
    """Databricks docs, "Authenticate to a database instance": expiry is enforced only at login."""
    lake = Lakebase.from_env(emulator.environment())
    session = subprocess.Popen(
        ["psql", "--no-psqlrc", "--no-password", "-At"],
        env={**os.environ, **lake.libpq_env(), "PGPASSWORD": lake.password()},
        stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True,
    )  # fmt: skip
    assert session.stdin is not None
    assert session.stdout is not None
    print("SELECT 'before';", file=session.stdin, flush=True)
    assert session.stdout.readline() == "before\n"
    faults.expire_tokens()
    said, complaint = session.communicate("SELECT 'after';\n\\connect\n")
    assert said == "after\n"
    role = emulator.environment()["PGUSER"]
    assert f"ERROR:  password authentication failed for user '{role}'" in complaint
