"""Projects, branches and endpoints that the Postgres API creates and deletes.

Requests are validated before they are refused with 501, so that an installer learns about a wrong id or
an existing project as it does from the service.
"""

import asyncio
import contextlib
import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from lakepass.emulator.config import ALL_WAYS, REPLICA_WAYS, Branch, Endpoint, Project
from lakepass.emulator.growing import Growing
from lakepass.emulator.postgres.binaries import EmulatorError
from lakepass.emulator.workspace.api import (
    TYPES,
    Answer,
    ApiError,
    Call,
    Operations,
    Routes,
    invalid,
    is_done_in_time,
    not_emulated,
    not_found,
    required,
    table,
    timestamp,
)
from lakepass.emulator.workspace.fields import BRANCH, ENDPOINT, ENDPOINT_TYPES, PROJECT
from lakepass.emulator.workspace.resources import Resources
from lakepass.emulator.workspace.settings import Settings
from lakepass.emulator.workspace.updates import Leaf, check_new

# databricks-sdk, PostgresAPI.create_project, create_branch, create_endpoint: RFC 1123.
_ID = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_COLLECTIONS = {"project": "projects", "branch": "branches", "endpoint": "endpoints"}
_PROJECT = "postgres/projects/{project}"
_BRANCH = f"{_PROJECT}/branches/{{branch}}"
_ENDPOINT = f"{_BRANCH}/endpoints/{{endpoint}}"

