"""Rows of CSV files: what every form of a catalogue has in common.

Files come from spreadsheets as well as from programs. How a file is written (its encoding, what
separates its cells) is found out and reported; a quotation mark that is left open costs its row alone.
"""

import codecs
import csv
import hashlib
import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TextIO

from storefront.catalog import naming
from storefront.catalog.cells import BadRowError
from storefront.catalog.spreadsheets import unescaped
from storefront.errors import InvalidInput

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
# Longest first: the mark of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_FILES = {
    b"PK\x03\x04": "an Excel workbook or another archive",
    b"\xd0\xcf\x11\xe0": "an Excel workbook",
    b"\x1f\x8b": "a compressed file",
}
_LONGEST_LINE = 1_000_000
_KEY = re.compile(r"[\w-]{1,40}")


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that cannot become a product. line: that it begins on; the header is line 1."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A row that was taken though it is odd. line: that it begins on; reason: also what was done."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Form:
    """The columns that a kind of file has. needed: those without which it cannot be read; key: names
    the product or chart that a row belongs to."""

    name: str
    columns: Sequence[str]
    needed: Sequence[str]
    key: str


Row = dict[str, str] | BadRowError


class Table:
    """A file of a form. notices: what was assumed of it, a sentence each.

    Raises InvalidInput (422) where the file is absent, is not text, lacks a needed column or names one
    twice.
    """

    def __init__(self, file: Path, form: Form) -> None:
        self._file = file
        self._layout = _layout(file)
        names = [_column(name, form.columns) for name in self._layout.header]
        _check_columns(file, form, names)
        self._places = {name: place for place, name in enumerate(names) if name is not None}
        self._key = self._places[form.key]
        self.notices = [*self._layout.notices, *_ignored(self._layout.header, names, form)]

    @property
    def has_decimal_commas(self) -> bool:
        """Whether ``19,99`` is a number: spreadsheets that write so separate cells by semicolons."""
        return self._layout.delimiter == ";"

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Each row by column with the line that it begins on, or what is wrong with it.

        Rows without any value are passed over.
        """
        width = len(self._layout.header)
        with _opened(self._file, self._layout.encoding) as lines:
            lines.skip(self._layout.header_line)
            records = _Records(lines, self._layout.delimiter, width, self._key)
            for line, cells in records:
                if isinstance(cells, BadRowError):
                    yield line, cells
                elif not any(naming.tidy(naming.visible(cell)) for cell in cells):
                    continue
                elif len(cells) < width or any(cells[width:]):
                    more = "more" if len(cells) > width else "fewer"
                    key = cells[self._key].strip() if len(cells) > self._key else None
                    yield line, BadRowError(f"it has {more} cells than columns", key=key)
                else:
                    yield (
                        line,
                        {name: unescaped(cells[place]) for name, place in self._places.items()},
                    )


def columns(file: Path) -> set[str]:
    """The names of its columns, folded as ``folded`` does. Raises InvalidInput (422) as Table does."""
    return {folded(name) for name in _layout(file).header}


def folded(name: str) -> str:
    """A column's name without case, blanks and signs: ``Product ID`` and ``product_id`` are one."""
    return re.sub(r"[\W_]+", "", naming.fold(name))


def fingerprint(file: Path) -> str:
    """A digest of its content. Raises InvalidInput (422) where it is absent."""
    check_is_there(file)
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def check_is_there(file: Path) -> None:
    """Raises InvalidInput (422) where there is no such file."""
    if not file.is_file():
        raise InvalidInput(f"There is no file {file}. Give the path of a CSV file.")


# --- how a file is written ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Layout:
    """header_line: the number of the line that names the columns."""

    encoding: str
    delimiter: str
    header: list[str]
    header_line: int
    notices: list[str]


def _layout(file: Path) -> _Layout:
    check_is_there(file)
    encoding = _encoding(file)
    delimiter = ""
    notices = [] if encoding == "utf-8-sig" else [f"It is read as {encoding.upper()}."]
    with _opened(file, encoding) as lines:
        for line in lines:
            if declared := re.fullmatch(r'"?sep=([,;|\t])"?\s*', line, re.IGNORECASE):
                delimiter = declared[1]
                continue
            delimiter = delimiter or max(_DELIMITERS, key=line.count)
            try:
                header = next(csv.reader([line], delimiter=delimiter, strict=True), [])
            except csv.Error as error:
                raise InvalidInput(
                    f"{file} cannot be read: {error} in line {lines.number}, which must name the "
                    "columns. Is a quotation mark left open there?"
                ) from error
            if not any(map(naming.tidy, header)):
                continue
            if delimiter != ",":
                notices.append(f"Its cells are separated by {_DELIMITERS[delimiter]}.")
            return _Layout(encoding, delimiter, header, lines.number, notices)
    raise InvalidInput(
        f"{file} is empty. Its first line must name the columns (docs/catalogue.md)."
    )


def _encoding(file: Path) -> str:
    """By its mark, or by the zeros that Latin letters have in UTF-16; else UTF-8."""
    with file.open("rb") as content:
        start = content.read(4_096)
    for magic, kind in _OTHER_FILES.items():
        if start.startswith(magic):
            raise InvalidInput(f"{file} is {kind}. Save it as CSV UTF-8.")
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    if start[1::2].count(0) > len(start) // 4:
        return "utf-16-le"
    if start[::2].count(0) > len(start) // 4:
        return "utf-16-be"
    return "utf-8-sig"


