"""Leaves out the lines of source code that tracebacks quote: they say what was run, not what failed.

A traceback that was cut off before its exception stays as it is: there the source may be all there is.
"""

import re

from lakepass.doctor.signs.context import LINE_WITHIN

_ENDS = re.compile(f"([\n{LINE_WITHIN}])")
_FRAME = re.compile(r"(?P<before>.*?)(?P<indent> +)File \"[^\"\n]+\", line \d+")
_EXCEPTION = re.compile(r"[A-Za-z_][\w.]*(?::\s|:?\s*$)")
_IN_NODE = re.compile(r"(?:^|[\s\"])(?:file://)?/\S+\.[cm]?[jt]sx?:\d+$")
_CARETS = re.compile(r"(?:^|\s)\^+\s*$")
_LONGEST = 40  # lines that Python or Node quote of one statement


def without_source(text: str) -> str:
    """The text with these lines emptied. Other lines keep their numbers."""
    if 'File "' not in text and "^" not in text:
        return text
    parts = _ENDS.split(text)  # lines and their ends in turn
    lines = parts[::2]
    for number in _of_python(lines) | _of_node(lines):
        parts[2 * number] = ""
    return "".join(parts)


def _of_python(lines: list[str]) -> set[int]:
    """The source lines of tracebacks that end with an exception, from 0."""
    source: set[int] = set()
    pending: set[int] = set()
    frame: re.Match[str] | None = None
    for number, line in enumerate(lines):
        if found := _FRAME.match(line):
            frame = found
        elif frame and _is_deeper(line, frame):
            pending.add(number)
        elif frame:
            if _EXCEPTION.match(line[len(frame["before"]) :].lstrip(" |")):
                source |= pending
            frame, pending = None, set()
    return source


def _is_deeper(line: str, frame: re.Match[str]) -> bool:
    """Whether a line is indented more than the frame above it; what is before both is left out."""
    rest = line[len(frame["before"]) :]
    return not rest[: len(frame["indent"]) + 1].strip()


def _of_node(lines: list[str]) -> set[int]:
    """The lines between the place and the caret that Node prints above an error."""
    source: set[int] = set()
    for number, line in enumerate(lines):
        if not _IN_NODE.search(line):
            continue
        below = range(number + 1, min(len(lines), number + _LONGEST))
        caret = next((one for one in below if _CARETS.search(lines[one])), None)
        source |= set(range(number + 1, caret)) if caret is not None else set()
    return source
