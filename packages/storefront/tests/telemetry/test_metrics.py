"""Metrics that several workers share in a folder."""

import subprocess
import sys
from pathlib import Path

import pytest

from storefront.telemetry import metrics

COUNT_FOREVER = """
import time
from storefront.telemetry import metrics
metrics.REQUESTS_IN_PROGRESS.inc()
print("counted", flush=True)
time.sleep(600)
"""


def test_a_worker_is_counted_as_long_as_it_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    monkeypatch.setattr(Path, "exists", lambda _path: False)  # macOS has no /proc
    with subprocess.Popen(
        [sys.executable, "-c", COUNT_FOREVER], stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "counted\n"
        running = metrics.exposition(tmp_path).decode()
        worker.kill()
    ended = metrics.exposition(tmp_path).decode()
    assert "storefront_requests_in_progress 1.0" in running
    assert "storefront_requests_in_progress 1.0" not in ended
