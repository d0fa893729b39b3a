"""Links that give access to an order: sent by e-mail, signed, unguessable."""

from datetime import timedelta
from urllib.parse import urlencode

from storefront.settings import Settings
from storefront.texts import localized
from storefront.web.signing import Signer

LASTS = timedelta(days=400)
"""The lifetime of a link; later, the look-up by number and e-mail address creates a new one."""

_PURPOSE = "order"


def key_of(signer: Signer, number: str) -> str:
    """The key for an order."""
    return signer.sign(_PURPOSE, number)


def opens(signer: Signer, number: str, key: str | None) -> bool:
    """Whether this is a valid key for the order."""
    signed = signer.read(_PURPOSE, key) if key else None
    return signed is not None and signed.value == number and signed.age < LASTS


def path_of(signer: Signer, number: str) -> str:
    """The path of an order's page, with its key."""
    return localized(f"/orders/{number}") + f"?{urlencode({'key': key_of(signer, number)})}"


def url_of(settings: Settings, signer: Signer, number: str) -> str:
    """The absolute URL of an order's page, for e-mails."""
    return settings.public_url + path_of(signer, number)
