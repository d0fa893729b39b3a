"""The workspace's secrets, by scope and key; kept in a file that only its owner may read."""

import base64
import json
import threading
from pathlib import Path

from lakepass.emulator.tokens import write_secret


class Vault:
    """Secrets as the API hands them out: in base64. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._scopes: dict[str, dict[str, str]] = {}
        if path.exists():
            self._scopes = json.loads(path.read_text())

    def put(self, scope: str, key: str, value: bytes) -> None:
        """Keep a secret, in the place of one of that name; the scope is made as needed."""
        with self._lock:
            self._scopes.setdefault(scope, {})[key] = base64.b64encode(value).decode()
            write_secret(self._path, json.dumps(self._scopes).encode())

    def has(self, scope: str) -> bool:
        """Whether there is such a scope."""
        return scope in self._scopes

    def encoded(self, scope: str, key: str) -> str | None:
        """The secret in base64; None if there is no such key or scope."""
        return self._scopes.get(scope, {}).get(key)
