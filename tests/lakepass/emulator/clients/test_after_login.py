"""What frameworks for Java do in a session passes through untouched."""

import os
import subprocess
from pathlib import Path

from lakepass import Lakebase
from lakepass.emulator import Emulator


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
