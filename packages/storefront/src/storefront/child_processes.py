"""Processes for work that holds the GIL, or that must be stopped where it takes too long."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor


def process_pool(processes: int, prepare: Callable[[], None] | None = None) -> ProcessPoolExecutor:
    """Up to so many processes. They start with the first work, and end when this process does.

    prepare: called in each at its start; a function of a module.
    """
    return ProcessPoolExecutor(
        max_workers=processes,
        # Spawned, since a fork would copy the server's threads, locks and sockets in mid-flight.
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start,
        initargs=(prepare,),
    )


def _start(prepare: Callable[[], None] | None) -> None:
    # Ctrl-C reaches every process of a terminal; the server decides when this one ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    if prepare is not None:
        prepare()


def _end_with_parent() -> None:
    """The executor ends its processes unless it was killed; they would otherwise wait forever."""
    parent = multiprocessing.parent_process()
    assert parent is not None  # only child processes get here
    parent.join()
    os._exit(1)
