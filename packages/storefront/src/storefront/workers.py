"""Several processes that serve one address, each with the app, its caches and its pools.

uvicorn starts them, replaces one that died, and hands SIGTERM on. They share the listening socket, so no
request is lost while one is replaced (uvicorn docs, "Deployment").
"""

import faulthandler
import logging
import math
import multiprocessing
import os
import signal
import socket
import tempfile
import threading
import time
from types import FrameType

import uvicorn
from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from storefront import collector
from storefront.settings import Settings, share_metrics
from storefront.telemetry import logs, tracing
from storefront.web.connection import config

with collector.paused():  # a worker loads it here, not through cli.py
    from storefront.app import create_app

log = logging.getLogger(__name__)

STOP_WITHIN_S = 8
"""How long running requests may take once the shop is to stop.

Databricks Apps kill the app 15 s after SIGTERM (docs, "Best practices"). Closing connections and
processes takes the rest.
"""
_KILL_AFTER_S = 11
_APP = "storefront.workers:serving_app"


def serving_app() -> FastAPI:
    """The app of one process, with the settings of its environment."""
    settings = Settings()
    logs.configure(settings.log_level, settings.log_format)
    if settings.traces:
        tracing.start("storefront")
    if parent := multiprocessing.parent_process():
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    with collector.paused():
        app = create_app(settings)
    collector.keep_what_is_loaded()
    return app


def serve(host: str, port: int, workers: int) -> bool:
    """Serve until SIGTERM or SIGINT. Returns whether it could start."""
    served = config(
        _APP,
        factory=True,
        host=host,
        port=port,
        workers=workers,
        timeout_graceful_shutdown=STOP_WITHIN_S,
    )
    if workers == 1:
        _Server(served).run()
        return True
    with tempfile.TemporaryDirectory(prefix="storefront-metrics-") as folder:
        share_metrics(folder)
        supervisor = _Workers(served, sockets=[served.bind_socket()])
        supervisor.run()
    return STARTUP_FAILURE not in [one.exitcode for one in supervisor.processes]


class _Server(uvicorn.Server):
    """uvicorn's own, which ends in time whatever it waits for."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop; what has not ended in time prints where each thread stands, and ends at once."""
        faulthandler.dump_traceback_later(_KILL_AFTER_S, exit=True)
        super().handle_exit(sig, frame)


class _Workers(Multiprocess):
    """uvicorn's own, which ends in time whatever a worker does."""

    def __init__(self, served: uvicorn.Config, sockets: list[socket.socket]) -> None:
        super().__init__(served, sockets)
        self._kill_at = math.inf
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        # Counted from here: the health check of a busy worker may take seconds before they are told.
        self._kill_at = min(self._kill_at, time.monotonic() + _KILL_AFTER_S)
        self.signal_queue.append(number)

    def join_all(self) -> None:
        """Wait for all to end; kill those that take too long."""
        for worker in self.processes:
            worker.process.join(max(0.0, self._remaining_s()))
            if worker.process.is_alive():
                log.warning("Worker %s did not stop in time and is killed.", worker.pid)
                worker.kill()
                worker.join()

    def _remaining_s(self) -> float:
        # Without a signal they stop because one of them could not start.
        return min(self._kill_at - time.monotonic(), _KILL_AFTER_S)


def _end_with(parent: "multiprocessing.process.BaseProcess") -> None:
    """Stop as by SIGTERM once the parent is gone, however it ended."""
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
