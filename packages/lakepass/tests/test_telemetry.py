"""What OpenTelemetry is exported of real mints and logins, by the SDK's exporters in memory."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from lakepass import (
    ConnectError,
    CredentialDenied,
    CredentialUnavailable,
    DatabaseUnavailable,
    Lakebase,
    databricks,
    telemetry,
)
from lakepass.credentials.cache import Credential, CredentialCache
from lakepass.emulator import Emulator


class Exported:
    """What was exported in this test."""

    def __init__(self) -> None:
        self._spans = InMemorySpanExporter()
        self._metrics = InMemoryMetricReader()
        self.tracers = TracerProvider()
        self.tracers.add_span_processor(SimpleSpanProcessor(self._spans))
        self.meters = MeterProvider([self._metrics])

    def spans(self, name: str) -> list[ReadableSpan]:
        return [span for span in self._spans.get_finished_spans() if span.name == name]

    def points(self, name: str) -> dict[tuple[object, ...], Any]:
        """Data points of a metric, by the values of their attributes, which are sorted by name."""
        exported = self._metrics.get_metrics_data()
        return {
            tuple(value for _, value in sorted(dict(point.attributes or {}).items())): point
            for resource in (exported.resource_metrics if exported else ())
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
        }

    def counts(self, name: str) -> dict[tuple[object, ...], int]:
        return {attributes: point.value for attributes, point in self.points(name).items()}


@pytest.fixture
def exported() -> Iterator[Exported]:
    exported = Exported()
    telemetry.use(tracer_provider=exported.tracers, meter_provider=exported.meters)
    yield exported
    telemetry.use()
    exported.meters.shutdown()


def attributes(span: ReadableSpan) -> dict[str, object]:
    return dict(span.attributes or {})


async def log_in(lake: Lakebase) -> None:
    connection = await lake.asyncpg_connect()
    await connection.close()


async def test_a_login_is_a_mint_and_a_connect(
    exported: Exported, lake: Lakebase, environ: dict[str, str]
) -> None:
    await log_in(lake)
    [mint], [connect] = exported.spans("lakepass.mint"), exported.spans("lakepass.connect")
    assert attributes(mint) == {"lakepass.refresh": False}
    assert mint.status.status_code is StatusCode.UNSET
    assert attributes(connect) == {
        "db.system.name": "postgresql",
        "db.namespace": environ["PGDATABASE"],
        "server.address": environ["PGHOST"],
        "server.port": int(environ["PGPORT"]),
        "lakepass.attempts": 1,
        "lakepass.refusals": (),
        "lakepass.credential.renewed": False,
    }
    assert connect.kind is SpanKind.CLIENT
    assert connect.status.status_code is StatusCode.UNSET
    assert (connect.start_time or 0) <= (mint.start_time or 0)
    assert (mint.end_time or 0) <= (connect.end_time or 0)
    assert exported.counts("lakepass.mints") == {(): 1}
    assert exported.counts("lakepass.logins") == {(environ["PGHOST"],): 1}
    assert exported.counts("lakepass.refusals") == exported.counts("lakepass.refreshes") == {}
    assert 0 < exported.points("lakepass.mint.duration")[()].sum < 60
    assert (
        3590 < exported.points("lakepass.credential.remaining")[()].sum < 3602
    )  # Date is in seconds


async def test_a_connect_lies_below_the_span_of_its_caller(
    exported: Exported, lake: Lakebase
) -> None:
    with exported.tracers.get_tracer("shop").start_as_current_span("request") as request:
        await log_in(lake)
    [connect] = exported.spans("lakepass.connect")
    assert connect.parent == request.get_span_context()
    [mint] = exported.spans("lakepass.mint")
    assert mint.parent is None  # it serves many callers


async def test_a_refused_credential_that_is_replaced_is_no_failure(
    exported: Exported, lake: Lakebase, lakebase: Emulator, environ: dict[str, str]
) -> None:
    await log_in(lake)
    lakebase.faults.expire_tokens()
    await log_in(lake)
    connect = exported.spans("lakepass.connect")[1]
    assert attributes(connect)["lakepass.attempts"] == 2
    assert attributes(connect)["lakepass.credential.renewed"] is True
    codes = attributes(connect)["lakepass.refusals"]
    assert isinstance(codes, tuple)
    assert connect.status.status_code is StatusCode.UNSET
    assert exported.counts("lakepass.refusals") == {codes: 1}
    assert exported.counts("lakepass.logins") == {(environ["PGHOST"],): 2}


async def test_a_refusal_is_told_by_its_code_and_without_the_role(
    exported: Exported, environ: dict[str, str]
) -> None:
    with pytest.raises(ConnectError) as caught:
        await log_in(Lakebase.from_env({**environ, "PGUSER": "nobody@example.com"}))
    [connect] = exported.spans("lakepass.connect")
    assert attributes(connect)["error.type"] == caught.value.code
    assert attributes(connect)["db.response.status_code"] == caught.value.facts["sqlstate"]
    assert connect.status.status_code is StatusCode.ERROR
    assert connect.status.description == caught.value.happened
    assert "nobody@example.com" not in connect.to_json()
    host = environ["PGHOST"]
    assert exported.counts("lakepass.logins") == {(caught.value.code, host): 1}
    assert exported.counts("lakepass.refusals") == {(caught.value.code,): 1}


async def test_waiting_for_a_database_is_one_connect_of_many_attempts(
    exported: Exported, environ: dict[str, str], lakebase: Emulator
) -> None:
    lake = Lakebase(environ=environ)
    lake.password()  # what is left to wait for is the database
    lake.connect_deadline_s = 2.5
    lakebase.faults.stop_database()
    with pytest.raises(DatabaseUnavailable) as caught:
        await log_in(lake)
    [connect] = exported.spans("lakepass.connect")
    attempts = attributes(connect)["lakepass.attempts"]
    assert attempts == caught.value.facts["attempts"]
    assert exported.counts("lakepass.refusals") == {(caught.value.code,): attempts}
    assert sum(exported.counts("lakepass.logins").values()) == 1


def test_a_failing_issuer_is_told_by_its_code(
    exported: Exported, environ: dict[str, str], lakebase: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databricks, "PATIENCE_S", 1)
    lakebase.faults.fail_credentials(503)
    with pytest.raises(CredentialUnavailable):
        Lakebase(environ=environ, connect_deadline_s=0.5).password()
    denied = Lakebase.from_env({**environ, "DATABRICKS_CLIENT_SECRET": "dose" + "0" * 32})
    with pytest.raises(CredentialDenied):
        denied.password()
    assert exported.counts("lakepass.mints")["LP-211",] == 1
    assert exported.counts("lakepass.credential.misses")["LP-211",] == 1
    assert sum(exported.counts("lakepass.credential.misses").values()) == 2
    refused = exported.spans("lakepass.mint")[-1]
    assert attributes(refused) == {"lakepass.refresh": False, "error.type": "LP-211"}
    assert "refused the sign-in" in (refused.status.description or "")
    assert refused.events == ()
    assert exported.counts("lakepass.logins") == {}


def test_a_refresh_is_a_mint_while_the_last_credential_lives(exported: Exported) -> None:
    numbers = iter(range(10))
    cache = CredentialCache(lambda: Credential(f"password-{next(numbers)}", life_s=2.0))
    first = cache.credential()
    while cache.credential() is first:
        time.sleep(0.001)
    assert exported.counts("lakepass.refreshes") == {(): 1}
    assert exported.counts("lakepass.mints") == {(): 2}
    assert attributes(exported.spans("lakepass.mint")[1]) == {"lakepass.refresh": True}


def test_a_mistake_of_ours_is_told_by_its_type_alone(exported: Exported) -> None:
    def mint() -> Credential:
        raise ZeroDivisionError("with a secret in its text")

    with pytest.raises(ZeroDivisionError):
        CredentialCache(mint).credential()
    [failed] = exported.spans("lakepass.mint")
    assert attributes(failed)["error.type"] == "ZeroDivisionError"
    assert "secret" not in failed.to_json()
    assert exported.counts("lakepass.mints") == {("ZeroDivisionError",): 1}


def test_a_native_password_has_no_end_to_tell(exported: Exported) -> None:
    cache = CredentialCache(lambda: Credential("hunter2"))
    cache.accept(cache.credential())
    assert exported.points("lakepass.credential.remaining") == {}


def ran(code: str) -> object:
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=55
    )
    return json.loads(result.stdout)


NATIVE = {"PGHOST": "ep-x", "PGUSER": "app", "PGPASSWORD": "hunter2"}


def test_the_programs_own_providers_are_told_even_if_set_up_late() -> None:
    code = f"""
import json
import lakepass
lakepass.Lakebase.from_env({NATIVE!r}).password()
from opentelemetry import metrics
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
reader = InMemoryMetricReader()
metrics.set_meter_provider(MeterProvider([reader]))
lakepass.Lakebase.from_env({NATIVE!r}).password()
scopes = [s for r in reader.get_metrics_data().resource_metrics for s in r.scope_metrics]
print(json.dumps([metric.name for scope in scopes for metric in scope.metrics]))
"""
    names = ran(code)
    assert isinstance(names, list)
    assert set(names) == {"lakepass.mint.duration", "lakepass.mints"}


def test_importing_loads_nothing_of_it_and_without_it_all_works() -> None:
    code = f"""
import json, sys
import lakepass
loaded = [name for name in sys.modules if name.startswith("opentelemetry")]
sys.modules["opentelemetry"] = None  # as if it were not installed
lake = lakepass.Lakebase.from_env({NATIVE!r})
password = lake.password()
lake.accept(lake.login().credential)
print(json.dumps([loaded, password, type(lakepass.telemetry.current()).__name__]))
"""
    assert ran(code) == [[], "hunter2", "Telemetry"]
