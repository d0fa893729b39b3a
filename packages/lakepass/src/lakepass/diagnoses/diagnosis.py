"""One thing that can be wrong, in words: what the catalogue is made of."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A fault, how it shows, why, and how it is mended.

    code: stable, such as "LP-101". title: what is wrong, one sentence. symptom: what one sees, in
    the words of servers and drivers; empty where Lakepass itself says the title. mend: the next
    step, one sentence or two. lines: what to run or to set, with {facts} in braces. source: where
    this is known from.
    """

    code: str
    title: str
    cause: str
    mend: str
    lines: tuple[str, ...] = ()
    symptom: str = ""
    source: str = "Lakepass"

    def lines_for(self, facts: Mapping[str, object]) -> list[str]:
        """The lines with facts filled in; what is not known stays as <name>."""
        return [line.format_map(_Known(facts)) for line in self.lines]


class _Known(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return f"<{name}>"
