"""The gift cards for refunds of returns: their codes are derived from a secret key, and not stored."""

from storefront.pricing import codes
from storefront.web.signing import Signer


def code_of(signer: Signer, number: str) -> str:
    """The code of the gift card of a return."""
    return codes.code_of(signer.digest("gift card of a return", number))
