"""Makes renditions beside the server, not inside it: drawing one holds Python's lock throughout."""

import asyncio
import heapq
import itertools
import multiprocessing
import os
import signal
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from storefront.errors import NotFound, Unavailable
from storefront.pictures.store import PictureStore

MAX_WAITING = 500  # pictures; some half a minute's work
_PROCESSES = min(2, os.cpu_count() or 1)
_TRIMS = 20  # while the folder's limit is written once over


@dataclass(order=True, slots=True)
class _Job:
    """A rendition to be made. Photographs come before drawings, which take a hundred times as long."""

    is_drawn: bool
    number: int
    key: str = field(compare=False)
    width: int = field(compare=False)
    form: str = field(compare=False)
    place: Path = field(compare=False)
    begun: "asyncio.Future[asyncio.Task[None]]" = field(compare=False)
    waiting: int = field(compare=False, default=0)


class Renditions:
    """Renditions of a store's pictures, made at their first use by up to two processes of our own.

    is_product_picture: whether a product has the picture of this key. Nothing else is drawn, so that
    nobody can have pictures made that no page shows. max_bytes: of the folder of renditions; beyond it
    those whose last use is longest ago are deleted.
    The processes start with the first picture that is not there yet, and end with `close`.
    """

    def __init__(
        self,
        store: PictureStore,
        is_product_picture: Callable[[str], Awaitable[bool]],
        *,
        max_bytes: int,
    ) -> None:
        self._store = store
        self._is_product_picture = is_product_picture
        self._max_bytes = max_bytes
        self._bytes_since_trim = max_bytes  # unknown: look at the first chance
        self._jobs: dict[Path, _Job] = {}
        self._queue: list[_Job] = []
        self._numbers = itertools.count()
        self._running: set[asyncio.Task[None]] = set()
        self._processes = _processes()

    async def file(self, key: str, width: int, form: str = "webp") -> Path:
        """The file of a rendition. All who ask for it while it is being made wait together; if they all
        leave before its turn has come, it is not made.

        One statement for a drawing that is to be made, none otherwise.
        Raises NotFound (404), InvalidInput (422), Unavailable (503) where too many wait already.
        """
        place = self._store.place(key, width, form)
        if self._store.use(place):
            return place
        if self._store.is_drawn(key) and not await self._is_product_picture(key):
            raise NotFound(f"There is no picture {key}.")
        job = self._jobs.get(place) or self._add(key, width, form, place)
        job.waiting += 1
        try:
            # Shielded: one who leaves must not stop it for the others.
            making = await asyncio.shield(job.begun)
            await asyncio.shield(making)
        finally:
            job.waiting -= 1
            if not job.waiting and not job.begun.done():
                self._jobs.pop(place, None)
        return place

    def close(self) -> None:
        """End the processes; what has not begun is not made."""
        self._queue.clear()
        for task in self._running:
            task.cancel()
        self._processes.shutdown(cancel_futures=True)

    def _add(self, key: str, width: int, form: str, place: Path) -> _Job:
        if len(self._jobs) >= MAX_WAITING:
            raise Unavailable("Too many pictures are being made.", retry_after_s=2)
        begun = asyncio.get_running_loop().create_future()
        job = _Job(self._store.is_drawn(key), next(self._numbers), key, width, form, place, begun)
        self._jobs[place] = job
        heapq.heappush(self._queue, job)
        self._begin_next()
        return job

    def _begin_next(self) -> None:
        while self._queue and len(self._running) < _PROCESSES:
            job = heapq.heappop(self._queue)
            if self._jobs.get(job.place) is job:  # else all who waited have left
                task = asyncio.create_task(self._make(job))
                self._running.add(task)
                task.add_done_callback(partial(self._finish, job))
                job.begun.set_result(task)

    def _finish(self, job: _Job, task: "asyncio.Task[None]") -> None:
        self._running.discard(task)
        del self._jobs[job.place]
        if not task.cancelled():
            task.exception()  # reported to those who wait, if anybody still does
        self._begin_next()

    async def _make(self, job: _Job) -> None:
        try:
            await self._in_a_process(job)
        except BrokenProcessPool:  # one of them was killed; new ones start with the next picture
            await self._in_a_process(job)
        await self._trim(job.place)

    async def _in_a_process(self, job: _Job) -> None:
        loop = asyncio.get_running_loop()
        used = self._processes
        try:
            await loop.run_in_executor(used, self._store.make, job.key, job.width, job.form)
        except BrokenProcessPool:
            if self._processes is used:
                self._processes = _processes()
            raise

    async def _trim(self, made: Path) -> None:
        self._bytes_since_trim += self._store.size(made)
        if self._bytes_since_trim >= self._max_bytes / _TRIMS:
            self._bytes_since_trim = 0
            await asyncio.to_thread(self._store.trim, self._max_bytes)


def _processes() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(
        max_workers=_PROCESSES,
        # Spawned, since a fork would copy the server's threads and sockets in mid-flight.
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_ignore_interrupt,
    )


def _ignore_interrupt() -> None:
    """Ctrl-C reaches every process of a terminal; the server decides when these end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
