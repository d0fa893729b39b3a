"""Messages that the next page shows once, such as the result of a form."""

from urllib.parse import quote, unquote

from fastapi import Request

from storefront.web import cookies
from storefront.web.cookies import Cookie
from storefront.web.signing import Signer

COOKIE = "flash"
_LASTS_S = 60  # as long as a redirect takes, and no longer


def flash(request: Request, message: str) -> None:
    """Show this message on the next page that this visitor sees."""
    signer: Signer = request.state.signer
    signed = signer.sign(COOKIE, quote(message))
    cookies.send(request, Cookie(COOKIE, signed, max_age_s=_LASTS_S))


def take(request: Request) -> str | None:
    """The message for this page, which is then gone."""
    carried = cookies.received(request, COOKIE)
    if carried is None or not cookies.can_send(request):
        return None
    cookies.depends_on_visitor(request)
    cookies.send(request, Cookie(COOKIE, "", max_age_s=0))
    signer: Signer = request.state.signer
    signed = signer.read(COOKIE, carried)
    if signed is None or signed.age.total_seconds() > _LASTS_S:
        return None
    return unquote(signed.value)
