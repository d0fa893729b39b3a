"""Projects, branches, endpoints and instances as the workspace's APIs return them.

Source: `databricks-sdk` (service/postgres.py, service/database.py) for the fields; the samples in
github.com/databricks/cli, acceptance/bundle/resources/postgres_* and database_instances.
"""

from collections.abc import Mapping
from typing import Any

from lakepass.emulator.config import Branch, Config, Endpoint, Instance, Project, Way
from lakepass.emulator.faults.conditions import Compute, Phase
from lakepass.emulator.gateway.hosts import Host
from lakepass.emulator.state import WorkspaceState
from lakepass.emulator.workspace.settings import Settings

_COLLECTIONS = ("projects", "branches", "endpoints")

# Assumed: which of their states the APIs show during a restart and a fail-over.
_ENDPOINT_STATES = {
    Phase.RUNNING: "ACTIVE",
    Phase.RESTARTING: "INIT",
    Phase.FAILING_OVER: "DEGRADED",
}
_INSTANCE_STATES = {
    Phase.STOPPED: "STOPPED",
    Phase.RESTARTING: "STARTING",
    Phase.FAILING_OVER: "FAILING_OVER",
}
# Fields that the older API returns as requested and as in effect: databricks-sdk, DatabaseInstance.
_WITH_EFFECTIVE = (
    "capacity",
    "custom_tags",
    "enable_pg_native_login",
    "enable_readable_secondaries",
    "node_count",
    "retention_window_in_days",
    "stopped",
    "usage_policy_id",
)


