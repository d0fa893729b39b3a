"""Transactions that do no harm when they are carried out twice: again, where their connection was lost.

For those whose caller cannot simply be asked to try again, such as the one that makes an order of a
payment that was taken.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from storefront.background import is_cancelled
from storefront.errors import Unavailable

log = logging.getLogger(__name__)

_T = TypeVar("_T")

_WITHIN_S = 30.0  # below `idempotency.service.LEASE`: until then nobody else takes the request over
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 2.0


async def repeated(transaction: Callable[[], Awaitable[_T]]) -> _T:
    """The result of an idempotent transaction; carried out again while the database is unavailable.

    Where the connection is lost during the commit it is not known whether that took place: the
    transaction has to find out itself. Raises Unavailable (503) after 30 s, and whatever else the
    transaction raises. In a task that was cancelled, as when the shop stops, it is tried once.
    """
    until = time.monotonic() + _WITHIN_S
    pause_s = _FIRST_PAUSE_S
    while True:
        try:
            return await transaction()
        except Unavailable as error:
            if is_cancelled() or time.monotonic() + pause_s > until:
                raise
            log.info("A transaction is repeated: %s", error.reason)
        await asyncio.sleep(pause_s)
        pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
