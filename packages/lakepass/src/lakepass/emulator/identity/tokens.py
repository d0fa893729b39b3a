"""Signing keys, workspace tokens and database credentials, and how they are verified.

A database credential is a JWT that is valid for an hour. Source: Databricks docs, "Authenticate to a
database instance" (oltp/instances/authentication) for lifetime and use; RFC 7519 for the format.
"""

import base64
import hashlib
import json
import math
import threading
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from lakepass.emulator.files import damaged, write_secret

# One hour, for workspace tokens and database credentials alike: Databricks docs, "Connect external
# apps with the API" (oltp/projects/external-apps-manual-api), read 2026-11.
LIFE_S = 3600
# The leeway after expiry: github.com/neondatabase/neon, proxy/src/auth/backend/jwt.rs.
LEEWAY_S = 30

# The scope that grants every API, and the one that grants those of Lakebase: Databricks docs,
# "Configure authorization in a Databricks app" (dev-tools/databricks-apps/auth), read 2026-11.
WORKSPACE_SCOPE = "all-apis"
LAKEBASE_SCOPE = "postgres"
# Assumed: what marks a database credential. Only that it is another kind of token is documented.
_CREDENTIAL_SCOPE = "database-credential"

_NEW_KEY = (
    "Restore a copy, or move it away: the next start creates a new key, and tokens signed with the "
    "old one are refused."
)

# What PyJWT raises for input that is not a token. The last two are for huge numbers and for JSON that
# is nested deeper than the stack, which not every version turns into its own errors.
_NO_TOKEN = (jwt.InvalidTokenError, OverflowError, RecursionError)


class Flaw(Enum):
    """Why a token is rejected, in the order of the checks."""

    UNREADABLE = "not a JWT"
    UNKNOWN_KEY = "signed with a key that is unknown here"
    BAD_SIGNATURE = "signature does not match"
    EXPIRED = "expired"
    OTHER_WORKSPACE = "issued for another workspace"


class TokenRefused(Exception):
    """A token was rejected; `flaw` says why."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


@dataclass(frozen=True, slots=True)
class Claims:
    """What an accepted token says: whose it is and what it grants.

    tables: all that a restricted credential may read, as catalog.schema.table; None: no restriction.
    """

    subject: str
    scopes: frozenset[str]
    tables: tuple[str, ...] | None = None

    @property
    def is_credential(self) -> bool:
        """Whether it is for logging in to Postgres; it grants no API."""
        return _CREDENTIAL_SCOPE in self.scopes

    def opens(self, scope: str) -> bool:
        """Whether the token grants this scope, by name or as part of all scopes."""
        return not self.scopes.isdisjoint((WORKSPACE_SCOPE, scope))


class SigningKey:
    """An RSA key and its name (`kid`), stored in a file that only its owner may read."""

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        self._key = key
        self.public = key.public_key()
        der = self.public.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.kid = hashlib.sha256(der).hexdigest()[:32]

    @classmethod
    def kept_in(cls, path: Path) -> "SigningKey":
        """The key in this file; creates and stores a new one if it is missing."""
        if path.exists():
            try:
                key = serialization.load_pem_private_key(path.read_bytes(), password=None)
            except (TypeError, ValueError) as error:
                raise damaged(path, "it does not contain a private key", _NEW_KEY) from error
            if not isinstance(key, rsa.RSAPrivateKey):
                raise damaged(path, "its key is not RSA", _NEW_KEY)
            return cls(key)
        made = cls.generate()
        pem = made._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        write_secret(path, pem)
        return made

    @classmethod
    def generate(cls) -> "SigningKey":
        """A new key, which is not stored."""
        return cls(rsa.generate_private_key(public_exponent=65537, key_size=2048))

    def sign(self, claims: dict[str, Any]) -> str:
        """A JWT. `kid` comes first in its header, as in the service's (`eyJraWQi...`)."""
        header = {"kid": self.kid, "typ": "JWT", "alg": "RS256"}
        signed = b".".join(_base64url(_compact_json(part)) for part in (header, claims))
        signature = self._key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        return b".".join((signed, _base64url(signature))).decode()


