"""Find the endpoint or instance that is meant, by its name or by its host.

Called with a signed-in client of the Databricks SDK by `lakepass.databricks`, which turns what the
SDK raises into errors of ours. Hosts are read, never built (Databricks docs, "Connection strings").
"""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lakepass.errors import ConfigurationError, CredentialUnavailable
from lakepass.target.settings import Location, Target

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

SEARCH_LIMIT_S = 30.0
READ_WRITE, READ_ONLY = "ENDPOINT_TYPE_READ_WRITE", "ENDPOINT_TYPE_READ_ONLY"


@dataclass(frozen=True, slots=True)
class DatabaseStatus:
    """What the workspace knows about a database besides its address.

    hosts: by the API's name of their kind: host, read_only_host, read_write_pooled_host,
    read_only_pooled_host. native_login: None if it does not say. is_read_only: a read replica.
    """

    name: str
    state: str
    is_stopped: bool
    hosts: dict[str, str]
    native_login: bool | None
    is_read_only: bool = False


@dataclass(frozen=True, slots=True)
class App:
    """A Databricks App: its service principal, and the first database attached to it, if any.

    branch or instance: which of the two kinds of database it is. database: its name in Postgres, if
    this identity may see it.
    """

    client_id: str | None
    branch: str | None = None
    instance: str | None = None
    database: str | None = None


def endpoint(client: "WorkspaceClient", target: Target) -> Location:
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
    return Location(host=target.host or _known(hosts and hosts.host, name), endpoint=name)


def instance(client: "WorkspaceClient", target: Target) -> Location:
    """The instance of this name. Raises as `endpoint`."""
    found = client.database.get_database_instance(target.name)
    return Location(host=_known(found.read_write_dns, target.name), instance=target.name)


def state_of(client: "WorkspaceClient", location: Location) -> DatabaseStatus | None:
    """The state of what was found; None where only a host is known. One or two requests."""
    if location.endpoint:
        return _state_of_endpoint(client, location.endpoint)
    if location.instance is None:
        return None
    found = client.database.get_database_instance(location.instance)
    hosts = {"host": found.read_write_dns, "read_only_host": found.read_only_dns}
    return DatabaseStatus(
        name=location.instance,
        state=found.state.value if found.state else "unknown",
        is_stopped=bool(found.effective_stopped or found.stopped),
        hosts={kind: host for kind, host in hosts.items() if host},
        native_login=found.effective_enable_pg_native_login,
    )


def _state_of_endpoint(client: "WorkspaceClient", name: str) -> DatabaseStatus:
    status = client.postgres.get_endpoint(name).status
    project = client.postgres.get_project(name.partition("/branches/")[0]).status
    return DatabaseStatus(
        name=name,
        state=status.current_state.value if status and status.current_state else "unknown",
        is_stopped=bool(status and status.disabled),
        hosts=status.hosts.as_dict() if status and status.hosts else {},
        native_login=project.enable_pg_native_login if project else None,
        is_read_only=bool(
            status and status.endpoint_type and status.endpoint_type.value == READ_ONLY
        ),
    )


def app(client: "WorkspaceClient", name: str) -> App:
    """The app. The platform injects the variables of its first database only."""
    found = client.apps.get(name)
    client_id = found.service_principal_client_id
    for resource in found.resources or []:
        if resource.postgres:
            database = _name_in_postgres(client, resource.postgres.database)
            return App(client_id, branch=resource.postgres.branch, database=database)
        if resource.database:
            older = resource.database
            return App(client_id, instance=older.instance_name, database=older.database_name)
    return App(client_id)


def _name_in_postgres(client: "WorkspaceClient", path: str | None) -> str | None:
    if not path:
        return None
    try:
        status = client.postgres.get_database(path).status
    except OSError:  # as every error of the SDK is; this identity may not see databases
        return None
    return status.postgres_database if status else None


def chosen_host(target: Target, location: Location, status: DatabaseStatus | None) -> str:
    """The host of a database that the target asks for: pooled, read-only or plain.

    Raises ConfigurationError (LP-129) if it has no pooler.
    """
    hosts = status.hosts if status else {}
    if not target.is_pooled:
        return hosts.get("read_only_host") or location.host
    host = hosts.get("read_only_pooled_host") if target.reads_only else None
    host = host or hosts.get("read_write_pooled_host")
    if host is None:
        raise ConfigurationError(code="LP-129", facts={target.kind: target.name})
    return host


def endpoints(client: "WorkspaceClient") -> Iterator[str]:
    """The read-write endpoint of each project's default branch, by name. Three requests each."""
    for project in client.postgres.list_projects():
        branch = _default_branch(client, project.name or "")
        with suppress(ConfigurationError):  # a branch without one
            yield str(_writable_endpoint(client, branch).name)


def instances(client: "WorkspaceClient") -> Iterator[str]:
    """All instances, by name."""
    for found in client.database.list_database_instances():
        yield str(found.name)


def endpoint_at(client: "WorkspaceClient", host: str) -> Location | None:
    """The endpoint served at this host, pooled and read-only hosts included. Lists every branch."""
    until = time.monotonic() + SEARCH_LIMIT_S
    for project in client.postgres.list_projects():
        for branch in client.postgres.list_branches(project.name or ""):
            _check_time(host, until)
            for found in client.postgres.list_endpoints(branch.name or ""):
                hosts = found.status and found.status.hosts
                if hosts and _same(host, *hosts.as_dict().values()):
                    return Location(host=host, endpoint=found.name)
    return None


def instance_at(client: "WorkspaceClient", host: str) -> Location | None:
    """The instance served at this host."""
    until = time.monotonic() + SEARCH_LIMIT_S
    for found in client.database.list_database_instances():
        _check_time(host, until)
        if _same(host, found.read_write_dns, found.read_only_dns):
            return Location(host=host, instance=found.name)
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
    raise ConfigurationError(code="LP-122", facts={"branch": branch})


def _check_time(host: str, until: float) -> None:
    if time.monotonic() > until:
        raise ConfigurationError(code="LP-130", facts={"PGHOST": host})


def _same(host: str, *others: object) -> bool:
    return host.lower().rstrip(".") in [str(other).lower() for other in others if other]


def _known(host: str | None, name: str) -> str:
    if host:
        return host
    raise CredentialUnavailable(code="LP-205", facts={"target": name})


class Dated:
    """The SDK's API client for one call, which records the Date of the response."""

    def __init__(self, api_client: Any) -> None:
        self._api_client = api_client
        self.date: str | None = None

    def do(self, *args: Any, **kwargs: Any) -> Any:
        """Send the request; returns the response without the header."""
        response = self._api_client.do(*args, response_headers=["Date"], **kwargs)
        self.date = response.pop("Date", None)
        return response

    def __getattr__(self, name: str) -> Any:
        return getattr(self._api_client, name)


def instant(end: Any) -> datetime | None:
    """Aware UTC, from the text of the older API or the protobuf Timestamp of the current one."""
    if end is None:
        return None
    if not isinstance(end, str):
        moment: datetime = end.ToDatetime(tzinfo=UTC)
        return moment
    moment = datetime.fromisoformat(end)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
