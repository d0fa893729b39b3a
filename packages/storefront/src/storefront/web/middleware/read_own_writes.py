"""Shows visitors what they have just written, while other visitors may read from a replica.

The position of the write in the database's log is sent as a cookie, for as long as a replica in use may
be behind. Only where reads go to a replica at all (docs/decisions/0046).
"""

import math

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from storefront import own_writes
from storefront.db import Database
from storefront.errors import Unavailable
from storefront.settings import Settings
from storefront.web import cookies
from storefront.web.cookies import Cookie
from storefront.web.signing import Signer

COOKIE = "written"
_UNKNOWN = 2**63 - 1  # after which only the primary can be read


class ReadOwnWrites:
    """Passes the position of the last write from the cookie to the database, and back."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        # Twice as long as a replica in use may be behind, and then it has what was written.
        self._remembered_s = math.ceil(2 * settings.read_replica_lag_s) + 5

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; note where its writes are."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        with own_writes.of_visitor(self._carried(request)) as own:

            async def send_with_position(message: Message) -> None:
                if message["type"] == "http.response.start" and own.has_written:
                    value = str(await _position(request.state.database))
                    signer: Signer = request.state.signer
                    signed = signer.sign(COOKIE, value)
                    cookies.send(request, Cookie(COOKIE, signed, max_age_s=self._remembered_s))
                await send(message)

            await self._app(scope, receive, send_with_position)

    def _carried(self, request: Request) -> int:
        """What the cookie says; 0 without one that counts."""
        carried = cookies.received(request, COOKIE)
        signed = request.state.signer.read(COOKIE, carried) if carried else None
        if signed is None or signed.age.total_seconds() > self._remembered_s:
            return 0
        return int(signed.value)


async def _position(database: Database) -> int:
    """Where the log ends now, after what was written. One statement."""
    try:
        return await database.position()
    except Unavailable:
        return _UNKNOWN
