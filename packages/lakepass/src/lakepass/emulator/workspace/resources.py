"""What the workspace's APIs say about projects and instances: JSON in the real shapes.

Source: `databricks-sdk` (service/postgres.py, service/database.py) for the fields; the samples in
github.com/databricks/cli, acceptance/bundle/resources/postgres_* and database_instances.
"""

from collections.abc import Mapping
from typing import Any

from lakepass.emulator.config import Branch, Config, Endpoint, Instance, Project, Way
from lakepass.emulator.faults.conditions import Compute, Phase
from lakepass.emulator.gateway.hosts import Host
from lakepass.emulator.state import State

_COLLECTIONS = ("projects", "branches", "endpoints")

# Assumed: which of their states the APIs show meanwhile.
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


class Resources:
    """The resources of a workspace as they are at the time of asking.

    The API names hosts and no ports: the service always listens on 5432. Here a client is told the
    port by PGPORT. pg_version: of every Postgres here.
    """

    def __init__(
        self,
        state: State,
        computes: Mapping[str, Compute],
        hosts: Mapping[str, Mapping[Way, Host]],
        *,
        pg_version: int,
    ) -> None:
        self._state = state
        self._computes = computes
        self._hosts = hosts
        self._pg_version = pg_version

    @property
    def config(self) -> Config:
        """What there is."""
        return self._state.config

    def postgres(self, name: str) -> dict[str, Any] | str | None:
        """What stands under a resource name or the name of a collection.

        Returns the word for what is missing if the name is well-formed but leads nowhere, and None
        if no such API exists.
        """
        parts = name.split("/")
        depth = (len(parts) + 1) // 2
        if depth > len(_COLLECTIONS) or tuple(parts[::2]) != _COLLECTIONS[:depth]:
            return None
        known = self._all()
        for end in range(2, len(parts) + 1, 2):
            if "/".join(parts[:end]) not in known:
                return ("project", "branch", "endpoint")[end // 2 - 1]
        if len(parts) % 2 == 0:
            return known[name]
        listed = [known[one] for one in known if one.rpartition("/")[0] == name]
        return {_COLLECTIONS[depth - 1]: listed}

    def instances(self) -> list[dict[str, Any]]:
        """All database instances, as the older of the two APIs shows them."""
        return [self._instance(one) for one in self.config.instances]

    def _all(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for project in self.config.projects:
            found |= {f"projects/{project.id}": self._project(project)}
            for branch in project.branches:
                parent = f"projects/{project.id}"
                name = f"{parent}/branches/{branch.id}"
                found[name] = self._branch(parent, branch, is_default=branch is project.branches[0])
                for endpoint in branch.endpoints:
                    found[f"{name}/endpoints/{endpoint.id}"] = self._endpoint(name, endpoint)
        return found

    def _project(self, project: Project) -> dict[str, Any]:
        name = f"projects/{project.id}"
        computes = [one for place, one in self._computes.items() if place.startswith(f"{name}/")]
        status = {
            "project_id": project.id,
            "display_name": project.id,
            "pg_version": self._pg_version,
            "owner": self._state.developer.name,
            "default_branch": f"{name}/branches/{project.branches[0].id}",
            "enable_pg_native_login": any(one.native_login for one in computes),
            "history_retention_duration": "604800s",
            "branch_logical_size_limit_bytes": 8796093022208,
            "default_endpoint_settings": {
                "autoscaling_limit_min_cu": 1,
                "autoscaling_limit_max_cu": 1,
                "suspend_timeout_duration": "86400s",
            },
        }
        return self._resource(name, status)

    def _branch(self, parent: str, branch: Branch, *, is_default: bool) -> dict[str, Any]:
        status = {
            "branch_id": branch.id,
            "current_state": "READY",
            "default": is_default,
            "is_protected": False,
            "state_change_time": self._state.created_at,
        }
        return self._resource(f"{parent}/branches/{branch.id}", status) | {"parent": parent}

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
            "suspend_timeout_duration": "86400s",
            "last_active_time": self._state.created_at,
        }
        return self._resource(name, status) | {"parent": parent}

    def _instance(self, instance: Instance) -> dict[str, Any]:
        compute = self._computes[instance.name]
        hosts = self._hosts[instance.name]
        readable = compute.is_readable and Way.READ in hosts
        found = {
            "name": instance.name,
            "uid": self._state.uid(instance.name),
            "capacity": "CU_1",
            "state": _INSTANCE_STATES.get(compute.phase, "AVAILABLE"),
            "stopped": compute.is_stopped,
            "effective_stopped": compute.is_stopped,
            "read_write_dns": hosts[Way.WRITE].name,
            "pg_version": f"PG_VERSION_{self._pg_version}",
            "creator": self._state.developer.name,
            "creation_time": self._state.created_at,
            "node_count": 2 if readable else 1,
            "effective_node_count": 2 if readable else 1,
            "enable_readable_secondaries": readable,
            "effective_enable_readable_secondaries": readable,
            "enable_pg_native_login": compute.native_login,
            "effective_enable_pg_native_login": compute.native_login,
            "retention_window_in_days": 7,
            "effective_retention_window_in_days": 7,
        }
        return found | ({"read_only_dns": hosts[Way.READ].name} if readable else {})

    def _resource(self, name: str, status: dict[str, Any]) -> dict[str, Any]:
        """What all resources share. What was asked for at creation (`spec`) is not shown again."""
        return {
            "name": name,
            "uid": self._state.uid(name),
            "create_time": self._state.created_at,
            "update_time": self._state.created_at,
            "status": status,
        }
