"""The links of alerts' e-mails: signed, so that nobody can guess another person's."""

from collections.abc import Sequence
from datetime import timedelta

from storefront.errors import NotFound
from storefront.settings import Settings
from storefront.texts import _, localized
from storefront.web.signing import Signer

_PURPOSE = "stock alert"
_LASTS = timedelta(days=400)


def key_of(signer: Signer, alert_ids: Sequence[int]) -> str:
    """The key that an e-mail about these alerts carries."""
    return signer.sign(_PURPOSE, "-".join(map(str, alert_ids)))


def alerts_of(signer: Signer, key: str) -> list[int]:
    """The alerts that a key was made for. Raises NotFound (404)."""
    signed = signer.read(_PURPOSE, key)
    if signed is None or signed.age > _LASTS:
        raise NotFound(_("This link is not complete, or too old. Copy all of it from the e-mail."))
    return [int(number) for number in signed.value.split("-")]


def url_of(settings: Settings, signer: Signer, alert_ids: Sequence[int], what: str) -> str:
    """The whole address of a page. what: ``confirm``, ``stop`` or ``again``."""
    return settings.public_url + localized(f"/alerts/{key_of(signer, alert_ids)}/{what}")
