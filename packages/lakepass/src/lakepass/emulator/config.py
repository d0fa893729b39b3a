"""The configuration of a local Lakebase: projects, instances, identities, apps.

Nothing here is generated, bound or started. A *compute* has hosts and is what faults act on: an
endpoint, or a database instance of the older API. A *home* has a Postgres of its own: a branch,
or an instance that was not upgraded.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from lakepass.emulator.gateway.refusals import Dialect
from lakepass.emulator.postgres.binaries import EmulatorError

# Databricks docs, "Connection strings" (oltp/projects/connection-strings), read 2026-11.
DATABASE = "databricks_postgres"
# The default port of an app: Databricks docs, "Key concepts in Databricks
# Apps" (dev-tools/databricks-apps/key-concepts). Assumed: the number.
APP_PORT = 8000


class Way(Enum):
    """The kinds of host of an endpoint; the values are their names in the API.

    An instance has the first two, which its API calls `read_write_dns` and `read_only_dns`.
    """

    WRITE = "host"
    READ = "read_only_host"
    POOLED = "read_write_pooled_host"
    READ_POOLED = "read_only_pooled_host"

    @property
    def is_read_only(self) -> bool:
        """Whether its sessions begin read-only."""
        return self in (Way.READ, Way.READ_POOLED)

    @property
    def is_pooled(self) -> bool:
        """Whether a pooler stands before Postgres."""
        return self in (Way.POOLED, Way.READ_POOLED)


# The default hosts of an endpoint; each gets an address automatically. A replica
# has no read-write host: databricks-sdk, EndpointHosts.
ALL_WAYS: Mapping[Way, str | None] = dict.fromkeys(Way)
REPLICA_WAYS: Mapping[Way, str | None] = {Way.WRITE: None, Way.READ_POOLED: None}


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputeConfig:
    """hosts: the kinds of host it has, each with its name, or None to get one automatically.

    is_read_only: a replica; all its hosts are read-only. is_stopped: initially.
    """

    hosts: Mapping[Way, str | None]
    is_read_only: bool = False
    is_stopped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint(ComputeConfig):
    """A compute of a branch."""

    id: str = "primary"
    hosts: Mapping[Way, str | None] = field(default_factory=lambda: ALL_WAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A branch with its own Postgres. The defaults are what creating a project makes.

    roles: identities, by name, that have a role there initially.

    Source: github.com/databricks/cli, libs/testserver.
    """

    id: str = "production"
    endpoints: tuple[Endpoint, ...] = (Endpoint(),)
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """branches: the first is the default one.

    has_native_login: whether Postgres passwords are accepted too. Off by default, as for new
    projects since 2026-05-21: Databricks, Lakebase release notes, read 2026-11.
    """

    id: str = "local"
    branches: tuple[Branch, ...] = (Branch(),)
    has_native_login: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance(ComputeConfig):
    """A database instance of the older API.

    upgraded_to: the endpoint whose compute and Postgres it exposes under its old name. None: it has
    a Postgres of its own.
    """

    name: str = "local"
    hosts: Mapping[Way, str | None] = field(default_factory=lambda: {Way.WRITE: None})
    upgraded_to: str | None = None
    has_native_login: bool = False
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePrincipal:
    """client_id: generated if None; the name is for display.

    has_workspace_access: the entitlement without which only sign-in works in the workspace.
    """

    name: str
    client_id: str | None = None
    has_workspace_access: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """members: users and service principals, by name."""

    name: str
    members: tuple[str, ...] = ()


# The task of a model that embeds texts: databricks-sdk, service/serving.py, ServingEndpoint.
EMBEDDINGS = "llm/v1/embeddings"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingEndpoint:
    """An endpoint of Model Serving. entity, version: the model that it serves.

    task: EMBEDDINGS, or None for a custom model. dimensions: of the vectors that it answers with.
    """

    name: str
    entity: str = "main.default.model"
    version: str = "1"
    task: str | None = None
    dimensions: int = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A resource of an app. kind, fields: as in the app's manifest.

    Lakebase's are `postgres` (branch, database) and `database` (instance_name, database_name); in
    both the database has its Postgres name, and is created if missing.
    """

    name: str
    kind: str
    fields: Mapping[str, str]

    @property
    def branch_or_instance(self) -> str | None:
        """The branch or instance of the database, if the resource is one."""
        return self.fields.get("branch") or self.fields.get("instance_name")

    @property
    def database(self) -> str | None:
        """The Postgres name of the database, if the resource is one."""
        return self.fields.get("database") or self.fields.get("database_name")


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """A Databricks App. Its service principal has the app's name."""

    name: str = "app"
    resources: tuple[Attached, ...] = ()


def branches_of(projects: Iterable[Project]) -> dict[str, Branch]:
    """All branches of the projects, by resource name."""
    return {
        f"projects/{project.id}/branches/{branch.id}": branch
        for project in projects
        for branch in project.branches
    }


def endpoints_of(projects: Iterable[Project]) -> dict[str, Endpoint]:
    """All endpoints of the projects, by resource name."""
    return {
        f"{name}/endpoints/{endpoint.id}": endpoint
        for name, branch in branches_of(projects).items()
        for endpoint in branch.endpoints
    }