# Parts of projects, or of the workspace, that the emulator does not have.
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
    """Creates and deletes projects, branches and endpoints; rejects what the emulator does not have.

    update_branch, update_endpoint: for requests to create an existing one, with `replace_existing`.
    """

    def __init__(
        self,
        resources: Resources,
        growing: Growing,
        operations: Operations,
        settings: Settings,
        *,
        update_branch: Answer,
        update_endpoint: Answer,
    ) -> None:
        self._resources = resources
        self._growing = growing
        self._operations = operations
        self._settings = settings
        self._update_branch = update_branch
        self._update_endpoint = update_endpoint
        self._running: dict[str, asyncio.Future[Mapping[str, Any]]] = {}

    def routes(self) -> Routes:
        """The paths."""
        absent = [
            (method, path, self._absent)
            for name in _ABSENT
            for path in (name, f"{name}/{{rest:path}}")
            for method in ("GET", "POST", "PATCH", "DELETE")
        ]
        return [
            ("POST", "postgres/projects", self._in_time(self._create_project)),
            ("POST", f"{_PROJECT}/branches", self._in_time(self._create_branch)),
            ("POST", f"{_BRANCH}/endpoints", self._in_time(self._create_endpoint)),
            ("DELETE", _PROJECT, self._in_time(self._delete)),
            ("DELETE", _BRANCH, self._in_time(self._delete)),
            ("DELETE", _ENDPOINT, self._in_time(self._delete)),
            ("POST", f"{_PROJECT}/undelete", self._undelete),
            ("POST", f"{_BRANCH}/undelete", self._undelete),
            *absent,
        ]

    def _in_time(self, change: Answer) -> Answer:
        """Respond in time with an operation, done or not; a request that is repeated while it runs
        starts no second one."""

        async def answer(call: Call) -> Mapping[str, Any]:
            key = json.dumps([change.__name__, dict(call.path), dict(call.query), dict(call.body)])
            running = self._running.get(key)
            if running is None:
                running = self._running[key] = asyncio.ensure_future(change(call))
                running.add_done_callback(lambda _: self._running.pop(key))
            if await is_done_in_time(running):
                return running.result()
            name = _name_in(call)
            return self._operations.running(name, _kind_of(name), running)

        return answer

    async def _create_project(self, call: Call) -> dict[str, Any]:
        name = self._check(call, "project", "", PROJECT)
        spec = table(call.body.get("spec"), "spec")
        native_login = bool(spec.get("enable_pg_native_login"))
        with refusals_of_growing():
            await self._growing.add_project(
                Project(id=name.rpartition("/")[2], has_native_login=native_login)
            )
        branch = f"{name}/branches/{Branch().id}"
        made = [name, branch, f"{branch}/endpoints/{Endpoint().id}"]
        given = {
            field: spec[field]
            for field in ("display_name", "history_retention_duration", "custom_tags")
            if spec.get(field)
        }
        return self._made(made, given)

    async def _create_branch(self, call: Call) -> Mapping[str, Any]:
        """A copy of another branch in its present state, with an endpoint `primary`.

        Source of the endpoint: registry.terraform.io/providers/databricks, postgres_endpoint.
        """
        project = self._existing(call)
        name = self._check(call, "branch", project, BRANCH)
        spec = table(call.body.get("spec"), "spec")
        if name in self._resources.config.branches:
            return await self._update_branch(_as_update(call, "branch", name))
        for field in ("source_branch_lsn", "source_branch_time", "source_snapshot"):
            if spec.get(field):
                raise not_emulated(
                    f"The emulator stores no history, so {field} cannot be given: a branch has the "
                    "current data of its source."
                )
        expiry = [one for one in ("expire_time", "ttl", "no_expiry") if spec.get(one)]
        if len(expiry) != 1:  # Databricks docs, CLI reference, "postgres create-branch"
            raise invalid("One of ttl, expire_time and no_expiry must be given.")
        status = self._resources.postgres(project, {})
        assert isinstance(status, dict)
        source = spec.get("source_branch") or status["status"]["default_branch"]
        if source not in self._resources.config.branches or not source.startswith(f"{project}/"):
            raise not_found("branch")
        with refusals_of_growing():
            branch = Branch(id=name.rpartition("/")[2])
            await self._growing.add_branch(call.path["project"], branch, source)
        given = {"source_branch": source, "source_branch_time": timestamp()}
        if spec.get("is_protected"):
            given["is_protected"] = True
        if spec.get("expire_time"):
            given["expire_time"] = spec["expire_time"]
        if spec.get("ttl"):
            given["expire_time"] = timestamp(time.time() + float(spec["ttl"].removesuffix("s")))
        return self._made([name, f"{name}/endpoints/{Endpoint().id}"], given)

    async def _create_endpoint(self, call: Call) -> Mapping[str, Any]:
        parent = self._existing(call)
        name = self._check(call, "endpoint", parent, ENDPOINT)
        spec = table(call.body.get("spec"), "spec")
        kind = spec.get("endpoint_type")
        if not kind:
            raise required("endpoint.spec.endpoint_type")
        if kind not in ENDPOINT_TYPES:
            raise invalid(f"Field endpoint_type must be one of {', '.join(ENDPOINT_TYPES)}.")
        if name in self._resources.config.endpoints:
            return await self._update_endpoint(_as_update(call, "endpoint", name))
        is_read_only = kind == ENDPOINT_TYPES[1]
        endpoints = self._resources.config.branches[parent].endpoints
        if not is_read_only and any(not one.is_read_only for one in endpoints):
            # Seen on a workspace: github.com/databricks/cli, acceptance, postgres_endpoints.
            raise ApiError(400, "BAD_REQUEST", "read_write endpoint already exists")
        ways = REPLICA_WAYS if is_read_only else ALL_WAYS
        endpoint = Endpoint(id=name.rpartition("/")[2], is_read_only=is_read_only, hosts=ways)
        with refusals_of_growing():
            await self._growing.add_endpoint(parent, endpoint)
        self._settings.created_at(name)
        return await self._update_endpoint(_as_update(call, "endpoint", name))

    def _made(self, names: list[str], given: Mapping[str, Any]) -> dict[str, Any]:
        """The operation that created a resource and its children."""
        for name in names:
            self._settings.created_at(name)
        if given:
            self._settings.change(names[0], given)
        made = self._resources.postgres(names[0], {})
        assert isinstance(made, dict)
        return self._operations.done(names[0], _kind_of(names[0]), made)

    async def _delete(self, call: Call) -> dict[str, Any]:
        """Delete it permanently, with all its children.

        Source of what is refused, except for the default branch: github.com/databricks/cli,
        libs/testserver/postgres.go.
        """
        name = self._existing(call)
        found = self._resources.postgres(name, {})
        assert isinstance(found, dict)
        status = found["status"]
        if status.get("is_protected"):
            raise ApiError(400, "BAD_REQUEST", "cannot delete protected branch")
        if status.get("endpoint_type") == ENDPOINT_TYPES[0]:
            raise _managed_by_parent(
                f"Cannot delete read-write endpoint '{name}'. Read-write endpoints cannot be deleted."
            )
        if _kind_of(name) == "Branch" and "source_branch" not in status:
            raise _managed_by_parent(
                f"Cannot delete root branch '{name}'. Root branches cannot be deleted independently."
            )
        if status.get("default"):
            # Assumed: the wording.
            raise ApiError(400, "BAD_REQUEST", "the default branch of a project cannot be deleted")
        with refusals_of_growing():
            await self._growing.remove(name)
        self._settings.delete(name)
        return self._operations.done(name, _kind_of(name), None)

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

    def _check(self, call: Call, kind: str, parent: str, fields: Mapping[str, Leaf]) -> str:
        """The name of the new resource.

        Raises ApiError: 400 for a missing or invalid id and for invalid fields, 409 if it exists.
        """
        field = f"{kind}_id"
        new_id = call.query.get(field, "")
        if not new_id:
            raise required(field)
        if not _ID.fullmatch(new_id):
            raise invalid(f"Field {field} must match pattern ^{_ID.pattern}$, got '{new_id}'.")
        check_new(call, kind.capitalize(), fields)
        name = f"{parent}/{_COLLECTIONS[kind]}/{new_id}".removeprefix("/")
        exists = isinstance(self._resources.postgres(name, {}), dict)
        is_being_created = not exists and name in self._resources.config.computes
        if is_being_created or (exists and not call.flag("replace_existing")):
            where = " in the workspace" if kind == "project" else ""
            raise ApiError(409, "ALREADY_EXISTS", f"{kind} with such id already exists{where}")
        return name

    def _existing(self, call: Call) -> str:
        """The resource that the path names. Raises ApiError (404)."""
        name = _name_of(call.path)
        found = self._resources.postgres(name, {})
        if isinstance(found, str):
            raise not_found(found)
        return name


