"""What whole tokens look like: whether one was cut off shows in its text alone."""

import base64
import binascii
import json
import re

_JWT_START = re.compile(r"eyJ[\w-]*")
_PAT = re.compile(r"dapi[0-9a-f]*(-\d+)?", re.IGNORECASE)
_PAT_DIGITS = 32  # after "dapi" (github.com/databricks/cli, libs/databrickscfg; secret scanners)
# Lengths of signatures in characters: 256, 384 or 512 bytes by RSA, 64 by ES256 and EdDSA, 96 by
# ES384, 132 by ES512, 32 by HS256 (RFC 7518, 3.1; RFC 8037).
_SIGNATURES = {
    "RS": {342, 512, 683}, "PS": {342, 512, 683}, "ES": {86, 128, 176}, "Ed": {86}, "HS": {43, 64, 86},
}  # fmt: skip


def is_jwt(value: str) -> bool:
    """Whether this begins as a JWT does, whole or not."""
    return _JWT_START.match(value) is not None


def jwt_complaint(token: str) -> str:
    """Why this cannot be a whole JWT (RFC 7515, 3.1); "" if it can."""
    parts = token.split(".")
    if len(parts) != 3:
        return f"of its three parts there {'is' if len(parts) == 1 else 'are'} {len(parts)}"
    try:
        header, _ = (json.loads(base64.urlsafe_b64decode(f"{part}===")) for part in parts[:2])
    except (binascii.Error, ValueError):
        return "a part of it does not decode"
    lengths = _SIGNATURES.get(str(header.get("alg"))[:2])
    return "its signature does not end" if lengths and len(parts[2]) not in lengths else ""


def pat_complaint(value: str) -> str:
    """Why this personal access token cannot be whole; "" if it can, or is another kind of value."""
    if not _PAT.fullmatch(value):
        return ""
    digits = len(value.partition("-")[0]) - len("dapi")
    return f"{digits} digits of {_PAT_DIGITS}" if digits < _PAT_DIGITS else ""
