"""The link that stops e-mails asking for reviews: signed, so that nobody can stop another person's."""

from datetime import timedelta

from storefront.errors import NotFound
from storefront.settings import Settings
from storefront.texts import _, localized
from storefront.web.signing import Signer

_PURPOSE = "review requests"
_LASTS = timedelta(days=400)


def customer_of(signer: Signer, key: str) -> int:
    """The customer whose e-mails a key stops. Raises NotFound (404)."""
    signed = signer.read(_PURPOSE, key)
    if signed is None or signed.age > _LASTS:
        raise NotFound(_("This link is not complete, or too old. Copy all of it from the e-mail."))
    return int(signed.value)


def stop_url(settings: Settings, signer: Signer, customer_id: int) -> str:
    """The whole address that an e-mail carries."""
    key = signer.sign(_PURPOSE, str(customer_id))
    return settings.public_url + localized(f"/reviews/requests/{key}/stop")
