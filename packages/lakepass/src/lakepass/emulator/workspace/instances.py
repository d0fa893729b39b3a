"""Database instances: the older API of Lakebase.

Source: `databricks-sdk` (service/database.py) for the fields and bounds.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lakepass.emulator.config import Instance, Way
from lakepass.emulator.faults.conditions import Compute, Phase
from lakepass.emulator.growing import Growing
from lakepass.emulator.workspace.api import (
    ApiError,
    Call,
    Routes,
    invalid,
    is_done_in_time,
    listed,
    not_emulated,
    page,
    required,
)
from lakepass.emulator.workspace.credentials import Credentials
from lakepass.emulator.workspace.instance_roles import InstanceRoles
from lakepass.emulator.workspace.new_resources import refusals_of_growing
from lakepass.emulator.workspace.projects import CutConnections
from lakepass.emulator.workspace.resources import Resources
from lakepass.emulator.workspace.settings import Settings
from lakepass.emulator.workspace.updates import (
    Leaf,
    Leaves,
    changes,
    flag,
    one_of,
    tags,
    text,
    whole,
)

_INSTANCE = "database/instances/{name}"
# databricks-sdk, DatabaseInstance.name.
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_CAPACITIES = ("CU_1", "CU_2", "CU_4", "CU_8")
_CHANGEABLE: Leaves = {
    "capacity": Leaf(one_of(*_CAPACITIES), default="CU_1"),
    "custom_tags": Leaf(tags, default=[]),
    "enable_pg_native_login": Leaf(flag, default=False),
    "enable_readable_secondaries": Leaf(flag, default=False),
    "node_count": Leaf(whole(1, 4), default=1),
    "retention_window_in_days": Leaf(whole(2, 35), default=7),
    "stopped": Leaf(flag, default=False),
    "usage_policy_id": Leaf(text(256)),
}
_OUTPUT_ONLY = (
    "child_instance_refs",
    "creation_time",
    "creator",
    "name",
    "parent_instance_ref",
    "pg_version",
    "read_only_dns",
    "read_write_dns",
    "state",
    "uid",
    *(f"effective_{field}" for field in _CHANGEABLE),
)
_LEAVES: Leaves = {**_CHANGEABLE, **dict.fromkeys(_OUTPUT_ONLY, Leaf())}
_ABSENT = ("catalogs", "tables", "synced_tables")


class Instances:
    """The instances of the configuration, and those created and deleted since."""

    def __init__(
        self,
        resources: Resources,
        computes: Mapping[str, Compute],
        roles: InstanceRoles,
        credentials: Credentials,
        settings: Settings,
        cut_connections: CutConnections,
        growing: Growing,
    ) -> None:
        self._resources = resources
        self._computes = computes
        self._roles = roles
        self._credentials = credentials
        self._settings = settings
        self._cut_connections = cut_connections
        self._growing = growing
        self._starting: dict[str, asyncio.Future[None]] = {}

    def routes(self) -> Routes:
        """The paths."""
        absent = [
            (method, path, self._absent)
            for name in _ABSENT
            for path in (f"database/{name}", f"database/{name}/{{rest:path}}")
            for method in ("GET", "POST", "PATCH", "DELETE")
        ]
        return [
            ("POST", "database/credentials", self._credential),
            ("GET", "database/instances", self._list),
            ("POST", "database/instances", self._create),
            ("GET", "database/instances:findByUid", self._find),
            ("GET", _INSTANCE, self._get),
            ("PATCH", _INSTANCE, self._update),
            ("DELETE", _INSTANCE, self._delete),
            *self._roles.routes(),
            ("GET", f"{_INSTANCE}/catalogs", self._absent),
            ("GET", f"{_INSTANCE}/synced_tables", self._absent),
            *absent,
        ]

    async def _credential(self, call: Call) -> dict[str, Any]:
        await self._credentials.held_up()
        names = listed(call.body.get("instance_names"), "instance_names")
        if not names and not call.body.get("claims"):
            raise required("instance_names")
        for name in names:
            self._with("name", str(name))
        token, expiration_time = self._credentials.issued(call.caller, call.body)
        return {"token": token, "expiration_time": expiration_time}

    async def _list(self, call: Call) -> dict[str, Any]:
        there = [one for one in self._resources.instances() if one["name"] not in self._starting]
        return page(call, "database_instances", [*there, *map(_starting, self._starting)])

    async def _find(self, call: Call) -> dict[str, Any]:
        return self._with("uid", call.query.get("uid", ""))

    async def _get(self, call: Call) -> dict[str, Any]:
        name = call.path["name"]
        if name in self._starting:
            return _starting(name)
        return self._with("name", name)

    async def _update(self, call: Call) -> dict[str, Any]:
        name = call.path["name"]
        found = self._with("name", name)
        unknown = [field for field in call.body if field not in _LEAVES]
        if unknown:
            raise invalid(f"Field '{unknown[0]}' is not a field of DatabaseInstance.")
        values = changes(call, "DatabaseInstance", _LEAVES, current=found)
        compute = self._computes[name]
        compute.native_login = values.pop("enable_pg_native_login", compute.native_login)
        compute.is_readable = values.pop("enable_readable_secondaries", compute.is_readable)
        stopped = values.pop("stopped", None)
        if stopped is True:
            compute.become(Phase.STOPPED)
            await self._cut_connections([compute])
        elif stopped is False and compute.is_stopped:
            compute.become(Phase.RUNNING)
        self._settings.change(name, values)
        return self._with("name", name)

    async def _create(self, call: Call) -> dict[str, Any]:
        name = call.text("name")
        if name in self._starting or name in self._resources.config.computes:
            # Assumed: the wording.
            message = f"Database instance {name} already exists"
            raise ApiError(409, "ALREADY_EXISTS", message)
        if not _NAME.fullmatch(name):
            raise invalid(f"Field name must match pattern ^{_NAME.pattern}$, got '{name}'.")
        if call.body.get("parent_instance_ref"):
            raise not_emulated(
                "The emulator creates instances without a parent only; create a branch."
            )
        given = {field: value for field, value in call.body.items() if field in _CHANGEABLE}
        for field, value in given.items():
            if (check := _CHANGEABLE[field].check) is not None:
                check(value, field)
        starting = self._starting[name] = asyncio.ensure_future(self._start(name, given))
        starting.add_done_callback(lambda _: self._starting.pop(name))
        if await is_done_in_time(starting):
            starting.result()
        return await self._get(replace(call, path={"name": name}))

    async def _start(self, name: str, given: dict[str, Any]) -> None:
        with refusals_of_growing():
            await self._growing.add_instance(
                Instance(
                    name=name,
                    has_native_login=bool(given.pop("enable_pg_native_login", False)),
                    hosts=dict.fromkeys(
                        (Way.WRITE, Way.READ)
                        if given.pop("enable_readable_secondaries", False)
                        else (Way.WRITE,)
                    ),
                )
            )
        self._settings.created_at(name)
        given.pop("stopped", None)
        self._settings.change(name, given)

    async def _delete(self, call: Call) -> dict[str, Any]:
        name = (await self._get(call))["name"]
        stopping = asyncio.ensure_future(self._stop(name))
        if await is_done_in_time(stopping):
            stopping.result()
        return {}

    async def _stop(self, name: str) -> None:
        with refusals_of_growing():
            await self._growing.remove(name)
        self._settings.delete(name)

    async def _absent(self, call: Call) -> dict[str, Any]:
        if "name" in call.path:
            self._with("name", call.path["name"])
        raise not_emulated("The emulator has no catalogs, tables or synced tables.")

    def _with(self, field: str, value: str) -> dict[str, Any]:
        for found in self._resources.instances():
            if found[field] == value:
                return found
        raise ApiError(404, "NOT_FOUND", f"Database instance {value} does not exist")


def _starting(name: str) -> dict[str, Any]:
    """An instance whose creation goes on. Assumed: that it has no host name yet."""
    return {"name": name, "state": "STARTING"}
