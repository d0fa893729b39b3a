"""The workspace over TLS at port 443: Python, Node and Java trust what is exported."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lakepass.emulator import Emulator, EmulatorError, running_emulator

PATH = "/.well-known/databricks-config"
JAVA = """
class Ask {
    public static void main(String[] arguments) throws Exception {
        var url = new java.net.URL(System.getenv("DATABRICKS_HOST") + arguments[0]);
        System.out.println(new String(url.openStream().readAllBytes()));
    }
}
"""


@pytest.fixture(scope="module")
def secure() -> Iterator[Emulator]:
    try:
        running = running_emulator(https=True)
        emulator = running.__enter__()
    except EmulatorError as error:
        pytest.skip(str(error))
    try:
        yield emulator
    finally:
        running.__exit__(None, None, None)


def printed(emulator: Emulator, *command: str) -> str:
    env = {"PATH": os.environ["PATH"], **emulator.environment()}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_host_is_an_address_at_the_usual_port(secure: Emulator) -> None:
    variables = secure.environment()
    assert variables["DATABRICKS_HOST"] == secure.workspace_url
    assert secure.workspace_url.startswith("https://127.0.1.")
    assert secure.app_environment()["NODE_EXTRA_CA_CERTS"] == variables["PGSSLROOTCERT"]


def test_sdk_signs_in_and_mints(secure: Emulator) -> None:
    asked = (
        "import os; from databricks.sdk import WorkspaceClient as W; w = W(); "
        "print(bool(w.postgres.generate_database_credential(os.environ['LAKEBASE_ENDPOINT']).token))"
    )
    assert printed(secure, sys.executable, "-c", asked) == "True\n"


def test_urllib_and_httpx_trust_it(secure: Emulator) -> None:
    asked = (
        "import os, urllib.request, httpx; "
        f"url = os.environ['DATABRICKS_HOST'] + '{PATH}'; "
        "print(urllib.request.urlopen(url).status, httpx.get(url).status_code)"
    )
    assert printed(secure, sys.executable, "-c", asked) == "200 200\n"


def test_faults_are_caused_over_it(secure: Emulator) -> None:
    command = [sys.executable, "-m", "lakepass.cli", "fault"]
    printed(secure, *command, "slow-credentials", "0.01")
    assert secure.faults.in_force == {"slow-credentials": {"seconds": 0.01}}
    printed(secure, *command, "clear")


def test_node_trusts_it(secure: Emulator) -> None:
    if not shutil.which("node"):
        pytest.skip("needs Node.js: apt-get install nodejs")
    asked = f"fetch(process.env.DATABRICKS_HOST + '{PATH}').then(r => console.log(r.status))"
    assert printed(secure, "node", "-e", asked) == "200\n"


def test_java_trusts_it(secure: Emulator, tmp_path: Path) -> None:
    if not shutil.which("javac"):
        pytest.skip("needs a JDK: apt-get install default-jdk")
    (tmp_path / "Ask.java").write_text(JAVA)
    answer = printed(secure, "java", str(tmp_path / "Ask.java"), PATH)
    assert secure.environment()["DATABRICKS_WORKSPACE_ID"] in answer


def test_two_side_by_side_have_addresses_of_their_own(secure: Emulator) -> None:
    with running_emulator(https=True) as other:
        assert other.workspace_url != secure.workspace_url
