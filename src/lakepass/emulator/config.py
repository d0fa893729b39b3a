"""What a local Lakebase consists of, as asked for: projects, branches, endpoints, instances.

Nothing here is drawn, bound or started. A `Place` is what the APIs give hosts to and faults act on:
an endpoint, or an instance of the older kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

# Databricks docs, "Connection strings" (oltp/projects/connection-strings), read 2026-11.
DATABASE = "databricks_postgres"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """hosts: which ways in there are, each with a name of its own, or None to be given one.

    is_read_only: a replica; all its hosts are read-only. is_stopped: at first.
    """

    hosts: Mapping[Way, str | None]
    is_read_only: bool = False
    is_stopped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint(Place):
    """A compute of a branch, with all its hosts unless told otherwise."""

    id: str = "primary"
    hosts: Mapping[Way, str | None] = field(default_factory=lambda: dict.fromkeys(Way))


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One Postgres of its own. The defaults are what creating a project makes.

    Source: github.com/databricks/cli, libs/testserver.
    """

    id: str = "production"
    endpoints: tuple[Endpoint, ...] = (Endpoint(),)


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
class Instance(Place):
    """A database instance, as the older API knows them.

    upgraded_to: the endpoint whose compute and Postgres it shows under its old name. None: it has
    a Postgres of its own.
    """

    name: str = "local"
    hosts: Mapping[Way, str | None] = field(default_factory=lambda: {Way.WRITE: None})
    upgraded_to: str | None = None
    has_native_login: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The default is one of each kind, on one Postgres: the instance is the endpoint's, upgraded."""

    projects: tuple[Project, ...] = (Project(),)
    instances: tuple[Instance, ...] = (
        Instance(upgraded_to="projects/local/branches/production/endpoints/primary"),
    )

    @property
    def branches(self) -> dict[str, Branch]:
        """All branches, by resource name."""
        return {
            f"projects/{project.id}/branches/{branch.id}": branch
            for project in self.projects
            for branch in project.branches
        }

    @property
    def endpoints(self) -> dict[str, Endpoint]:
        """All endpoints, by resource name."""
        return {
            f"{name}/endpoints/{endpoint.id}": endpoint
            for name, branch in self.branches.items()
            for endpoint in branch.endpoints
        }

    @property
    def places(self) -> dict[str, Place]:
        """All that has hosts: endpoints by resource name, instances by name."""
        return {**self.endpoints, **{instance.name: instance for instance in self.instances}}

    @property
    def servers(self) -> list[str]:
        """What has a Postgres of its own: branches, and instances that are not upgraded."""
        own = [one.name for one in self.instances if one.upgraded_to is None]
        return [*self.branches, *own]

    def server_of(self, place: str) -> str:
        """The server of an endpoint (its resource name) or instance (its name)."""
        name = self.endpoint_of(place)
        return name.partition("/endpoints/")[0]

    def endpoint_of(self, place: str) -> str:
        """The endpoint behind an instance that was upgraded; every other place is itself."""
        upgraded = {one.name: one.upgraded_to for one in self.instances}
        return upgraded.get(place) or place

    def has_native_login(self, place: str) -> bool:
        """Whether an endpoint or an instance takes passwords of Postgres roles."""
        on = [f"projects/{one.id}/" for one in self.projects if one.has_native_login]
        return place.startswith(tuple(on)) or any(
            one.name == place and one.has_native_login for one in self.instances
        )