def attached(branch: str, database: str = DATABASE) -> Attached:
    """A typical Lakebase resource of an app."""
    return Attached(
        name="postgres", kind="postgres", fields={"branch": branch, "database": database}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The whole configuration. The default has one of each kind, on one Postgres.

    users: e-mail addresses; the first created the projects and instances.
    secrets: values by scope and key. volumes: of Unity Catalog, as catalog.schema.volume.
    dialect: of all hosts; None: per host, as in the service.

    Raises EmulatorError for duplicate names and for references to something that does not exist.
    """

    projects: tuple[Project, ...] = (Project(),)
    instances: tuple[Instance, ...] = (
        Instance(upgraded_to="projects/local/branches/production/endpoints/primary"),
    )
    users: tuple[str, ...] = ("developer@example.com",)
    service_principals: tuple[ServicePrincipal, ...] = ()
    groups: tuple[Group, ...] = ()
    apps: tuple[App, ...] = (App(resources=(attached("projects/local/branches/production"),)),)
    secrets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    volumes: tuple[str, ...] = ("main.default.files",)
    serving_endpoints: tuple[ServingEndpoint, ...] = ()
    dialect: Dialect | None = None

    def __post_init__(self) -> None:
        """Check the parts against one another."""
        if not (self.endpoints and self.users and self.apps):
            raise EmulatorError("There must be at least one endpoint, one user and one app.")
        for project in self.projects:
            if not project.branches:
                raise EmulatorError(f"Project {project.id} must have at least one branch.")
        self._check_names()
        self._check_references()

    def _check_names(self) -> None:
        every: dict[str, list[str]] = {
            "project": [one.id for one in self.projects],
            "instance": [one.name for one in self.instances],
            "app": [one.name for one in self.apps],
            "serving endpoint": [one.name for one in self.serving_endpoints],
            "identity": [*self.users, *self.principals, *(one.name for one in self.groups)],
            "host": [name for one in self.computes.values() for name in one.hosts.values() if name],
        }
        for project in self.projects:
            every[f"branch of project {project.id}"] = [one.id for one in project.branches]
        for name, branch in self.branches.items():
            every[f"endpoint of {name}"] = [one.id for one in branch.endpoints]
        for what, names in every.items():
            for name in names:
                if names.count(name) > 1:
                    raise EmulatorError(f"The {what} {name} is defined twice.")

    def _check_references(self) -> None:
        people = [*self.users, *self.principals]
        everyone = [*people, *(one.name for one in self.groups)]
        wanted: list[tuple[str, str, Collection[str]]] = []
        for instance in self.instances:
            if instance.upgraded_to is not None:
                what = f"Instance {instance.name} is upgraded to endpoint"
                wanted.append((what, instance.upgraded_to, self.endpoints))
        for group in self.groups:
            what = f"Group {group.name} has the member"
            wanted += [(what, member, people) for member in group.members]
        for name, home in self.homes.items():
            wanted += [(f"{name} has a role for", role, everyone) for role in home.roles]
        for app in self.apps:
            for one in app.resources:
                if (branch_or_instance := one.branch_or_instance) is not None:
                    what = f"The resource {one.name} of app {app.name} is in"
                    known = [*self.branches, *(each.name for each in self.instances)]
                    wanted.append((what, branch_or_instance, known))
        for what, name, names in wanted:
            if name not in names:
                raise EmulatorError(
                    f"{what} {name}, which does not exist. Known: {', '.join(names)}."
                )

    @property
    def principals(self) -> list[str]:
        """The names of all service principals, including those of apps."""
        return [*(one.name for one in self.service_principals), *(one.name for one in self.apps)]

    @property
    def branches(self) -> dict[str, Branch]:
        """All branches, by resource name."""
        return branches_of(self.projects)

    @property
    def endpoints(self) -> dict[str, Endpoint]:
        """All endpoints, by resource name."""
        return endpoints_of(self.projects)

    @property
    def computes(self) -> dict[str, ComputeConfig]:
        """Everything with hosts: endpoints by resource name, instances by name."""
        return {**self.endpoints, **{instance.name: instance for instance in self.instances}}

    @property
    def homes(self) -> dict[str, Branch | Instance]:
        """Everything with its own Postgres: branches, and instances that are not upgraded."""
        own = {one.name: one for one in self.instances if one.upgraded_to is None}
        return {**self.branches, **own}

    @property
    def read_only_homes(self) -> list[str]:
        """Homes that have a read-only host, in this order."""
        found = {
            self.home_of(name): None
            for name, one in self.computes.items()
            if one.is_read_only or any(way.is_read_only for way in one.hosts)
        }
        return list(found)

    def home_of(self, name: str) -> str:
        """The home of an endpoint or branch (resource names) or instance (its name)."""
        return self.endpoint_of(name).partition("/endpoints/")[0]

    def endpoint_of(self, compute: str) -> str:
        """The endpoint behind an upgraded instance; for any other compute, its own name."""
        upgraded = {one.name: one.upgraded_to for one in self.instances}
        return upgraded.get(compute) or compute

    def compute_of(self, branch_or_instance: str) -> str | None:
        """The compute that reaches a branch or an instance: the branch's first read-write endpoint.

        A branch without one is reached at its first replica. None: it has no endpoint.
        """
        if branch_or_instance not in self.branches:
            return branch_or_instance
        endpoints = self.branches[branch_or_instance].endpoints
        first = sorted(endpoints, key=lambda endpoint: endpoint.is_read_only)[:1]
        return f"{branch_or_instance}/endpoints/{first[0].id}" if first else None

    def has_native_login(self, compute: str) -> bool:
        """Whether an endpoint or an instance accepts native Postgres passwords."""
        on = [f"projects/{one.id}/" for one in self.projects if one.has_native_login]
        return compute.startswith(tuple(on)) or any(
            one.name == compute and one.has_native_login for one in self.instances
        )
