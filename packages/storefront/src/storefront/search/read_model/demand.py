"""Whether anyone asks: background work rests while nobody does, so that a database can sleep."""

import asyncio
import time

RESTS_AFTER_S = 30.0  # less than the shortest time after which a compute is suspended: 60 s


class Demand:
    """Remembers when somebody asked last. rests_after_s: how long that counts."""

    def __init__(self, rests_after_s: float = RESTS_AFTER_S) -> None:
        self._rests_after_s = rests_after_s
        self._asked_at = time.monotonic()
        self._asked = asyncio.Event()

    def note(self) -> None:
        """Somebody asks."""
        self._asked_at = time.monotonic()
        self._asked.set()

    async def pause(self, pause_s: float) -> None:
        """Wait so many seconds; where nobody has asked for long, until somebody does."""
        await asyncio.sleep(pause_s)
        if time.monotonic() - self._asked_at > self._rests_after_s:
            self._asked.clear()
            await self._asked.wait()
