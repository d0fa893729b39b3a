"""SQL warehouses, for installers that look one up; none of them runs queries.

Source: `databricks-sdk` (service/sql.py, EndpointInfo) for the fields.
"""

from typing import Any

from lakepass.emulator.state import WorkspaceState
from lakepass.emulator.workspace.api import ApiError, Call, Routes, not_emulated

_WAREHOUSE = "sql/warehouses/{id}"
# The one that new workspaces have. Source: Databricks docs, "Create a SQL warehouse".
_FIRST = "Serverless Starter Warehouse"


class Warehouses:
    """`warehouses` of the SDK: the default one, and those that apps have as a resource."""

    def __init__(self, state: WorkspaceState) -> None:
        self._state = state

    def routes(self) -> Routes:
        """The paths."""
        return [
            ("GET", "sql/warehouses", self._list),
            ("GET", _WAREHOUSE, self._get),
            ("POST", "sql/warehouses", self._create),
            ("DELETE", _WAREHOUSE, self._change),
            ("POST", f"{_WAREHOUSE}/{{action}}", self._change),
        ]

    async def _list(self, _: Call) -> dict[str, Any]:
        return {"warehouses": self._all()}

    async def _get(self, call: Call) -> dict[str, Any]:
        for one in self._all():
            if one["id"] == call.path["id"]:
                return one
        # Assumed: the wording.
        message = f"The SQL warehouse {call.path['id']} does not exist."
        raise ApiError(404, "RESOURCE_DOES_NOT_EXIST", message)

    async def _create(self, _: Call) -> dict[str, Any]:
        raise _fixed()

    async def _change(self, call: Call) -> dict[str, Any]:
        await self._get(call)
        raise _fixed()

    def _all(self) -> list[dict[str, Any]]:
        return [
            {
                "id": warehouse_id,
                "name": name,
                "state": "STOPPED",
                "cluster_size": "2X-Small",
                "warehouse_type": "PRO",
                "enable_serverless_compute": True,
                "auto_stop_mins": 10,
                "min_num_clusters": 1,
                "max_num_clusters": 1,
                "num_clusters": 0,
                "num_active_sessions": 0,
                "creator_name": self._state.developer.name,
            }
            for warehouse_id, name in warehouses(self._state).items()
        ]


def warehouses(state: WorkspaceState) -> dict[str, str]:
    """The names of all warehouses, by id."""
    attached = {
        one.fields["id"]: one.fields["id"]
        for app in state.config.apps
        for one in app.resources
        if one.kind == "sql_warehouse"
    }
    return {state.uid("warehouse").replace("-", "")[:16]: _FIRST} | attached


def _fixed() -> ApiError:
    return not_emulated("The emulator's SQL warehouses can be looked up but not run.")
