"""Links by which whoever has them sees an order: sent by e-mail, signed, impossible to guess."""

from datetime import timedelta
from urllib.parse import urlencode

from storefront.settings import Settings
from storefront.texts import localized
from storefront.web.signing import Signer

LASTS = timedelta(days=400)
"""How long a link opens its order; later, the look-up by number and e-mail address makes a new one."""

_PURPOSE = "order"


def key_of(signer: Signer, number: str) -> str:
    """The key that opens an order."""
    return signer.sign(_PURPOSE, number)


def opens(signer: Signer, number: str, key: str | None) -> bool:
    """Whether this key opens that order."""
    signed = signer.read(_PURPOSE, key) if key else None
    return signed is not None and signed.value == number and signed.age < LASTS


def path_of(signer: Signer, number: str) -> str:
    """Where an order is shown, with its key."""
    return localized(f"/orders/{number}") + f"?{urlencode({'key': key_of(signer, number)})}"


def url_of(settings: Settings, signer: Signer, number: str) -> str:
    """The same as a whole address, for e-mails."""
    return settings.public_url + path_of(signer, number)