class Resources:
    """The resources of a workspace at the time of the request.

    The API returns hosts without ports: the service always listens on 5432. Here clients get the port
    from PGPORT. pg_version: of every Postgres here.
    """

    def __init__(
        self,
        state: WorkspaceState,
        computes: Mapping[str, Compute],
        hosts: Mapping[str, Mapping[Way, Host]],
        settings: Settings,
        *,
        pg_version: int,
    ) -> None:
        self._state = state
        self._computes = computes
        self._hosts = hosts
        self._settings = settings
        self._pg_version = pg_version

    @property
    def config(self) -> Config:
        """The configuration of the emulator."""
        return self._state.config

    def postgres(self, name: str, sizes: Mapping[str, int]) -> dict[str, Any] | str | None:
        """The resource or collection with this name. sizes: of branches in bytes, by resource name.

        Returns the kind of the first part that does not exist, and None if the name has a different
        form.
        """
        parts = name.split("/")
        depth = (len(parts) + 1) // 2
        if depth > len(_COLLECTIONS) or tuple(parts[::2]) != _COLLECTIONS[:depth]:
            return None
        known = self._all(sizes)
        for end in range(2, len(parts) + 1, 2):
            if "/".join(parts[:end]) not in known:
                return ("project", "branch", "endpoint")[end // 2 - 1]
        if len(parts) % 2 == 0:
            return known[name]
        listed = [known[one] for one in known if one.rpartition("/")[0] == name]
        return {_COLLECTIONS[depth - 1]: listed}

    def instances(self) -> list[dict[str, Any]]:
        """All database instances, as the older API returns them."""
        return [self._instance(one) for one in self.config.instances if self._is_open(one.name)]

    def _all(self, sizes: Mapping[str, int]) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for project in self.config.projects:
            parent = f"projects/{project.id}"
            found[parent] = self._project(project, sizes)
            for branch in project.branches:
                name = f"{parent}/branches/{branch.id}"
                default = found[parent]["status"]["default_branch"]
                found[name] = self._branch(parent, branch, sizes, is_default=name == default)
                for endpoint in branch.endpoints:
                    own = f"{name}/endpoints/{endpoint.id}"
                    if self._is_open(own):
                        found[own] = self._endpoint(name, endpoint)
        return found

    def _is_open(self, compute: str) -> bool:
        """Whether it is there already: a new one is configured before it can be reached."""
        return compute in self._computes and compute in self._hosts

    def _project(self, project: Project, sizes: Mapping[str, int]) -> dict[str, Any]:
        name = f"projects/{project.id}"
        computes = [one for own, one in self._computes.items() if own.startswith(f"{name}/")]
        status = {
            "project_id": project.id,
            "display_name": project.id,
            "pg_version": self._pg_version,
            "owner": self._state.developer.name,
            "default_branch": f"{name}/branches/{project.branches[0].id}",
            "enable_pg_native_login": any(one.native_login for one in computes),
            "history_retention_duration": "604800s",
            "branch_logical_size_limit_bytes": 8796093022208,
            "synthetic_storage_size_bytes": sum(
                size for branch, size in sizes.items() if branch.startswith(f"{name}/")
            ),
            "compute_last_active_time": self._state.created_at,
            "default_endpoint_settings": {
                "autoscaling_limit_min_cu": 1,
                "autoscaling_limit_max_cu": 1,
                "suspend_timeout_duration": "86400s",
            },
        }
        return self._resource(name, status) | {"project_id": project.id}

    def _branch(
        self, parent: str, branch: Branch, sizes: Mapping[str, int], *, is_default: bool
    ) -> dict[str, Any]:
        name = f"{parent}/branches/{branch.id}"
        status = {
            "branch_id": branch.id,
            "current_state": "READY",
            "default": is_default,
            "is_protected": False,
            "logical_size_bytes": sizes.get(name, 0),
            "state_change_time": self._made_at(name),
        }
        return self._resource(name, status) | {"parent": parent, "branch_id": branch.id}

    def _endpoint(self, parent: str, endpoint: Endpoint) -> dict[str, Any]:
        name = f"{parent}/endpoints/{endpoint.id}"
        compute = self._computes[name]
        hosts = {way.value: host.name for way, host in self._hosts[name].items()}
        readable = compute.is_readable and Way.READ in self._hosts[name]
        if endpoint.is_read_only:  # "always defined and equivalent to host": databricks-sdk
            hosts[Way.READ.value] = hosts[Way.WRITE.value]
        elif not readable:
            hosts = {key: host for key, host in hosts.items() if not Way(key).is_read_only}
        kind = "READ_ONLY" if endpoint.is_read_only else "READ_WRITE"
        size = 2 if readable else 1
        status = {
            "endpoint_id": endpoint.id,
            "endpoint_type": f"ENDPOINT_TYPE_{kind}",
            "current_state": _ENDPOINT_STATES.get(compute.phase, "IDLE"),
            "disabled": compute.is_stopped,
            "hosts": hosts,
            "autoscaling_limit_min_cu": 1,
            "autoscaling_limit_max_cu": 1,
            "group": {"min": size, "max": size, "enable_readable_secondaries": readable},
            "settings": {"pg_settings": {}},
            "suspend_timeout_duration": "86400s",
            "last_active_time": self._state.created_at,
        }
        return self._resource(name, status) | {"parent": parent, "endpoint_id": endpoint.id}

    def _instance(self, instance: Instance) -> dict[str, Any]:
        compute = self._computes[instance.name]
        hosts = self._hosts[instance.name]
        readable = compute.is_readable and Way.READ in hosts
        found = self._settings.applied(
            instance.name,
            {
                "name": instance.name,
                "uid": self._state.uid(instance.name),
                "capacity": "CU_1",
                "state": _INSTANCE_STATES.get(compute.phase, "AVAILABLE"),
                "stopped": compute.is_stopped,
                "read_write_dns": hosts[Way.WRITE].name,
                "pg_version": f"PG_VERSION_{self._pg_version}",
                "creator": self._state.developer.name,
                "creation_time": self._made_at(instance.name),
                "node_count": 2 if readable else 1,
                "enable_readable_secondaries": readable,
                "enable_pg_native_login": compute.native_login,
                "retention_window_in_days": 7,
                "child_instance_refs": [],
                "custom_tags": [],
            },
        )
        effective = {
            f"effective_{field}": found[field] for field in _WITH_EFFECTIVE if field in found
        }
        return found | effective | ({"read_only_dns": hosts[Way.READ].name} if readable else {})

    def _made_at(self, name: str) -> str:
        """When a resource was created: with the workspace, or later."""
        return self._settings.known_created_at(name) or self._state.created_at

    def _resource(self, name: str, status: dict[str, Any]) -> dict[str, Any]:
        """What all resources share. The `spec` that creation was given is not returned."""
        return {
            "name": name,
            "uid": self._state.uid(name),
            "create_time": self._made_at(name),
            "update_time": self._settings.updated_at(name, self._made_at(name)),
            "status": self._settings.applied(name, status),
        }
