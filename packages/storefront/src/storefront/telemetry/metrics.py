"""The metrics of this process, in Prometheus's format (packages/storefront/docs/observability.md)."""

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = CONTENT_TYPE_LATEST

_REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_STATEMENT_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
_JOB_SECONDS = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0, 120.0)

REQUESTS = Counter("storefront_requests", "Requests answered.", ("method", "route", "status"))
REQUEST_DURATION = Histogram(
    "storefront_request_duration_seconds",
    "From the head of a request to the end of its response.",
    ("route",),
    buckets=_REQUEST_SECONDS,
)
REQUESTS_IN_PROGRESS = Gauge("storefront_requests_in_progress", "Requests being answered.")
STATEMENT_DURATION = Histogram(
    "storefront_statement_duration_seconds",
    "Round trip of one SQL statement.",
    ("outcome",),
    buckets=_STATEMENT_SECONDS,
)
SLOW_STATEMENTS = Counter(
    "storefront_slow_statements", "Statements that took longer than STORE_SLOW_STATEMENT_MS."
)
JOB_DURATION = Histogram(
    "storefront_job_duration_seconds",
    "One attempt at a job.",
    ("kind", "outcome"),
    buckets=_JOB_SECONDS,
)
BACKGROUND_FAILURES = Counter(
    "storefront_background_failures", "Failures of background work, which is retried.", ("work",)
)


def exposition() -> bytes:
    """Every metric of this process, and its memory, CPU time and open files."""
    return generate_latest()
