"""Reads a text as it was before a terminal, a box or a logger broke its lines."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from lakepass.doctor.condensed import Condensed

NARROW = 72  # columns; few terminals that logs are copied from are narrower
NARROWEST = 32  # columns, of a pane beside another
_WIDTHS = frozenset({72, 80, 100, 120, 132, 160})
_ALIKE = 8  # characters with which records of one logger begin alike
_FRAME = "  "
_TIME = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z| ?[+-]\d\d:?\d\d| UTC)?"
_LEVEL = r"(?:DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|FATAL|CRITICAL)"
# What a logger, a box or a mail puts before each line.
_PREFIX = re.compile(
    rf"(?:[\w.-]+ *\| ?|[>│║┃|] ?)?(?:\[?{_TIME}\]? ?(?:\[?{_LEVEL}\]?(?!:) +)?(?:[\w./-]+\[[\w.]+\]: )?"
    r"|[A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d \S+ [\w./-]+(?:\[\d+\])?: )?"
)
_SUFFIX = re.compile(r" *[│║┃|]$")
# A line that is no continuation of the one above it; if only one line is as long, nor is a sentence.
_BEGINS = re.compile(rf"\[?{_TIME}|\[?{_LEVEL}\b|\s|Traceback |File \"|at \w+[.$]")
_BEGINS_A_SENTENCE = re.compile(rf"{_BEGINS.pattern}|[A-Z]")


def readings(whole: Condensed) -> Iterator[Condensed]:
    """The text without what is before each line, and with lines joined; what does not differ, not."""
    lines = whole.text.split("\n")
    inner = _without_prefixes(lines)
    if inner is not None:
        yield _with(whole, inner, whole.numbers)
    joined = _joined(lines if inner is None else inner, whole.numbers)
    if joined is not None and _width(inner or lines) >= NARROW:
        yield _with(whole, *joined)


def narrow_reading(whole: Condensed) -> Condensed | None:
    """The text with lines joined that are shorter than those of a terminal; None if none are.

    It is a guess: many texts that nobody broke have such lines.
    """
    if "\x1b" in whole.text:  # colours: lines are longer than they look
        return None
    lines = whole.text.split("\n")
    inner = _without_prefixes(lines) or lines
    joined = _joined(inner, whole.numbers) if NARROWEST <= _width(inner) < NARROW else None
    return None if joined is None else _with(whole, *joined)


def _width(lines: Sequence[str]) -> int:
    return max(map(len, lines))


def _with(whole: Condensed, lines: Sequence[str], numbers: list[int]) -> Condensed:
    if len(lines) == len(whole.numbers):
        return Condensed("\n".join(lines), numbers, whole.kinds, whole.counts)
    return Condensed("\n".join(lines), numbers, [], Counter())


def _without_prefixes(lines: Sequence[str]) -> list[str] | None:
    """The lines without a prefix, if each of them has one and there are two at least."""
    filled = [line for line in lines if line.strip()]
    ends = [_end_of_prefix(line) for line in filled]
    if len(filled) < 2 or not all(ends):
        return None
    is_boxed = all(_SUFFIX.search(line) for line in filled)
    bare = [line[_end_of_prefix(line) :] for line in lines]
    return [_SUFFIX.sub("", line).rstrip() for line in bare] if is_boxed else bare


def _end_of_prefix(line: str) -> int:
    found = _PREFIX.match(line)
    return found.end() if found else 0


def _joined(lines: Sequence[str], numbers: Sequence[int]) -> tuple[list[str], list[int]] | None:
    """The lines, those joined that were broken where the width ended; None if none was.

    Such lines are the longest, all of one length: two of them, or one of a usual width or less than
    that. A frame of blanks around them, as Symfony prints it, is left out.
    """
    width = _width(lines)
    longest = [line for line in lines if len(line) == width]
    is_framed = all(line.startswith(_FRAME) and line.endswith(_FRAME) for line in longest)
    if len(longest) < 2 and width >= NARROW and width not in _WIDTHS:
        return None
    begins = _BEGINS if len(longest) > 1 else _BEGINS_A_SENTENCE
    joined: list[str] = []
    kept: list[int] = []
    is_broken = False
    above = ""
    for line, number in zip(lines, numbers, strict=True):
        if is_broken and is_framed:
            joined[-1] = joined[-1].removesuffix(_FRAME) + line.removeprefix(_FRAME)
        elif is_broken and not begins.match(line) and line[:_ALIKE] != above[:_ALIKE]:
            joined[-1] += line
        else:
            joined.append(line)
            kept.append(number)
        is_broken, above = len(line) == width, line
    return (joined, kept) if len(kept) < len(numbers) else None
