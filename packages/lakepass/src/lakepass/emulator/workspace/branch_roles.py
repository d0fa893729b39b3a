"""Roles of a branch, as the Postgres API returns and changes them.

Source: `databricks-sdk` (service/postgres.py, Role) for the fields; github.com/databricks/cli,
acceptance/bundle/resources/postgres_roles, for samples and for errors seen in a real workspace.
Assumed: every identity may do all of it, and Postgres's own messages stand in for errors that are not
documented.
"""

import contextlib
import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

import asyncpg

from lakepass.emulator.postgres.roles import ATTRIBUTES, PostgresRole, Roles
from lakepass.emulator.state import Identity, WorkspaceState
from lakepass.emulator.workspace.api import (
    ApiError,
    Call,
    Operations,
    Routes,
    invalid,
    listed,
    not_found,
    page,
    required,
    table,
    trace,
)
from lakepass.emulator.workspace.settings import Settings
from lakepass.emulator.workspace.updates import Leaf, changes_of_spec, flag, one_of, some_of

BRANCH = "postgres/projects/{project}/branches/{branch}"
# databricks-sdk, PostgresAPI.create_role and create_database: 4 to 63 characters.
_ID = re.compile(r"[a-z][a-z0-9-]{2,61}[a-z0-9]")
_UNSPECIFIED = "IDENTITY_TYPE_UNSPECIFIED"
_PASSWORD, _TOKEN, _NO_LOGIN = "PG_PASSWORD_SCRAM_SHA_256", "LAKEBASE_OAUTH_V1", "NO_LOGIN"
_METHODS = (_PASSWORD, _TOKEN, _NO_LOGIN)
_SUPERUSER = "DATABRICKS_SUPERUSER"
_LONGEST_NAME = 63  # PostgreSQL docs, "Identifiers and Key Words"; Postgres truncates longer names

# The name and the identity of a role cannot change. Assumed: the SDK does not say.
_LEAVES = {
    "postgres_role": Leaf(),
    "identity_type": Leaf(),
    "auth_method": Leaf(one_of(*_METHODS)),
    "membership_roles": Leaf(some_of(_SUPERUSER), default=[]),
    **{f"attributes.{name}": Leaf(flag, default=False) for name in ATTRIBUTES},
}