def _column(name: str, known: Sequence[str]) -> str | None:
    """The known column that a header's cell means; None where there is none."""
    return next((column for column in known if folded(column) == folded(name)), None)


def _check_columns(file: Path, form: Form, names: Sequence[str | None]) -> None:
    twice = [name for name, count in Counter(names).items() if name is not None and count > 1]
    if twice:
        raise InvalidInput(
            f"{file} has the column {', '.join(twice)} twice. Remove the one that does not count."
        )
    if missing := [name for name in form.needed if name not in names]:
        raise InvalidInput(
            f"{file} has no column {', '.join(missing)}. As {form.name} its first line must name the "
            f"columns {', '.join(form.needed)}."
        )


def _ignored(header: Sequence[str], names: Sequence[str | None], form: Form) -> Iterator[str]:
    absent = [column for column in form.columns if column not in names]
    unknown = [cell for cell, name in zip(header, names, strict=True) if name is None]
    for cell, count in Counter(map(naming.tidy, unknown)).items():
        if not cell:
            continue
        twice = f", which is there {count} times," if count > 1 else ""
        near = get_close_matches(cell.casefold(), absent, n=1, cutoff=0.7)
        meant = f" Is it {near[0]}? Then rename it." if near else ""
        yield f"The column {cell!r}{twice} is not known and not read.{meant}"


# --- lines and records --------------------------------------------------------------------------


class _Lines:
    """Physical lines; those given back are read again. number: of the line that was read last."""

    def __init__(self, file: Path, stream: TextIO) -> None:
        self.number = 0
        self._file = file
        self._stream = stream
        self._again: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            line = self._again.popleft() if self._again else self._stream.readline(_LONGEST_LINE)
        except UnicodeError as error:
            raise InvalidInput(
                f"{self._file} cannot be read beyond line {self.number}: {error}. Save it as CSV UTF-8."
            ) from error
        if not line:
            raise StopIteration
        if len(line) == _LONGEST_LINE:
            raise InvalidInput(
                f"{self._file} has more than {_LONGEST_LINE:,} characters in line {self.number + 1}. "
                "Is it a CSV file?"
            )
        self.number += 1
        return line

    def give_back(self, lines: Sequence[str]) -> None:
        """Read these again, before the rest."""
        self._again.extendleft(reversed(lines))
        self.number -= len(lines)

    def skip(self, count: int) -> None:
        """Pass over so many lines."""
        for _ in range(count):
            next(self)


@contextmanager
def _opened(file: Path, encoding: str) -> Iterator[_Lines]:
    # A byte that is not UTF-8 becomes a lone surrogate, for which its row is rejected later.
    errors = "surrogateescape" if encoding == "utf-8-sig" else "surrogatepass"
    with file.open(encoding=encoding, errors=errors, newline="") as stream:
        yield _Lines(file, stream)


class _OpenQuoteError(Exception):
    """A quotation mark is not closed before the end of the file, or before a line that is a row."""


class _Records:
    """The records of a file, each with the line that it begins on.

    A quotation mark that is left open takes in what follows. So where a line within quotation marks is a
    row by itself (as many cells as there are columns, a key among them), or the file ends within them,
    the row is bad that the mark stands in, and reading goes on behind its first line.
    """

    def __init__(self, lines: _Lines, delimiter: str, width: int, key: int) -> None:
        self._lines = lines
        self._delimiter = delimiter
        self._width = width
        self._key = key

    def __iter__(self) -> Iterator[tuple[int, list[str] | BadRowError]]:
        while True:
            first = self._lines.number + 1
            taken: list[str] = []
            try:
                cells = next(csv.reader(self._supply(taken), delimiter=self._delimiter), None)
            except (_OpenQuoteError, csv.Error) as error:
                yield first, self._bad(taken, error)
                continue
            if cells is None:
                return
            yield first, cells

    def _supply(self, taken: list[str]) -> Iterator[str]:
        """The lines of one record, as they are wanted."""
        for line in self._lines:
            if taken and self._is_row(line):
                self._lines.give_back([line])
                raise _OpenQuoteError
            taken.append(line)
            yield line
        if taken:
            raise _OpenQuoteError

    def _bad(self, taken: list[str], error: Exception) -> BadRowError:
        """What is wrong with a record, of which all lines that may begin another are given back."""
        first = self._lines.number - len(taken) + 1
        rest = next((n for n, line in enumerate(taken) if n and self._begins_row(line)), len(taken))
        self._lines.give_back(taken[rest:])
        what = "a quotation mark is not closed"
        if not isinstance(error, _OpenQuoteError):
            what = f"it cannot be read ({error}). Is a quotation mark left open?"
        lost = f"; lines {first + 1} to {first + rest - 1} belong to it" if rest > 1 else ""
        return BadRowError(what + lost, key=self._key_of(taken[0]))

    def _cells(self, line: str) -> list[str]:
        try:
            return next(csv.reader([line], delimiter=self._delimiter), [])
        except csv.Error:
            return []

    def _key_of(self, line: str) -> str | None:
        cells = self._cells(line)
        return cells[self._key].strip() if len(cells) > self._key else None

    def _begins_row(self, line: str) -> bool:
        return len(self._cells(line)) > 1 and bool(_KEY.fullmatch(self._key_of(line) or ""))

    def _is_row(self, line: str) -> bool:
        return len(self._cells(line)) == self._width and self._begins_row(line)