def _name_of(path: Mapping[str, str]) -> str:
    """The resource name that a path consists of."""
    return "/".join(
        f"{plural}/{path[kind]}" for kind, plural in _COLLECTIONS.items() if kind in path
    )


def _name_in(call: Call) -> str:
    """The name of the resource that a request creates or deletes."""
    new = {kind: call.query[f"{kind}_id"] for kind in _COLLECTIONS if f"{kind}_id" in call.query}
    return _name_of({**call.path, **new})


def _kind_of(name: str) -> str:
    return {2: "Project", 4: "Branch", 6: "Endpoint"}[len(name.split("/"))]


def _as_update(call: Call, kind: str, name: str) -> Call:
    """The same spec as an update of an existing resource, without what only creation accepts."""
    path = {**call.path, kind: name.rpartition("/")[2]}
    only_new = ("endpoint_type", "source_branch", "source_branch_lsn", "source_branch_time")
    spec = table(call.body.get("spec"), "spec")
    body = {"spec": {field: value for field, value in spec.items() if field not in only_new}}
    return replace(call, path=path, query={"update_mask": "spec"}, body=body)


def _managed_by_parent(message: str) -> ApiError:
    """What is deleted only with its parent; by the details, tools that manage resources pass over it."""
    info = {
        "@type": f"{TYPES}/google.rpc.ErrorInfo",
        "domain": "databricks.com",
        "reason": "RESOURCE_CONFLICT",
        "metadata": {"declarative_context": "MANAGED_BY_PARENT"},
    }
    return ApiError(400, "BAD_REQUEST", message, details=[info])


@contextlib.contextmanager
def refusals_of_growing() -> Iterator[None]:
    """Turn what prevents a resource from being created or deleted into a response (400)."""
    try:
        yield
    except EmulatorError as error:
        raise ApiError(400, "BAD_REQUEST", str(error)) from error
