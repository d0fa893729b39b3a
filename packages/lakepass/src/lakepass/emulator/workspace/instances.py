"""Database instances: the older API of Lakebase."""

from collections.abc import Mapping
from typing import Any

from lakepass.emulator.faults.conditions import Compute, Phase
from lakepass.emulator.postgres.roles import PostgresRole, Roles
from lakepass.emulator.workspace.api import ApiError, Call, Routes, listed, missing, page
from lakepass.emulator.workspace.credentials import Credentials
from lakepass.emulator.workspace.projects import Cut
from lakepass.emulator.workspace.resources import Resources

_INSTANCE = "database/instances/{name}"


class Instances:
    """What the configuration has; computes can be changed. roles: by name of the instance."""

    def __init__(
        self,
        resources: Resources,
        computes: Mapping[str, Compute],
        roles: Mapping[str, Roles],
        credentials: Credentials,
        cut: Cut,
    ) -> None:
        self._resources = resources
        self._computes = computes
        self._roles = roles
        self._credentials = credentials
        self._cut = cut

    def routes(self) -> Routes:
        """The paths."""
        return [
            ("POST", "database/credentials", self._credential),
            ("GET", "database/instances", self._list),
            ("POST", "database/instances", self._fixed),
            ("GET", "database/instances:findByUid", self._find),
            ("GET", _INSTANCE, self._get),
            ("PATCH", _INSTANCE, self._update),
            ("DELETE", _INSTANCE, self._fixed),
            ("GET", f"{_INSTANCE}/roles", self._list_roles),
            ("GET", f"{_INSTANCE}/roles/{{role}}", self._get_role),
        ]

    async def _credential(self, call: Call) -> dict[str, Any]:
        await self._credentials.held_up()
        names = listed(call.body.get("instance_names"), "instance_names")
        if not names and not call.body.get("claims"):
            raise missing("instance_names")
        for name in names:
            self._with("name", str(name))
        token, expiration_time = self._credentials.issued(call.who, call.body)
        return {"token": token, "expiration_time": expiration_time}

    async def _list(self, call: Call) -> dict[str, Any]:
        return page(call, "database_instances", self._resources.instances())

    async def _find(self, call: Call) -> dict[str, Any]:
        return self._with("uid", call.query.get("uid", ""))

    async def _get(self, call: Call) -> dict[str, Any]:
        return self._with("name", call.path["name"])

    async def _update(self, call: Call) -> dict[str, Any]:
        """Stop it or start it, switch native login and readable secondaries."""
        name = call.path["name"]
        self._with("name", name)
        compute, mask = self._computes[name], call.mask
        asked = {
            field: bool(value)
            for field, value in call.body.items()
            if mask is None or field in mask
        }
        compute.native_login = asked.get("enable_pg_native_login", compute.native_login)
        compute.is_readable = asked.get("enable_readable_secondaries", compute.is_readable)
        if asked.get("stopped") is True:
            compute.become(Phase.STOPPED)
            await self._cut([compute])
        elif asked.get("stopped") is False:
            compute.become(Phase.RUNNING)
        return self._with("name", name)

    async def _fixed(self, _: Call) -> dict[str, Any]:
        message = "The emulator's database instances are those of its configuration."
        raise ApiError(501, "NOT_IMPLEMENTED", message)

    async def _list_roles(self, call: Call) -> dict[str, Any]:
        name = call.path["name"]
        self._with("name", name)
        found = [_role(name, one) for one in await self._roles[name].all()]
        return page(call, "database_instance_roles", found)

    async def _get_role(self, call: Call) -> dict[str, Any]:
        name = call.path["name"]
        self._with("name", name)
        found = await self._roles[name].named(call.path["role"])
        if found is None:
            # Assumed: the wording.
            raise ApiError(404, "NOT_FOUND", f"Role {call.path['role']} does not exist")
        return _role(name, found)

    def _with(self, field: str, value: str) -> dict[str, Any]:
        for found in self._resources.instances():
            if found[field] == value:
                return found
        raise ApiError(404, "NOT_FOUND", f"Database instance {value} does not exist")


def _role(instance: str, role: PostgresRole) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": role.name,
        "instance_name": instance,
        "identity_type": role.identity_type or "PG_ONLY",
        "attributes": dict(role.attributes),
        "effective_attributes": dict(role.attributes),
    }
    return told | ({"membership_role": "DATABRICKS_SUPERUSER"} if role.is_superuser else {})
