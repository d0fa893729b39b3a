"""Signed text that visitors carry for us: only we can make or change it, though anybody may read it."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from cryptography.fernet import Fernet, MultiFernet
from itsdangerous import BadSignature, TimestampSigner

from storefront.settings import Settings
from storefront.web.signing_keys import keys_of


@dataclass(frozen=True, slots=True)
class Signed:
    """A value that was signed by us. is_old_key: by a key that has been replaced since."""

    value: str
    signed_at: datetime
    is_old_key: bool

    @property
    def age(self) -> timedelta:
        """How long ago it was signed."""
        return datetime.now(UTC) - self.signed_at


class Signer:
    """Signs with the first key and accepts all of them, so that keys can be replaced one at a time.

    keys: newest first. purpose, of each call: what is signed for one purpose is refused for another.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = list(keys)

    def sign(self, purpose: str, value: str) -> str:
        """The value with time and signature, fit for a cookie if the value is."""
        return self._signer(purpose, self._keys[:1]).sign(value).decode()

    def read(self, purpose: str, signed: str) -> Signed | None:
        """What was signed for this purpose, at any time; None for anything else."""
        for is_old, keys in ((False, self._keys[:1]), (True, self._keys[1:])):
            try:
                value, signed_at = self._signer(purpose, keys).unsign(signed, return_timestamp=True)
            except BadSignature:
                continue
            return Signed(value.decode(), signed_at, is_old)
        return None

    def digest(self, purpose: str, value: str) -> str:
        """A digest of a value, keyed by the newest key: 64 hex digits that only we can compute."""
        return hmac.new(self._keys[0].encode(), f"{purpose}\0{value}".encode(), sha256).hexdigest()

    def cipher(self, purpose: str) -> MultiFernet:
        """Encrypts what is stored for a purpose: with the newest key, and decrypts with all of them."""
        keys = (hmac.new(key.encode(), purpose.encode(), sha256).digest() for key in self._keys)
        return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in keys])

    @staticmethod
    def _signer(purpose: str, keys: Sequence[str]) -> TimestampSigner:
        # itsdangerous takes keys oldest first, and signs with the last.
        return TimestampSigner(
            list(reversed(keys)),
            salt=purpose,
            key_derivation="hmac",
            digest_method=sha256,
        )


def signer(settings: Settings) -> Signer:
    """The signer of this shop. Raises Unavailable (503), as `keys_of`."""
    return Signer(keys_of(settings))
