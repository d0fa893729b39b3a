"""Reads uploaded photographs in a process of its own, which is stopped where one takes too long."""

import asyncio
import contextlib
import resource
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from storefront.child_processes import process_pool
from storefront.errors import InvalidInput, Unavailable
from storefront.texts import Language, _, current, speaking
from storefront.vision.photograph import Copy, copy_of, views_of_photograph

MAX_BYTES = 20_000_000
"""Of an uploaded photograph: a phone's largest have some 15 MB."""

_DEADLINE_S = 5.0  # a photograph of 12 megapixels takes 0.1 s
_STARTING_S = 20.0  # more, once: the process must start, on a machine that may be busy
_MAX_WAITING = 16
_MAX_MEMORY_BYTES = 2_000_000_000  # of address space; what is used of it stays far below


_Result = TypeVar("_Result")
Photograph = bytes | Callable[[], Awaitable[bytes]]
"""An uploaded file, or how it is read once its turn has come: until then it takes no memory."""


class PhotographReader:
    """Photographs to pixels, one after the other, in a process that has a limit of memory and of time.

    A decoder that a hostile file keeps busy holds up neither the server nor, for longer than the
    deadline, the next photograph. The process starts with the first photograph; ``close`` ends it.
    """

    def __init__(self) -> None:
        self._process: ProcessPoolExecutor | None = None
        self._has_answered = False
        self._waiting = 0
        self._turn = asyncio.Lock()

    async def views(self, photograph: Photograph) -> NDArray[np.uint8]:
        """What the network is given of an uploaded photograph: [p, 2, 224, 224, 3], from p places of it.

        Raises InvalidInput (422) where it cannot be read, in time and memory; Unavailable (503) where
        too many wait already.
        """
        return await self._in_turn(views_of_photograph, photograph)

    async def copy(self, photograph: Photograph) -> Copy:
        """An uploaded photograph as it can be shown to others: re-encoded, bounded, without metadata.

        Raises as `views`.
        """
        return await self._in_turn(copy_of, photograph)

    async def _in_turn(self, read: Callable[[bytes], _Result], photograph: Photograph) -> _Result:
        if self._waiting >= _MAX_WAITING:
            raise Unavailable(
                _("Too many photographs are being read. Try again shortly."), retry_after_s=2
            )
        self._waiting += 1
        try:
            async with self._turn:
                content = photograph if isinstance(photograph, bytes) else await photograph()
                return await self._read(read, content)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """End the process, whatever it is doing."""
        process, self._process = self._process, None
        if process is None:
            return
        for child in list((process._processes or {}).values()):  # the executor itself only waits
            child.kill()
        process.shutdown(cancel_futures=True)

    async def _read(self, read: Callable[[bytes], _Result], content: bytes) -> _Result:
        try:
            try:
                return await self._read_in_process(read, content)
            except BrokenProcessPool:  # it was killed, maybe while idle: a new one gets another try
                self.close()
                return await self._read_in_process(read, content)
        except (TimeoutError, BrokenProcessPool, MemoryError) as error:
            self.close()
            raise InvalidInput(
                _(
                    "This picture takes too long or too much memory to read. Send a smaller copy of it."
                ),
                errors=[{"pointer": "#/image", "detail": "takes too long to read"}],
            ) from error
        except asyncio.CancelledError:
            self.close()  # the sender has disconnected: nobody waits for the rest
            raise

    async def _read_in_process(self, read: Callable[[bytes], _Result], content: bytes) -> _Result:
        if self._process is None:
            self._process, self._has_answered = process_pool(1, _limit_memory), False
        loop = asyncio.get_running_loop()
        reading = loop.run_in_executor(self._process, _read_in, current(), read, content)
        try:
            # Not asyncio.wait_for: on Python 3.11 it loses a cancellation that comes with the result.
            async with asyncio.timeout(_DEADLINE_S if self._has_answered else _STARTING_S):
                found = await reading
        finally:
            with contextlib.suppress(asyncio.CancelledError):
                reading.cancel()
        self._has_answered = True
        return found


def _read_in(language: Language, read: Callable[[bytes], _Result], content: bytes) -> _Result:
    """In the process: what is wrong with a photograph is said in the language of its sender."""
    with speaking(language):
        return read(content)


def _limit_memory() -> None:
    if sys.platform != "linux":  # macOS refuses a limit of address space; the deadline is left
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY_BYTES, _MAX_MEMORY_BYTES))
