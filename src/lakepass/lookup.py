"""Find the endpoint or instance that is meant, by its name or by its host.

Called with a signed-in client of the Databricks SDK by `lakepass.databricks`, which turns what the
SDK raises into errors of ours. Hosts are read, never built (Databricks docs, "Connection strings").
"""

import time
from typing import TYPE_CHECKING, Any

from lakepass.errors import ConfigurationError, CredentialUnavailable
from lakepass.target import Place, Target

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

SEARCH_LIMIT_S = 30.0
READ_WRITE = "ENDPOINT_TYPE_READ_WRITE"


def endpoint(client: "WorkspaceClient", target: Target) -> Place:
    """The endpoint itself, or the read-write one of the branch, or of the project's default branch.

    Raises ConfigurationError (LP-122) if there is none, CredentialUnavailable (LP-205) if it has no
    host yet.
    """
    if target.kind == "endpoint":
        found: Any = client.postgres.get_endpoint(target.name)
    else:
        branch = target.name if target.kind == "branch" else _default_branch(client, target.name)
        found = _writable_endpoint(client, branch)
    name = found.name or target.name
    hosts = found.status and found.status.hosts
    return Place(host=target.host or _known(hosts and hosts.host, name), endpoint=name)


def instance(client: "WorkspaceClient", target: Target) -> Place:
    """The instance of this name. Raises as `endpoint`."""
    found = client.database.get_database_instance(target.name)
    return Place(host=_known(found.read_write_dns, target.name), instance=target.name)


def endpoint_at(client: "WorkspaceClient", host: str) -> Place | None:
    """The endpoint served at this host, pooled and read-only hosts included. Lists every branch."""
    until = time.monotonic() + SEARCH_LIMIT_S
    for project in client.postgres.list_projects():
        for branch in client.postgres.list_branches(project.name or ""):
            _check_time(host, until)
            for found in client.postgres.list_endpoints(branch.name or ""):
                hosts = found.status and found.status.hosts
                if hosts and _same(host, *hosts.as_dict().values()):
                    return Place(host=host, endpoint=found.name)
    return None


def instance_at(client: "WorkspaceClient", host: str) -> Place | None:
    """The instance served at this host."""
    until = time.monotonic() + SEARCH_LIMIT_S
    for found in client.database.list_database_instances():
        _check_time(host, until)
        if _same(host, found.read_write_dns, found.read_only_dns):
            return Place(host=host, instance=found.name)
    return None


def _default_branch(client: "WorkspaceClient", project: str) -> str:
    status = client.postgres.get_project(project).status
    branch = (status and status.default_branch) or "production"  # what a new project starts with
    return branch if branch.startswith("projects/") else f"{project}/branches/{branch}"


def _writable_endpoint(client: "WorkspaceClient", branch: str) -> Any:
    for found in client.postgres.list_endpoints(branch):
        kind = found.status and found.status.endpoint_type
        if kind and kind.value == READ_WRITE:
            return found
    raise ConfigurationError(
        "The branch has no read-write endpoint.",
        code="LP-122",
        next_step="Create one, or name another branch.",
        facts={"branch": branch},
    )


def _check_time(host: str, until: float) -> None:
    if time.monotonic() > until:
        raise ConfigurationError(
            "The workspace holds too many projects to search them all for this host.",
            code="LP-126",
            next_step="Set LAKEBASE_ENDPOINT (in app.yaml: valueFrom: postgres).",
            facts={"PGHOST": host},
        )


def _same(host: str, *others: object) -> bool:
    return host.lower().rstrip(".") in [str(other).lower() for other in others if other]


def _known(host: str | None, name: str) -> str:
    if host:
        return host
    raise CredentialUnavailable(
        "The database has no host name yet.",
        code="LP-205",
        next_step="Wait until it is started.",
        facts={"target": name},
    )
