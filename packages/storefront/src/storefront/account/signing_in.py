"""What pages and API share of signing in: the digest of codes, the pending sign-in, the page after
it."""

import json
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from urllib.parse import quote, unquote, urlsplit

from fastapi import Request

from storefront.customers.codes import Digest, network_of
from storefront.errors import NotOffered
from storefront.settings import Settings
from storefront.texts import _, localized
from storefront.web import cookies
from storefront.web.cookies import Cookie
from storefront.web.deps import client_address
from storefront.web.signing import Signer

COOKIE = "signing-in"
_LASTS = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in that waits for its code. to: the page to open afterwards."""

    email: str
    to: str


def digest_of(signer: Signer) -> Digest:
    """The keyed digest that codes are made and checked with."""
    return partial(signer.digest, "sign-in")


def network(request: Request) -> str:
    """What requests for codes are counted by."""
    return network_of(client_address(request))


def only_without_proxy(request: Request) -> None:
    """Raises NotOffered (501) where the proxy says who people are, and codes would go round it."""
    settings: Settings = request.state.settings
    if settings.behind_proxy:
        raise NotOffered(
            _("The platform in front of this shop signs people in; codes are not used.")
        )


def store_pending(request: Request, pending: Pending) -> None:
    """Store the e-mail address in a signed cookie, not in the URL, until the code is entered."""
    signer: Signer = request.state.signer
    value = quote(json.dumps([pending.email, pending.to]))
    lasts_s = int(_LASTS.total_seconds())
    cookies.send(request, Cookie(COOKIE, signer.sign(COOKIE, value), max_age_s=lasts_s))


def pending_of(request: Request) -> Pending | None:
    """The sign-in that this browser began, if it did so lately."""
    cookies.depends_on_visitor(request)
    carried = cookies.received(request, COOKIE)
    signer: Signer = request.state.signer
    signed = signer.read(COOKIE, carried) if carried else None
    if signed is None or signed.age > _LASTS:
        return None
    return Pending(*json.loads(unquote(signed.value)))


def delete_pending(request: Request) -> None:
    """The sign-in is finished."""
    cookies.send(request, Cookie(COOKIE, "", max_age_s=0))


def own_page(path: str | None) -> str:
    """A page of ours to go on to: what was asked for, if it is one; else the account."""
    if not path or not path.startswith("/") or path.startswith("//") or not path.isprintable():
        return localized("/account")
    parts = urlsplit(path)
    if parts.scheme or parts.netloc or "\\" in path:
        return localized("/account")
    return path
