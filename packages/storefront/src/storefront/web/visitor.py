"""The visitor: a random id in a signed cookie, for guests too."""

import secrets
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request

from storefront.web import cookies
from storefront.web.cookies import Cookie
from storefront.web.signing import Signed, Signer

COOKIE = "visitor"
KEPT_FOR = timedelta(days=400)  # the longest that browsers keep a cookie (RFC 6265bis, 5.5)
_RENEWED_AFTER = timedelta(days=30)


class Visitor:
    """The visitor who sends this request. Somebody who only looked around has no id, and no cookie."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._signer: Signer = request.state.signer
        cookies.depends_on_visitor(request)
        carried = cookies.received(request, COOKIE)
        signed = self._signer.read(COOKIE, carried) if carried else None
        self._id = signed.value if signed is not None and signed.age < KEPT_FOR else None
        if self._id and signed is not None and _is_due(signed):
            self._send(self._id)

    @property
    def id(self) -> str | None:
        """The visitor's id, 22 characters; None until something had to be remembered."""
        return self._id

    def ensure_id(self) -> str:
        """The visitor's id; a new one, with a cookie, if there is none yet. Call it before storing."""
        if self._id is None:
            self._id = secrets.token_urlsafe(16)
            self._send(self._id)
        return self._id

    def delete_cookie(self) -> None:
        """Delete the cookie, as when a bag has been given to an account."""
        self._id = None
        cookies.send(self._request, Cookie(COOKIE, "", max_age_s=0))

    def _send(self, visitor_id: str) -> None:
        signed = self._signer.sign(COOKIE, visitor_id)
        lasts_s = int(KEPT_FOR.total_seconds())
        cookies.send(self._request, Cookie(COOKIE, signed, max_age_s=lasts_s))


async def visitor(request: Request) -> Visitor:
    """The visitor who sends this request; the response is then private to them."""
    return Visitor(request)


def _is_due(signed: Signed) -> bool:
    return signed.is_old_key or signed.age > _RENEWED_AFTER


CurrentVisitor = Annotated[Visitor, Depends(visitor)]
