"""Leaves out of a long log what only repeats, so that its length hardly matters."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

LONG = 128_000  # characters; shorter texts are read as they are
_TIMES = 2  # a kind of line is read, with …
_AROUND = 20  # … so many lines before and after it
_MOST = 320_000  # characters that are read: the first of them, and a quarter at the end
# Lines that differ in these alone are of one kind: times, addresses, ports, ids.
_VARIES = str.maketrans("", "", "0123456789abcdefABCDEF-.:")


@dataclass(frozen=True, slots=True)
class Condensed:
    """What is read of a text. numbers: of its lines in the whole text, from 1.

    kinds, counts: of each line that is read its kind, and how many lines of a kind there are in all;
    empty if the whole text is read.
    """

    text: str
    numbers: list[int]
    kinds: list[str]
    counts: Counter[str]

    def number_of(self, line: int) -> int:
        """The number in the whole text of a line that is read."""
        return self.numbers[line - 1]

    def times(self, lines: Iterable[int]) -> int:
        """How many lines of the whole text are as these are."""
        if not self.counts:
            return len(set(lines))
        return sum(self.counts[kind] for kind in {self.kinds[line - 1] for line in lines})


def condensed(text: str) -> Condensed:
    """What there is to read in a text."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    if len(text) <= LONG:
        return Condensed(text, list(range(1, len(lines) + 1)), [], Counter())
    kinds = [line.translate(_VARIES) for line in lines]
    counts: Counter[str] = Counter()
    read: list[int] = []
    upto = 0  # lines before this one are decided
    for at, kind in enumerate(kinds):
        counts[kind] += 1
        if counts[kind] <= _TIMES:
            read += range(max(upto, at - _AROUND), upto := min(len(lines), at + _AROUND + 1))
    read = _within_limits(read, lines)
    return Condensed(
        "\n".join(lines[at] for at in read),
        [at + 1 for at in read],
        [kinds[at] for at in read],
        counts,
    )


def _within_limits(read: list[int], lines: list[str]) -> list[int]:
    """The first of these lines, and the last: what goes wrong first causes the rest."""
    first = _as_many_as_fit(read, lines, _MOST * 3 // 4)
    last = _as_many_as_fit(read[: len(first) - 1 : -1], lines, _MOST // 4)
    return first + last[::-1]


def _as_many_as_fit(read: list[int], lines: list[str], room: int) -> list[int]:
    for number, at in enumerate(read):
        room -= len(lines[at]) + 1
        if room < 0:
            return read[:number]
    return read
