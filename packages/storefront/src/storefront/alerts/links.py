"""The links of alerts' e-mails: signed, so that nobody can guess another person's."""

from datetime import timedelta

from storefront.errors import NotFound
from storefront.settings import Settings
from storefront.texts import _, localized
from storefront.web.signing import Signer

_PURPOSE = "stock alert"
_LASTS = timedelta(days=400)


def key_of(signer: Signer, alert_id: int) -> str:
    """The key that an e-mail carries."""
    return signer.sign(_PURPOSE, str(alert_id))


def alert_of(signer: Signer, key: str) -> int:
    """The alert that a key was made for. Raises NotFound (404)."""
    signed = signer.read(_PURPOSE, key)
    if signed is None or signed.age > _LASTS:
        raise NotFound(_("This link is not complete, or too old. Copy all of it from the e-mail."))
    return int(signed.value)


def url_of(settings: Settings, signer: Signer, alert_id: int, what: str) -> str:
    """The whole address of a page. what: ``confirm`` or ``stop``."""
    return settings.public_url + localized(f"/alerts/{key_of(signer, alert_id)}/{what}")
