"""Reads the claims of a token. Only the doctor does this: the library takes a token's expiry from
its issuer, because the claims of a database credential are not documented.
"""

import base64
import binascii
import json
from typing import Any
from urllib.parse import urlsplit

_SENT = "The token in the password variable"


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


def why_refused(claims: dict[str, Any], workspace: str) -> str:
    """What a token that has not expired may be refused for, as far as its claims go.

    workspace: its URL, "" if unknown.
    """
    if "all-apis" in str(claims.get("scope", "")).split():
        return f"{_SENT} is a workspace token (scope all-apis), not a database credential."
    issuer, here = (_host(str(url)) for url in (claims.get("iss", ""), workspace))
    if issuer and here and issuer != here:
        return f"{_SENT} was issued by {issuer}, not by the workspace {here}."
    ended = f"{_SENT} has not expired: it was revoked, or the key that signed it was replaced"
    return f"{ended}." if issuer and here else f"{ended}, or it belongs to another workspace."


def _host(url: str) -> str:
    return urlsplit(url if "://" in url else f"//{url}").netloc.lower()
