"""Roles of database instances: the older API of Lakebase.

Source: `databricks-sdk` (service/database.py, DatabaseInstanceRole) for the fields. Assumed: the
wording of errors, and that a role of the kind PG_ONLY gets a generated password.
"""

from collections.abc import Mapping
from typing import Any

from lakepass.emulator.postgres.roles import ATTRIBUTES, PostgresRole, Roles
from lakepass.emulator.state import WorkspaceState
from lakepass.emulator.workspace.api import ApiError, Call, Routes, invalid, page, table
from lakepass.emulator.workspace.branch_roles import check_name, postgres_refusals
from lakepass.emulator.workspace.updates import flag

_ROLES = "database/instances/{name}/roles"
_ROLE = f"{_ROLES}/{{role}}"
_PLAIN = "PG_ONLY"
_KINDS = ("USER", "SERVICE_PRINCIPAL", "GROUP", _PLAIN)
_SUPERUSER = "DATABRICKS_SUPERUSER"


class InstanceRoles:
    """The roles of all instances. roles: by home."""

    def __init__(self, state: WorkspaceState, roles: Mapping[str, Roles]) -> None:
        self._state = state
        self._roles = roles

    def routes(self) -> Routes:
        """The paths."""
        return [
            ("GET", _ROLES, self._list),
            ("POST", _ROLES, self._create),
            ("GET", _ROLE, self._get),
            ("DELETE", _ROLE, self._delete),
        ]

    async def _list(self, call: Call) -> dict[str, Any]:
        roles = await self._of(call).all()
        shown = [_shown(call.path["name"], one) for one in roles]
        return page(call, "database_instance_roles", shown)

    async def _get(self, call: Call) -> dict[str, Any]:
        return _shown(call.path["name"], await self._existing(call))

    async def _create(self, call: Call) -> dict[str, Any]:
        roles = self._of(call)
        name = check_name(call.text("name"), "name")
        kind = call.body.get("identity_type") or _PLAIN
        if kind not in _KINDS:
            raise invalid(f"Field identity_type must be one of {', '.join(_KINDS)}.")
        membership = call.body.get("membership_role")
        if membership not in (None, _SUPERUSER):
            raise invalid(f"Field membership_role must be {_SUPERUSER}.")
        asked = table(call.body.get("attributes"), "attributes")
        attributes = {
            one: flag(asked[one], f"attributes.{one}")
            for one in ATTRIBUTES
            if asked.get(one) is not None
        }
        identity = self._state.by_name(name)
        if kind != _PLAIN and (identity is None or identity.type.value != kind):
            raise invalid(f"identity {name} of type {kind} does not exist")
        if await roles.named(name) is not None:
            raise ApiError(409, "ALREADY_EXISTS", f"Role {name} already exists")
        with postgres_refusals():
            if kind == _PLAIN:
                await roles.create(name)
            else:
                await roles.create_without_password(name, identity, can_login=True)
            await roles.change(name, attributes=attributes, is_superuser=membership is not None)
        created = await roles.named(name)
        assert created is not None
        return _shown(call.path["name"], created)

    async def _delete(self, call: Call) -> dict[str, Any]:
        roles = self._of(call)
        if call.flag("allow_missing") and await roles.named(call.path["role"]) is None:
            return {}
        role = await self._existing(call)
        heir = call.query.get("reassign_owned_to")
        if heir and await roles.named(heir) is None:
            raise ApiError(404, "NOT_FOUND", f"Role {heir} does not exist")
        with postgres_refusals():
            await roles.drop(role.name, reassign_to=heir)
        return {}

    async def _existing(self, call: Call) -> PostgresRole:
        found = await self._of(call).named(call.path["role"])
        if found is None:
            raise ApiError(404, "NOT_FOUND", f"Role {call.path['role']} does not exist")
        return found

    def _of(self, call: Call) -> Roles:
        """The roles of the instance that the path names. Raises ApiError (404)."""
        name = call.path["name"]
        config = self._state.config
        if name not in {one.name for one in config.instances}:
            raise ApiError(404, "NOT_FOUND", f"Database instance {name} does not exist")
        return self._roles[config.home_of(name)]


def _shown(instance: str, role: PostgresRole) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "name": role.name,
        "instance_name": instance,
        "identity_type": role.identity_type or _PLAIN,
        "attributes": dict(role.attributes),
        "effective_attributes": dict(role.attributes),
    }
    return shown | ({"membership_role": _SUPERUSER} if role.is_superuser else {})
