"""Keeps listings fresh in the background of every process that serves: whoever is free works."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from storefront.db import Database
from storefront.errors import Unavailable
from storefront.search.language import dictionary as terms
from storefront.search.log import delete_old
from storefront.search.read_model import refresh as service
from storefront.search.read_model.demand import Demand

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
TIDY_EVERY_S = 600.0
_AFTER_TROUBLE_S = 5.0


@asynccontextmanager
async def keep_fresh(database: Database, demand: Demand) -> AsyncIterator[None]:
    """Meanwhile, make the listings again that changes are waiting for; rest while nobody asks."""
    task = asyncio.create_task(work(database, demand.pause))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def work(
    database: Database, pause: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> None:
    """Make listings again as changes come, until cancelled. A database that is away is waited for.

    pause: waits so many seconds, or for as long as there need be no work.

    Once all are made, and every ten minutes: what they say is learned, and old searches are forgotten.
    """
    tidied_at, has_news = float("-inf"), False
    while True:
        try:
            if await service.refresh(database):
                has_news = True
                continue
            if time.monotonic() - tidied_at > TIDY_EVERY_S:
                tidied_at = time.monotonic()
                await delete_old(database)
                await service.forget_versions(database)
                if has_news:
                    await terms.learn(database)
                    has_news = False
            pause_s = LOOK_EVERY_S
        except Unavailable as error:
            log.warning("Listings wait for the database: %s", error.reason)
            pause_s = _AFTER_TROUBLE_S
        except Exception:
            log.exception("Listings could not be made again")
            pause_s = _AFTER_TROUBLE_S
        await pause(pause_s)
