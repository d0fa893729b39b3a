"""Native Postgres passwords: the verifier that Postgres stores, created and checked as in Postgres.

A verifier reads `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`. Source: RFC 5802,
section 3, and RFC 7677 for the keys; PostgreSQL docs, catalog `pg_authid`, for the form.

SASLprep (RFC 4013) is left out: it changes nothing in ASCII, and a password beyond ASCII is used
byte by byte, as Postgres does with one that needs no normalisation.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import re
import secrets

_ITERATIONS = 4096  # PostgreSQL docs, `scram_iterations`
_VERIFIER = re.compile(r"SCRAM-SHA-256\$(\d+):([^$:]+)\$([^$:]+):([^$:]+)")


async def fits(password: str, verifier: str | None) -> bool:
    """Whether this is the password; False too for other kinds of verifier, and for None.

    The hashing is slow by design, so it runs in a thread and does not hold up other logins.
    """
    return verifier is not None and await asyncio.to_thread(_fits, password, verifier)


def verifier_of(password: str) -> str:
    """A verifier to store instead of the password, with a new salt."""
    salt = secrets.token_bytes(16)
    stored_key, server_key = _keys(password, salt, _ITERATIONS)
    encoded = [base64.b64encode(part).decode() for part in (salt, stored_key, server_key)]
    return "SCRAM-SHA-256${}:{}${}:{}".format(_ITERATIONS, *encoded)


def _fits(password: str, verifier: str) -> bool:
    parts = _VERIFIER.fullmatch(verifier)
    if parts is None:
        return False
    try:
        salt, stored_key = (base64.b64decode(parts[index], validate=True) for index in (2, 3))
    except binascii.Error:
        return False
    return hmac.compare_digest(_keys(password, salt, int(parts[1]))[0], stored_key)


def _keys(password: str, salt: bytes, iterations: int) -> tuple[bytes, bytes]:
    """StoredKey and ServerKey."""
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    return hashlib.sha256(client_key).digest(), hmac.digest(salted, b"Server Key", "sha256")
