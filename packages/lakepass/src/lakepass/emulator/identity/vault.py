"""The workspace's secrets, by scope and key; kept in a file that only its owner may read."""

import base64
import json
import threading
from pathlib import Path
from typing import Any

from lakepass.emulator.files import read_json, write_secret


class Vault:
    """Secrets as the API hands them out: in base64. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._scopes: dict[str, dict[str, str]] = read_json(
            path, way_out="Put back a copy, or move it away: the secrets in it are then gone."
        )

    @property
    def scopes(self) -> list[str]:
        """All scopes, by name."""
        return sorted(self._scopes)

    def keys(self, scope: str) -> list[str]:
        """What a scope holds, by name."""
        return sorted(self._scopes.get(scope, {}))

    def create(self, scope: str) -> bool:
        """Make an empty scope; False if there is one of that name."""
        with self._lock:
            if scope in self._scopes:
                return False
            self._scopes[scope] = {}
            self._keep()
            return True

    def put(self, scope: str, key: str, value: bytes) -> None:
        """Keep a secret, in the place of one of that name; the scope is made as needed."""
        with self._lock:
            self._scopes.setdefault(scope, {})[key] = base64.b64encode(value).decode()
            self._keep()

    def encoded(self, scope: str, key: str) -> str | None:
        """The secret in base64; None if there is no such key or scope."""
        return self._scopes.get(scope, {}).get(key)

    def forget(self, scope: str, key: str | None = None) -> bool:
        """Forget a secret, or a whole scope; False if there is none."""
        with self._lock:
            within: dict[str, Any] = self._scopes if key is None else self._scopes.get(scope, {})
            found = within.pop(key or scope, None)
            self._keep()
            return found is not None

    def _keep(self) -> None:
        write_secret(self._path, json.dumps(self._scopes).encode())
