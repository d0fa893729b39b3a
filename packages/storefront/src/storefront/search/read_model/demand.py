"""Whether the shop is in use: background work pauses while it is not, so that its database can sleep."""

import asyncio
import time

from storefront.errors import Unavailable

IDLE_AFTER_S = 30.0  # below the shortest time after which a compute is suspended: 60 s


class Demand:
    """Wakes the background work on a request, and lets the first request after a pause wait for it.

    idle_after_s: how long after the last request the background work continues.
    """

    def __init__(self, idle_after_s: float = IDLE_AFTER_S) -> None:
        self._idle_after_s = idle_after_s
        self._requested_at = time.monotonic()
        self._requested = asyncio.Event()
        self._caught_up = asyncio.Event()
        self._caught_up.set()
        self._failure: Unavailable | None = None

    def note_request(self) -> None:
        """Record a request."""
        self._requested_at = time.monotonic()
        self._requested.set()

    def note_behind(self) -> None:
        """Record that changes may be pending: readers wait until ``note_caught_up``."""
        self._caught_up.clear()
        self._failure = None

    def note_caught_up(self, failure: Unavailable | None = None) -> None:
        """Record that the background work has run. failure: why it could not run."""
        self._failure = failure
        self._caught_up.set()

    async def pause(self, pause_s: float) -> None:
        """Wait `pause_s`; if there was no request for a while, until there is one."""
        await asyncio.sleep(pause_s)
        if time.monotonic() - self._requested_at > self._idle_after_s:
            self._requested.clear()
            self.note_behind()
            await self._requested.wait()

    async def caught_up(self) -> None:
        """Wait until the background work has run since its last pause; no wait if none is running.

        Raises Unavailable (503) if it failed meanwhile.
        """
        if not self._caught_up.is_set():
            self.note_request()  # a waiter must have woken the work
            await self._caught_up.wait()
            if self._failure is not None:
                raise self._failure
