"""The metrics of this process, or of all workers, in Prometheus's format.

packages/storefront/docs/observability.md names them.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Metric,
    ProcessCollector,
    generate_latest,
    multiprocess,
)

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
REQUESTS_IN_PROGRESS = Gauge(
    "storefront_requests_in_progress", "Requests being answered.", multiprocess_mode="livesum"
)
STATEMENT_DURATION = Histogram(
    "storefront_statement_duration_seconds",
    "Round trip of one SQL statement.",
    ("outcome",),
    buckets=_STATEMENT_SECONDS,
)
READS = Counter(
    "storefront_reads", "Reads that a replica may answer, by who answered.", ("source",)
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


def exposition(shared: Path | None) -> bytes:
    """Every metric of this process, its memory, CPU time and open files; of several workers, sums.

    shared: the folder that the workers write theirs into; None: this process serves alone.
    """
    if shared is None:
        return generate_latest()
    folder = str(shared)
    workers = {int(file.stem.rpartition("_")[2]) for file in shared.glob("*.db")}
    for worker in list(workers):
        if not _is_running(worker):
            multiprocess.mark_process_dead(worker, folder)  # type: ignore[no-untyped-call]
            workers.discard(worker)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
    registry.register(_Processes(workers))
    return generate_latest(registry)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)  # sends nothing; macOS has no /proc
    except OSError:  # there is none, or the number was given to a process of another user
        return False
    return True


class _Processes:
    """Memory, CPU time and open files of several processes, added up."""

    def __init__(self, pids: Iterable[int]) -> None:
        self._pids = pids

    def collect(self) -> Iterable[Metric]:
        """The metrics that `ProcessCollector` has of one process."""
        added: dict[str, Metric] = {}
        for pid in self._pids:
            for metric in ProcessCollector(pid=lambda pid=pid: pid, registry=None).collect():  # type: ignore[misc]
                if metric.name not in added:
                    added[metric.name] = metric
                    continue
                [sum_], [one] = added[metric.name].samples, metric.samples
                value = sum_.value + one.value
                if metric.name == "process_start_time_seconds":
                    value = min(sum_.value, one.value)
                added[metric.name].samples = [sum_._replace(value=value)]
        return added.values()
