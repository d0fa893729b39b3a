"""Keeps listings up to date in the background of every server process; processes share the work."""

import asyncio
import contextlib
import logging
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from storefront.db import Database
from storefront.errors import Unavailable
from storefront.search.log import delete_old
from storefront.search.read_model import refresh as service
from storefront.search.read_model import terms
from storefront.search.read_model.demand import Demand

log = logging.getLogger(__name__)

POLL_EVERY_S = 0.5
CLEAN_UP_EVERY_S = 600.0
_RETRY_AFTER_S = 5.0


@asynccontextmanager
async def keep_fresh(database: Database, demand: Demand) -> AsyncIterator[None]:
    """Refresh changed listings in the background; pause while there is no demand."""
    demand.note_behind()
    task = asyncio.create_task(work(database, demand))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        demand.note_caught_up()


async def work(database: Database, demand: Demand | None = None) -> None:
    """Refresh listings as changes come, until cancelled. Retries while the database is unavailable.

    demand: who waits for it and when to pause; None to work without a pause.
    When no change waits, and every ten minutes, search terms are rebuilt and old rows deleted.
    """
    demand = demand or Demand(idle_after_s=math.inf)
    cleaned_at, has_changes = float("-inf"), False
    while True:
        pause_s = POLL_EVERY_S
        try:
            is_busy = bool(await service.refresh(database))
            demand.note_caught_up()
            if is_busy:
                has_changes = True
                continue
            if time.monotonic() - cleaned_at > CLEAN_UP_EVERY_S:
                cleaned_at = time.monotonic()
                await delete_old(database)
                await service.delete_old_versions(database)
                if has_changes:
                    await terms.rebuild(database)
                    has_changes = False
        except Unavailable as error:
            log.warning("Listings wait for the database: %s", error.reason)
            demand.note_caught_up(error)
            pause_s = _RETRY_AFTER_S
        except Exception:
            log.exception("Refreshing the listings failed")
            demand.note_caught_up()
            pause_s = _RETRY_AFTER_S
        await demand.pause(pause_s)
