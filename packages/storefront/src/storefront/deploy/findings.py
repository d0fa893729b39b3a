"""Findings as they are reported: where, what is wrong, and how to fix it."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
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


def suggestion(word: str, known: Iterable[str]) -> str:
    """What was probably meant, as a sentence that may end a fix; else what there is to choose from."""
    names = sorted(known)
    near = get_close_matches(word, names, n=1, cutoff=0.6)
    return f"Did you mean {near[0]}?" if near else f"Known here: {', '.join(names)}."
