"""Work that a process does beside its responses: at intervals, or once for all who wait for it.

What fails is logged and counted, and tried again; what is stopped has stopped when ``stop`` returns.
"""

import asyncio
import contextlib
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

from storefront.errors import Unavailable
from storefront.telemetry import metrics

log = logging.getLogger(__name__)

_T = TypeVar("_T")

_PAUSE_AFTER_FAILURE_S = 5.0
_LAST_TIME_S = 1.0

FAILURES: Counter[str] = Counter()
"""How often each kind of background work has failed since this process began, by its name."""


async def repeat(
    name: str,
    work: Callable[[], Awaitable[bool | None]],
    *,
    every_s: float,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Do this work again and again, until cancelled.

    name: what it is about, for the log. work: returns True where more is waiting and there is to be no
    pause. pause: waits so many seconds, or for as long as there need be no work.
    """
    while True:
        pause_s = every_s
        try:
            if await work():
                continue
        except Exception as error:
            if is_cancelled():
                raise
            pause_s = _PAUSE_AFTER_FAILURE_S
            note_failure(name, error)
        await pause(pause_s)


@asynccontextmanager
async def every(
    every_s: float,
    name: str,
    work: Callable[[], Awaitable[bool | None]],
    *,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncIterator[None]:
    """`repeat` this work in the background while the block runs; it has stopped when the block is
    left."""
    task = asyncio.create_task(repeat(name, work, every_s=every_s, pause=pause), name=name)
    try:
        yield
    finally:
        await stop(task)


async def last_time(name: str, work: Callable[[], Awaitable[object]]) -> None:
    """Do this work once more as the app stops, for a second at most: it must end, whatever hangs.

    What takes longer is cancelled and not waited for; what fails is logged and counted.
    """
    task = asyncio.ensure_future(work())
    await asyncio.wait({task}, timeout=_LAST_TIME_S)
    if not task.done():
        task.cancel()
        log.warning("%s: not done within %.0f s as the app stopped", name, _LAST_TIME_S)
    elif error := task.exception():
        note_failure(name, error)


def is_cancelled() -> bool:
    """Whether the current task was told to stop: a driver may report that as a lost connection."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def stop(task: "asyncio.Task[object]") -> None:
    """Cancel a task and wait until it has ended; how it ends does not matter any more."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError, Exception):
        await task


def note_failure(name: str, error: BaseException) -> None:
    """Log and count a failure of background work: with its traceback, unless the database is away."""
    FAILURES[name] += 1
    metrics.BACKGROUND_FAILURES.labels(name).inc()
    if isinstance(error, Unavailable):
        log.warning("%s: waiting for the database: %s", name, error.reason)
    else:
        log.error("%s: failed, will be retried", name, exc_info=error)


class SingleFlight(Generic[_T]):
    """Work of which only one run is in progress at a time: callers in the meantime get its result.

    name: what it is about, for the log. Failures are logged and counted whether or not anyone waits.
    """

    def __init__(self, name: str, work: Callable[[], Awaitable[_T]]) -> None:
        self._name = name
        self._work = work
        self._run: asyncio.Task[_T] | None = None

    def begin(self) -> "asyncio.Task[_T]":
        """The run in progress, or a new one."""
        if self._run is None or self._run.done():
            self._run = asyncio.create_task(self._do(), name=self._name)
            self._run.add_done_callback(self._note)
        return self._run

    async def result(self) -> _T:
        """The result of the run in progress, or of a new one. Raises what it raises.

        A caller that stops waiting does not stop the run for others.
        """
        return await asyncio.shield(self.begin())

    def stop(self) -> None:
        """Cancel the run. Waits for nothing: one that hangs in the database ends with its connection."""
        if self._run is not None:
            self._run.cancel()

    async def _do(self) -> _T:
        return await self._work()

    def _note(self, run: "asyncio.Task[_T]") -> None:
        if not run.cancelled() and (error := run.exception()):
            note_failure(self._name, error)


class Recent(Generic[_T]):
    """A small piece of the database that many requests need: read when it is asked for, and then at most
    ``every_s`` seconds old.

    name: what it is about, for the log. While the database is unavailable, the last value is returned.
    """

    def __init__(
        self, name: str, read: Callable[[], Awaitable[_T]], *, every_s: float = 10.0
    ) -> None:
        self._read = read
        self._refresh = SingleFlight(name, self._read_again)
        self._every_s = every_s
        self._known: tuple[_T] | None = None
        self._read_at = float("-inf")
        self._is_changed = False  # since the running read began

    async def get(self) -> _T:
        """The value. Raises what reading raises where there is none yet."""
        if time.monotonic() - self._read_at > self._every_s:
            began_at = time.monotonic()
            try:
                return await self._refresh.result()
            except Unavailable:
                if self._known is None:
                    raise
            self._read_at = began_at
        assert self._known is not None
        return self._known[0]

    def invalidate(self) -> None:
        """Read again for the next request, and for those that wait now: it was changed here."""
        self._is_changed = True
        self._read_at = float("-inf")

    def stop(self) -> None:
        """Cancel what is being read."""
        self._refresh.stop()

    async def _read_again(self) -> _T:
        while True:
            self._is_changed, began_at = False, time.monotonic()
            value = await self._read()
            if not self._is_changed:
                self._known, self._read_at = (value,), began_at
                return value
