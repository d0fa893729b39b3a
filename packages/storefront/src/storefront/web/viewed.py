"""Recently viewed products: the last dozen, in a signed cookie of the visitor's own browser.

Nothing is stored on our side, so there is nothing to merge at sign-in: the list is there before and
after. Signing out deletes it, so that the next user of the browser does not see it.
"""

from datetime import timedelta

from fastapi import Request

from storefront.web import cookies
from storefront.web.cookies import Cookie
from storefront.web.signing import Signer

COOKIE = "viewed"
MOST = 12
_KEPT_FOR = timedelta(days=30)


def viewed(request: Request) -> list[int]:
    """The products that were looked at, the last one first."""
    carried = cookies.received(request, COOKIE)
    if carried is None:
        return []
    cookies.depends_on_visitor(request)
    signer: Signer = request.state.signer
    signed = signer.read(COOKIE, carried)
    if signed is None or signed.age > _KEPT_FOR:
        return []
    return [int(number) for number in signed.value.split("-") if number]


def note(request: Request, product_id: int) -> None:
    """Put a product at the head of the list."""
    before = viewed(request)
    if before[:1] == [product_id]:
        return
    ids = [product_id, *(one for one in before if one != product_id)][:MOST]
    signer: Signer = request.state.signer
    signed = signer.sign(COOKIE, "-".join(map(str, ids)))
    cookies.send(request, Cookie(COOKIE, signed, max_age_s=int(_KEPT_FOR.total_seconds())))


def delete_cookie(request: Request) -> None:
    """Delete the list."""
    cookies.send(request, Cookie(COOKIE, "", max_age_s=0))
