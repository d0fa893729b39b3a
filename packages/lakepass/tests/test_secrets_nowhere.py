"""No secret leaves: success and failure on every way, all that is said is kept, and searched.

Heard are all loggers at DEBUG, spans, metrics, standard output and error, errors with their
tracebacks and causes, reprs and URLs. Sought are the very secrets, however they might be encoded.
"""

import asyncio
import base64
import copy
import io
import json
import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import text

from lakepass import Lakebase, LakepassError, databricks, telemetry
from lakepass.emulator import Config, Emulator, running_emulator
from lakepass.emulator.state import GeneratedValues, WorkspaceState

# None has a shape by which it could be recognised.
ODD_CLIENT_SECRET = "Wm8Q~odd.Shape_of-a-client-secret"
ODD_ACCESS_TOKEN = "tk~odd.Shape_of-an-access-token"
ODD_PASSWORD = "p@ss/w:rd 'odd' \"shape\" ü%20\\n"
LOGGERS = (
    "lakepass",
    "databricks.sdk",
    "databricks.sdk.oauth",
    "urllib3",
    "asyncio",
    "asyncpg",
    "psycopg",
    "psycopg.pool",
    "sqlalchemy",
    "sqlalchemy.engine",
    "sqlalchemy.pool",
)


class Heard:
    """All that was said in a test, wherever to."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.log = io.StringIO()
        self.spans = InMemorySpanExporter()
        self.metrics = InMemoryMetricReader()

    def say(self, *things: object) -> None:
        for thing in things:
            self.said += [str(thing), repr(thing)]

    def error(self, error: BaseException) -> None:
        self.said += traceback.format_exception(error)
        self.said += traceback.format_exception(copy.copy(error))
        link: BaseException | None = error
        for _ in range(20):  # chains can be circular
            if link is None:
                return
            self.say(link, link.args, vars(link))
            if link is not error:  # tools that report errors send what stands in the frames, too
                for frame, _ in traceback.walk_tb(link.__traceback__):
                    self.say(frame.f_locals)
            link = link.__cause__ or link.__context__

    def everything(self) -> str:
        spans = [span.to_json() for span in self.spans.get_finished_spans()]
        data = self.metrics.get_metrics_data()
        metrics = data.to_json() if data else ""
        assert "lakepass.mint" in "".join(spans)
        assert "lakepass.mints" in metrics
        return "\n".join([*self.said, self.log.getvalue(), *spans, metrics])


@pytest.fixture
def heard(caplog: pytest.LogCaptureFixture) -> Iterator[Heard]:
    heard = Heard()
    for name in LOGGERS:
        caplog.set_level(logging.DEBUG, name)
    caplog.set_level(logging.DEBUG)
    handler = logging.StreamHandler(heard.log)
    handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    tracers = TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(heard.spans))
    meters = MeterProvider([heard.metrics])
    telemetry.use(tracer_provider=tracers, meter_provider=meters)
    yield heard
    telemetry.use()
    meters.shutdown()
    logging.getLogger().removeHandler(handler)


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """A local Lakebase whose secrets look like nothing in particular."""
    folder = tmp_path_factory.mktemp("odd")
    file = folder / "workspace.json"
    state = WorkspaceState(Config(), GeneratedValues(file))
    kept = json.loads(file.read_text())
    kept[f"{state.app.name} secret"] = ODD_CLIENT_SECRET
    kept[f"{state.developer.name} secret"] = ODD_ACCESS_TOKEN
    file.write_text(json.dumps(kept))
    with running_emulator(data=folder) as emulator:
        yield emulator


@pytest.fixture(params=["usual", "odd"])
def place(request: pytest.FixtureRequest, lakebase: Emulator) -> Iterator[Emulator]:
    emulator = request.getfixturevalue("odd") if request.param == "odd" else lakebase
    yield emulator
    emulator.faults.clear()


@pytest.fixture
def settings(place: Emulator) -> dict[str, str]:
    """What makes the SDK tell all it can at DEBUG."""
    wordy = {"DATABRICKS_DEBUG_HEADERS": "true", "DATABRICKS_DEBUG_TRUNCATE_BYTES": "100000"}
    return {**place.environment(), **wordy}


def as_developer(settings: dict[str, str], token: str) -> dict[str, str]:
    app = ("DATABRICKS_CLIENT_ID", "DATABRICKS_CLIENT_SECRET", "PGUSER")
    kept = {name: value for name, value in settings.items() if name not in app}
    return {**kept, "DATABRICKS_TOKEN": token}


def spellings(secret: str, *, user: str) -> set[str]:
    """A secret as it is, and as it would look in a URL, a literal, a header."""
    pair = base64.b64encode(f"{user}:{secret}".encode()).decode()
    whole = base64.b64encode(secret.encode()).decode().rstrip("=")
    literals = {repr(secret)[1:-1], json.dumps(secret)[1:-1], secret.replace("'", "''")}
    return {secret, quote(secret, safe=""), quote(secret), quote_plus(secret), pair, whole} | (
        literals
    )


def assert_nowhere(everything: str, secrets: set[str], *, user: str) -> None:
    for secret in secrets:
        for spelling in spellings(secret, user=user):
            at = everything.find(spelling)
            assert at < 0, f"…{everything[max(0, at - 300) : at]}<here>"
    assert "eyJ" not in everything  # no token at all, not even one of the workspace


async def by_asyncpg(lake: Lakebase, heard: Heard) -> None:
    connection = await lake.asyncpg_connect()
    heard.say(connection)
    await connection.close()


async def by_asyncpg_pool(lake: Lakebase, heard: Heard) -> None:
    async with await lake.asyncpg_pool(min_size=1, max_size=1) as pool:
        heard.say(pool, await pool.fetchval("select 1"))


async def by_psycopg(lake: Lakebase, heard: Heard) -> None:
    async with await lake.psycopg_connect_async() as connection:
        heard.say(connection, connection.info.dsn, connection.info.get_parameters())


async def by_psycopg_pool(lake: Lakebase, heard: Heard) -> None:
    def ask() -> None:
        with lake.psycopg_pool(min_size=0, timeout=0.5) as pool:
            heard.say(pool, pool.get_stats(), pool.conninfo, pool.kwargs)
            with pool.connection() as connection:
                heard.say(connection.execute("select 1").fetchone())

    await asyncio.to_thread(ask)


async def by_engine(lake: Lakebase, heard: Heard) -> None:
    async with sql(lake, heard) as connection:
        await connection.execute(text("select 1"))


@asynccontextmanager
async def sql(lake: Lakebase, heard: Heard, **options: Any) -> AsyncIterator[Any]:
    engine = lake.async_engine(echo="debug", echo_pool="debug", **options)
    heard.say(engine, engine.url.render_as_string(hide_password=False), engine.pool.status())
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()


Way = Callable[[Lakebase, Heard], Awaitable[None]]
WAYS: tuple[Way, ...] = (by_asyncpg, by_asyncpg_pool, by_psycopg, by_psycopg_pool, by_engine)


async def drive(lake: Lakebase, heard: Heard, *ways: Way) -> int:
    """Log in by these ways and keep what is said; returns how many failed."""
    failures = 0
    for way in ways:
        try:
            await way(lake, heard)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is to be searched
            failures += 1
            heard.error(error)
    heard.say(lake, lake.explain(), *lake.explain().lines(), lake.explain().as_dict())
    heard.say(lake.display())
    return failures


def say_login(lake: Lakebase, heard: Heard) -> str:
    """Everything about a login that may be shown; returns the one thing that may not."""
    login = lake.login()
    heard.say(login, login.credential, lake.dsn(), lake.jdbc_url(), lake.libpq_env())
    return lake.password()


async def test_logins_that_succeed(
    heard: Heard, place: Emulator, settings: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    token = place.personal_access_token
    lakes = [
        Lakebase.from_env(settings),
        Lakebase.from_env(as_developer(settings, token)),
        Lakebase.from_env({**settings, "PGPASSWORD": ODD_PASSWORD, "LAKEPASS_AUTH": "oauth"}),
    ]
    if token.startswith("dapi"):
        lakes.append(Lakebase.from_env({**settings, "PGPASSWORD": token}))
    minted = set()
    for lake in lakes:
        assert await drive(lake, heard, *WAYS) == 0
        minted.add(say_login(lake, heard))
    place.faults.expire_tokens()
    assert await drive(lakes[0], heard, *WAYS) == 0
    minted.add(lakes[0].password())
    assert len(minted) == len(lakes) + 1
    heard.said += capfd.readouterr()
    log = heard.log.getvalue()
    for logger in ("lakepass.credentials.", "databricks.sdk:", "urllib3.", "sqlalchemy.engine."):
        assert logger in log  # else this would prove little
    secrets = minted | {token, settings["DATABRICKS_CLIENT_SECRET"], ODD_PASSWORD}
    assert_nowhere(heard.everything(), secrets, user=settings["DATABRICKS_CLIENT_ID"])


async def test_logins_that_are_refused(
    heard: Heard, place: Emulator, settings: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    """By the database: the role, its name, the password, its kind."""
    old = Lakebase.from_env(settings).password()
    native = {**settings, "LAKEPASS_AUTH": "password"}
    lakes = [
        Lakebase.from_env({**settings, "PGUSER": "nobody@example.com"}),
        Lakebase.from_env({**settings, "PGUSER": "developer@example.com"}),
        Lakebase.from_env({**settings, "PGDATABASE": "main"}),
        Lakebase.from_env({**native, "PGPASSWORD": ODD_PASSWORD}),
        Lakebase.from_env({**native, "PGPASSWORD": old}),
    ]
    place.faults.expire_tokens()
    for lake in lakes:
        lake.connect_deadline_s = 5.0
        assert await drive(lake, heard, *WAYS) == len(WAYS)
    secrets = {say_login(lake, heard) for lake in lakes}
    heard.said += capfd.readouterr()
    everything = heard.everything()
    assert {"LP-304", "LP-401"} <= {code for code in ("LP-304", "LP-401") if code in everything}
    secrets |= {old, settings["DATABRICKS_CLIENT_SECRET"]}
    assert_nowhere(everything, secrets, user=settings["DATABRICKS_CLIENT_ID"])


async def test_sign_ins_and_mints_that_fail(
    heard: Heard,
    place: Emulator,
    settings: dict[str, str],
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(databricks, "PATIENCE_S", 1)
    wrong = "Xy~wrong.Secret_of-no-shape"
    dead = "http://127.0.0.1:9"
    lakes = [
        Lakebase.from_env({**settings, "DATABRICKS_CLIENT_SECRET": wrong}),
        Lakebase.from_env({**settings, "DATABRICKS_CLIENT_SECRET": f"{wrong}\r\n{wrong}"}),
        Lakebase.from_env({**settings, "DATABRICKS_HOST": dead}),
        Lakebase.from_env(as_developer(settings, wrong)),
        Lakebase.from_env(as_developer(settings, f"dapi{wrong}\n{wrong}")),
        Lakebase.from_env({**settings, "LAKEBASE_ENDPOINT": "projects/nowhere"}),
    ]
    for lake in lakes:
        lake.connect_deadline_s = 1.0
        assert await drive(lake, heard, by_asyncpg, by_psycopg) == 2
    place.faults.fail_credentials(503)
    lake = Lakebase(environ=settings, connect_deadline_s=0.5)
    assert await drive(lake, heard, *WAYS) == len(WAYS)
    heard.said += capfd.readouterr()
    secrets = {wrong, place.personal_access_token, settings["DATABRICKS_CLIENT_SECRET"]}
    assert_nowhere(heard.everything(), secrets, user=settings["DATABRICKS_CLIENT_ID"])


async def test_databases_that_cannot_be_reached(
    heard: Heard, place: Emulator, settings: dict[str, str], tmp_path: Path
) -> None:
    lake = Lakebase(environ=settings, connect_deadline_s=4)
    secret = say_login(lake, heard)
    place.faults.stop_database()
    assert await drive(lake, heard, *WAYS) == len(WAYS)
    place.faults.clear()
    async with sql(lake, heard) as connection:
        place.faults.cut_connections(goodbye=False)
        try:
            await connection.execute(text("select :value"), {"value": "harmless"})
        except Exception as error:  # noqa: BLE001 - whatever it is, it is to be searched
            heard.error(error)
    secrets = {secret, settings["DATABRICKS_CLIENT_SECRET"]}
    assert_nowhere(heard.everything(), secrets, user=settings["DATABRICKS_CLIENT_ID"])


def test_settings_that_contradict_each_other(heard: Heard) -> None:
    base = {"PGHOST": "ep-x.example.com", "PGUSER": "app@example.com"}
    app = {"DATABRICKS_HOST": "https://h.example.com", "DATABRICKS_CLIENT_ID": "id"}
    mistakes: list[dict[str, str]] = [
        {"PGPASSWORD": ODD_PASSWORD, "LAKEBASE_PASSWORD": f"{ODD_PASSWORD}2"},
        {"PGPASSWORD": "dapi0123456789abcdef"},
        {"PGPASSWORD": "dapi0123456789abcdef", "LAKEPASS_AUTH": "password", **app},
        {"PGPASSWORD": ODD_PASSWORD, "PGUSER": ""},
        {**app, "DATABRICKS_CLIENT_SECRET": ODD_CLIENT_SECRET, "DATABRICKS_TOKEN": "x"},
        {**app, "DATABRICKS_CLIENT_SECRET": ODD_CLIENT_SECRET, "PGSSLMODE": "disable"},
        {**app, "DATABRICKS_CLIENT_SECRET": ODD_CLIENT_SECRET, "LAKEPASS_AUTH": "both"},
    ]
    for mistake in mistakes:
        with pytest.raises(LakepassError) as caught:
            Lakebase.from_env({**base, **mistake})
        heard.error(caught.value)
    Lakebase.from_env({**base, "PGPASSWORD": ODD_PASSWORD}).password()
    secrets = {ODD_PASSWORD, ODD_CLIENT_SECRET, "dapi0123456789abcdef"}
    assert_nowhere(heard.everything(), secrets, user="id")