class BranchRoles:
    """The roles of all branches. roles: by resource name of the branch."""

    def __init__(
        self,
        state: WorkspaceState,
        roles: Mapping[str, Roles],
        operations: Operations,
        settings: Settings,
    ) -> None:
        self._state = state
        self._roles = roles
        self._operations = operations
        self._settings = settings

    def routes(self) -> Routes:
        """The paths."""
        role = f"{BRANCH}/roles/{{role}}"
        return [
            ("GET", f"{BRANCH}/roles", self._list),
            ("POST", f"{BRANCH}/roles", self._create),
            ("GET", role, self._get),
            ("PATCH", role, self._update),
            ("DELETE", role, self._delete),
            ("POST", f"{role}/password", self._reveal),
        ]

    def branch(self, call: Call) -> str:
        """The branch's resource name. Raises ApiError (404)."""
        project = f"projects/{call.path['project']}"
        name = f"{project}/branches/{call.path['branch']}"
        if name not in self._state.config.branches:
            known = any(one.startswith(f"{project}/") for one in self._state.config.branches)
            raise not_found("branch" if known else "project")
        return name

    def resource_name(self, branch: str, role: str) -> str:
        """The resource name of a role, by its name in Postgres."""
        return f"{branch}/roles/{self._role_id(branch, role)}"

    async def role_at(self, branch: str, name: str) -> str:
        """The Postgres name of a role that the body names. Raises ApiError (404)."""
        for role in await self._roles[branch].all():
            if self.resource_name(branch, role.name) == name:
                return role.name
        role_id = name.rpartition("/")[2]
        raise ApiError(404, "NOT_FOUND", f'role not found; role_id:"{role_id}"{trace()}')

    async def _list(self, call: Call) -> dict[str, Any]:
        branch = self.branch(call)
        roles = await self._roles[branch].all()
        return page(call, "roles", [self._resource(branch, one) for one in roles])

    async def _get(self, call: Call) -> dict[str, Any]:
        return self._resource(self.branch(call), await self._existing(call))

    async def _create(self, call: Call) -> dict[str, Any]:
        branch = self.branch(call)
        spec = checked_spec(call)
        name = spec.get("postgres_role")
        if not name:
            raise required("role.spec.postgres_role")
        role_id = checked_id(call, "role_id")
        kind = spec.get("identity_type")
        identity = self._identity(str(name), None if kind == _UNSPECIFIED else kind)
        method = spec.get("auth_method") or (_PASSWORD if identity is None else _TOKEN)
        _check_method(method, identity.type.value if identity else None)
        attributes = table(spec.get("attributes"), "spec.attributes")
        values: dict[str, Any] = {
            "membership_roles": some_of(_SUPERUSER)(
                listed(spec.get("membership_roles"), "spec.membership_roles"),
                "spec.membership_roles",
            ),
            **{
                f"attributes.{one}": flag(attributes.get(one) or False, f"spec.attributes.{one}")
                for one in ATTRIBUTES
            },
            "auth_method": method,
        }
        existing = await self._roles[branch].named(str(name))
        taken = {self._role_id(branch, one.name) for one in await self._roles[branch].all()}
        if existing is None and role_id not in taken:
            with postgres_refusals():
                if method == _PASSWORD:
                    await self._roles[branch].create(str(name))
                else:
                    await self._roles[branch].create_without_password(
                        str(name), identity, can_login=method != _NO_LOGIN
                    )
        elif not call.flag("replace_existing") or existing is None:
            raise ApiError(400, "BAD_REQUEST", "role with that name already exists")
        if role_id is not None:
            self._state.generated.put(f"{branch}/roles/{name}", role_id)
        await self._change(branch, str(name), values)
        return await self._done(branch, str(name))

    async def _update(self, call: Call) -> dict[str, Any]:
        branch, role = self.branch(call), await self._existing(call)
        current = self._resource(branch, role)["status"]
        values = changes_of_spec(call, "Role", _LEAVES, current=current, objects=("attributes",))
        if values.get("auth_method"):
            _check_method(values["auth_method"], role.identity_type)
        await self._change(branch, role.name, values)
        self._settings.change(self.resource_name(branch, role.name), {})
        return await self._done(branch, role.name)

    async def _change(self, branch: str, name: str, values: Mapping[str, Any]) -> None:
        """Set the fields in `values`, by path. Raises ApiError (400)."""
        attributes = {
            path.partition(".")[2]: value for path, value in values.items() if "attributes." in path
        }
        memberships = values.get("membership_roles")
        with postgres_refusals():
            await self._roles[branch].change(
                name,
                attributes=attributes,
                is_superuser=None if memberships is None else _SUPERUSER in memberships,
                can_login=values["auth_method"] != _NO_LOGIN if "auth_method" in values else None,
            )

    async def _done(self, branch: str, name: str) -> dict[str, Any]:
        """The operation that created or changed a role."""
        role = await self._roles[branch].named(name)
        assert role is not None
        resource = self._resource(branch, role)
        return self._operations.done(resource["name"], "Role", resource)

    async def _delete(self, call: Call) -> dict[str, Any]:
        branch, role = self.branch(call), await self._existing(call)
        heir = call.query.get("reassign_owned_to")
        name = self.resource_name(branch, role.name)
        with postgres_refusals():
            await self._roles[branch].drop(
                role.name, reassign_to=await self.role_at(branch, heir) if heir else None
            )
        self._state.generated.put(f"{branch}/roles/{role.name}", None)
        self._settings.delete(name)
        return self._operations.done(name, "Role", None)

    async def _reveal(self, call: Call) -> dict[str, Any]:
        branch, role = self.branch(call), await self._existing(call)
        password = await self._roles[branch].password_of(role)
        if password is None:
            # Assumed: the wording. It covers roles of identities and passwords set in SQL.
            message = f"The role {role.name} has no password to reveal."
            raise ApiError(400, "BAD_REQUEST", message)
        return {"password": password}

    async def _existing(self, call: Call) -> PostgresRole:
        branch = self.branch(call)
        for role in await self._roles[branch].all():
            if self._role_id(branch, role.name) == call.path["role"]:
                return role
        raise not_found("role")

    def _identity(self, name: str, kind: Any) -> Identity | None:
        """The identity that a role is to have; None for a plain role. Raises ApiError (400)."""
        if not kind:
            return None
        identity = self._state.by_name(name)
        if identity is None or identity.type.value != kind:
            # Assumed: the wording.
            raise invalid(f"identity {name} of type {kind} does not exist")
        return identity

    def _role_id(self, branch: str, name: str) -> str:
        return self._state.generated.known(f"{branch}/roles/{name}") or id_of(name, "role")

    def _resource(self, branch: str, role: PostgresRole) -> dict[str, Any]:
        method = _PASSWORD if role.identity_type is None else _TOKEN
        role_id = self._role_id(branch, role.name)
        name = f"{branch}/roles/{role_id}"
        status: dict[str, Any] = {
            "role_id": role_id,
            "postgres_role": role.name,
            "identity_type": role.identity_type or _UNSPECIFIED,
            "auth_method": method if role.can_login else _NO_LOGIN,
            "attributes": dict(role.attributes),
        }
        if role.is_superuser:
            status["membership_roles"] = [_SUPERUSER]
        created_at = self._settings.created_at(name)
        return {
            "name": name,
            "role_id": role_id,
            "parent": branch,
            "create_time": created_at,
            "update_time": self._settings.updated_at(name, created_at),
            "status": status,
        }


