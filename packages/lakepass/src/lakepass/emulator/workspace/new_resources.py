"""Requests of the Postgres API that the emulator cannot carry out: 501 once they are valid.

They are validated first, so that an installer that is about to make a project learns of a wrong id,
or that the project exists, as it does from the service.
"""

import re
from collections.abc import Mapping
from typing import Any

from lakepass.emulator.workspace.api import (
    ApiError,
    Call,
    Routes,
    invalid,
    not_emulated,
    not_found,
    required,
    table,
)
from lakepass.emulator.workspace.fields import BRANCH, ENDPOINT, ENDPOINT_TYPES, PROJECT
from lakepass.emulator.workspace.resources import Resources
from lakepass.emulator.workspace.updates import Leaf, check_new

# databricks-sdk, PostgresAPI.create_project, create_branch, create_endpoint: RFC 1123.
_ID = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_FIXED = "The emulator's projects, branches and endpoints are those of its configuration."
_PROJECT = "postgres/projects/{project}"
_BRANCH = f"{_PROJECT}/branches/{{branch}}"
_ENDPOINT = f"{_BRANCH}/endpoints/{{endpoint}}"

# What is in a project, or beside projects, that the emulator has none of.
_ABSENT = (
    f"{_PROJECT}/snapshots",
    f"{_BRANCH}/snapshot-schedule",
    f"{_BRANCH}/cdf-configs",
    f"{_BRANCH}/cdf-statuses",
    f"{_BRANCH}/databases/{{database}}/data-api",
    f"{_BRANCH}/databases/{{database}}/cdf-configs",
    f"{_BRANCH}/databases/{{database}}/cdf-statuses",
    "postgres/catalogs",
    "postgres/synced_tables",
)


class NewResources:
    """Making, deleting and restoring what the configuration has; and what it cannot have."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def routes(self) -> Routes:
        """The paths."""
        absent = [
            (method, path, self._absent)
            for name in _ABSENT
            for path in (name, f"{name}/{{rest:path}}")
            for method in ("GET", "POST", "PATCH", "DELETE")
        ]
        return [
            ("POST", "postgres/projects", self._create_project),
            ("POST", f"{_PROJECT}/branches", self._create_branch),
            ("POST", f"{_BRANCH}/endpoints", self._create_endpoint),
            ("DELETE", _PROJECT, self._delete),
            ("DELETE", _BRANCH, self._delete),
            ("DELETE", _ENDPOINT, self._delete),
            ("POST", f"{_PROJECT}/undelete", self._undelete),
            ("POST", f"{_BRANCH}/undelete", self._undelete),
            *absent,
        ]

    async def _create_project(self, call: Call) -> dict[str, Any]:
        self._check(call, "project", "", PROJECT)
        raise not_emulated(_FIXED)

    async def _create_branch(self, call: Call) -> dict[str, Any]:
        self._check(call, "branch", self._existing(call), BRANCH)
        raise not_emulated(_FIXED)

    async def _create_endpoint(self, call: Call) -> dict[str, Any]:
        parent = self._existing(call)
        self._check(call, "endpoint", parent, ENDPOINT)
        kind = table(call.body.get("spec"), "spec").get("endpoint_type")
        if not kind:
            raise required("endpoint.spec.endpoint_type")
        if kind not in ENDPOINT_TYPES:
            raise invalid(f"Field endpoint_type must be one of {', '.join(ENDPOINT_TYPES)}.")
        raise not_emulated(_FIXED)

    async def _delete(self, call: Call) -> dict[str, Any]:
        name = self._existing(call)
        found = self._resources.postgres(name, {})
        if isinstance(found, dict) and found["status"].get("is_protected"):
            # Assumed: the wording. databricks-sdk, BranchSpec.is_protected, for the rule.
            raise ApiError(400, "BAD_REQUEST", "branch is protected; unprotect it to delete it")
        raise not_emulated(_FIXED)

    async def _undelete(self, call: Call) -> dict[str, Any]:
        self._existing(call)
        # Assumed: the wording.
        raise ApiError(400, "BAD_REQUEST", "nothing to restore: it is not deleted")

    async def _absent(self, call: Call) -> dict[str, Any]:
        if "project" in call.path:
            self._existing(call)
        raise not_emulated(
            "The emulator has no snapshots, change data feeds, Data API, catalogs or synced tables."
        )

    def _check(self, call: Call, kind: str, parent: str, fields: Mapping[str, Leaf]) -> None:
        """Raise ApiError: 400 for a missing or wrong id and for wrong fields, 409 if it exists."""
        field = f"{kind}_id"
        new_id = call.query.get(field, "")
        if not new_id:
            raise required(field)
        if not _ID.fullmatch(new_id):
            raise invalid(f"Field {field} must match pattern ^{_ID.pattern}$, got '{new_id}'.")
        check_new(call, kind.capitalize(), fields)
        collection = {"project": "projects", "branch": "branches", "endpoint": "endpoints"}[kind]
        name = f"{parent}/{collection}/{new_id}".removeprefix("/")
        if isinstance(self._resources.postgres(name, {}), dict) and not call.flag(
            "replace_existing"
        ):
            where = " in the workspace" if kind == "project" else ""
            raise ApiError(409, "ALREADY_EXISTS", f"{kind} with such id already exists{where}")

    def _existing(self, call: Call) -> str:
        """The resource that the path names. Raises ApiError (404)."""
        path = call.path
        name = f"projects/{path['project']}"
        for collection, part in (("branches", "branch"), ("endpoints", "endpoint")):
            if part in path:
                name += f"/{collection}/{path[part]}"
        found = self._resources.postgres(name, {})
        if isinstance(found, str):
            raise not_found(found)
        return name
