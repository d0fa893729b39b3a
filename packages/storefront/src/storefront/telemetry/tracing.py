"""Traces: request → statement → mint → job, exported by OTLP where that is switched on.

Spans are made through OpenTelemetry's API, which does nothing until `start` installs the SDK. Nothing a
person typed is in a span: addresses are those of the routes, statements have no values.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec

from opentelemetry import context, propagate, trace
from opentelemetry.trace import Span, SpanKind, Tracer


def is_installed() -> bool:
    """Whether OpenTelemetry's SDK and exporter are there (``storefront[otel]``)."""
    return all(
        find_spec(name) is not None for name in ("opentelemetry.sdk", "opentelemetry.exporter")
    )


def tracer() -> Tracer:
    """What spans of the shop are made by."""
    return trace.get_tracer("storefront")


def start(service_name: str) -> None:
    """Export spans from now on, to where OpenTelemetry's own variables say (OTEL_EXPORTER_OTLP_…).

    service_name: unless OTEL_SERVICE_NAME is set. Needs what `is_installed` asks for.
    """
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - optional
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    provider = TracerProvider(resource=Resource.create({"service.name": service_name}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)


@contextmanager
def server_span(headers: Mapping[str, str], method: str) -> Iterator[Span]:
    """The span of one request, continuing the trace that its ``traceparent`` header names."""
    with tracer().start_as_current_span(
        method,
        context=propagate.extract(headers),
        kind=SpanKind.SERVER,
        attributes={"http.request.method": method},
    ) as span:
        yield span


def traceparent() -> str | None:
    """The current trace as a header names it (W3C Trace Context); None without one."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get("traceparent")


@contextmanager
def job_span(kind: str, parent: str | None) -> Iterator[Span]:
    """The span of one attempt at a job, in the trace of the request that enqueued it."""
    origin = propagate.extract({"traceparent": parent}) if parent else context.Context()
    with tracer().start_as_current_span(
        f"job {kind}", context=origin, kind=SpanKind.CONSUMER
    ) as span:
        yield span