class Tokens:
    """Issues the workspace's tokens and checks them. Safe to use from several threads.

    credential_life_s: None means the documented hour (or what the request asks for). skew_s:
    how far the service's clock is ahead.
    """

    def __init__(self, key: SigningKey, workspace_id: str) -> None:
        self._key = key
        self._workspace_id = workspace_id
        self._lock = threading.Lock()
        self._live: set[str] = set()
        self._spent: set[str] = set()
        self._keys = {key.kid: key}
        self._retired: set[str] = set()
        self.issuer = ""
        self.credential_life_s: int | None = None
        self.skew_s = 0.0

    def now(self) -> float:
        """The time of the service's clock, which may be wrong: seconds since 1970."""
        return time.time() + self.skew_s

    def workspace_token(self, subject: str, scopes: Iterable[str] = (WORKSPACE_SCOPE,)) -> str:
        """A token for the workspace's API, valid for an hour."""
        return self._issue(subject, " ".join(scopes), self.now() + LIFE_S)

    def credential(
        self, subject: str, life_s: int = LIFE_S, *, tables: Iterable[str] | None = None
    ) -> tuple[str, float]:
        """A token to log in to Postgres with, and its expiry (seconds since 1970).

        tables: see Claims.
        """
        expires_at = math.ceil(self.now()) + (self.credential_life_s or life_s)
        restriction = {} if tables is None else {"tables": list(tables)}
        return self._issue(subject, _CREDENTIAL_SCOPE, expires_at, restriction), expires_at

    def expire_credentials(self) -> None:
        """Treat every database credential issued so far as expired."""
        with self._lock:
            self._spent |= self._live
            self._live.clear()

    @property
    def has_spent(self) -> bool:
        """Whether credentials were expired by a fault."""
        return bool(self._spent)

    def revive(self) -> None:
        """Restore the lifetime of credentials that were expired by a fault."""
        with self._lock:
            self._live |= self._spent
            self._spent.clear()

    @property
    def is_rotated(self) -> bool:
        """Whether credentials signed with an earlier key are refused."""
        return bool(self._retired)

    def rotate(self) -> None:
        """Sign with a new key, and refuse credentials signed with earlier ones."""
        self._retired |= self._keys.keys()
        self._key = SigningKey.generate()
        self._keys[self._key.kid] = self._key

    def rotate_back(self) -> None:
        """Accept credentials signed with earlier keys again."""
        self._retired.clear()

    def verify(self, token: str) -> Claims:
        """The claims of a token. Raises TokenRefused with the first flaw found."""
        try:
            kid = jwt.get_unverified_header(token).get("kid")
        except _NO_TOKEN as error:
            raise TokenRefused(Flaw.UNREADABLE) from error
        key = self._keys.get(kid) if kid else None
        if key is None:
            raise TokenRefused(Flaw.UNKNOWN_KEY)
        found = self._verified(token, key)
        tables = found.get("tables")
        claims = Claims(
            found["sub"],
            frozenset(found["scope"].split()),
            None if tables is None else tuple(tables),
        )
        if claims.is_credential and kid in self._retired:
            raise TokenRefused(Flaw.UNKNOWN_KEY)
        # A lifetime shortened by a fault must end exactly when it says: it gets no leeway.
        leeway = 0 if self.credential_life_s else LEEWAY_S
        if found["exp"] + leeway <= self.now() or found["jti"] in self._spent:
            raise TokenRefused(Flaw.EXPIRED)
        if found.get("aud") != self._workspace_id:
            raise TokenRefused(Flaw.OTHER_WORKSPACE)
        return claims

    def _verified(self, token: str, key: SigningKey) -> dict[str, Any]:
        """The claims of a token with a valid signature. Raises TokenRefused if one is malformed.

        The caller checks the times: PyJWT only uses the machine's clock.
        """
        options: jwt.types.Options = {
            "require": ["exp", "jti", "scope", "sub"],
            "verify_exp": False,
            "verify_iat": False,
            "verify_nbf": False,
            "verify_aud": False,
        }
        try:
            found: dict[str, Any] = jwt.decode(
                token, key.public, algorithms=["RS256"], options=options
            )
        except jwt.InvalidSignatureError as error:
            raise TokenRefused(Flaw.BAD_SIGNATURE) from error
        except _NO_TOKEN as error:
            raise TokenRefused(Flaw.UNREADABLE) from error
        ends_at = found["exp"]
        is_instant = type(ends_at) in (int, float) and math.isfinite(ends_at)
        is_list = isinstance(found.get("tables", []), list)
        if not (is_instant and is_list and isinstance(found["scope"], str)):
            raise TokenRefused(Flaw.UNREADABLE)
        return found

    def _issue(
        self, subject: str, scope: str, expires_at: float, more: dict[str, Any] | None = None
    ) -> str:
        # Assumed: these claims are those of the workspace's OAuth tokens. The service documents
        # none of them, so a client must not read them either.
        serial = str(uuid.uuid4())
        claims = {
            "iss": self.issuer,
            "aud": self._workspace_id,
            "sub": subject,
            "iat": int(self.now()),
            "exp": int(expires_at),
            "jti": serial,
            "scope": scope,
            **(more or {}),
        }
        if scope == _CREDENTIAL_SCOPE:
            with self._lock:
                self._live.add(serial)
        return self._key.sign(claims)


def _compact_json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _base64url(value: bytes) -> bytes:
    return base64.urlsafe_b64encode(value).rstrip(b"=")
