"""Apps and the resources that are attached to them.

Source: `databricks-sdk` (service/apps.py) for the fields.
"""

from typing import Any

from lakepass.emulator.config import APP_PORT, App, Attached
from lakepass.emulator.state import WorkspaceState
from lakepass.emulator.workspace.api import ApiError, Call, Routes, not_emulated, page
from lakepass.emulator.workspace.branch_databases import database_id

# The permission that attaching a resource grants: databricks-sdk, the enumerations of AppResource.
_PERMISSIONS = {
    "postgres": "CAN_CONNECT_AND_CREATE",
    "database": "CAN_CONNECT_AND_CREATE",
    "secret": "READ",
    "serving_endpoint": "CAN_QUERY",
    "sql_warehouse": "CAN_USE",
    "uc_securable": "WRITE_VOLUME",
}
_FIXED = "The emulator's apps are those of its configuration."


class Apps:
    """`apps` of the SDK, read-only."""

    def __init__(self, state: WorkspaceState) -> None:
        self._state = state

    def routes(self) -> Routes:
        """The paths."""
        return [
            ("GET", "apps", self._list),
            ("GET", "apps/{name}", self._get),
            ("POST", "apps", self._create),
            *((method, "apps/{name}", self._change) for method in ("PATCH", "DELETE")),
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

    async def _create(self, call: Call) -> dict[str, Any]:
        name = call.text("name")
        if any(app.name == name for app in self._state.config.apps):
            # Assumed: the wording.
            message = f"An app with the same name already exists: {name}"
            raise ApiError(409, "RESOURCE_ALREADY_EXISTS", message)
        raise not_emulated(_FIXED)

    async def _change(self, call: Call) -> dict[str, Any]:
        await self._get(call)
        raise not_emulated(_FIXED)

    def _app(self, app: App) -> dict[str, Any]:
        principal = self._state.identity(app.name)
        return {
            "name": app.name,
            "description": "",
            "url": f"http://localhost:{APP_PORT}",
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
        """As in the manifest, where a branch's database has its resource name."""
        fields = dict(attached.fields)
        if attached.kind == "postgres":
            branch = fields["branch"]
            database = database_id(self._state, branch, fields["database"])
            fields["database"] = f"{branch}/databases/{database}"
        permission = {"permission": _PERMISSIONS[attached.kind]}
        if attached.kind == "uc_securable":
            fields["securable_type"] = "VOLUME"
        return {"name": attached.name, attached.kind: fields | permission}
