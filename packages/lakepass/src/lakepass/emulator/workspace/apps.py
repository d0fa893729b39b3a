"""Apps and what is attached to them, and who may use a project or an instance.

Source: `databricks-sdk` (service/apps.py, service/iam.py) for the fields; Databricks docs, "Add a
Lakebase resource" (dev-tools/databricks-apps/lakebase) for what attaching gives.
"""

from typing import Any

from lakepass.emulator.config import App, Attached
from lakepass.emulator.state import Identity, Kind, State
from lakepass.emulator.workspace.api import ApiError, Call, Routes, page
from lakepass.emulator.workspace.branches import database_id

# What attaching a resource allows: databricks-sdk, the enumerations of AppResource.
_PERMISSIONS = {
    "postgres": "CAN_CONNECT_AND_CREATE",
    "database": "CAN_CONNECT_AND_CREATE",
    "secret": "READ",
    "serving_endpoint": "CAN_QUERY",
    "sql_warehouse": "CAN_USE",
}


class Apps:
    """`apps` of the SDK, and `permissions` of Lakebase's resources: all for looking up."""

    def __init__(self, state: State) -> None:
        self._state = state

    def routes(self) -> Routes:
        """The paths."""
        return [
            ("GET", "apps", self._list),
            ("GET", "apps/{name}", self._get),
            ("GET", "permissions/database-projects/{id}", self._project_permissions),
            ("GET", "permissions/database-instances/{id}", self._instance_permissions),
        ]

    async def _list(self, call: Call) -> dict[str, Any]:
        return page(call, "apps", [self._app(one) for one in self._state.config.apps])

    async def _get(self, call: Call) -> dict[str, Any]:
        name = call.path["name"]
        for app in self._state.config.apps:
            if app.name == name:
                return self._app(app)
        # Assumed: the wording.
        message = f"App with name {name} does not exist or is deleted."
        raise ApiError(404, "RESOURCE_DOES_NOT_EXIST", message)

    async def _project_permissions(self, call: Call) -> dict[str, Any]:
        project = call.path["id"]
        if all(one.id != project for one in self._state.config.projects):
            raise _no_object("database-projects", project)
        homes = {
            one for one in self._state.config.branches if one.startswith(f"projects/{project}/")
        }
        return self._permissions("database-projects", project, homes)

    async def _instance_permissions(self, call: Call) -> dict[str, Any]:
        name = call.path["id"]
        if all(one.name != name for one in self._state.config.instances):
            raise _no_object("database-instances", name)
        homes = {self._state.config.home_of(name)}
        return self._permissions("database-instances", name, homes)

    def _permissions(self, kind: str, name: str, homes: set[str]) -> dict[str, Any]:
        """The creator manages; apps that have something attached there may use it."""
        granted = [(self._state.developer, "CAN_MANAGE")]
        for app in self._state.config.apps:
            servers = {one.server for one in app.resources if one.server}
            if homes & {self._state.config.home_of(server) for server in servers}:
                granted.append((self._state.identity(app.name), "CAN_USE"))
        return {
            "object_id": f"/{kind}/{name}",
            "object_type": kind,
            "access_control_list": [_granted(identity, level) for identity, level in granted],
        }

    def _app(self, app: App) -> dict[str, Any]:
        principal = self._state.identity(app.name)
        return {
            "name": app.name,
            "id": self._state.uid(f"app {app.name}"),
            "creator": self._state.developer.name,
            "create_time": self._state.created_at,
            "update_time": self._state.created_at,
            "updater": self._state.developer.name,
            "service_principal_client_id": principal.name,
            "service_principal_id": principal.id,
            "service_principal_name": f"app-{app.name}",
            "resources": [self._resource(one) for one in app.resources],
            "app_status": {"state": "RUNNING", "message": "App has status: App is running"},
            "compute_status": {"state": "ACTIVE", "message": "App compute is running."},
            "compute_size": "MEDIUM",
        }

    def _resource(self, attached: Attached) -> dict[str, Any]:
        """As in the manifest: there a database of a branch is told by its resource name."""
        fields = dict(attached.fields)
        if attached.kind == "postgres":
            branch = fields["branch"]
            database = database_id(self._state, branch, fields["database"])
            fields["database"] = f"{branch}/databases/{database}"
        permission = {"permission": _PERMISSIONS[attached.kind]}
        return {"name": attached.name, attached.kind: fields | permission}


def _granted(identity: Identity, level: str) -> dict[str, Any]:
    field = "user_name" if identity.kind is Kind.USER else "service_principal_name"
    return {
        field: identity.name,
        "display_name": identity.display_name,
        "all_permissions": [{"permission_level": level, "inherited": False}],
    }


def _no_object(kind: str, name: str) -> ApiError:
    # Assumed: the wording.
    return ApiError(404, "RESOURCE_DOES_NOT_EXIST", f"{kind} {name} does not exist.")
