"""Projects, branches and endpoints: the Postgres API, except for what is in a branch."""

import datetime as dt
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

from lakepass.emulator.faults.conditions import Compute, Phase
from lakepass.emulator.growing import Growing
from lakepass.emulator.postgres.databases import Databases
from lakepass.emulator.workspace.api import (
    Call,
    NoSuchApi,
    Operations,
    Routes,
    invalid,
    not_found,
    page,
)
from lakepass.emulator.workspace.credentials import Credentials
from lakepass.emulator.workspace.fields import BRANCH, ENDPOINT, PROJECT, check_compute
from lakepass.emulator.workspace.new_resources import NewResources
from lakepass.emulator.workspace.resources import Resources
from lakepass.emulator.workspace.settings import Settings
from lakepass.emulator.workspace.updates import changes_of_spec

CutConnections = Callable[[Collection[Compute]], Awaitable[None]]

_PROJECT = "postgres/projects/{project}"
_BRANCH = f"{_PROJECT}/branches/{{branch}}"
_ENDPOINT = f"{_BRANCH}/endpoints/{{endpoint}}"


class Projects:
    """The projects of the configuration, and those created and deleted since."""

    def __init__(
        self,
        resources: Resources,
        computes: Mapping[str, Compute],
        databases: Mapping[str, Databases],
        credentials: Credentials,
        operations: Operations,
        settings: Settings,
        cut_connections: CutConnections,
        growing: Growing,
    ) -> None:
        self._resources = resources
        self._computes = computes
        self._databases = databases
        self._credentials = credentials
        self._operations = operations
        self._settings = settings
        self._cut_connections = cut_connections
        self._growing = growing

    def routes(self) -> Routes:
        """The paths. The last matches every remaining GET, so it must stay last."""
        new = NewResources(
            self._resources,
            self._growing,
            self._operations,
            self._settings,
            update_branch=self._update_branch,
            update_endpoint=self._update_endpoint,
        )
        return [
            ("POST", "postgres/credentials", self._credential),
            ("PATCH", _PROJECT, self._update_project),
            ("PATCH", _BRANCH, self._update_branch),
            ("PATCH", _ENDPOINT, self._update_endpoint),
            *new.routes(),
            ("GET", "postgres/{parent:path}/operations/{operation}", self._operation),
            ("GET", "postgres/{name:path}", self._get),
        ]

    async def _credential(self, call: Call) -> dict[str, Any]:
        await self._credentials.held_up()
        endpoint = call.text("endpoint")
        if endpoint not in self._computes or "/" not in endpoint:
            missing = self._resources.postgres(endpoint, {})
            raise not_found(missing if isinstance(missing, str) else "endpoint")
        token, expire_time = self._credentials.issued(call.caller, call.body)
        return {"token": token, "expire_time": expire_time}

    async def _get(self, call: Call) -> dict[str, Any]:
        name = call.path["name"]
        found = await self._found(name)
        items = found.get(name.rpartition("/")[2])
        if isinstance(items, list):
            return page(call, name.rpartition("/")[2], items)
        return found

    async def _update_project(self, call: Call) -> dict[str, Any]:
        """Native login takes effect immediately. Assumed: no compute has to restart for it."""
        name = f"projects/{call.path['project']}"
        status = (await self._found(name))["status"]
        values = changes_of_spec(
            call,
            "Project",
            PROJECT,
            current=status,
            objects=("default_endpoint_settings",),
            ignored=("initial_branch_spec", "initial_endpoint_spec"),
        )
        check_compute(status["default_endpoint_settings"], values, "default_endpoint_settings.")
        branch = values.get("default_branch")
        if branch is not None and branch not in self._databases:
            raise not_found("branch")
        native_login = values.pop("enable_pg_native_login", None)
        if native_login is not None:
            for own_name, compute in self._computes.items():
                if own_name.startswith(f"{name}/"):
                    compute.native_login = native_login
        self._settings.change(name, values)
        return self._operations.done(name, "Project", await self._found(name))

    async def _update_branch(self, call: Call) -> dict[str, Any]:
        """Protect a branch, or set its expiry. Assumed: here it is shown but never carried out."""
        name = "projects/{project}/branches/{branch}".format(**call.path)
        found = await self._found(name)
        values = changes_of_spec(call, "Branch", BRANCH, current=found["status"])
        expiry = {
            field: values.pop(field)
            for field in ("expire_time", "ttl", "no_expiry")
            if field in values
        }
        if len(expiry) > 1:
            raise invalid(f"Fields {' and '.join(expiry)} exclude each other.")
        if expiry.get("no_expiry") is False:
            raise invalid("Field no_expiry must be true where it is given.")
        if expiry:
            values["expire_time"] = expiry.get("expire_time")
        if expiry.get("ttl"):
            values["expire_time"] = _after(found["create_time"], expiry["ttl"])
        self._settings.change(name, values)
        return self._operations.done(name, "Branch", await self._found(name))

    async def _update_endpoint(self, call: Call) -> dict[str, Any]:
        """Disable or enable it, switch its readable secondaries, change its size."""
        name = "projects/{project}/branches/{branch}/endpoints/{endpoint}".format(**call.path)
        status = (await self._found(name))["status"]
        values = changes_of_spec(
            call, "Endpoint", ENDPOINT, current=status, objects=("group", "settings")
        )
        check_compute(status, values)
        size = {
            field: values.get(f"group.{field}", status["group"][field]) for field in ("min", "max")
        }
        if size["min"] > size["max"]:
            raise invalid("Field group.min must not be larger than group.max.")
        compute = self._computes[name]
        compute.is_readable = values.pop("group.enable_readable_secondaries", compute.is_readable)
        disabled = values.pop("disabled", None)
        if disabled is True:
            compute.become(Phase.STOPPED)
            await self._cut_connections([compute])
        elif disabled is False and compute.is_stopped:
            compute.become(Phase.RUNNING)
        self._settings.change(name, values)
        return self._operations.done(name, "Endpoint", await self._found(name))

    async def _operation(self, call: Call) -> dict[str, Any]:
        return self._operations.named("{parent}/operations/{operation}".format(**call.path))

    async def _found(self, name: str) -> dict[str, Any]:
        """Raises ApiError (404) for what does not exist, NoSuchApi for other names."""
        sizes = {}
        if name.count("/") < 4:  # projects and branches show sizes, endpoints do not
            sizes = {branch: await one.size() for branch, one in list(self._databases.items())}
        found = self._resources.postgres(name, sizes)
        if found is None:
            raise NoSuchApi
        if isinstance(found, str):
            raise not_found(found)
        return found


def _after(start: str, ttl: str) -> str:
    """The time `ttl` after `start`."""
    end = dt.datetime.fromisoformat(start) + dt.timedelta(seconds=float(ttl.removesuffix("s")))
    return end.isoformat().replace("+00:00", "Z")
