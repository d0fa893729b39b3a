"""The workspace's secrets, by scope and key, in a file that only its owner can read."""

import base64
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lakepass.emulator.files import read_json, write_secret


@dataclass(frozen=True, slots=True)
class Stored:
    """A secret. value: in base64, as the API returns it; updated_ms: milliseconds since 1970."""

    value: str = field(repr=False)
    updated_ms: int = 0


class Vault:
    """Secrets by scope and key. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        saved = read_json(
            path, way_out="Restore a copy, or move it away: the secrets in it are then lost."
        )
        self._scopes = {
            scope: {key: _stored(one) for key, one in secrets.items()}
            for scope, secrets in saved.items()
        }

    @property
    def scopes(self) -> list[str]:
        """All scopes, by name."""
        return sorted(self._scopes)

    def secrets(self, scope: str) -> dict[str, Stored]:
        """The secrets of a scope, by key."""
        return dict(sorted(self._scopes.get(scope, {}).items()))

    def create(self, scope: str) -> bool:
        """Create an empty scope; False if one of that name exists."""
        with self._lock:
            if scope in self._scopes:
                return False
            self._scopes[scope] = {}
            self._save()
            return True

    def put(self, scope: str, key: str, value: bytes) -> None:
        """Store a secret, replacing one of that name; creates the scope if it is missing."""
        with self._lock:
            encoded = base64.b64encode(value).decode()
            stored = Stored(encoded, round(time.time() * 1000))
            self._scopes.setdefault(scope, {})[key] = stored
            self._save()

    def put_all(self, secrets: Mapping[str, Mapping[str, str]]) -> None:
        """Store secrets, by scope and key."""
        for scope, values in secrets.items():
            for key, value in values.items():
                self.put(scope, key, value.encode())

    def encoded(self, scope: str, key: str) -> str | None:
        """The secret in base64; None if the key or the scope does not exist."""
        found = self._scopes.get(scope, {}).get(key)
        return found.value if found else None

    def delete(self, scope: str, key: str | None = None) -> bool:
        """Delete a secret or a whole scope; False if it does not exist."""
        with self._lock:
            within: dict[str, Any] = self._scopes if key is None else self._scopes.get(scope, {})
            found = within.pop(key or scope, None)
            self._save()
            return found is not None

    def _save(self) -> None:
        scopes = {
            scope: {key: asdict(one) for key, one in secrets.items()}
            for scope, secrets in self._scopes.items()
        }
        write_secret(self._path, json.dumps(scopes).encode())


def _stored(saved: Any) -> Stored:
    """A stored secret; version 0.1.0 stored only the value."""
    return Stored(saved) if isinstance(saved, str) else Stored(**saved)
