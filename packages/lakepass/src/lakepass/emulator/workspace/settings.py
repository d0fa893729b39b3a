"""Settings of resources that were changed through the API: names, limits, tags, expiry."""

import json
from collections.abc import Mapping
from typing import Any

from lakepass.emulator.state import GeneratedValues
from lakepass.emulator.workspace.api import timestamp


class Settings:
    """Changed settings by resource name, and when each resource was created and last changed.

    They are stored with the ids of the workspace, so they survive a restart.
    """

    def __init__(self, generated: GeneratedValues) -> None:
        self._generated = generated

    def of(self, name: str) -> dict[str, Any]:
        """The settings that were changed, by path of the field."""
        stored: dict[str, Any] = json.loads(self._generated.known(f"{name} settings") or "{}")
        return stored

    def change(self, name: str, values: Mapping[str, Any]) -> None:
        """Store new values, and the time of this update."""
        self._generated.put(f"{name} settings", json.dumps({**self.of(name), **values}))
        self._generated.put(f"{name} updated at", timestamp())

    def created_at(self, name: str) -> str:
        """When a resource was created; for one created in SQL, when it was first seen."""
        return self._generated.value(f"{name} created at", timestamp)

    def known_created_at(self, name: str) -> str | None:
        """When a resource was created through the API; None if it was there initially."""
        return self._generated.known(f"{name} created at")

    def updated_at(self, name: str, otherwise: str) -> str:
        """When a resource was last changed through the API."""
        return self._generated.known(f"{name} updated at") or otherwise

    def delete(self, name: str) -> None:
        """Delete all settings of a deleted resource."""
        for what in ("settings", "created at", "updated at"):
            self._generated.put(f"{name} {what}", None)

    def applied(self, name: str, status: Mapping[str, Any]) -> dict[str, Any]:
        """A copy of a status with the changed settings. A value of None removes a field."""
        changed: dict[str, Any] = json.loads(json.dumps(status))
        for path, value in self.of(name).items():
            *parents, leaf = path.split(".")
            inner = changed
            for parent in parents:
                inner = inner.setdefault(parent, {})
            if value is None:
                inner.pop(leaf, None)
            else:
                inner[leaf] = value
        return changed
