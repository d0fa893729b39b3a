"""Whether the databases of a bundle are such as Lakebase makes them.

Bounds and exclusions: databricks-sdk, service/postgres.py (BranchSpec, EndpointSpec), read 2026-11.
"""

import re
from collections.abc import Iterator

from storefront.deploy.findings import Finding
from storefront.deploy.located import Located

_EXCLUSIVE = {
    "postgres_branches": ("ttl", "expire_time", "no_expiry"),
    "postgres_endpoints": ("suspend_timeout_duration", "no_suspension"),
}
_SMALLEST_CU, _LARGEST_CU, _WIDEST_CU = 0.5, 64, 16
_SHORTEST_S, _LONGEST_S = 60, 604_800


def database_findings(resources: Located, file: str) -> Iterator[Finding]:
    """resources: all of a target, whole."""
    for kind, fields in _EXCLUSIVE.items():
        for name, resource in resources.get(kind).items():
            given = [field for field in fields if resource.get(field).content is not None]
            if len(given) > 1:
                yield Finding(
                    file, resource.line, f"resources.{kind}.{name}", ", ".join(given),
                    f"{' and '.join(given)} are mutually exclusive.", "Keep one of them.",
                )  # fmt: skip
    yield from _ready_made(resources, file)
    for name, endpoint in resources.get("postgres_endpoints").items():
        yield from _compute(endpoint, f"resources.postgres_endpoints.{name}", file)


def _ready_made(resources: Located, file: str) -> Iterator[Finding]:
    """What a new project brings along can be declared only as a replacement."""
    for kind, id_key, ready_made in (
        ("postgres_branches", "branch_id", "production"),
        ("postgres_endpoints", "endpoint_id", "primary"),
    ):
        for name, resource in resources.get(kind).items():
            is_ready_made = resource.get(id_key).content == ready_made
            if is_ready_made and resource.get("replace_existing").content is not True:
                yield Finding(
                    file, resource.line, f"resources.{kind}.{name}", ready_made,
                    f"A new project already has {ready_made}; creating it again fails with 400.",
                    "Add replace_existing: true.",
                )  # fmt: skip


def _compute(endpoint: Located, key: str, file: str) -> Iterator[Finding]:
    least, most = (endpoint.get(f"autoscaling_limit_{end}_cu") for end in ("min", "max"))
    low, high = _number(least), _number(most)
    if (low is not None and low < _SMALLEST_CU) or (high is not None and high > _LARGEST_CU):
        yield Finding(
            file, least.line, key, f"{least.text} to {most.text}",
            f"Computes have {_SMALLEST_CU} to {_LARGEST_CU} CU.",
            "Use values in this range.",
        )  # fmt: skip
    elif low is not None and high is not None and not low <= high <= low + _WIDEST_CU:
        yield Finding(
            file, most.line, key, f"{least.text} to {most.text}",
            f"The maximum must be at least the minimum, and at most {_WIDEST_CU} CU more.",
            "Adjust one of them.",
        )  # fmt: skip
    sleeps = endpoint.get("suspend_timeout_duration")
    written = re.fullmatch(r"(\d+)s", sleeps.text)
    is_open = sleeps.content is None or "${" in sleeps.text
    if not is_open and not (written and _SHORTEST_S <= int(written[1]) <= _LONGEST_S):
        yield Finding(
            file, sleeps.line, f"{key}.suspend_timeout_duration", sleeps.text,
            "This is not a valid time after which a compute is suspended.",
            f"Use {_SHORTEST_S}s to {_LONGEST_S}s, or no_suspension: true.",
        )  # fmt: skip


def _number(value: Located) -> float | None:
    """A number that is written down; None for a reference."""
    content = value.content
    return float(content) if isinstance(content, int | float) else None
