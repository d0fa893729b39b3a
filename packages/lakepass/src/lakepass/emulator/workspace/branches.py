"""Roles and databases of a branch, as the Postgres API shows and changes them.

Source: `databricks-sdk` (service/postgres.py, Role and Database) for the fields;
github.com/databricks/cli, acceptance/bundle/resources/postgres_roles and postgres_databases, for
samples and for refusals seen on a real workspace. Assumed: whoever signs in may do all of it, and
Postgres's own words stand for refusals that are not documented.
"""

import contextlib
import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

import asyncpg

from lakepass.emulator.postgres.databases import Databases
from lakepass.emulator.postgres.roles import ATTRIBUTES, PostgresRole, Roles
from lakepass.emulator.state import Identity, State
from lakepass.emulator.workspace.api import (
    ApiError,
    Call,
    Operations,
    Routes,
    listed,
    missing,
    not_found,
    page,
    table,
    trace,
    wrong,
)

_BRANCH = "postgres/projects/{project}/branches/{branch}"
_ID = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_UNSPECIFIED = "IDENTITY_TYPE_UNSPECIFIED"
_PASSWORD, _TOKEN, _NO_LOGIN = "PG_PASSWORD_SCRAM_SHA_256", "LAKEBASE_OAUTH_V1", "NO_LOGIN"
_METHODS = (_PASSWORD, _TOKEN, _NO_LOGIN)
_SUPERUSER = "DATABRICKS_SUPERUSER"
_LONGEST_NAME = 63  # PostgreSQL docs, "Identifiers and Key Words"; beyond it Postgres cuts names


