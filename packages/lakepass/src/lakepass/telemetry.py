"""Spans and metrics for OpenTelemetry; nothing where its API is not installed.

Names follow the semantic conventions (opentelemetry.io/docs/specs/semconv: "PostgreSQL client
operations", "Recording errors"); others begin with `lakepass.`. `error.type` is a code of Lakepass
("LP-308"): the SQLSTATE is XX000 for most errors of the service's proxy. Never reported: passwords,
tokens, messages of other libraries' errors, and the role, which may be a person's e-mail address.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

from lakepass.errors import LakepassError

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

_MINT_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
_REMAINING_S = (0.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 2700.0, 3600.0)


class Telemetry:
    """Reports nothing."""

    def minting(self, *, refresh: bool) -> AbstractContextManager[None]:  # noqa: ARG002 - not reported
        """Around one mint. refresh: the previous credential is still valid."""
        return nullcontext()

    def missed(self, error: LakepassError | None) -> None:
        """A caller got no credential. error: None if the issuer did not respond in time."""

    def accepted(self, remaining_s: float) -> None:
        """A server accepted a credential, with this lifetime left."""

    def refused(self, code: str) -> None:
        """An attempt to log in failed; another may follow."""

    def connected(
        self,
        *,
        host: str,
        port: int,
        database: str,
        took_s: float,
        refusals: Sequence[str],
        renewed: bool,
        error: LakepassError | None,
    ) -> None:
        """A connect has ended, with all its attempts.

        refusals: a code for each attempt that failed. renewed: a refused credential was replaced.
        """


_current: Telemetry | None = None


def current() -> Telemetry:
    """Where to report to. First called by a mint, so the API is never imported on an event loop."""
    if _current is None:
        use()
    assert _current is not None
    return _current


def use(
    *,
    tracer_provider: "TracerProvider | None" = None,
    meter_provider: "MeterProvider | None" = None,
) -> None:
    """Report to these providers from now on, instead of OpenTelemetry's global ones."""
    global _current
    try:
        _current = _OpenTelemetry(tracer_provider, meter_provider)
    except (ImportError, TypeError):  # not installed, or older than the extra `otel` asks for
        _current = Telemetry()


class _OpenTelemetry(Telemetry):
    def __init__(self, tracers: "TracerProvider | None", meters: "MeterProvider | None") -> None:
        from opentelemetry import metrics, trace  # noqa: PLC0415 - an extra, and slow to load

        self._trace = trace
        self._tracer = trace.get_tracer("lakepass", tracer_provider=tracers)
        meter = metrics.get_meter("lakepass", meter_provider=meters)
        self._duration = meter.create_histogram(
            "lakepass.mint.duration",
            "s",
            "Time the workspace took to issue a credential, or to fail",
            explicit_bucket_boundaries_advisory=_MINT_S,
        )
        self._mints = meter.create_counter("lakepass.mints", "{mint}", "Credentials requested")
        self._refreshes = meter.create_counter(
            "lakepass.refreshes", "{mint}", "Credentials requested while the previous one was valid"
        )
        self._misses = meter.create_counter(
            "lakepass.credential.misses", "{request}", "Callers that got no credential"
        )
        self._remaining = meter.create_histogram(
            "lakepass.credential.remaining",
            "s",
            "Remaining lifetime of a credential when a server accepted it",
            explicit_bucket_boundaries_advisory=_REMAINING_S,
        )
        self._logins = meter.create_counter(
            "lakepass.logins", "{login}", "Connects that contacted the database"
        )
        self._refusals = meter.create_counter(
            "lakepass.refusals",
            "{attempt}",
            "Failed login attempts, including those that were retried",
        )

    @contextmanager
    def minting(self, *, refresh: bool) -> Iterator[None]:
        failure: dict[str, str] = {}
        began = time.monotonic()
        # Current meanwhile, so that spans of the HTTP library are its children.
        with self._tracer.start_as_current_span(
            "lakepass.mint",
            attributes={"lakepass.refresh": refresh},
            record_exception=False,  # the message of another library's error may contain a secret
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            except BaseException as error:
                ours = error if isinstance(error, LakepassError) else None
                failure["error.type"] = ours.code if ours else type(error).__qualname__
                span.set_attribute("error.type", failure["error.type"])
                span.set_status(self._trace.StatusCode.ERROR, ours.happened if ours else None)
                raise
            finally:
                self._duration.record(time.monotonic() - began, failure)
                self._mints.add(1, failure)
                if refresh:
                    self._refreshes.add(1, failure)

    def missed(self, error: LakepassError | None) -> None:
        self._misses.add(1, {"error.type": error.code if error else "LP-201"})

    def accepted(self, remaining_s: float) -> None:
        self._remaining.record(remaining_s)

    def refused(self, code: str) -> None:
        self._refusals.add(1, {"error.type": code})

    def connected(
        self,
        *,
        host: str,
        port: int,
        database: str,
        took_s: float,
        refusals: Sequence[str],
        renewed: bool,
        error: LakepassError | None,
    ) -> None:
        failure = {"error.type": error.code} if error else {}
        self._logins.add(1, {"server.address": host, **failure})
        facts = {**failure}
        if error and (sqlstate := error.facts.get("sqlstate", "none")) != "none":
            facts["db.response.status_code"] = str(sqlstate)
        ended_ns = time.time_ns()
        # Started afterwards: a cancelled connect leaves no span open, and a sampler sees all attributes.
        span = self._tracer.start_span(
            "lakepass.connect",
            kind=self._trace.SpanKind.CLIENT,
            start_time=ended_ns - int(took_s * 1e9),
            attributes={
                "db.system.name": "postgresql",
                "db.namespace": database,
                "server.address": host,
                "server.port": port,
                "lakepass.attempts": len(refusals) + (error is None),
                "lakepass.refusals": tuple(refusals),
                "lakepass.credential.renewed": renewed,
                **facts,
            },
        )
        if error:
            span.set_status(self._trace.StatusCode.ERROR, error.happened)
        span.end(ended_ns)
