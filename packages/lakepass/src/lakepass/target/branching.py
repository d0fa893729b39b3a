"""Branches of a project: listed, created and deleted.

Called with a signed-in client of the Databricks SDK by `lakepass.databricks`, as `lookup` is.
"""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from lakepass.errors import ConfigurationError

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


@dataclass(frozen=True, slots=True)
class BranchInfo:
    """A branch. endpoint, host: where it is written to, as far as there is one.

    source: the branch whose data it began with. expires_at: in RFC 3339; None: never.
    """

    name: str
    state: str
    is_default: bool
    is_protected: bool
    source: str | None
    expires_at: str | None
    endpoint: str | None = None
    host: str | None = None

    def as_dict(self) -> dict[str, object]:
        """Plain values, for JSON."""
        return asdict(self)


def branches(client: "WorkspaceClient", project: str) -> list[BranchInfo]:
    """The branches of a project (its resource name). One request a page."""
    return [_info(one) for one in client.postgres.list_branches(project)]


def create(
    client: "WorkspaceClient", name: str, branch: Any, options: Any, *, source: str | None
) -> BranchInfo:
    """Create a branch of this resource name and wait until it is there, with its endpoint."""
    project, _, branch_id = name.partition("/branches/")
    if source:
        client.postgres.get_branch(source)  # else the answer to a wrong one is of no help
    made = _finished(client.postgres.create_branch(project, branch, branch_id), options)
    return with_endpoint(client, _info(made))


def check_deletable(client: "WorkspaceClient", name: str) -> None:
    """Raise ConfigurationError (LP-124) for a branch that is the default, or protected."""
    found = _info(client.postgres.get_branch(name))
    if found.is_default or found.is_protected:
        why = "the default branch of its project" if found.is_default else "protected"
        raise ConfigurationError(
            f"{name} is {why}, and cannot be deleted.",
            code="LP-124",
            next_step="Name another branch, or change that in the workspace.",
        )


def delete(client: "WorkspaceClient", name: str, options: Any) -> None:
    """Delete a branch and wait until it is gone."""
    _finished(client.postgres.delete_branch(name), options)


def _finished(operation: Any, options: Any) -> Any:
    """What an operation has at its end. Raises RuntimeError if it failed."""
    try:
        return operation.wait(options)
    except Exception as error:
        if type(error) is Exception:  # that the SDK has no class of its own for
            raise RuntimeError(str(error)) from error
        raise


def with_endpoint(client: "WorkspaceClient", branch: BranchInfo) -> BranchInfo:
    """The branch with its read-write endpoint. One request."""
    for one in client.postgres.list_endpoints(branch.name):
        status: Any = one.status
        if status and status.endpoint_type and status.endpoint_type.value.endswith("READ_WRITE"):
            values = asdict(branch) | {
                "endpoint": one.name,
                "host": status.hosts.host if status.hosts else None,
            }
            return BranchInfo(**values)
    return branch


def _info(branch: Any) -> BranchInfo:
    status = branch.status
    return BranchInfo(
        name=branch.name,
        state=status.current_state.value if status.current_state else "UNKNOWN",
        is_default=bool(status.default),
        is_protected=bool(status.is_protected),
        source=status.source_branch,
        expires_at=status.expire_time.ToJsonString() if status.expire_time else None,
    )
