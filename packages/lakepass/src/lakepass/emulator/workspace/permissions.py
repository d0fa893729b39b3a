"""Permissions on a project, an instance, an app or a warehouse, and their levels.

Source: `databricks-sdk` (service/iam.py) for the fields and paths; Databricks docs, "Access control
lists", for the levels. Assumed: the levels restrict nobody here, and the wording.
"""

import json
from collections.abc import Callable
from typing import Any

from lakepass.emulator.config import Attached
from lakepass.emulator.state import Identity, IdentityType, WorkspaceState
from lakepass.emulator.workspace.api import ApiError, Call, Routes, invalid, listed, table
from lakepass.emulator.workspace.warehouses import warehouses

_LEVELS = {
    "database-projects": ("CAN_USE", "CAN_MANAGE"),
    "database-instances": ("CAN_USE", "CAN_MANAGE"),
    "apps": ("CAN_USE", "CAN_MANAGE"),
    "sql/warehouses": ("CAN_USE", "CAN_MONITOR", "CAN_VIEW", "CAN_MANAGE", "IS_OWNER"),
}
_MEANINGS = {
    "CAN_USE": "Can use",
    "CAN_MONITOR": "Can monitor",
    "CAN_VIEW": "Can view",
    "CAN_MANAGE": "Can manage",
    "IS_OWNER": "Is owner",
}
_NAMES = {
    IdentityType.USER: "user_name",
    IdentityType.SERVICE_PRINCIPAL: "service_principal_name",
    IdentityType.GROUP: "group_name",
}


class Permissions:
    """`permissions` of the SDK, for the kinds of object that the emulator has."""

    def __init__(self, state: WorkspaceState) -> None:
        self._state = state

    def routes(self) -> Routes:
        """The paths."""
        return [route for kind in _LEVELS for route in self._routes_of(kind)]

    def _routes_of(self, kind: str) -> Routes:
        """The paths of one kind of object."""
        path = f"permissions/{kind}/{{id}}"

        async def get(call: Call) -> dict[str, Any]:
            return self._shown(kind, self._existing(kind, call))

        async def levels(call: Call) -> dict[str, Any]:
            self._existing(kind, call)
            known = [
                {"permission_level": one, "description": _MEANINGS[one]} for one in _LEVELS[kind]
            ]
            return {"permission_levels": known}

        async def put(call: Call) -> dict[str, Any]:
            return self._change(kind, call, replace=True)

        async def patch(call: Call) -> dict[str, Any]:
            return self._change(kind, call, replace=False)

        return [
            ("GET", path, get),
            ("PUT", path, put),
            ("PATCH", path, patch),
            ("GET", f"{path}/permissionLevels", levels),
        ]

    def _change(self, kind: str, call: Call, *, replace: bool) -> dict[str, Any]:
        """Store the grants of the body, in addition to the present ones or in their place."""
        name = self._existing(kind, call)
        granted = {}
        for entry in listed(call.body.get("access_control_list"), "access_control_list"):
            one = table(entry, "access_control_list")
            level = one.get("permission_level")
            if level not in _LEVELS[kind]:
                raise invalid(f"permission_level must be one of {', '.join(_LEVELS[kind])}.")
            granted[self._named(one).name] = str(level)
        before = {} if replace else self._granted(kind, name)
        self._state.generated.put(f"permissions of {kind} {name}", json.dumps(before | granted))
        return self._shown(kind, name)

    def _named(self, entry: dict[str, Any]) -> Identity:
        """The identity that a grant names. Raises ApiError: 400, 404."""
        named = [(type_, entry[field]) for type_, field in _NAMES.items() if entry.get(field)]
        if len(named) != 1:
            raise invalid(f"Name one of {', '.join(_NAMES.values())}.")
        type_, name = named[0]
        found = self._state.by_name(str(name))
        if found is None or found.type is not type_:
            message = f"Principal: {type_.value}({name}) does not exist"
            raise ApiError(404, "RESOURCE_DOES_NOT_EXIST", message)
        return found

    def _shown(self, kind: str, name: str) -> dict[str, Any]:
        """The object with its access control list. Its creator always manages it."""
        entries = []
        top = _LEVELS[kind][-1]
        for principal, level in (
            {self._state.developer.name: top} | self._granted(kind, name)
        ).items():
            identity = self._state.by_name(principal)
            if identity is not None:  # otherwise the configuration has changed since
                entries.append(
                    {
                        _NAMES[identity.type]: identity.name,
                        "display_name": identity.display_name,
                        "all_permissions": [{"permission_level": level, "inherited": False}],
                    }
                )
        return {
            "object_id": f"/{kind}/{name}",
            "object_type": kind.removeprefix("sql/"),
            "access_control_list": entries,
        }

    def _granted(self, kind: str, name: str) -> dict[str, str]:
        """The level of each principal: as set, or as granted by attaching resources to apps."""
        stored = self._state.generated.known(f"permissions of {kind} {name}")
        if stored is not None:
            changed: dict[str, str] = json.loads(stored)
            return changed
        uses = self._uses(kind, name)
        return {
            self._state.identity(app.name).name: "CAN_USE"
            for app in self._state.config.apps
            if any(uses(one) for one in app.resources)
        }

    def _uses(self, kind: str, name: str) -> Callable[[Attached], bool]:
        """Whether a resource of an app is (in) this object."""
        config = self._state.config
        if kind == "database-projects":
            homes = {one for one in config.branches if one.startswith(f"projects/{name}/")}
        elif kind == "database-instances":
            homes = {config.home_of(name)}
        else:
            return lambda one: one.kind == "sql_warehouse" and one.fields["id"] == name
        return lambda one: (
            one.branch_or_instance is not None and config.home_of(one.branch_or_instance) in homes
        )

    def _existing(self, kind: str, call: Call) -> str:
        """The id that the path names. Raises ApiError (404)."""
        config = self._state.config
        known = {
            "database-projects": [one.id for one in config.projects],
            "database-instances": [one.name for one in config.instances],
            "apps": [one.name for one in config.apps],
            "sql/warehouses": list(warehouses(self._state)),
        }[kind]
        if call.path["id"] not in known:
            raise ApiError(
                404, "RESOURCE_DOES_NOT_EXIST", f"{kind} {call.path['id']} does not exist."
            )
        return call.path["id"]
