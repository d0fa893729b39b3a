"""Makes renditions in processes of their own: drawing one holds the GIL throughout."""

import asyncio
import heapq
import itertools
import logging
import os
from collections.abc import Awaitable, Callable
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from storefront.child_processes import process_pool
from storefront.errors import NotFound, Unavailable
from storefront.pictures.store import PictureStore

log = logging.getLogger(__name__)

MAX_WAITING = 500  # pictures; some half a minute's work
_PROCESSES = min(2, os.cpu_count() or 1)
_TRIMS = 20  # checks of the folder's size for each max_bytes written


@dataclass(order=True, slots=True)
class _Job:
    """A rendition to make. Photographs come before drawings, which take a hundred times as long."""

    is_drawn: bool
    number: int
    key: str = field(compare=False)
    width: int = field(compare=False)
    form: str = field(compare=False)
    path: Path = field(compare=False)
    started: "asyncio.Future[asyncio.Task[None]]" = field(compare=False)
    waiting: int = field(compare=False, default=0)


class Renditions:
    """Renditions of a store's pictures, made on first use by up to two child processes.

    is_product_picture: whether a product has the picture of this key. Nothing else is drawn, so that
    no client can request drawings that no page shows. max_bytes: of the folder of renditions; beyond
    it the least recently used are deleted.
    The processes start with the first rendition that is missing, and end with `close`.
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
        self._bytes_since_trim = max_bytes  # unknown: check at the first opportunity
        self._jobs: dict[Path, _Job] = {}
        self._queue: list[_Job] = []
        self._numbers = itertools.count()
        self._running: set[asyncio.Task[None]] = set()
        self._pool = process_pool(_PROCESSES)

    async def file(self, key: str, width: int, form: str = "webp") -> Path:
        """The file of a rendition. Concurrent callers share one job; if all of them are cancelled before
        it starts, it is dropped.

        One statement for a drawing that is not cached, none otherwise.
        Raises NotFound (404), InvalidInput (422), Unavailable (503) where too many are waiting or the
        folder cannot be used.
        """
        path = self._store.path(key, width, form)
        if self._store.use(path):
            return path
        if self._store.is_drawn(key) and not await self._is_product_picture(key):
            raise NotFound(f"There is no picture {key}.")
        job = self._jobs.get(path) or self._add(key, width, form, path)
        job.waiting += 1
        try:
            # Shielded: a caller that is cancelled must not cancel it for the others.
            making = await asyncio.shield(job.started)
            await asyncio.shield(making)
        finally:
            job.waiting -= 1
            if not job.waiting and not job.started.done():
                self._jobs.pop(path, None)
        return path

    def close(self) -> None:
        """End the processes; jobs that have not started are dropped."""
        self._queue.clear()
        for task in self._running:
            task.cancel()
        self._pool.shutdown(cancel_futures=True)

    def _add(self, key: str, width: int, form: str, path: Path) -> _Job:
        if len(self._jobs) >= MAX_WAITING:
            raise Unavailable("Too many pictures are being made.", retry_after_s=2)
        started = asyncio.get_running_loop().create_future()
        job = _Job(self._store.is_drawn(key), next(self._numbers), key, width, form, path, started)
        self._jobs[path] = job
        heapq.heappush(self._queue, job)
        self._start_next()
        return job

    def _start_next(self) -> None:
        while self._queue and len(self._running) < _PROCESSES:
            job = heapq.heappop(self._queue)
            if self._jobs.get(job.path) is job:  # else every caller was cancelled
                task = asyncio.create_task(self._make(job))
                self._running.add(task)
                task.add_done_callback(partial(self._finish, job))
                job.started.set_result(task)

    def _finish(self, job: _Job, task: "asyncio.Task[None]") -> None:
        self._running.discard(task)
        del self._jobs[job.path]
        if not task.cancelled():
            task.exception()  # raised for the callers that still wait
        self._start_next()

    async def _make(self, job: _Job) -> None:
        try:
            await self._run_in_process(job)
        except BrokenProcessPool:  # one of them was killed; new ones start with the next rendition
            await self._run_in_process(job)
        await self._trim(job.path)

    async def _run_in_process(self, job: _Job) -> None:
        loop = asyncio.get_running_loop()
        pool = self._pool
        try:
            await loop.run_in_executor(pool, self._store.make, job.key, job.width, job.form)
        except BrokenProcessPool:
            if self._pool is pool:
                self._pool = process_pool(_PROCESSES)
            raise

    async def _trim(self, made: Path) -> None:
        self._bytes_since_trim += self._store.size(made)
        if self._bytes_since_trim >= self._max_bytes / _TRIMS:
            self._bytes_since_trim = 0
            try:
                await asyncio.to_thread(self._store.trim, self._max_bytes)
            except OSError as error:  # the rendition itself was made
                log.warning("Renditions cannot be deleted: %s.", error)
