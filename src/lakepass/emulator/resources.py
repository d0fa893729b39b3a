"""What the workspace's APIs say about the project and the instance: JSON in the real shapes.

Source: `databricks-sdk` (service/postgres.py, service/database.py) for the fields; the samples in
github.com/databricks/cli, acceptance/bundle/resources/postgres_* and database_instances.
"""

from typing import Any

from lakepass.emulator.faults import Compute
from lakepass.emulator.state import BRANCH, ENDPOINT, INSTANCE, PROJECT, State

# The API names a host and no port: the service always listens on 5432. Here every host is this
# one, and a client is told the port by PGPORT.
HOST = "localhost"

_COLLECTIONS = ("projects", "branches", "endpoints")


def postgres(name: str, state: State, compute: Compute) -> dict[str, Any] | str | None:
    """What stands under a resource name or the name of a collection.

    Returns the word for what is missing if the name is well-formed but leads nowhere, and None if
    no such API exists.
    """
    parts = name.split("/")
    depth = (len(parts) + 1) // 2
    if depth > len(_COLLECTIONS) or tuple(parts[::2]) != _COLLECTIONS[:depth]:
        return None
    for kind, asked, known in zip(
        ("project", "branch", "endpoint"), parts[1::2], (PROJECT, BRANCH, ENDPOINT), strict=False
    ):
        if asked != known:
            return kind
    resource = (_project, _branch, _endpoint)[depth - 1](state, compute)
    return {_COLLECTIONS[depth - 1]: [resource]} if len(parts) % 2 else resource


def instance(state: State, compute: Compute) -> dict[str, Any]:
    """The database instance, as the older of the two APIs shows it."""
    return {
        "name": INSTANCE,
        "uid": state.instance_uid,
        "capacity": "CU_1",
        "state": "STOPPED" if compute.is_stopped else "AVAILABLE",
        "stopped": compute.is_stopped,
        "effective_stopped": compute.is_stopped,
        "read_write_dns": HOST,
        "pg_version": "PG_VERSION_16",
        "creator": state.developer.name,
        "creation_time": state.created_at,
        "node_count": 1,
        "effective_node_count": 1,
        "enable_pg_native_login": compute.native_login,
        "effective_enable_pg_native_login": compute.native_login,
        "retention_window_in_days": 7,
        "effective_retention_window_in_days": 7,
    }


def _project(state: State, compute: Compute) -> dict[str, Any]:
    name = f"projects/{PROJECT}"
    status = {
        "project_id": PROJECT,
        "display_name": PROJECT,
        "pg_version": 17,
        "owner": state.developer.name,
        "default_branch": f"{name}/branches/{BRANCH}",
        "enable_pg_native_login": compute.native_login,
        "history_retention_duration": "604800s",
        "branch_logical_size_limit_bytes": 8796093022208,
        "default_endpoint_settings": {
            "autoscaling_limit_min_cu": 1,
            "autoscaling_limit_max_cu": 1,
            "suspend_timeout_duration": "86400s",
        },
    }
    return _resource(name, state.project_uid, state, status)


def _branch(state: State, _: Compute) -> dict[str, Any]:
    parent = f"projects/{PROJECT}"
    status = {
        "branch_id": BRANCH,
        "current_state": "READY",
        "default": True,
        "is_protected": False,
        "state_change_time": state.created_at,
    }
    name = f"{parent}/branches/{BRANCH}"
    return _resource(name, state.branch_uid, state, status) | {"parent": parent}


def _endpoint(state: State, compute: Compute) -> dict[str, Any]:
    parent = f"projects/{PROJECT}/branches/{BRANCH}"
    status = {
        "endpoint_id": ENDPOINT,
        "endpoint_type": "ENDPOINT_TYPE_READ_WRITE",
        "current_state": "IDLE" if compute.is_stopped or compute.is_asleep else "ACTIVE",
        "disabled": compute.is_stopped,
        "hosts": {"host": HOST},
        "autoscaling_limit_min_cu": 1,
        "autoscaling_limit_max_cu": 1,
        "group": {"min": 1, "max": 1, "enable_readable_secondaries": False},
        "suspend_timeout_duration": "86400s",
        "last_active_time": state.created_at,
    }
    name = f"{parent}/endpoints/{ENDPOINT}"
    return _resource(name, state.endpoint_uid, state, status) | {"parent": parent}


def _resource(name: str, uid: str, state: State, status: dict[str, Any]) -> dict[str, Any]:
    """What all resources share. What was asked for at creation (`spec`) is not shown again."""
    return {
        "name": name,
        "uid": uid,
        "create_time": state.created_at,
        "update_time": state.created_at,
        "status": status,
    }
