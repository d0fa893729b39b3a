"""Several processes that serve one address, each with the app, its caches and its pools.

uvicorn starts them, replaces one that died, and hands SIGTERM on (uvicorn docs, "Deployment"). They are
forked from a process that has imported everything and done nothing else (Python docs, `multiprocessing`:
"forkserver"), so that the imports take their time and memory once (docs/decisions/0059). The parent
accepts the connections and gives them to the workers in turn (docs/decisions/0060).
"""

import asyncio
import contextlib
import faulthandler
import itertools
import logging
import math
import multiprocessing
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver
from types import FrameType

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import multiprocess

from storefront.settings import share_metrics
from storefront.web.connection import config

log = logging.getLogger(__name__)

STOP_WITHIN_S = 8
"""How long running requests may take once the shop is to stop.

Databricks Apps kill the app 15 s after SIGTERM (docs, "Best practices"). Closing connections and
processes takes the rest.
"""
_KILL_AFTER_S = 11
_TRY_AGAIN_S = 0.05  # where no worker took a connection
_READ_WITHIN_S = 0.1  # the request of a connection that was just opened
_APP = "storefront.serving:serving_app"
_PRELOADED = "storefront.preload"


@contextmanager
def preloaded(workers: int) -> Iterator[None]:
    """Import in the background what several workers need, in the process that they are forked from."""
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
            # It would end by itself, but may still need the folder until then. Python has no public
            # function for it (CPython's own tests call this one): if it fails, it must not hide why
            # serving ended.
            with contextlib.suppress(Exception):
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
    supervisor = _Workers(served)
    supervisor.run()
    return STARTUP_FAILURE not in [one.exitcode for one in supervisor.processes]


class _Server(uvicorn.Server):
    """uvicorn's own, which ends in time whatever it waits for."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop; what has not ended in time prints where each thread stands, and ends at once."""
        faulthandler.dump_traceback_later(_KILL_AFTER_S, exit=True)
        super().handle_exit(sig, frame)


class _WorkerServer(uvicorn.Server):
    """uvicorn's own, which serves the connections that its parent accepts and sends on a channel."""

    def __init__(self, served: uvicorn.Config, channel: socket.socket) -> None:
        super().__init__(served)
        self._channel = channel
        self._opening: set[asyncio.Task[object]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the app, then take connections."""
        await super().startup(sockets or [])
        self._channel.setblocking(False)
        asyncio.get_running_loop().add_reader(self._channel, self._take)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve what was given to this process, and end."""
        asyncio.get_running_loop().remove_reader(self._channel)
        while self._take():
            pass
        self._channel.close()
        await asyncio.gather(*self._opening, return_exceptions=True)
        await asyncio.sleep(_READ_WITHIN_S)  # uvicorn closes connections whose request was not read
        await super().shutdown(sockets)

    def _take(self) -> bool:
        """Open the next connection. Returns whether there was one."""
        loop = asyncio.get_running_loop()
        try:
            data, files, _, _ = socket.recv_fds(self._channel, 1, 1)
        except BlockingIOError:
            return False
        if not data:  # the parent gives nothing more, or is gone
            loop.remove_reader(self._channel)
            return False
        if not files:
            log.warning("A connection was lost: this process has too many open files.")
            return True
        connection = socket.socket(fileno=files[0])
        connection.setblocking(False)
        task = loop.create_task(loop.connect_accepted_socket(self._protocol, connection))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)
        return True

    def _protocol(self) -> asyncio.Protocol:
        made: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return made


class _Worker(multiprocess.Process):
    """uvicorn's own, which is forked, and given its connections by `take`."""

    def __init__(self, served: uvicorn.Config, sockets: list[socket.socket]) -> None:
        super().__init__(served, sockets)
        forked = multiprocessing.get_context("forkserver").Process(target=self.target)
        self.process = forked  # type: ignore[assignment]
        self._ours, self._theirs = socket.socketpair()

    def start(self) -> None:
        """Start the process."""
        super().start()
        self._theirs.close()  # so that giving a connection to a dead worker fails
        self._ours.setblocking(False)

    def terminate(self) -> None:
        """Give nothing more to the process, and tell it to end."""
        with contextlib.suppress(OSError):  # it has ended
            self._ours.shutdown(socket.SHUT_WR)
        super().terminate()

    def target(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve, in the process."""
        self._ours.close()
        self.config.configure_logging()
        with contextlib.suppress(KeyboardInterrupt):
            super().target(sockets)

    @property
    def server(self) -> uvicorn.Server:
        """The server of the process."""
        if self._server is None:
            self._server = _WorkerServer(self.config, self._theirs)
        return self._server

    def take(self, connection: socket.socket) -> bool:
        """Give a connection to the process. Returns whether it could be given."""
        try:
            socket.send_fds(self._ours, [b"c"], [connection.fileno()])
        except OSError:  # it has ended, or has not taken hundreds of them
            return False
        return True


multiprocess.Process = _Worker  # type: ignore[assignment,misc] # the supervisor has no setting for it


class _Workers(multiprocess.Multiprocess):
    """uvicorn's own, which accepts connections for the workers, and ends in time whatever one does."""

    def __init__(self, served: uvicorn.Config) -> None:
        super().__init__(served, sockets=[])
        self._listening = served.bind_socket()
        self._kill_at = math.inf
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)

    def init_processes(self) -> None:
        """Start the workers, and accept connections for them."""
        super().init_processes()
        self._listening.listen(self.config.backlog)
        threading.Thread(target=self._accept, name="accept", daemon=True).start()

    def terminate_all(self) -> None:
        """Accept nothing more, and tell the workers to end."""
        with contextlib.suppress(OSError):  # macOS knows no such shutdown
            self._listening.shutdown(socket.SHUT_RDWR)
        super().terminate_all()

    def join_all(self) -> None:
        """Wait for all to end; kill those that take too long."""
        for worker in self.processes:
            worker.process.join(max(0.0, self._remaining_s()))
            if worker.process.is_alive():
                log.warning("Worker %s did not stop in time and is killed.", worker.pid)
                worker.kill()
                worker.join()

    def _accept(self) -> None:
        """Give each connection to the next worker that takes it."""
        turns = itertools.count()
        while not self.should_exit.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError as error:
                if not self.should_exit.is_set():
                    log.warning("A connection was not accepted: %s", error)
                    time.sleep(_TRY_AGAIN_S)
                continue
            with connection:
                while not self.should_exit.is_set() and not self._is_given(connection, turns):
                    time.sleep(_TRY_AGAIN_S)

    def _is_given(self, connection: socket.socket, turns: Iterator[int]) -> bool:
        workers = [one for one in self.processes if isinstance(one, _Worker)]
        return any(workers[next(turns) % len(workers)].take(connection) for _ in workers)

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        # Counted from here: the health check of a busy worker may take seconds before they are told.
        self._kill_at = min(self._kill_at, time.monotonic() + _KILL_AFTER_S)
        self.signal_queue.append(number)

    def _remaining_s(self) -> float:
        # Without a signal they stop because one of them could not start.
        return min(self._kill_at - time.monotonic(), _KILL_AFTER_S)
