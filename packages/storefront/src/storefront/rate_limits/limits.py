"""What one person may not do too often, as dependencies of routes: ``dependencies=[CODES]``."""

import time
from typing import Any

from fastapi import Depends, Request
from limits import parse
from limits.aio.strategies import FixedWindowRateLimiter

from storefront.customers.codes import network_of
from storefront.customers.current import session_of
from storefront.db import Database
from storefront.errors import StoreError
from storefront.rate_limits.storage import PostgresStorage
from storefront.settings import Settings
from storefront.texts import _
from storefront.web.deps import client_address, person
from storefront.web.signing import Signer


class TooManyRequests(StoreError):
    """The same was asked for too often in a short time. Wait as long as ``Retry-After`` says.

    Who is signed in is counted alone; guests are counted by their network.
    """

    status, slug, title = 429, "too-many-requests", "Too many requests"


def _limited(name: str, allowed: str) -> Any:
    """A dependency that lets one person use a route so often. One statement, committed at once.

    name: routes of the same name are counted together. allowed: as ``limits`` writes it, "60/minute".
    Raises TooManyRequests (429).
    """
    item = parse(allowed)

    async def count(request: Request) -> None:
        settings: Settings = request.state.settings
        if not settings.rate_limits:
            return
        database: Database = request.state.database
        limiter = FixedWindowRateLimiter(PostgresStorage(database))
        signer: Signer = request.state.signer
        who = signer.digest("rate limit", f"{name} {_who(request)}")
        if not await limiter.hit(item, name, who):
            ends_at, _left = await limiter.get_window_stats(item, name, who)
            raise _refusal(ends_at - time.time())

    return Depends(count)


def _who(request: Request) -> str:
    session_id = session_of(request)
    if email := person(request):
        return f"person {email}"
    return f"session {session_id}" if session_id else network_of(client_address(request))


def _refusal(seconds: float) -> TooManyRequests:
    refusal = TooManyRequests(_("This was tried very often. Wait a minute, then try again."))
    refusal.retry_after_s = max(1, round(seconds + 0.5))
    return refusal


# More than people do, less than programs try.
CODES = _limited("code", "30/minute")
"""Codes of coupons and gift cards, which could be guessed."""
LOOK_UPS = _limited("order lookup", "20/minute")
"""Orders by number and e-mail address, which could be guessed."""
PHOTOGRAPHS = _limited("photograph", "60/minute")
"""Searches by photograph, and photographs of reviews: each takes the processor for some 60 ms."""
OPINIONS = _limited("opinion", "60/minute")
"""Helpful votes and reports of reviews, which guests could send with a new cookie each time."""
SIGN_INS = _limited("sign-in", "30/minute")
"""Sign-in codes that are typed; each code also has tries of its own."""
