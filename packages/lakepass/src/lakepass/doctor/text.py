"""A text with its lines: quoted ones, those that JSON holds, and those that are source code."""

import re
from bisect import bisect_left
from functools import cached_property

from lakepass.doctor.signs.context import LINE_WITHIN
from lakepass.doctor.signs.needles import lowered
from lakepass.doctor.tracebacks import without_source

# Who signs in, in a start-up report; and what an app's environment contains.
_PRINCIPAL = re.compile(
    r"service principal\W{1,4}\S* ?(available|applies|set)|DATABRICKS_CLIENT_SECRET", re.IGNORECASE
)

_BROKEN_INTO = 3  # parts


class Text(str):
    """A text with an index of its lines, to find the line of a match quickly.

    parts: its lines, and those that are escaped within a line, with the source code of tracebacks.
    """

    def __new__(cls, text: str) -> "Text":
        """Leave the source code out of what is searched."""
        return super().__new__(cls, without_source(text))

    def __init__(self, text: str) -> None:
        super().__init__()
        self.parts = re.split(f"[\n{LINE_WITHIN}]", text)
        text = str(self)
        self.lines = text.split("\n")
        self._ends = [match.start() for match in re.finditer("\n", text)]
        self._ends_within = [match.start() for match in re.finditer(f"[\n{LINE_WITHIN}]", text)]
        self.folded = lowered(text)

    @cached_property
    def names_a_principal(self) -> bool:
        """Whether the text says that a service principal signs in."""
        return _PRINCIPAL.search(self) is not None

    def line_of(self, match: re.Match[str]) -> int:
        """The line number, from 1, of the first named group of a match, or else of its start."""
        return bisect_left(self._ends, where(match)) + 1

    def part_of(self, match: re.Match[str]) -> int:
        """As `line_of`, counting the lines that are escaped within a line of JSON."""
        return self.part_at(where(match))

    def parts_of(self, match: re.Match[str]) -> range:
        """The parts that a match is on, if these are so few that it is one message that was broken."""
        first, last = self.part_at(match.start()), self.part_at(match.end() - 1)
        return range(first, last + 1) if last - first < _BROKEN_INTO else range(0)

    def part_at(self, position: int) -> int:
        """The number of the part, from 0, at a position."""
        return bisect_left(self._ends_within, position)


def where(match: re.Match[str]) -> int:
    """Where a match says what it is about: at its first named group, or else at its start."""
    names = [match.start(name) for name, value in match.groupdict().items() if value]
    return min(names, default=match.start())
