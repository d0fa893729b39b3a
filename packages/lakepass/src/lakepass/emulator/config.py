"""What a local Lakebase consists of, as asked for: projects, instances, identities, apps.

Nothing here is generated, bound or started. A *compute* is what has hosts and what faults act on: an
endpoint, or a database instance of the older API. A *home* is what has a Postgres of its own: a branch,
or an instance that was not upgraded.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from lakepass.emulator.gateway.refusals import Dialect
from lakepass.emulator.postgres.binaries import EmulatorError

# Databricks docs, "Connection strings" (oltp/projects/connection-strings), read 2026-11.
DATABASE = "databricks_postgres"
# Where an app listens unless it is deployed otherwise: Databricks docs, "Key concepts in Databricks
# Apps" (dev-tools/databricks-apps/key-concepts). Assumed: the number.
APP_PORT = 8000


class Way(Enum):
    """The ways in to an endpoint; the values are the names of its hosts in the API.

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


# The hosts of an endpoint by default, each at an address that is found for it. A replica
# has no host to write at: databricks-sdk, EndpointHosts.
ALL_WAYS: Mapping[Way, str | None] = dict.fromkeys(Way)
REPLICA_WAYS: Mapping[Way, str | None] = {Way.WRITE: None, Way.READ_POOLED: None}


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputeConfig:
    """hosts: which ways in there are, each with a name of its own, or None to be given one.

    is_read_only: a replica; all its hosts are read-only. is_stopped: at first.
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
    """One Postgres of its own. The defaults are what creating a project makes.

    roles: identities, by name, that have a role there from the start.

    Source: github.com/databricks/cli, libs/testserver.
    """

    id: str = "production"
    endpoints: tuple[Endpoint, ...] = (Endpoint(),)
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """branches: the first is the default one.

    has_native_login: whether passwords of Postgres roles are taken too. Off by default, as for new
    projects since 2026-05-21: Databricks, Lakebase release notes, read 2026-11.
    """

    id: str = "local"
    branches: tuple[Branch, ...] = (Branch(),)
    has_native_login: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance(ComputeConfig):
    """A database instance, as the older API knows them.

    upgraded_to: the endpoint whose compute and Postgres it shows under its old name. None: it has
    a Postgres of its own.
    """

    name: str = "local"
    hosts: Mapping[Way, str | None] = field(default_factory=lambda: {Way.WRITE: None})
    upgraded_to: str | None = None
    has_native_login: bool = False
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePrincipal:
    """client_id: generated if it is None; the name is for people.

    has_workspace_access: the entitlement without which the workspace answers nothing but sign-in.
    """

    name: str
    client_id: str | None = None
    has_workspace_access: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """members: users and service principals, by name."""

    name: str
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A resource of an app. kind, fields: as in its manifest.

    Lakebase's are `postgres` (branch, database) and `database` (instance_name, database_name); in
    both the database is named as in Postgres, and made if it is missing.
    """

    name: str
    kind: str
    fields: Mapping[str, str]

    @property
    def branch_or_instance(self) -> str | None:
        """The branch or instance in which the database is, if it is one."""
        return self.fields.get("branch") or self.fields.get("instance_name")

    @property
    def database(self) -> str | None:
        """The database as Postgres names it, if it is one."""
        return self.fields.get("database") or self.fields.get("database_name")


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """A Databricks App. Its service principal has the app's name."""

    name: str = "app"
    resources: tuple[Attached, ...] = ()


def branches_of(projects: Iterable[Project]) -> dict[str, Branch]:
    """All their branches, by resource name."""
    return {
        f"projects/{project.id}/branches/{branch.id}": branch
        for project in projects
        for branch in project.branches
    }


def endpoints_of(projects: Iterable[Project]) -> dict[str, Endpoint]:
    """All their endpoints, by resource name."""
    return {
        f"{name}/endpoints/{endpoint.id}": endpoint
        for name, branch in branches_of(projects).items()
        for endpoint in branch.endpoints
    }


def attached(branch: str, database: str = DATABASE) -> Attached:
    """A Lakebase resource as an app usually has one."""
    return Attached(
        name="postgres", kind="postgres", fields={"branch": branch, "database": database}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All of a workspace. The default is one of each kind, on one Postgres.

    users: e-mail addresses; the first made the projects and instances.
    secrets: values by scope and key. volumes: of Unity Catalog, as catalog.schema.volume.
    dialect: of all hosts; None: each as in the service.

    Raises EmulatorError if something is named twice, or named and not there.
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
    dialect: Dialect | None = None

    def __post_init__(self) -> None:
        """Check what one part says of another."""
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
                    raise EmulatorError(f"The {what} {name} is there twice.")

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
                raise EmulatorError(f"{what} {name}, but there are only: {', '.join(names)}.")

    @property
    def principals(self) -> list[str]:
        """All service principals by name, those of apps among them."""
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
        """All that has hosts: endpoints by resource name, instances by name."""
        return {**self.endpoints, **{instance.name: instance for instance in self.instances}}

    @property
    def homes(self) -> dict[str, Branch | Instance]:
        """What has a Postgres of its own: branches, and instances that are not upgraded."""
        own = {one.name: one for one in self.instances if one.upgraded_to is None}
        return {**self.branches, **own}

    def home_of(self, name: str) -> str:
        """The home of an endpoint or branch (resource names) or instance (its name)."""
        return self.endpoint_of(name).partition("/endpoints/")[0]

    def endpoint_of(self, compute: str) -> str:
        """The endpoint behind an instance that was upgraded; every other compute is itself."""
        upgraded = {one.name: one.upgraded_to for one in self.instances}
        return upgraded.get(compute) or compute

    def compute_of(self, branch_or_instance: str) -> str | None:
        """Where a branch or an instance is reached: the branch's first endpoint that writes.

        A branch without one of these is reached at its first replica. None: it has no endpoint.
        """
        if branch_or_instance not in self.branches:
            return branch_or_instance
        endpoints = self.branches[branch_or_instance].endpoints
        first = sorted(endpoints, key=lambda endpoint: endpoint.is_read_only)[:1]
        return f"{branch_or_instance}/endpoints/{first[0].id}" if first else None

    def has_native_login(self, compute: str) -> bool:
        """Whether an endpoint or an instance takes passwords of Postgres roles."""
        on = [f"projects/{one.id}/" for one in self.projects if one.has_native_login]
        return compute.startswith(tuple(on)) or any(
            one.name == compute and one.has_native_login for one in self.instances
        )
