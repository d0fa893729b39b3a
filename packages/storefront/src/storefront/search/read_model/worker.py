"""Keeps listings up to date in the background of every server process; processes share the work."""

import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from storefront.background import every, repeat
from storefront.db import Database
from storefront.errors import Unavailable
from storefront.search.log import delete_old
from storefront.search.read_model import refresh as service
from storefront.search.read_model.demand import Demand

POLL_EVERY_S = 0.5
CLEAN_UP_EVERY_S = 600.0
_NAME = "Listings"


@asynccontextmanager
async def keep_fresh(database: Database, demand: Demand) -> AsyncIterator[None]:
    """Refresh changed listings in the background; pause while there is no demand."""
    demand.note_behind()
    upkeep = _Upkeep(database, demand)
    try:
        async with every(POLL_EVERY_S, _NAME, upkeep.work, pause=demand.pause):
            yield
    finally:
        demand.note_caught_up()


async def work(database: Database, demand: Demand | None = None) -> None:
    """Refresh listings as changes arrive, until cancelled. Retries while the database is unavailable.

    demand: decides when to pause and who waits; None to work without a pause.
    """
    demand = demand or Demand(idle_after_s=math.inf)
    upkeep = _Upkeep(database, demand)
    await repeat(_NAME, upkeep.work, every_s=POLL_EVERY_S, pause=demand.pause)


class _Upkeep:
    """Refreshes changed listings; deletes old rows every ten minutes."""

    def __init__(self, database: Database, demand: Demand) -> None:
        self._database = database
        self._demand = demand
        self._cleaned_at = float("-inf")

    async def work(self) -> bool:
        """One round. Returns whether more changes may be pending. Raises Unavailable (503)."""
        try:
            is_busy = bool(await service.refresh(self._database))
            self._demand.note_caught_up()
            if not is_busy and time.monotonic() - self._cleaned_at > CLEAN_UP_EVERY_S:
                await self._clean_up()
        except Unavailable as error:
            self._demand.note_caught_up(error)
            raise
        except Exception:
            self._demand.note_caught_up()
            raise
        return is_busy

    async def _clean_up(self) -> None:
        self._cleaned_at = time.monotonic()
        await delete_old(self._database)
        await service.delete_old_versions(self._database)
