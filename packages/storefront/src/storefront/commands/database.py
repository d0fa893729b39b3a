"""A database for a command, with the timeouts of long work."""

import contextlib
import threading
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from storefront.commands.outcome import print_error
from storefront.db import Database
from storefront.errors import Unavailable
from storefront.settings import Settings

_RETRY_AFTER_S = 5.0
_STATEMENT_TIMEOUT_S = 600.0  # of an import, a migration or an ANALYZE
# How long a command may wait for a connection at least; the setting is for pages. On a busy machine,
# loading the Databricks SDK and signing in takes longer than a visitor would wait.
_CONNECT_DEADLINE_S = 60.0

_T = TypeVar("_T")


async def with_database(
    settings: Settings,
    work: Callable[[Database], Awaitable[_T]],
    *,
    endpoint: str | None = None,
) -> _T:
    """Do work on the database, with the timeouts that long work needs."""
    timeouts = {
        "statement_timeout_s": _STATEMENT_TIMEOUT_S,
        "connect_deadline_s": max(settings.connect_deadline_s, _CONNECT_DEADLINE_S),
    }
    database = Database(settings.model_copy(update=timeouts), endpoint=endpoint)
    try:
        return await work(database)
    finally:
        await database.aclose()


def now_or_when_reachable(work: Callable[[], None]) -> None:
    """Do what the shop needs before it serves; if the database is unreachable, as soon as it is.

    The shop serves meanwhile: its pages and /ready say what is wrong.
    """
    try:
        work()
    except Unavailable as error:
        print_error(error)
        threading.Thread(target=_when_reachable, args=(work,), daemon=True).start()


def _when_reachable(work: Callable[[], None]) -> None:
    while True:
        time.sleep(_RETRY_AFTER_S)
        with contextlib.suppress(Unavailable):
            work()
            return