class Branches:
    """What is in the branches. roles, databases: by resource name of the branch."""

    def __init__(
        self,
        state: State,
        roles: Mapping[str, Roles],
        databases: Mapping[str, Databases],
        operations: Operations,
    ) -> None:
        self._state = state
        self._roles = roles
        self._databases = databases
        self._operations = operations

    def routes(self) -> Routes:
        """The paths."""
        role, database = f"{_BRANCH}/roles/{{role}}", f"{_BRANCH}/databases/{{database}}"
        return [
            ("GET", f"{_BRANCH}/roles", self._list_roles),
            ("POST", f"{_BRANCH}/roles", self._create_role),
            ("GET", role, self._get_role),
            ("PATCH", role, self._update_role),
            ("DELETE", role, self._delete_role),
            ("POST", f"{role}/password", self._reveal),
            ("GET", f"{_BRANCH}/databases", self._list_databases),
            ("POST", f"{_BRANCH}/databases", self._create_database),
            ("GET", database, self._get_database),
            ("PATCH", database, self._update_database),
            ("DELETE", database, self._delete_database),
        ]

    async def _list_roles(self, call: Call) -> dict[str, Any]:
        branch = self._branch(call)
        return page(call, "roles", [self._role(branch, one) for one in await self._all(branch)])

    async def _get_role(self, call: Call) -> dict[str, Any]:
        return self._role(self._branch(call), await self._existing_role(call))

    async def _create_role(self, call: Call) -> dict[str, Any]:
        branch = self._branch(call)
        spec = _spec(call)
        name = spec.get("postgres_role")
        if not name:
            raise missing("role.spec.postgres_role")
        role_id = _checked_id(call, "role_id")
        identity = self._identity(str(name), spec.get("identity_type"))
        method = spec.get("auth_method") or (_PASSWORD if identity is None else _TOKEN)
        existing = await self._roles[branch].named(str(name))
        taken = {self._role_id(branch, one.name) for one in await self._all(branch)}
        if existing is None and role_id not in taken:
            with _postgres_refusals():
                if method == _PASSWORD:
                    await self._roles[branch].create(str(name))
                else:
                    await self._roles[branch].create_without_password(
                        str(name), identity, can_login=method != _NO_LOGIN
                    )
        elif call.query.get("replace_existing") != "true" or existing is None:
            raise ApiError(400, "BAD_REQUEST", "role with that name already exists")
        if role_id is not None:
            self._state.drawn.put(f"{branch}/roles/{name}", role_id)
        return await self._changed_role(branch, str(name), spec, mask=None)

    async def _update_role(self, call: Call) -> dict[str, Any]:
        branch, role = self._branch(call), await self._existing_role(call)
        return await self._changed_role(branch, role.name, _spec(call), call.mask)

    async def _changed_role(
        self, branch: str, name: str, spec: Mapping[str, Any], mask: set[str] | None
    ) -> dict[str, Any]:
        """Apply a spec, all of it or the fields in the mask, and tell what came of it."""

        def asked(field: str) -> bool:
            return mask is None or any(one.split(".")[0] == field for one in mask)

        method = spec.get("auth_method")
        memberships = listed(spec.get("membership_roles"), "membership_roles")
        with _postgres_refusals():
            await self._roles[branch].change(
                name,
                attributes=_attributes(spec) if asked("attributes") else None,
                is_superuser=_SUPERUSER in memberships if asked("membership_roles") else None,
                can_login=method != _NO_LOGIN if method and asked("auth_method") else None,
            )
        role = await self._roles[branch].named(name)
        assert role is not None
        told = self._role(branch, role)
        return self._operations.done(told["name"], "Role", told)

    async def _delete_role(self, call: Call) -> dict[str, Any]:
        branch, role = self._branch(call), await self._existing_role(call)
        heir = call.query.get("reassign_owned_to")
        with _postgres_refusals():
            await self._roles[branch].drop(
                role.name, reassign_to=await self._role_at(branch, heir) if heir else None
            )
        name = f"{branch}/roles/{self._role_id(branch, role.name)}"
        self._state.drawn.put(f"{branch}/roles/{role.name}", None)
        return self._operations.done(name, "Role", None)

    async def _reveal(self, call: Call) -> dict[str, Any]:
        branch, role = self._branch(call), await self._existing_role(call)
        password = await self._roles[branch].password_of(role)
        if password is None:
            # Assumed: the wording. It covers roles of identities and passwords set in SQL.
            message = f"The role {role.name} has no password to reveal."
            raise ApiError(400, "BAD_REQUEST", message)
        return {"password": password}

    async def _list_databases(self, call: Call) -> dict[str, Any]:
        branch = self._branch(call)
        found = await self._databases[branch].all()
        told = [self._database(branch, name, owner) for name, owner in found.items()]
        return page(call, "databases", told)

    async def _get_database(self, call: Call) -> dict[str, Any]:
        return self._database(self._branch(call), *await self._existing_database(call))

    async def _create_database(self, call: Call) -> dict[str, Any]:
        branch = self._branch(call)
        spec = _spec(call)
        if not spec.get("role"):
            raise missing("database.spec.role")
        asked_id = _checked_id(call, "database_id")
        name = str(spec.get("postgres_database") or asked_id or "")
        if not name:
            raise missing("database.spec.postgres_database")
        owner = await self._role_at(branch, str(spec["role"]))
        known = await self._databases[branch].all()
        if name not in known:
            with _postgres_refusals():
                await self._databases[branch].create_for(owner, name)
        elif call.query.get("replace_existing") == "true":
            await self._databases[branch].give(name, owner)
        else:
            raise ApiError(400, "BAD_REQUEST", "database with that name already exists")
        if asked_id is not None:
            self._state.drawn.put(f"{branch}/databases/{name}", asked_id)
        told = self._database(branch, name, owner)
        return self._operations.done(told["name"], "Database", told)

    async def _update_database(self, call: Call) -> dict[str, Any]:
        branch, (name, owner) = self._branch(call), await self._existing_database(call)
        spec, mask = _spec(call), call.mask
        new_owner = spec.get("role") if mask is None or "role" in mask else None
        new_name = spec.get("postgres_database")
        if mask is not None and "postgres_database" not in mask:
            new_name = None
        with _postgres_refusals():
            if new_owner:
                owner = await self._role_at(branch, str(new_owner))
                await self._databases[branch].give(name, owner)
            if new_name and new_name != name:
                await self._databases[branch].rename(name, str(new_name))
                self._state.drawn.put(f"{branch}/databases/{new_name}", call.path["database"])
                self._state.drawn.put(f"{branch}/databases/{name}", None)
                name = str(new_name)
        told = self._database(branch, name, owner)
        return self._operations.done(told["name"], "Database", told)

    async def _delete_database(self, call: Call) -> dict[str, Any]:
        branch, (name, _) = self._branch(call), await self._existing_database(call)
        await self._databases[branch].drop(name)
        self._state.drawn.put(f"{branch}/databases/{name}", None)
        return self._operations.done(
            f"{branch}/databases/{call.path['database']}", "Database", None
        )

    def _branch(self, call: Call) -> str:
        """The branch's resource name. Raises ApiError (404)."""
        project = f"projects/{call.path['project']}"
        name = f"{project}/branches/{call.path['branch']}"
        if name not in self._roles:
            known = any(one.startswith(f"{project}/") for one in self._roles)
            raise not_found("branch" if known else "project")
        return name

    async def _all(self, branch: str) -> list[PostgresRole]:
        return await self._roles[branch].all()

    async def _existing_role(self, call: Call) -> PostgresRole:
        branch = self._branch(call)
        for role in await self._all(branch):
            if self._role_id(branch, role.name) == call.path["role"]:
                return role
        raise not_found("role")

    async def _role_at(self, branch: str, resource: str) -> str:
        """The Postgres name of the role with this resource name. Raises ApiError (404)."""
        role_id = resource.rpartition("/")[2]
        for role in await self._all(branch):
            if self._role_id(branch, role.name) == role_id:
                return role.name
        raise ApiError(404, "NOT_FOUND", f'role not found; role_id:"{role_id}"{trace()}')

    async def _existing_database(self, call: Call) -> tuple[str, str]:
        branch = self._branch(call)
        for name, owner in (await self._databases[branch].all()).items():
            if database_id(self._state, branch, name) == call.path["database"]:
                return name, owner
        raise not_found("database")

    def _identity(self, name: str, kind: object) -> Identity | None:
        if kind in (None, _UNSPECIFIED):
            return None
        identity = self._state.by_name(name)
        if identity is None or identity.kind.value != kind:
            # Assumed: the wording.
            raise wrong(f"identity {name} of type {kind} does not exist")
        return identity

    def _role_id(self, branch: str, name: str) -> str:
        return self._state.drawn.known(f"{branch}/roles/{name}") or _id_of(name, "role")

    def _role(self, branch: str, role: PostgresRole) -> dict[str, Any]:
        method = _PASSWORD if role.identity_type is None else _TOKEN
        role_id = self._role_id(branch, role.name)
        status: dict[str, Any] = {
            "role_id": role_id,
            "postgres_role": role.name,
            "identity_type": role.identity_type or _UNSPECIFIED,
            "auth_method": method if role.can_login else _NO_LOGIN,
            "attributes": dict(role.attributes),
        }
        if role.is_superuser:
            status["membership_roles"] = [_SUPERUSER]
        name = f"{branch}/roles/{role_id}"
        return {"name": name, "role_id": role_id, "parent": branch, "status": status}

    def _database(self, branch: str, name: str, owner: str) -> dict[str, Any]:
        own_id = database_id(self._state, branch, name)
        status = {
            "database_id": own_id,
            "postgres_database": name,
            "role": f"{branch}/roles/{self._role_id(branch, owner)}",
        }
        return {
            "name": f"{branch}/databases/{own_id}",
            "database_id": own_id,
            "parent": branch,
            "status": status,
        }


