"""Databases of a branch, as the Postgres API returns and changes them.

Source: `databricks-sdk` (service/postgres.py, Database) for the fields; github.com/databricks/cli,
acceptance/bundle/resources/postgres_databases, for samples and for errors seen in a real workspace.
"""

from collections.abc import Mapping
from typing import Any

from lakepass.emulator.config import DATABASE
from lakepass.emulator.postgres.databases import Databases
from lakepass.emulator.state import WorkspaceState
from lakepass.emulator.workspace.api import (
    ApiError,
    Call,
    Operations,
    Routes,
    invalid,
    not_found,
    page,
    required,
)
from lakepass.emulator.workspace.branch_roles import (
    BRANCH,
    BranchRoles,
    check_name,
    checked_id,
    checked_spec,
    id_of,
    postgres_refusals,
)
from lakepass.emulator.workspace.settings import Settings
from lakepass.emulator.workspace.updates import Leaf, changes_of_spec, text

_LEAVES = {"role": Leaf(text(512, shortest=1)), "postgres_database": Leaf(check_name)}


class BranchDatabases:
    """The databases of all branches. databases: by resource name of the branch."""

    def __init__(
        self,
        state: WorkspaceState,
        databases: Mapping[str, Databases],
        roles: BranchRoles,
        operations: Operations,
        settings: Settings,
    ) -> None:
        self._state = state
        self._databases = databases
        self._roles = roles
        self._operations = operations
        self._settings = settings

    def routes(self) -> Routes:
        """The paths."""
        database = f"{BRANCH}/databases/{{database}}"
        return [
            ("GET", f"{BRANCH}/databases", self._list),
            ("POST", f"{BRANCH}/databases", self._create),
            ("GET", database, self._get),
            ("PATCH", database, self._update),
            ("DELETE", database, self._delete),
        ]

    async def _list(self, call: Call) -> dict[str, Any]:
        branch = self._roles.branch(call)
        found = await self._databases[branch].all()
        resources = [self._resource(branch, name, owner) for name, owner in found.items()]
        return page(call, "databases", resources)

    async def _get(self, call: Call) -> dict[str, Any]:
        return self._resource(self._roles.branch(call), *await self._existing(call))

    async def _create(self, call: Call) -> dict[str, Any]:
        branch = self._roles.branch(call)
        spec = checked_spec(call)
        if not spec.get("role"):
            raise required("database.spec.role")
        asked_id = checked_id(call, "database_id")
        name = str(spec.get("postgres_database") or asked_id or "")
        if not name:
            raise required("database.spec.postgres_database")
        owner = await self._roles.role_at(branch, str(spec["role"]))
        known = await self._databases[branch].all()
        taken = {database_id(self._state, branch, one) for one in known if one != name}
        if name not in known and asked_id not in taken:
            with postgres_refusals():
                await self._databases[branch].create_for(owner, name)
        elif call.flag("replace_existing") and name in known and asked_id not in taken:
            await self._databases[branch].give(name, owner)
        else:
            raise ApiError(400, "BAD_REQUEST", "database with that name already exists")
        if asked_id is not None:
            self._state.generated.put(f"{branch}/databases/{name}", asked_id)
        resource = self._resource(branch, name, owner)
        return self._operations.done(resource["name"], "Database", resource)

    async def _update(self, call: Call) -> dict[str, Any]:
        branch, (name, owner) = self._roles.branch(call), await self._existing(call)
        current = self._resource(branch, name, owner)["status"]
        values = changes_of_spec(call, "Database", _LEAVES, current=current)
        if "role" in values:
            if not values["role"]:
                raise required("database.spec.role")
            owner = await self._roles.role_at(branch, str(values["role"]))
            with postgres_refusals():
                await self._databases[branch].give(name, owner)
        new_name = values.get("postgres_database")
        if new_name and new_name != name:
            if name == DATABASE:
                raise _is_default("renamed")
            with postgres_refusals():
                await self._databases[branch].rename(name, str(new_name))
            self._state.generated.put(f"{branch}/databases/{new_name}", call.path["database"])
            self._state.generated.put(f"{branch}/databases/{name}", None)
            name = str(new_name)
        self._settings.change(f"{branch}/databases/{call.path['database']}", {})
        resource = self._resource(branch, name, owner)
        return self._operations.done(resource["name"], "Database", resource)

    async def _delete(self, call: Call) -> dict[str, Any]:
        branch, (name, _) = self._roles.branch(call), await self._existing(call)
        if name == DATABASE:
            raise _is_default("deleted")
        await self._databases[branch].drop(name)
        self._state.generated.put(f"{branch}/databases/{name}", None)
        resource_name = f"{branch}/databases/{call.path['database']}"
        self._settings.delete(resource_name)
        return self._operations.done(resource_name, "Database", None)

    async def _existing(self, call: Call) -> tuple[str, str]:
        """The Postgres name and the owner of a database. Raises ApiError (404)."""
        branch = self._roles.branch(call)
        for name, owner in (await self._databases[branch].all()).items():
            if database_id(self._state, branch, name) == call.path["database"]:
                return name, owner
        raise not_found("database")

    def _resource(self, branch: str, database: str, owner: str) -> dict[str, Any]:
        own_id = database_id(self._state, branch, database)
        name = f"{branch}/databases/{own_id}"
        created_at = self._settings.created_at(name)
        status = {
            "database_id": own_id,
            "postgres_database": database,
            "role": self._roles.resource_name(branch, owner),
        }
        return {
            "name": name,
            "database_id": own_id,
            "parent": branch,
            "create_time": created_at,
            "update_time": self._settings.updated_at(name, created_at),
            "status": status,
        }


def database_id(state: WorkspaceState, branch: str, name: str) -> str:
    """The id of a database, by its name in Postgres."""
    known = state.generated.known(f"{branch}/databases/{name}")
    return known or id_of(name.replace("_", "-"), "db")


def _is_default(done: str) -> ApiError:
    """Source: Databricks docs, "Manage databases" (oltp/projects). Assumed: the wording."""
    return invalid(f"The default database {DATABASE} cannot be {done}.")
