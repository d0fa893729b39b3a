"""The fields of projects, branches and endpoints that a client may send, and their limits.

Source: `databricks-sdk` (service/postgres.py): ProjectSpec, BranchSpec and EndpointSpec.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from lakepass.emulator.workspace.api import invalid
from lakepass.emulator.workspace.updates import Leaf, duration, flag, number, tags, text, whole

ENDPOINT_TYPES = ("ENDPOINT_TYPE_READ_WRITE", "ENDPOINT_TYPE_READ_ONLY")
_DAY_S = 24 * 3600
_COMPUTE = {
    "autoscaling_limit_min_cu": Leaf(number(0.5, 64), default=1.0),
    "autoscaling_limit_max_cu": Leaf(number(0.5, 64), default=1.0),
    "no_suspension": Leaf(flag, group="suspension"),
    "suspend_timeout_duration": Leaf(duration(60, 7 * _DAY_S), group="suspension"),
}
_WIDEST_SPREAD_CU = 16


def _any(value: Any, _: str) -> Any:
    """Any value; for fields that are not emulated."""
    return value


def _later(value: Any, field: str) -> str:
    """A time in RFC 3339."""
    try:
        dt.datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise invalid(f"Field {field} must be a time such as 2026-12-31T00:00:00Z.") from error
    return str(value)


PROJECT = {
    "display_name": Leaf(text(256, shortest=1)),
    "enable_pg_native_login": Leaf(flag, default=False),
    "history_retention_duration": Leaf(duration(2 * _DAY_S, 35 * _DAY_S), default="604800s"),
    "budget_policy_id": Leaf(text(256)),
    "custom_tags": Leaf(tags),
    "default_branch": Leaf(text(512)),
    "pg_version": Leaf(),
    **{f"default_endpoint_settings.{path}": leaf for path, leaf in _COMPUTE.items()},
    "default_endpoint_settings.pg_settings": Leaf(_any, is_emulated=False),
}
BRANCH = {
    "is_protected": Leaf(flag, default=False),
    "expire_time": Leaf(_later, group="expiration"),
    "ttl": Leaf(duration(1, 10 * 365 * _DAY_S), group="expiration"),
    "no_expiry": Leaf(flag, group="expiration"),
    "source_branch": Leaf(),
    "source_branch_lsn": Leaf(),
    "source_branch_time": Leaf(),
    "source_snapshot": Leaf(),
}
ENDPOINT = {
    "endpoint_type": Leaf(),
    "disabled": Leaf(flag, default=False),
    "group.min": Leaf(whole(1, 4), default=1),
    "group.max": Leaf(whole(1, 4), default=1),
    "group.enable_readable_secondaries": Leaf(flag, default=False),
    "settings.pg_settings": Leaf(_any, is_emulated=False),
    **_COMPUTE,
}


def check_compute(status: Mapping[str, Any], values: dict[str, Any], prefix: str = "") -> None:
    """Raise ApiError (400) if the limits contradict each other; no_suspension removes the timeout."""
    low, high = (
        values.get(f"{prefix}autoscaling_limit_{end}_cu", status[f"autoscaling_limit_{end}_cu"])
        for end in ("min", "max")
    )
    if not 0 <= high - low <= _WIDEST_SPREAD_CU:
        raise invalid(
            f"autoscaling_limit_max_cu must be at least autoscaling_limit_min_cu and at most "
            f"{_WIDEST_SPREAD_CU} above it, got {low:g} and {high:g}."
        )
    timeout, never = f"{prefix}suspend_timeout_duration", f"{prefix}no_suspension"
    if values.get(never):
        if values.get(timeout):
            raise invalid("Fields no_suspension and suspend_timeout_duration exclude each other.")
        values[timeout] = None
    elif values.get(timeout):
        values[never] = None
