"""Several processes that serve one address, each with the app, its caches and its pools.

uvicorn starts them, replaces one that died, and hands SIGTERM on. They share the listening socket, so no
request is lost while one is replaced (uvicorn docs, "Deployment"). They are forked from a process that
has imported everything and done nothing else (Python docs, `multiprocessing`: "forkserver"), so that the
imports take their time and memory once (docs/decisions/0059).
"""

import faulthandler
import logging
import math
import multiprocessing
import signal
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver
from types import FrameType

import uvicorn
from uvicorn import _subprocess
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from storefront.settings import share_metrics
from storefront.web.connection import config

log = logging.getLogger(__name__)

STOP_WITHIN_S = 8
"""How long running requests may take once the shop is to stop.

Databricks Apps kill the app 15 s after SIGTERM (docs, "Best practices"). Closing connections and
processes takes the rest.
"""
_KILL_AFTER_S = 11
_APP = "storefront.serving:serving_app"
_PRELOADED = "storefront.preload"


@contextmanager
def preloaded(workers: int) -> Iterator[None]:
    """Inside, a process prepares for as many workers: it imports what they need, in the background."""
    if workers == 1:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="storefront-metrics-") as folder:
        share_metrics(folder)
        multiprocessing.set_forkserver_preload([_PRELOADED])
        forkserver.ensure_running()
        try:
            yield
        finally:
            # It would end by itself, but may still need the folder until then.
            forkserver._forkserver._stop()  # type: ignore[attr-defined]


def serve(host: str, port: int, workers: int) -> bool:
    """Serve until SIGTERM or SIGINT. Returns whether it could start. Call it inside of `preloaded`."""
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
    # Its own way starts a new interpreter for each.
    _subprocess.spawn = multiprocessing.get_context("forkserver")  # type: ignore[assignment]
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
