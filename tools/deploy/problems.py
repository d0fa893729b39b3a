"""Why a deployment cannot go on. docs/deploy.md lists the exit codes."""

from dataclasses import dataclass
from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of `make deploy`. `make` itself reports 2 for every one of them, and prints ours."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    CLI_MISSING = 3
    CLI_TOO_OLD = 4
    NOT_SIGNED_IN = 5
    AMBIGUOUS_WORKSPACE = 6
    INVALID = 7


@dataclass(eq=False)
class Problem(Exception):
    """A deployment that cannot go on: what happened, why, what to do next, and the exit code."""

    what: str
    why: str
    next_step: str
    code: Exit

    def __str__(self) -> str:
        return (
            f"{self.what}\n  Why:  {self.why}\n  Next: {self.next_step}\n"
            f"  Exit code {self.code.value}."
        )