def database_id(state: State, branch: str, name: str) -> str:
    """The id of a database, by its name in Postgres."""
    known = state.drawn.known(f"{branch}/databases/{name}")
    return known or _id_of(name.replace("_", "-"), "db")


def _spec(call: Call) -> Mapping[str, Any]:
    """What is asked for. Raises ApiError (400) if it names something that Postgres cannot."""
    spec = table(call.body.get("spec"), "spec")
    for field in ("postgres_role", "postgres_database"):
        name = spec.get(field) or ""
        if not isinstance(name, str) or "\0" in name or len(name.encode()) > _LONGEST_NAME:
            raise wrong(f"Field {field} must be a name of at most {_LONGEST_NAME} bytes.")
    if spec.get("auth_method", _PASSWORD) not in _METHODS:
        raise wrong(f"Field auth_method must be one of {', '.join(_METHODS)}.")
    return spec


def _attributes(spec: Mapping[str, Any]) -> dict[str, bool]:
    asked = table(spec.get("attributes"), "attributes")
    return {name: bool(asked.get(name)) for name in ATTRIBUTES}


def _checked_id(call: Call, field: str) -> str | None:
    """The id that a new resource is to have, if one is asked for. Raises ApiError (400)."""
    asked = call.query.get(field)
    if asked and not _ID.fullmatch(asked):
        raise wrong(f"Field {field} must match pattern ^{_ID.pattern}$, got '{asked}'.")
    return asked or None


def _id_of(name: str, prefix: str) -> str:
    """Assumed: what is made without an id has its name for one, or one drawn from its name."""
    if _ID.fullmatch(name):
        return name
    return f"{prefix}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"


@contextlib.contextmanager
def _postgres_refusals() -> Iterator[None]:
    """Postgres's own words, in the shape of the API's errors."""
    try:
        yield
    except asyncpg.PostgresError as error:
        raise ApiError(400, "BAD_REQUEST", str(error)) from error
