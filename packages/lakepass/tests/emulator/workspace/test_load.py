"""Sign-ins and credentials while sessions stream: the workspace answers every one of them."""

import base64
import json
import threading
import urllib.request
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg

from lakepass.emulator import Emulator

CLIENTS, ROUNDS, STREAMS = 12, 10, 4
ROWS = [(number, "x" * 200) for number in range(2000)]


def json_from(url: str, body: bytes, headers: Mapping[str, str]) -> Any:
    request = urllib.request.Request(url, body, dict(headers))
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def credential(variables: Mapping[str, str]) -> str:
    """Sign in and mint, as a client does that remembers nothing."""
    host = variables["DATABRICKS_HOST"]
    pair = f"{variables['DATABRICKS_CLIENT_ID']}:{variables['DATABRICKS_CLIENT_SECRET']}"
    basic = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    token = json_from(f"{host}/oidc/v1/token", b"grant_type=client_credentials", basic)[
        "access_token"
    ]
    endpoint = json.dumps({"endpoint": variables["LAKEBASE_ENDPOINT"]}).encode()
    url = f"{host}/api/2.0/postgres/credentials"
    minted = json_from(url, endpoint, {"Authorization": f"Bearer {token}"})
    return str(minted["token"])


def stream(variables: Mapping[str, str], number: int, stop: threading.Event) -> int:
    """Send and fetch rows until told to stop; returns how many came back."""
    came = 0
    with psycopg.connect(
        host=variables["PGHOST"],
        port=variables["PGPORT"],
        dbname=variables["PGDATABASE"],
        user=variables["PGUSER"],
        password=credential(variables),
        sslmode="verify-full",
        sslrootcert=variables["PGSSLROOTCERT"],
    ) as session:
        session.execute(f"create temporary table streamed_{number} (n int, t text)")
        while not stop.is_set() or not came:
            with session.cursor().copy(f"copy streamed_{number} from stdin") as copy:
                for row in ROWS:
                    copy.write_row(row)
            came += len(session.execute(f"select * from streamed_{number}").fetchall())
            session.execute(f"truncate streamed_{number}")
    return came


def test_every_sign_in_is_answered_while_sessions_stream(emulator: Emulator) -> None:
    variables = emulator.environment()
    stop = threading.Event()
    with ThreadPoolExecutor(CLIENTS + STREAMS) as pool:
        streams = [pool.submit(stream, variables, number, stop) for number in range(STREAMS)]
        try:
            minted = list(pool.map(lambda _: credential(variables), range(CLIENTS * ROUNDS)))
        finally:
            stop.set()
        assert all(one.result() > 0 for one in streams)
    assert len(set(minted)) == CLIENTS * ROUNDS
