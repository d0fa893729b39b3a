"""Personal access tokens: the first of each user, and those created by the API; stored in a file."""

import json
import secrets
import threading
import time
import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from lakepass.emulator.files import damaged, write_secret
from lakepass.emulator.identity.tokens import WORKSPACE_SCOPE
from lakepass.emulator.state import Identity

# databricks-sdk, TokensAPI.create: the default lifetime of a token.
LIFE_S = 2 * 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class AccessToken:
    """owner: the name of an identity. Times are seconds since 1970. scopes: empty means all."""

    id: str
    owner: str
    value: str = field(repr=False)
    comment: str = ""
    created_at: float = 0.0
    ends_at: float | None = None
    scopes: tuple[str, ...] = ()

    def opens(self, scope: str) -> bool:
        """Whether it grants this scope."""
        return not self.scopes or not {scope, WORKSPACE_SCOPE}.isdisjoint(self.scopes)

    @property
    def is_alive(self) -> bool:
        """Whether it has not expired."""
        return self.ends_at is None or time.time() < self.ends_at


def _stored(path: Path) -> list[AccessToken]:
    """The tokens in this file; none if it is missing. Raises EmulatorError if it is damaged."""
    try:
        stored = json.loads(path.read_bytes())
        return [AccessToken(**one | {"scopes": tuple(one["scopes"])}) for one in stored]
    except FileNotFoundError:
        return []
    except (KeyError, TypeError, ValueError) as error:
        way_out = "Restore a copy, or move it away: the tokens in it are then refused."
        raise damaged(path, str(error), way_out) from error


class AccessTokens:
    """All valid tokens. Safe to use from several threads."""

    def __init__(self, path: Path, users: Iterable[Identity]) -> None:
        self._path = path
        self._lock = threading.Lock()
        # The first of each user is generated with the user and cannot be revoked.
        self._first = [AccessToken(f"first of {one.name}", one.name, one.secret) for one in users]
        self._made = _stored(path)

    def create(
        self, owner: str, *, comment: str, life_s: float = LIFE_S, scopes: Iterable[str] = ()
    ) -> AccessToken:
        """Create a token."""
        now = time.time()
        token = AccessToken(
            id=str(uuid.uuid4()).replace("-", ""),
            owner=owner,
            value=f"dapi{secrets.token_hex(16)}",
            comment=comment,
            created_at=now,
            ends_at=now + life_s,
            scopes=tuple(scopes),
        )
        with self._lock:
            self._keep([*self._made, token])
        return token

    def of(self, owner: str) -> list[AccessToken]:
        """The tokens that this identity created."""
        return [one for one in self._made if one.owner == owner and one.is_alive]

    def revoke(self, owner: str, token_id: str) -> bool:
        """Revoke a token; False if there is none with this id."""
        with self._lock:
            left = [one for one in self._made if (one.owner, one.id) != (owner, token_id)]
            is_known = len(left) < len(self._made)
            self._keep(left)
        return is_known

    def found(self, value: str) -> AccessToken | None:
        """The token with this value."""
        for one in [*self._first, *self._made]:
            if secrets.compare_digest(one.value.encode(), value.encode()) and one.is_alive:
                return one
        return None

    def _keep(self, made: list[AccessToken]) -> None:
        self._made = made
        write_secret(self._path, json.dumps([asdict(one) for one in made]).encode())
