"""Makes renditions beside the server, not inside it: drawing one holds Python's lock throughout."""

import asyncio
import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from storefront.errors import Unavailable
from storefront.pictures.store import PictureStore

_MOST_WAITING = 500  # pictures; some half a minute's work


class Renditions:
    """Renditions of a store's pictures, made at their first use by up to two processes of our own.

    The processes start with the first picture that is not there yet, and end with `close`.
    """

    def __init__(self, store: PictureStore) -> None:
        self._store = store
        self._making: dict[Path, asyncio.Task[None]] = {}
        self._processes = _processes()

    async def file(self, key: str, width: int) -> Path:
        """The file of a rendition; those who ask for it while it is being made wait together.

        Raises NotFound (404), InvalidInput (422), Unavailable (503) where too many wait already.
        """
        place = self._store.place(key, width)
        if not place.exists():
            making = self._making.get(place)
            if making is None:
                if len(self._making) >= _MOST_WAITING:
                    raise Unavailable("Too many pictures are being made.", retry_after_s=2)
                making = asyncio.create_task(self._make(place, key, width))
                self._making[place] = making
            await asyncio.shield(making)  # one who goes away must not stop it for the others
        return place

    def close(self) -> None:
        """End the processes; what has not begun is not made."""
        self._processes.shutdown(cancel_futures=True)

    async def _make(self, place: Path, key: str, width: int) -> None:
        try:
            await self._in_a_process(key, width)
        except BrokenProcessPool:  # one of them was killed; new ones start with the next picture
            await self._in_a_process(key, width)
        finally:
            del self._making[place]

    async def _in_a_process(self, key: str, width: int) -> None:
        loop = asyncio.get_running_loop()
        used = self._processes
        try:
            await loop.run_in_executor(used, self._store.make, key, width)
        except BrokenProcessPool:
            if self._processes is used:
                self._processes = _processes()
            raise


def _processes() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(
        max_workers=min(2, os.cpu_count() or 1),
        # Spawned, since a fork would copy the server's threads and sockets in mid-flight.
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_ignore_interrupt,
    )


def _ignore_interrupt() -> None:
    """Ctrl-C reaches every process of a terminal; the server decides when these end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
