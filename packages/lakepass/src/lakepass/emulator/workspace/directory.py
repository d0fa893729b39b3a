"""Users, service principals and groups of the workspace: SCIM, read-only.

Source: RFC 7643 and RFC 7644 (section 3.4.2.2 for filters); `databricks-sdk` (service/iam.py) for the
fields. Changing them is not emulated: they are those of the configuration.
"""

import re
from collections.abc import Callable
from typing import Any

from lakepass.emulator.state import Identity, IdentityType, WorkspaceState
from lakepass.emulator.workspace.api import (
    ApiError,
    Call,
    Routes,
    invalid,
    not_emulated,
)

_PATH = "preview/scim/v2"
_TYPES = {
    "Users": IdentityType.USER,
    "ServicePrincipals": IdentityType.SERVICE_PRINCIPAL,
    "Groups": IdentityType.GROUP,
}
_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0"
_LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
_FILTER = re.compile(r'\s*([\w.]+)\s+(eq|ne|co|sw)\s+(?:"([^"]*)"|(\S+))\s*', re.IGNORECASE)
_MATCHES: dict[str, Callable[[str, str], bool]] = {
    "eq": lambda value, wanted: value == wanted,
    "ne": lambda value, wanted: value != wanted,
    "co": lambda value, wanted: wanted in value,
    "sw": lambda value, wanted: value.startswith(wanted),
}


class Directory:
    """`users`, `service_principals` and `groups` of the SDK."""

    def __init__(self, state: WorkspaceState) -> None:
        self._state = state

    def routes(self) -> Routes:
        """The paths."""
        return [route for name, type_ in _TYPES.items() for route in self._routes_of(name, type_)]

    def _routes_of(self, name: str, type_: IdentityType) -> Routes:
        """The paths of one type of identity."""
        collection, item = f"{_PATH}/{name}", f"{_PATH}/{name}/{{id}}"

        async def get(call: Call) -> dict[str, Any]:
            return self._existing(type_, call)

        async def change(call: Call) -> dict[str, Any]:
            self._existing(type_, call)
            raise _fixed()

        async def create(_: Call) -> dict[str, Any]:
            raise _fixed()

        async def every(call: Call) -> dict[str, Any]:
            return self._page(type_, call)

        changing = [(method, item, change) for method in ("PUT", "PATCH", "DELETE")]
        return [
            ("GET", collection, every),
            ("POST", collection, create),
            ("GET", item, get),
            *changing,
        ]

    def _page(self, type_: IdentityType, call: Call) -> dict[str, Any]:
        """A page of those that match the filter. Indexes start at 1."""
        found = [one for one in self._of(type_) if _fits(one, call.query.get("filter", ""))]
        start, count = _index(call, "startIndex", 1), _index(call, "count", 100)
        shown = found[max(0, start - 1) :][:count]
        return {
            "schemas": [_LIST],
            "totalResults": len(found),
            "startIndex": max(1, start),
            "itemsPerPage": len(shown),
            "Resources": shown,
        }

    def _existing(self, type_: IdentityType, call: Call) -> dict[str, Any]:
        for one in self._of(type_):
            if one["id"] == call.path["id"]:
                return one
        # Assumed: the wording.
        name = type_.value.replace("_", " ").capitalize()
        raise ApiError(404, "RESOURCE_DOES_NOT_EXIST", f"{name} {call.path['id']} not found.")

    def _of(self, type_: IdentityType) -> list[dict[str, Any]]:
        return [
            scim_resource(self._state, one) for one in self._state.identities if one.type is type_
        ]


def _fixed() -> ApiError:
    return not_emulated(
        "The emulator's users, service principals and groups are those of its configuration."
    )


def scim_resource(state: WorkspaceState, identity: Identity) -> dict[str, Any]:
    """An identity as a SCIM resource. Assumed: only `Me` has `userName` for a service principal."""
    groups = [
        {"display": one.name, "value": str(one.id), "type": "direct"}
        for one in state.groups_of(identity)
    ]
    shown: dict[str, Any] = {
        "id": str(identity.id),
        "displayName": identity.display_name,
        "externalId": "",
    }
    if identity.type is IdentityType.GROUP:
        members = [
            {"display": one.display_name, "value": str(one.id)}
            for one in state.members_of(identity)
        ]
        return shown | {"schemas": [f"{_SCHEMA}:Group"], "members": members}
    shown |= {
        "userName": identity.name,
        "active": True,
        "groups": groups,
        "entitlements": [{"value": "workspace-access"}]
        if state.has_workspace_access(identity)
        else [],
        "schemas": [f"{_SCHEMA}:User"],
    }
    if identity.type is IdentityType.SERVICE_PRINCIPAL:
        return shown | {"applicationId": identity.name}
    return shown | {"emails": [{"type": "work", "value": identity.name, "primary": True}]}


def _fits(resource: dict[str, Any], expression: str) -> bool:
    """Whether it matches a filter: comparisons joined by `and`. Raises ApiError (400)."""
    if not expression.strip():
        return True
    for part in re.split(r"\s+and\s+", expression, flags=re.IGNORECASE):
        parsed = _FILTER.fullmatch(part)
        if parsed is None:
            # Assumed: the wording.
            raise invalid(f'The filter {part!r} is not supported; use attribute eq "value".')
        attribute, operator, quoted, bare = parsed.groups()
        values = {name.lower(): value for name, value in resource.items()}
        value = str(values.get(attribute.lower(), "")).lower()
        wanted = (quoted if quoted is not None else bare).lower()
        if not _MATCHES[operator.lower()](value, wanted):
            return False
    return True


def _index(call: Call, name: str, otherwise: int) -> int:
    value = call.query.get(name, "") or str(otherwise)
    if not re.fullmatch(r"\d{1,9}", value):
        raise invalid(f"{name} must be a number, got {value}.")
    return int(value)
