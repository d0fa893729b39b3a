"""Findings as they are reported: where, what is wrong, and how to fix it."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or that one should know.

    line: from 1; 0 where the file as a whole is meant. key: as in `env[0].valueFrom`. value: what
    stands there, never a secret. severity: an error keeps the app from working; a warning does not.
    """

    file: str
    line: int
    key: str
    value: str
    problem: str
    fix: str
    severity: Severity = "error"

    def lines(self) -> list[str]:
        """The finding as text: location, problem, fix."""
        place = self.file if not self.line else f"{self.file}:{self.line}"
        mark = "✗" if self.severity == "error" else "!"
        return [f"{mark} {place}  {self.key}".rstrip(), f"    {self.problem}", f"    {self.fix}"]