def checked_spec(call: Call) -> Mapping[str, Any]:
    """The spec of a new role or database. Raises ApiError (400) for what Postgres does not support."""
    spec = table(call.body.get("spec"), "spec")
    for field in ("postgres_role", "postgres_database"):
        check_name(spec.get(field) or "", field)
    if spec.get("auth_method", _PASSWORD) not in _METHODS:
        raise invalid(f"Field auth_method must be one of {', '.join(_METHODS)}.")
    return spec


def check_name(name: Any, field: str) -> str:
    """A valid name for Postgres. Raises ApiError (400)."""
    if not isinstance(name, str) or "\0" in name or len(name.encode()) > _LONGEST_NAME:
        raise invalid(f"Field {field} must be a name of at most {_LONGEST_NAME} bytes.")
    return name


def checked_id(call: Call, field: str) -> str | None:
    """The id for a new resource, if the request has one. Raises ApiError (400)."""
    asked = call.query.get(field)
    if asked and not _ID.fullmatch(asked):
        raise invalid(f"Field {field} must match pattern ^{_ID.pattern}$, got '{asked}'.")
    return asked or None


def id_of(name: str, prefix: str) -> str:
    """Assumed: an object created without an id gets its name as its id, or one derived from its name."""
    if _ID.fullmatch(name):
        return name
    return f"{prefix}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def _check_method(method: str, identity_type: str | None) -> None:
    """Raise ApiError (400) if this kind of role cannot use the method. Assumed: the wording."""
    if method == _TOKEN and identity_type is None:
        raise invalid(f"auth_method {_TOKEN} needs an identity_type.")
    if method == _PASSWORD and identity_type is not None:
        raise invalid(f"auth_method {_PASSWORD} is not available to a role of a {identity_type}.")


@contextlib.contextmanager
def postgres_refusals() -> Iterator[None]:
    """Turn errors of Postgres into ApiError (400) with its own message."""
    try:
        yield
    except asyncpg.PostgresError as error:
        raise ApiError(400, "BAD_REQUEST", str(error)) from error
