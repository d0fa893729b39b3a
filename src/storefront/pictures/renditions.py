"""Makes renditions beside the server, not inside it: drawing one holds Python's lock for 100 ms."""

import asyncio
import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from storefront.pictures.store import PictureStore


class Renditions:
    """Renditions of a store's pictures, made at their first use by up to two processes of our own.

    The processes start with the first picture that is not there yet, and end with `close`.
    """

    def __init__(self, store: PictureStore) -> None:
        self._store = store
        self._making: dict[Path, asyncio.Task[None]] = {}
        self._processes = ProcessPoolExecutor(
            max_workers=min(2, os.cpu_count() or 1),
            # Spawned, since a fork would copy the server's threads and sockets in mid-flight.
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_ignore_interrupt,
        )

    async def file(self, key: str, width: int) -> Path:
        """The file of a rendition; those who ask for it while it is being made wait together.

        Raises NotFound (404), InvalidInput (422).
        """
        place = self._store.place(key, width)
        if not place.exists():
            making = self._making.get(place)
            if making is None:
                making = asyncio.create_task(self._make(place, key, width))
                self._making[place] = making
            await asyncio.shield(making)  # one who goes away must not stop it for the others
        return place

    def close(self) -> None:
        """End the processes; what has not begun is not made."""
        self._processes.shutdown(cancel_futures=True)

    async def _make(self, place: Path, key: str, width: int) -> None:
        try:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._processes, self._store.make, key, width)
        finally:
            del self._making[place]


def _ignore_interrupt() -> None:
    """Ctrl-C reaches every process of a terminal; the server decides when these end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
