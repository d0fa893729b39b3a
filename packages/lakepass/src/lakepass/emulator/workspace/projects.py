"""Projects, branches and endpoints: the Postgres API but for what is in a branch."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

from lakepass.emulator.faults.conditions import Compute, Phase
from lakepass.emulator.workspace.api import (
    ApiError,
    Call,
    NoSuchApi,
    Operations,
    Routes,
    not_found,
    page,
    table,
)
from lakepass.emulator.workspace.credentials import Credentials
from lakepass.emulator.workspace.resources import Resources

Cut = Callable[[Collection[Compute]], Awaitable[None]]

_PROJECT = "postgres/projects/{project}"
_BRANCH = f"{_PROJECT}/branches/{{branch}}"
_ENDPOINT = f"{_BRANCH}/endpoints/{{endpoint}}"


class Projects:
    """What the configuration has; computes can be changed, nothing can be made or deleted."""

    def __init__(
        self,
        resources: Resources,
        computes: Mapping[str, Compute],
        credentials: Credentials,
        operations: Operations,
        cut: Cut,
    ) -> None:
        self._resources = resources
        self._computes = computes
        self._credentials = credentials
        self._operations = operations
        self._cut = cut

    def routes(self) -> Routes:
        """The paths. The last takes what others have not taken, so it belongs at the end."""
        fixed = [
            ("POST", "postgres/projects"),
            ("DELETE", _PROJECT),
            ("POST", f"{_PROJECT}/branches"),
            ("PATCH", _BRANCH),
            ("DELETE", _BRANCH),
            ("POST", f"{_BRANCH}/endpoints"),
            ("DELETE", _ENDPOINT),
        ]
        return [
            ("POST", "postgres/credentials", self._credential),
            ("PATCH", _PROJECT, self._update_project),
            ("PATCH", _ENDPOINT, self._update_endpoint),
            *((method, path, self._fixed) for method, path in fixed),
            ("GET", "postgres/{parent:path}/operations/{operation}", self._operation),
            ("GET", "postgres/{name:path}", self._get),
        ]

    async def _credential(self, call: Call) -> dict[str, Any]:
        await self._credentials.held_up()
        endpoint = call.text("endpoint")
        if endpoint not in self._computes or "/" not in endpoint:
            missing = self._resources.postgres(endpoint)
            raise not_found(missing if isinstance(missing, str) else "endpoint")
        token, expire_time = self._credentials.issued(call.who, call.body)
        return {"token": token, "expire_time": expire_time}

    async def _get(self, call: Call) -> dict[str, Any]:
        name = call.path["name"]
        found = self._found(name)
        listed = found.get(name.rpartition("/")[2])
        if isinstance(listed, list):
            return page(call, name.rpartition("/")[2], listed)
        return found

    async def _update_project(self, call: Call) -> dict[str, Any]:
        """Switch native login. Assumed: it is in force at once, with no restart of a compute."""
        name = f"projects/{call.path['project']}"
        self._found(name)
        spec = table(call.body.get("spec"), "spec")
        if "enable_pg_native_login" in spec and _asked(call, "enable_pg_native_login"):
            for place, compute in self._computes.items():
                if place.startswith(f"{name}/"):
                    compute.native_login = bool(spec["enable_pg_native_login"])
        return self._operations.done(name, "Project", self._found(name))

    async def _update_endpoint(self, call: Call) -> dict[str, Any]:
        """Disable it or enable it again, switch its readable secondaries."""
        name = "projects/{project}/branches/{branch}/endpoints/{endpoint}".format(**call.path)
        self._found(name)
        spec = table(call.body.get("spec"), "spec")
        group = table(spec.get("group"), "spec.group")
        compute = self._computes[name]
        if "enable_readable_secondaries" in group and _asked(call, "group"):
            compute.is_readable = bool(group["enable_readable_secondaries"])
        if "disabled" in spec and _asked(call, "disabled"):
            if spec["disabled"]:
                compute.become(Phase.STOPPED)
                await self._cut([compute])
            else:
                compute.become(Phase.RUNNING)
        return self._operations.done(name, "Endpoint", self._found(name))

    async def _operation(self, call: Call) -> dict[str, Any]:
        return self._operations.named("{parent}/operations/{operation}".format(**call.path))

    async def _fixed(self, _: Call) -> dict[str, Any]:
        message = "The emulator's projects, branches and endpoints are those of its configuration."
        raise ApiError(501, "NOT_IMPLEMENTED", message)

    def _found(self, name: str) -> dict[str, Any]:
        found = self._resources.postgres(name)
        if found is None:
            raise NoSuchApi
        if isinstance(found, str):
            raise not_found(found)
        return found


def _asked(call: Call, field: str) -> bool:
    """Whether an update is about this field of the spec, or a part of it."""
    return call.mask is None or any(one.split(".")[0] == field for one in call.mask)
