"""The records of a CSV file: as RFC 4180 says, and where a file breaks its rules, with few rows lost."""

import csv
import re
from collections.abc import Collection, Iterator

from storefront.catalog.cells import BadRowError
from storefront.catalog.layout import Lines

_KEY = re.compile(r"[\w-]{1,40}")
_LONGEST_CELL = 1_000_000

# Of the whole process: the default, 131,072, is a message about the program and not about the file.
csv.field_size_limit(_LONGEST_CELL)


class _OpenQuoteError(Exception):
    """A quotation mark is not closed before the end of the file, or closed by a mark of a later row."""


class Records:
    """The records of a file, each with its first line.

    A record of several lines is taken as it is if it has as many cells as there are columns, even
    where a line within a text looks like a row. Otherwise an unclosed quotation mark has swallowed what
    follows: its row is rejected, and reading continues at the next line that begins a row.

    key: the place of the cell that identifies a row; texts: places of cells that may have several lines.
    """

    def __init__(
        self, lines: Lines, delimiter: str, *, width: int, key: int, texts: Collection[int]
    ) -> None:
        self._lines = lines
        self._delimiter = delimiter
        self._width = width
        self._key = key
        self._texts = frozenset(texts)
        self._taken: list[str] = []  # the lines of the current record

    def __iter__(self) -> Iterator[tuple[int, list[str] | BadRowError]]:
        while True:
            try:
                for cells in csv.reader(self._supply(), delimiter=self._delimiter, strict=True):
                    if len(self._taken) > 1 and not self._is_whole(cells):
                        raise _OpenQuoteError
                    yield self._first, cells
                    self._taken.clear()
            except (_OpenQuoteError, csv.Error) as error:
                yield self._first, self._bad(error)
                self._taken.clear()
                continue
            return

    @property
    def _first(self) -> int:
        return self._lines.number - len(self._taken) + 1

    def _supply(self) -> Iterator[str]:
        """The lines, on demand."""
        for line in self._lines:
            self._taken.append(line)
            yield line
        if self._taken:
            raise _OpenQuoteError

    def _is_whole(self, cells: list[str]) -> bool:
        """Whether these lines are one record, and not several that an unclosed mark has joined."""
        if len(cells) == self._width and all(
            place in self._texts or not ("\n" in cell or "\r" in cell)
            for place, cell in enumerate(cells)
        ):
            return True
        return not any(map(self._is_row, self._taken[1:]))

    def _bad(self, error: Exception) -> BadRowError:
        """The error in a record; its lines that may start another record are pushed back."""
        taken, first = self._taken, self._first
        key = self._key_of(taken[0])
        lost = next((n for n, line in enumerate(taken) if n and self._begins_row(line)), len(taken))
        self._lines.give_back(taken[lost:])
        what = "a quotation mark is not closed"
        if "expected after" in str(error) and not any(map(self._is_row, taken[1:])):
            what = "text follows a closing quotation mark; within a cell write the mark twice"
        elif "field larger" in str(error):
            what = (
                f"a cell has more than {_LONGEST_CELL:,} characters. Is a quotation mark left open?"
            )
            if lost == len(taken):
                lost += self._skip_to_row()
        elif not isinstance(error, _OpenQuoteError) and "expected after" not in str(error):
            what = f"it cannot be read ({error}). Is a quotation mark left open?"
        others = f"; lines {first + 1} to {first + lost - 1} belong to it" if lost > 1 else ""
        return BadRowError(what + others, key=key)

    def _skip_to_row(self) -> int:
        """Skip the rest of a cell, up to a line that is a row by itself. Returns how many lines."""
        skipped = 0
        for line in self._lines:
            if self._is_row(line):
                self._lines.give_back([line])
                break
            skipped += 1
        return skipped

    def _cells(self, line: str) -> list[str]:
        try:
            return next(csv.reader([line], delimiter=self._delimiter), [])
        except csv.Error:
            return []

    def _key_of(self, line: str) -> str | None:
        cells = self._cells(line)
        return cells[self._key].strip() if len(cells) > self._key else None

    def _begins_row(self, line: str) -> bool:
        return self._delimiter in line and bool(_KEY.fullmatch(self._key_of(line) or ""))

    def _is_row(self, line: str) -> bool:
        """Whether it has as many cells as there are columns, a key among them."""
        if line.count(self._delimiter) < self._width - 1:  # most lines of a text
            return False
        return len(self._cells(line)) == self._width and self._begins_row(line)
