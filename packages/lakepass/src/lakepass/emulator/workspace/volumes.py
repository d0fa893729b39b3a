"""Volumes of Unity Catalog, as `w.volumes` creates and returns them.

Source: `databricks-sdk` (service/catalog.py, VolumesAPI) for the fields. Assumed: the wording, and
that every identity may read and write every volume. Only managed volumes are emulated.
"""

import re
import shutil
from pathlib import Path
from typing import Any

from lakepass.emulator.state import WorkspaceState
from lakepass.emulator.workspace.api import (
    ApiError,
    Call,
    Routes,
    invalid,
    not_emulated,
    page,
    required,
)

_NAME = re.compile(r"[^\s./]{1,255}")
_VOLUME = "unity-catalog/volumes/{name}"


class Volumes:
    """The volumes of the workspace; each is a local folder with the volume's files.

    Those of the configuration are created at the start; existing ones stay.
    """

    def __init__(self, folder: Path, state: WorkspaceState) -> None:
        self._folder = folder
        self._state = state
        for name in state.config.volumes:
            self._path(name).mkdir(mode=0o700, parents=True, exist_ok=True)

    def routes(self) -> Routes:
        """The paths."""
        return [
            ("GET", "unity-catalog/volumes", self._list),
            ("POST", "unity-catalog/volumes", self._create),
            ("GET", _VOLUME, self._get),
            ("DELETE", _VOLUME, self._delete),
            ("PATCH", _VOLUME, self._update),
        ]

    def folder(self, name: str) -> Path:
        """The local folder of a volume. name: `catalog.schema.volume`. Raises ApiError (404)."""
        path = self._path(name)
        if not path.is_dir():
            raise ApiError(404, "NOT_FOUND", f"Volume '{name}' does not exist.")
        return path

    async def _list(self, call: Call) -> dict[str, Any]:
        within = [call.query.get("catalog_name", ""), call.query.get("schema_name", "")]
        if not all(within):
            raise required("catalog_name" if not within[0] else "schema_name")
        schema = self._folder.joinpath(*map(_checked, within))
        names = sorted(one.name for one in schema.iterdir()) if schema.is_dir() else []
        return page(call, "volumes", [self._volume(".".join([*within, name])) for name in names])

    async def _create(self, call: Call) -> dict[str, Any]:
        fields = ("catalog_name", "schema_name", "name", "volume_type")
        catalog, schema, name, kind = (call.text(field) for field in fields)
        if kind != "MANAGED":
            raise not_emulated("The emulator supports managed volumes only.")
        full_name = f"{catalog}.{schema}.{name}"
        path = self._path(full_name)
        if path.exists():
            raise ApiError(409, "ALREADY_EXISTS", f"Volume '{full_name}' already exists")
        path.mkdir(mode=0o700, parents=True)
        return self._volume(full_name)

    async def _get(self, call: Call) -> dict[str, Any]:
        self.folder(call.path["name"])
        return self._volume(call.path["name"])

    async def _delete(self, call: Call) -> dict[str, Any]:
        shutil.rmtree(self.folder(call.path["name"]))
        return {}

    async def _update(self, call: Call) -> dict[str, Any]:
        self.folder(call.path["name"])
        raise not_emulated("The emulator's volumes cannot be renamed or get another owner.")

    def _path(self, name: str) -> Path:
        """The folder of a volume, which may not exist. Raises ApiError (400)."""
        parts = name.split(".")
        if len(parts) != 3:
            raise invalid(f"A volume is named catalog.schema.volume, got '{name}'.")
        return self._folder.joinpath(*map(_checked, parts))

    def _volume(self, full_name: str) -> dict[str, Any]:
        catalog, schema, name = full_name.split(".")
        created_ms = round(self._path(full_name).stat().st_ctime * 1000)
        return {
            "catalog_name": catalog,
            "schema_name": schema,
            "name": name,
            "full_name": full_name,
            "volume_id": self._state.uid(f"volume {full_name}"),
            "volume_type": "MANAGED",
            "owner": self._state.developer.name,
            "created_at": created_ms,
            "created_by": self._state.developer.name,
            "updated_at": created_ms,
        }


def _checked(part: str) -> str:
    """A part of a name, used as a folder name. Raises ApiError (400)."""
    if not _NAME.fullmatch(part):
        raise invalid(f"'{part}' is not a valid name.")
    return part
