"""Reads the claims of a token. Only the doctor does this: the library takes a token's expiry from
its issuer, because the claims of a database credential are not documented.
"""

import base64
import binascii
import json
from typing import Any


def claims(token: str) -> dict[str, Any] | None:
    """The claims of a JWT (RFC 7519), unverified; None for any other text."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        payload = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return None
    return payload if isinstance(payload, dict) else None


def ends_in_s(claims: dict[str, Any], *, now: float) -> float | None:
    """Seconds until it expires, negative if it has; None if it has no expiry."""
    end = claims.get("exp")
    return end - now if isinstance(end, int | float) else None
